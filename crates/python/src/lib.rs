//! The thin binding: `sentinel._core`. Only tables and counters cross; the interpreter lock is released while reading.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::types::{ArrowPrimitiveType, Float64Type, Int64Type, UInt32Type, UInt64Type};
use arrow_array::{ArrayRef, BooleanArray, DictionaryArray, ListArray, PrimitiveArray, RecordBatch, RecordBatchIterator, StringArray};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, Field as ArrowField, Schema};
use pyo3::exceptions::{PyOSError, PyPermissionError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyDict, PyList};
use sentinel_capture::{Fault, Listener};
use sentinel_wire::columns::{Cells, Kind, Numbers, Table as WireTable, Texts, Valid, Words};
use sentinel_wire::engine::{Engine, Options};
use sentinel_wire::source::{Known, Mark, Sources};
use sentinel_wire::{claims, protocols, schema, Limits};

mod limits;
mod live;
mod memory;
mod totals;

use live::{Reading, Taken};
use totals::Totals;

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

fn nulls(valid: Valid) -> Option<NullBuffer> {
    let (bits, rows) = valid.into_bits();
    bits.map(|bits| NullBuffer::new(BooleanBuffer::new(Buffer::from_vec(bits), 0, rows)))
}

fn numbers<T: ArrowPrimitiveType>(cells: Numbers<T::Native>) -> ArrayRef {
    Arc::new(PrimitiveArray::<T>::new(ScalarBuffer::from(cells.values), nulls(cells.valid)))
}

/// # Errors
/// If offsets and bytes did not fit each other, which they always do.
fn strings(cells: Texts) -> Result<ArrayRef, ArrowError> {
    let offsets = std::iter::once(0).chain(cells.ends).collect::<Vec<i32>>();
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    Ok(Arc::new(StringArray::try_new(offsets, Buffer::from_vec(cells.bytes.into_bytes()), nulls(cells.valid))?))
}

/// # Errors
/// If a place were beyond the words, which none is.
fn words(cells: Words) -> Result<ArrayRef, ArrowError> {
    let places = PrimitiveArray::<UInt32Type>::new(ScalarBuffer::from(cells.places.values), nulls(cells.places.valid));
    Ok(Arc::new(DictionaryArray::try_new(places, Arc::new(StringArray::from(cells.words)))?))
}

fn array(cells: Cells) -> Result<ArrayRef, ArrowError> {
    Ok(match cells {
        Cells::Unsigned(cells) => numbers::<UInt64Type>(cells),
        Cells::Signed(cells) => numbers::<Int64Type>(cells),
        Cells::Float(cells) => numbers::<Float64Type>(cells),
        Cells::Bool(cells) => Arc::new(BooleanArray::from(cells)),
        Cells::Text(cells) => strings(cells)?,
        Cells::Word(cells) => words(cells)?,
        Cells::Integers(cells) => Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>(
            cells.into_iter().map(|cell| cell.map(|numbers| numbers.into_iter().map(Some))),
        )),
        Cells::Texts(cells) => texts(cells),
    })
}

fn record_batch(table: WireTable) -> Result<RecordBatch, ArrowError> {
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for (field, cells) in table.into_columns() {
        let column = array(cells)?;
        fields.push(ArrowField::new(field.name, column.data_type().clone(), true));
        columns.push(column);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

/// How long Python is out of reach while it waits for a live batch: then it looks whether a signal came.
const PATIENCE: Duration = Duration::from_millis(100);

/// A file's number, packets passed, bytes on the disk read, their digest, is it over.
type FileMark<'py> = (usize, u64, u64, Option<Bound<'py, PyBytes>>, bool);

/// Where batches come from.
enum Source {
    /// Captures, read when a batch is asked for. Locked so that Python threads may share the sensor.
    Captures(Box<Mutex<Engine>>),
    /// Interfaces, read all the time.
    Live(Reading),
}

/// Reads captures or listens on interfaces, batch by batch.
#[pyclass(frozen)]
struct Sensor {
    source: Source,
}

fn locked(engine: &Mutex<Engine>) -> MutexGuard<'_, Engine> {
    engine.lock().unwrap_or_else(PoisonError::into_inner)
}

fn bounds(limits: Option<Bound<'_, PyDict>>) -> PyResult<Limits> {
    let mut bounds = Limits::default();
    for (name, value) in limits.iter().flat_map(|limits| limits.iter()) {
        let (name, value): (String, i64) = (name.extract()?, value.extract()?);
        limits::set(&mut bounds, &name, value).map_err(PyValueError::new_err)?;
    }
    Ok(bounds)
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
        let options = Options { every_transaction, site, limits: bounds(limits)?, vlan_in_key, is_listed: listed };
        let engine = py.detach(|| Engine::open(&files, options));
        Ok(Self { source: Source::Captures(Box::new(Mutex::new(engine))) })
    }

    /// Listens on interfaces from now on.
    #[staticmethod]
    #[pyo3(signature = (interfaces, *, ring_bytes, outgoing = false, site = String::new(), limits = None, vlan_in_key = true))]
    fn listen(
        interfaces: Vec<String>,
        ring_bytes: usize,
        outgoing: bool,
        site: String,
        limits: Option<Bound<'_, PyDict>>,
        vlan_in_key: bool,
    ) -> PyResult<Self> {
        let options = Options { every_transaction: false, site, limits: bounds(limits)?, vlan_in_key, is_listed: false };
        let listener = Listener::open(&interfaces, sentinel_capture::Options { ring_bytes, outgoing });
        let listener = listener.map_err(|(name, fault)| match fault {
            Fault::NotAllowed => PyPermissionError::new_err(format!("{name}: {fault}")),
            fault => PyOSError::new_err(format!("{name}: {fault}")),
        })?;
        Ok(Self { source: Source::Live(Reading::begin(listener, options)?) })
    }

    /// The live sensor gives what it has received, then ends; captures are read to their end all the same.
    fn stop(&self) {
        if let Source::Live(reading) = &self.source {
            reading.stop();
        }
    }

    /// Tables by name, those with rows; `None` after the end.
    fn next_batch<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let tables = match &self.source {
            Source::Captures(engine) => match py.detach(|| locked(engine).next_batch()) {
                Some(tables) => tables,
                None => return Ok(None),
            },
            Source::Live(reading) => loop {
                match py.detach(|| reading.take(PATIENCE)) {
                    Taken::Batch(batch) => break batch.tables,
                    Taken::Nothing => py.check_signals()?,
                    Taken::End => return Ok(None),
                    Taken::Fault => return Err(PyRuntimeError::new_err("the packet reader stopped by a fault of its own")),
                }
            },
        };
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
        match &self.source {
            Source::Captures(engine) => locked(engine).line_time(),
            Source::Live(reading) => reading.line_time(),
        }
    }

    /// What happened to the interfaces since the last call, one line each.
    fn notices(&self) -> Vec<String> {
        match &self.source {
            Source::Captures(_) => Vec::new(),
            Source::Live(reading) => reading.notices(),
        }
    }

    /// Which packets are wanted; see the stub file.
    fn only(&self, since: Option<i64>, until: Option<i64>) {
        self.captures(|captures| captures.only(since, until));
    }

    /// Adds ns to the times of a file.
    fn shift(&self, file: usize, shift: i64) {
        self.captures(|captures| captures.shift(file, shift));
    }

    /// Reads nothing of a file.
    fn leave_out(&self, file: usize) {
        self.captures(|captures| captures.leave_out(file));
    }

    /// What of a file was read before.
    fn known(&self, file: usize, known: Vec<(u64, i64, i64)>) {
        let known = known.into_iter().map(|(packets, since, until)| Known { packets, since, until }).collect();
        self.captures(|captures| captures.known(file, known));
    }

    /// What a file held before.
    fn expect(&self, file: usize, bytes: u64, digest: [u8; 32], is_end: bool) {
        self.captures(|captures| captures.expect(file, Mark { bytes, digest, is_end }));
    }

    /// Digests files while they are read.
    fn digest(&self) {
        self.captures(Sources::digest);
    }

    /// Packets, line time, files read to their end, bytes on the disk. Of captures only.
    fn progress(&self) -> (u64, i64, usize, u64) {
        let Source::Captures(engine) = &self.source else { return (0, self.line_time(), 0, 0) };
        let mut engine = locked(engine);
        let (files, bytes) = engine.captures().map(|captures| captures.progress()).unwrap_or_default();
        (engine.counters().packets, engine.line_time(), files, bytes)
    }

    /// How far each file that was begun is read; see the stub file.
    fn marks<'py>(&self, py: Python<'py>) -> Vec<FileMark<'py>> {
        let Source::Captures(engine) = &self.source else { return Vec::new() };
        self.captures(Sources::look_up);
        let engine = locked(engine);
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
        self.captures(Sources::look_up);
        match &self.source {
            Source::Captures(engine) => py.detach(|| Totals::of(&locked(engine))).as_dict(py),
            Source::Live(reading) => reading.totals().as_dict(py),
        }
    }
}

impl Sensor {
    /// Does something with the captures, if it is captures that are read.
    fn captures(&self, work: impl FnOnce(&mut Sources)) {
        if let Source::Captures(engine) = &self.source {
            locked(engine).captures().map(work);
        }
    }
}

/// What the system says of an interface; `None` if there is none of this name. See the stub file.
#[pyfunction]
fn interface<'py>(py: Python<'py>, name: &str) -> PyResult<Option<Bound<'py, PyDict>>> {
    let Some(found) = sentinel_capture::describe(name)? else { return Ok(None) };
    let one = PyDict::new(py);
    one.set_item("name", &found.name)?;
    one.set_item("kind", found.link.err())?;
    one.set_item("up", found.is_up)?;
    one.set_item("link", found.has_link)?;
    one.set_item("loopback", found.is_loopback)?;
    one.set_item("arp", found.has_arp)?;
    one.set_item("addresses", found.addresses.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    one.set_item("ipv6", found.has_ipv6)?;
    Ok(Some(one))
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Unsigned => "unsigned",
        Kind::Signed => "signed",
        Kind::Float => "float",
        Kind::Bool => "bool",
        Kind::Text => "text",
        Kind::Word => "word",
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
        let framings = PyList::empty(py);
        for framing in descriptor.framings {
            let way = PyDict::new(py);
            way.set_item("name", framing.name)?;
            way.set_item("transport", framing.carrier.name())?;
            way.set_item("ports", framing.ports.to_vec())?;
            framings.append(way)?;
        }
        one.set_item("framings", framings)?;
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

/// Where devices speak of themselves, as data.
#[pyfunction]
fn claim_sources(py: Python<'_>) -> PyResult<Bound<'_, PyList>> {
    let all = PyList::empty(py);
    for source in claims::SOURCES {
        let one = PyDict::new(py);
        one.set_item("name", source.name)?;
        one.set_item("meaning", source.meaning)?;
        one.set_item("about", source.about)?;
        one.set_item("attributes", source.attributes.to_vec())?;
        one.set_item("specification", source.specification)?;
        all.append(one)?;
    }
    Ok(all)
}

/// Every limit; see the stub file.
#[pyfunction]
fn limits_of_reader() -> Vec<limits::Told> {
    limits::all()
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
    module.add_function(wrap_pyfunction!(claim_sources, module)?)?;
    module.add_function(wrap_pyfunction!(limits_of_reader, module)?)?;
    module.add_function(wrap_pyfunction!(interface, module)?)?;
    module.add_function(wrap_pyfunction!(memory::give_back, module)?)?;
    module.add_function(wrap_pyfunction!(version, module)?)
}

#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    fill(module)
}
