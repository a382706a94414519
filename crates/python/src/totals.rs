//! What was read and what was not, taken from the engine at one moment, and as Python sees it.

use std::collections::BTreeMap;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};
use sentinel_wire::engine::{Counters, Directions, Engine, Frames};
use sentinel_wire::source::live::Interface;
use sentinel_wire::source::FileState;

/// Name, title, group, packets, bytes, whether it is read.
type Application = (String, String, &'static str, u64, u64, bool);

/// See the module.
#[derive(Default)]
pub(crate) struct Totals {
    counters: Counters,
    duplicates: u64,
    losses: (u64, u64, u64),
    one_sided: Vec<String>,
    files: Vec<FileState>,
    applications: Vec<Application>,
    interfaces: Vec<Interface>,
    frames: Vec<Frames>,
    directions: Directions,
}

impl Totals {
    /// Looks at every flow and conversation: not for each batch.
    pub(crate) fn of(engine: &Engine) -> Self {
        Self {
            counters: engine.counters().clone(),
            duplicates: engine.duplicates(),
            losses: engine.losses(),
            one_sided: engine.one_sided(),
            files: engine.files().to_vec(),
            applications: engine.applications(),
            interfaces: engine.interfaces().to_vec(),
            frames: engine.frames().to_vec(),
            directions: engine.directions(),
        }
    }

    /// See the stub file.
    pub(crate) fn as_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let counters = &self.counters;
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
            ("duplicates", self.duplicates),
            ("routed_duplicates", counters.routed_duplicates),
            ("mirrored_twice", counters.mirrored_twice),
            ("fragments", counters.fragments),
            ("fragment_conflicts", counters.fragment_conflicts),
            ("gaps", self.losses.0),
            ("lost_bytes", self.losses.1),
            ("retransmissions", self.losses.2),
            ("dropped", self.interfaces.iter().map(|one| one.dropped).sum()),
        ] {
            all.set_item(name, count)?;
        }
        all.set_item("first", counters.first)?;
        all.set_item("last", counters.last)?;
        all.set_item("unread", &counters.unread)?;
        all.set_item("limits", &counters.limits)?;
        all.set_item("tunnels", &counters.tunnels)?;
        all.set_item("one_sided", &self.one_sided)?;
        all.set_item("files", list(py, &self.files, file)?)?;
        all.set_item("interfaces", list(py, &self.interfaces, interface)?)?;
        all.set_item("frames", list(py, &self.frames, frames)?)?;
        all.set_item("directions", directions(py, &self.directions)?)?;
        let applications = PyDict::new(py);
        for (name, title, group, packets, bytes, read) in &self.applications {
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

fn list<'py, T>(py: Python<'py>, all: &[T], one: impl Fn(Python<'py>, &T) -> PyResult<Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyList>> {
    let dicts: Vec<_> = all.iter().map(|item| one(py, item)).collect::<PyResult<_>>()?;
    PyList::new(py, dicts)
}

fn file<'py>(py: Python<'py>, file: &FileState) -> PyResult<Bound<'py, PyDict>> {
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
    Ok(one)
}

fn interface<'py>(py: Python<'py>, interface: &Interface) -> PyResult<Bound<'py, PyDict>> {
    let one = PyDict::new(py);
    one.set_item("name", &interface.name)?;
    one.set_item("packets", interface.packets)?;
    one.set_item("bytes", interface.bytes)?;
    one.set_item("dropped", interface.dropped)?;
    one.set_item("up", interface.is_up)?;
    Ok(one)
}

fn numbers<'py>(py: Python<'py>, numbers: BTreeMap<&str, u64>) -> PyResult<Bound<'py, PyDict>> {
    let one = PyDict::new(py);
    for (name, number) in numbers {
        one.set_item(name, number)?;
    }
    Ok(one)
}

fn frames<'py>(py: Python<'py>, frames: &Frames) -> PyResult<Bound<'py, PyDict>> {
    numbers(
        py,
        BTreeMap::from([
            ("unicast", frames.unicast),
            ("broadcast", frames.broadcast),
            ("multicast", frames.multicast),
            ("tagged", frames.tagged),
            ("cut", frames.cut),
            ("short", frames.short),
            ("long", frames.long),
            ("longest", u64::from(frames.longest)),
            ("copies", frames.copies),
        ]),
    )
}

fn directions<'py>(py: Python<'py>, directions: &Directions) -> PyResult<Bound<'py, PyDict>> {
    let one = numbers(
        py,
        BTreeMap::from([
            ("both", directions.both),
            ("only_requests", directions.only_requests),
            ("only_answers", directions.only_answers),
            ("tags_differ", directions.tags_differ),
        ]),
    )?;
    one.set_item("examples", &directions.examples)?;
    Ok(one)
}
