//! Reads packets from memory through the engine, and checks what must hold whatever they were.

use std::collections::BTreeMap;
use std::sync::Arc;

use sentinel_wire::columns::{Cell, Cells, Table};
use sentinel_wire::engine::{Counters, Engine, Options};
use sentinel_wire::Limits;

use crate::memory;
use crate::packets::{Given, Memory};

/// Bytes that one input may hold at once: what the bounds of [`limits`] add up to, with room.
const MOST: usize = 24 << 20;

/// Bounds that a small input can reach.
pub fn limits() -> Limits {
    Limits {
        flows: 8,
        reorder_bytes: 512,
        reorder_bytes_total: 1_024,
        reorder_window: 1 << 16,
        waiting: 4,
        operations: 16,
        points: 256,
        memories: 2,
        events_per_minute: 4,
        new_values_per_minute: 6,
        senders: 16,
        fragmented_packets: 4,
        fragments_per_packet: 8,
        fragment_bytes: 4_096,
        recent_packets: 16,
        batch_rows: 1_024,
        message_bytes: 1_024,
        elements: 64,
        time_jump_packets: 2,
        ..Limits::default()
    }
}

/// A row: the cells that are set, each with its column's name.
type Row = Vec<(&'static str, Cell)>;

/// Columns that a cutting may change: numbers of rows and frames; and how it was known who asks when the first message was
/// told, since what comes in one segment with it is heard before.
pub const CUTTING_CHANGES: &[&str] = &["sequence", "event_sequence", "request_frame", "response_frame", "frame", "role_source"];

/// What was read.
pub struct Reading {
    tables: BTreeMap<&'static str, Vec<Table>>,
    /// Totals.
    pub counters: Counters,
}

impl Reading {
    /// Names of the tables that have rows.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.tables.keys().copied()
    }

    /// Number of rows of a table.
    pub fn count(&self, table: &str) -> u64 {
        self.parts(table).map(|one| one.rows() as u64).sum()
    }

    /// The sum of a column of unsigned numbers.
    pub fn sum(&self, table: &str, column: &str) -> u64 {
        let columns = self.parts(table).flat_map(Table::columns);
        let numbers = columns.filter(|(field, _)| field.name == column).map(|(_, cells)| match cells {
            Cells::Unsigned(numbers) => numbers.values.iter().sum(),
            _ => 0_u64,
        });
        numbers.sum()
    }

    /// The cells of a column of texts.
    pub fn texts<'a>(&'a self, table: &str, column: &'a str) -> impl Iterator<Item = &'a str> {
        let columns = self.parts(table).flat_map(Table::columns).filter(move |(field, _)| field.name == column);
        columns.flat_map(|(_, cells)| match cells {
            Cells::Text(texts) => (0..texts.ends.len()).filter_map(|row| texts.get(row)).collect(),
            _ => Vec::new(),
        })
    }

    /// Compares every table but some, without what may differ.
    ///
    /// # Panics
    /// If one has other rows: it shows them.
    pub fn same(&self, other: &Self, tables_without: &[&str], without: &[&str], what: &str) {
        let others = other.names().filter(|name| !self.tables.contains_key(name));
        for name in self.names().chain(others).filter(|name| !tables_without.contains(name)) {
            if self.count(name) != other.count(name) || !self.has_cells_of(other, name, without) {
                let [own, others] = [self, other].map(|one| one.rows(name, without));
                panic!("{what}: {name}\n{own:#?}\n{others:#?}");
            }
        }
    }

    /// Whether a table's cells are equal, where it has as many rows. Column by column and in place: it is asked of every
    /// input, rows are made for a fault only.
    fn has_cells_of(&self, other: &Self, table: &str, without: &[&str]) -> bool {
        let Some(first) = self.parts(table).next() else { return true };
        first.fields().iter().enumerate().filter(|(_, field)| !without.contains(&field.name)).all(|(place, _)| {
            let [own, others] = [self, other].map(|one| one.parts(table).flat_map(move |part| cells(part, place)));
            own.eq(others)
        })
    }

    fn rows(&self, table: &str, without: &[&str]) -> Vec<Row> {
        self.parts(table).flat_map(|one| rows(one, without)).collect()
    }

    fn parts(&self, table: &str) -> impl Iterator<Item = &Table> {
        self.tables.get(table).into_iter().flatten()
    }
}

/// Reads these packets to the end.
///
/// # Panics
/// If a law does not hold.
pub fn read(given: impl Into<Arc<[Given]>>, options: Options) -> Reading {
    let given = given.into();
    let packets = given.iter().filter(|one| matches!(one, Given::Packet(..))).count() as u64;
    memory::bounded(MOST, || {
        let mut engine = Engine::listen(Box::new(Memory::new(given)), options);
        let mut tables: BTreeMap<&'static str, Vec<Table>> = BTreeMap::new();
        while let Some(batch) = engine.next_batch() {
            for table in batch.into_iter().filter(|table| table.rows() > 0) {
                tables.entry(table.name()).or_default().push(table);
            }
        }
        let reading = Reading { tables, counters: engine.counters().clone() };
        let counters = &reading.counters;
        assert_eq!(counters.packets, packets, "packets");
        assert!(!counters.limits.contains_key("decoder_panic"), "a decoder panicked");
        assert_eq!(counters.events + counters.summarised, counters.transactions, "the account of transactions");
        assert_eq!(reading.count("events"), counters.events, "events");
        assert_eq!(reading.sum("summaries", "count"), counters.summarised, "transactions in summaries");
        assert_eq!(reading.count("weirds"), counters.weirds, "violations without a transaction");
        // What the end looks at once more.
        engine.directions();
        engine.losses();
        engine.one_sided();
        engine.applications();
        reading
    })
}

/// A cell where it lies.
#[derive(PartialEq)]
enum Lying<'a> {
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Bool(bool),
    Text(&'a str),
    Integers(&'a [i64]),
    Texts(&'a [String]),
}

/// The cells of one column, by its place.
fn cells(table: &Table, place: usize) -> impl Iterator<Item = Option<Lying<'_>>> {
    let column = table.columns().nth(place).map(|(_, cells)| cells);
    (0..table.rows()).map(move |row| match column? {
        Cells::Unsigned(cells) => cells.get(row).map(Lying::Unsigned),
        Cells::Signed(cells) => cells.get(row).map(Lying::Signed),
        Cells::Float(cells) => cells.get(row).map(Lying::Float),
        Cells::Bool(cells) => cells.get(row).copied().flatten().map(Lying::Bool),
        Cells::Text(cells) => cells.get(row).map(Lying::Text),
        Cells::Word(cells) => cells.get(row).map(Lying::Text),
        Cells::Integers(cells) => cells.get(row)?.as_deref().map(Lying::Integers),
        Cells::Texts(cells) => cells.get(row)?.as_deref().map(Lying::Texts),
    })
}

fn rows(table: &Table, without: &[&str]) -> Vec<Row> {
    let mut rows = vec![Row::new(); table.rows()];
    for (field, cells) in table.columns().filter(|(field, _)| !without.contains(&field.name)) {
        for (index, row) in rows.iter_mut().enumerate() {
            row.extend(cells.get(index).map(|cell| (field.name, cell)));
        }
    }
    rows
}
