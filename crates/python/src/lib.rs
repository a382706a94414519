//! The thin binding: `sentinel._core`. Only tables and counters cross; the interpreter lock is released while reading.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator};
use arrow_schema::{ArrowError, Field as ArrowField, Schema};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyDict, PyList};
use sentinel_wire::columns::{Cells, Kind, Table as WireTable};
use sentinel_wire::engine::{Engine, Options};
use sentinel_wire::source::{Known, Mark};
use sentinel_wire::{protocols, schema, Limits};

mod limits;

/// One table, handed over once through Arrow's C stream interface.
#[pyclass(frozen)]
struct Table {
    batch: RecordBatch,
}

#[pymethods]
impl Table {
    /// The Arrow PyCapsule protocol.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(&self, py: Python<'py>, requested_schema: Option<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        let schema = self.batch.schema();
        let batches: Vec<Result<RecordBatch, ArrowError>> = vec![Ok(self.batch.clone())];
        let stream = FFI_ArrowArrayStream::new(Box::new(RecordBatchIterator::new(batches, schema)));
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }

    fn __len__(&self) -> usize {
        self.batch.num_rows()
    }
}

fn texts(cells: Vec<Option<Vec<String>>>) -> ArrayRef {
    let mut builder = arrow_array::builder::ListBuilder::new(arrow_array::builder::StringBuilder::new());
    for cell in cells {
        builder.append_option(cell.map(|texts| texts.into_iter().map(Some)));
    }
    Arc::new(builder.finish())
}

fn array(cells: Cells) -> ArrayRef {
    use arrow_array::types::Int64Type;
    match cells {
        Cells::Unsigned(cells) => Arc::new(arrow_array::UInt64Array::from(cells)),
        Cells::Signed(cells) => Arc::new(arrow_array::Int64Array::from(cells)),
        Cells::Float(cells) => Arc::new(arrow_array::Float64Array::from(cells)),
        Cells::Bool(cells) => Arc::new(arrow_array::BooleanArray::from(cells)),
        Cells::Text(cells) => Arc::new(arrow_array::StringArray::from(cells)),
        Cells::Integers(cells) => Arc::new(arrow_array::ListArray::from_iter_primitive::<Int64Type, _, _>(
            cells.into_iter().map(|cell| cell.map(|numbers| numbers.into_iter().map(Some))),
        )),
        Cells::Texts(cells) => texts(cells),
    }
}

fn record_batch(table: WireTable) -> Result<RecordBatch, ArrowError> {
    let (fields, columns): (Vec<ArrowField>, Vec<ArrayRef>) = table
        .into_columns()
        .map(|(field, cells)| {
            let column = array(cells);
            (ArrowField::new(field.name, column.data_type().clone(), true), column)
        })
        .unzip();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

/// A file's number, packets passed, bytes on the disk read, their digest, is it over.
type FileMark<'py> = (usize, u64, u64, Option<Bound<'py, PyBytes>>, bool);

/// Reads captures, batch by batch.
#[pyclass(frozen)]
struct Sensor {
    /// Locked so that Python threads may share the sensor.
    engine: Mutex<Engine>,
}

impl Sensor {
    fn engine(&self) -> MutexGuard<'_, Engine> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Sensor {
    #[new]
    #[pyo3(signature = (files, *, every_transaction = false, site = String::new(), limits = None, vlan_in_key = true, listed = false))]
    fn new(
        py: Python<'_>,
        files: Vec<PathBuf>,
        every_transaction: bool,
        site: String,
        limits: Option<Bound<'_, PyDict>>,
        vlan_in_key: bool,
        listed: bool,
    ) -> PyResult<Self> {
        let mut bounds = Limits::default();
        for (name, value) in limits.iter().flat_map(|limits| limits.iter()) {
            let (name, value): (String, i64) = (name.extract()?, value.extract()?);
            limits::set(&mut bounds, &name, value).map_err(PyValueError::new_err)?;
        }
        let options = Options { every_transaction, site, limits: bounds, vlan_in_key, is_listed: listed };
        let engine = py.detach(|| Engine::open(&files, options));
        Ok(Self { engine: Mutex::new(engine) })
    }

    /// Tables by name, those with rows; `None` after the end.
    fn next_batch<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(tables) = py.detach(|| self.engine().next_batch()) else { return Ok(None) };
        let batch = PyDict::new(py);
        for table in tables.into_iter().filter(|table| table.rows() > 0) {
            let name = table.name();
            let table = record_batch(table).map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
            batch.set_item(name, Table { batch: table })?;
        }
        Ok(Some(batch))
    }

    /// ns since 1970, UTC.
    fn line_time(&self) -> i64 {
        self.engine().line_time()
    }

    /// Which packets are wanted; see the stub file.
    fn only(&self, since: Option<i64>, until: Option<i64>) {
        self.engine().sources().only(since, until);
    }

    /// Adds ns to the times of a file.
    fn shift(&self, file: usize, shift: i64) {
        self.engine().sources().shift(file, shift);
    }

    /// Reads nothing of a file.
    fn leave_out(&self, file: usize) {
        self.engine().sources().leave_out(file);
    }

    /// What of a file was read before.
    fn known(&self, file: usize, known: Vec<(u64, i64, i64)>) {
        let known = known.into_iter().map(|(packets, since, until)| Known { packets, since, until }).collect();
        self.engine().sources().known(file, known);
    }

    /// What a file held before.
    fn expect(&self, file: usize, bytes: u64, digest: [u8; 32], is_end: bool) {
        self.engine().sources().expect(file, Mark { bytes, digest, is_end });
    }

    /// Digests files while they are read.
    fn digest(&self) {
        self.engine().sources().digest();
    }

    /// Packets, line time, files read to their end, bytes on the disk.
    fn progress(&self) -> (u64, i64, usize, u64) {
        let mut engine = self.engine();
        let (files, bytes) = engine.sources().progress();
        (engine.counters().packets, engine.line_time(), files, bytes)
    }

    /// How far each file that was begun is read; see the stub file.
    fn marks<'py>(&self, py: Python<'py>) -> Vec<FileMark<'py>> {
        let mut engine = self.engine();
        engine.sources().look_up();
        let begun = engine.files().iter().enumerate().filter(|(_, file)| file.disk_bytes > 0);
        begun
            .map(|(at, file)| {
                let digest = file.digest.map(|digest| PyBytes::new(py, &digest));
                (at, file.position, file.disk_bytes, digest, file.has_ended)
            })
            .collect()
    }

    /// Totals of the run; see the stub file.
    fn counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let mut engine = self.engine();
        engine.sources().look_up();
        let counters = engine.counters();
        let all = PyDict::new(py);
        for (name, count) in [
            ("packets", counters.packets),
            ("bytes", counters.bytes),
            ("transactions", counters.transactions),
            ("events", counters.events),
            ("summarised", counters.summarised),
            ("weirds", counters.weirds),
            ("cut", counters.cut),
            ("late", counters.late),
            ("duplicates", engine.duplicates()),
        ] {
            all.set_item(name, count)?;
        }
        all.set_item("first", counters.first)?;
        all.set_item("last", counters.last)?;
        all.set_item("unread", &counters.unread)?;
        all.set_item("limits", &counters.limits)?;
        let (gaps, lost_bytes, retransmissions) = engine.losses();
        all.set_item("gaps", gaps)?;
        all.set_item("lost_bytes", lost_bytes)?;
        all.set_item("retransmissions", retransmissions)?;
        all.set_item("one_sided", engine.one_sided())?;
        let files = PyList::empty(py);
        for file in engine.files() {
            let one = PyDict::new(py);
            one.set_item("path", &file.path)?;
            one.set_item("packets", file.packets)?;
            one.set_item("bytes", file.bytes)?;
            one.set_item("first", file.first)?;
            one.set_item("last", file.last)?;
            one.set_item("problem", &file.problem)?;
            one.set_item("unusable", file.unusable)?;
            one.set_item("size", file.size)?;
            one.set_item("begins", file.begins)?;
            one.set_item("outside", file.outside)?;
            one.set_item("known", file.known)?;
            one.set_item("position", file.position)?;
            one.set_item("disk_bytes", file.disk_bytes)?;
            one.set_item("digest", file.digest.map(|digest| PyBytes::new(py, &digest)))?;
            one.set_item("whole", file.is_whole)?;
            one.set_item("changed", file.has_changed)?;
            one.set_item("ended", file.has_ended)?;
            files.append(one)?;
        }
        all.set_item("files", files)?;
        let applications = PyDict::new(py);
        for (name, title, group, packets, bytes, read) in engine.applications() {
            let one = PyDict::new(py);
            one.set_item("title", title)?;
            one.set_item("group", group)?;
            one.set_item("packets", packets)?;
            one.set_item("bytes", bytes)?;
            one.set_item("read", read)?;
            applications.set_item(name, one)?;
        }
        all.set_item("applications", applications)?;
        Ok(all)
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Unsigned => "unsigned",
        Kind::Signed => "signed",
        Kind::Float => "float",
        Kind::Bool => "bool",
        Kind::Text => "text",
        Kind::Integers => "integers",
        Kind::Texts => "texts",
    }
}

/// Every table of the border with its columns and their kinds.
#[pyfunction]
fn tables(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let all = PyDict::new(py);
    for (name, fields) in schema() {
        all.set_item(name, fields.iter().map(|field| (field.name, kind(field.kind))).collect::<Vec<_>>())?;
    }
    Ok(all)
}

/// Every protocol that is read, as data.
#[pyfunction]
fn protocols_read(py: Python<'_>) -> PyResult<Bound<'_, PyList>> {
    let all = PyList::empty(py);
    for descriptor in protocols::all() {
        let one = PyDict::new(py);
        one.set_item("name", descriptor.name)?;
        one.set_item("title", descriptor.title)?;
        one.set_item("framing", descriptor.framing)?;
        one.set_item("ports", descriptor.ports.to_vec())?;
        one.set_item("unit_word", descriptor.unit_word)?;
        let notations = PyList::empty(py);
        for notation in descriptor.notation {
            let table = PyDict::new(py);
            table.set_item("table", notation.table)?;
            table.set_item("word", notation.word)?;
            table.set_item("prefix", notation.prefix)?;
            table.set_item("digits", notation.digits)?;
            table.set_item("offset", notation.offset)?;
            table.set_item("boolean", notation.boolean)?;
            notations.append(table)?;
        }
        one.set_item("notation", notations)?;
        one.set_item("words", descriptor.words.to_vec())?;
        all.append(one)?;
    }
    Ok(all)
}

/// Names and defaults of the limits.
#[pyfunction]
fn limits_default(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let all = PyDict::new(py);
    let mut defaults = Limits::default();
    for (name, value) in limits::entries(&mut defaults) {
        all.set_item(name, value.get())?;
    }
    Ok(all)
}

/// The version of the packet reader; a debug build says so.
#[pyfunction]
fn version() -> String {
    let build = if cfg!(debug_assertions) { " (debug build)" } else { "" };
    format!("{}{build}", env!("CARGO_PKG_VERSION"))
}

/// Fills the module: also used by a crate that adds protocols.
///
/// # Errors
/// Those of the interpreter.
pub fn fill(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Sensor>()?;
    module.add_class::<Table>()?;
    module.add_function(wrap_pyfunction!(tables, module)?)?;
    module.add_function(wrap_pyfunction!(protocols_read, module)?)?;
    module.add_function(wrap_pyfunction!(limits_default, module)?)?;
    module.add_function(wrap_pyfunction!(version, module)?)
}

#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    fill(module)
}
