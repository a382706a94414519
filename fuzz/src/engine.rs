//! Reads packets from memory through the engine, and checks what must hold whatever they were.

use std::collections::BTreeMap;

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
        time_jump_packets: 2,
        ..Limits::default()
    }
}

/// A row: the cells that are set, each with its column's name.
pub type Row = Vec<(&'static str, Cell)>;

/// Columns that a cutting may change: numbers of rows and frames.
const CUTTING_CHANGES: [&str; 5] = ["sequence", "event_sequence", "request_frame", "response_frame", "frame"];

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

    /// Rows of a table.
    pub fn rows(&self, table: &str) -> Vec<Row> {
        self.parts(table).flat_map(|one| rows(one, &[])).collect()
    }

    /// The rows without what a cutting may change.
    pub fn rows_of_any_cutting(&self, table: &str) -> Vec<Row> {
        self.parts(table).flat_map(|one| rows(one, &CUTTING_CHANGES)).collect()
    }

    /// The sum of a column of unsigned numbers.
    pub fn sum(&self, table: &str, column: &str) -> u64 {
        let columns = self.parts(table).flat_map(|one| one.clone().into_columns());
        let numbers = columns.filter(|(field, _)| field.name == column).map(|(_, cells)| match cells {
            Cells::Unsigned(numbers) => numbers.values.iter().sum(),
            _ => 0_u64,
        });
        numbers.sum()
    }

    fn parts(&self, table: &str) -> impl Iterator<Item = &Table> {
        self.tables.get(table).into_iter().flatten()
    }
}

/// Reads these packets to the end.
///
/// # Panics
/// If a law does not hold.
pub fn read(given: Vec<Given>, options: Options) -> Reading {
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

fn rows(table: &Table, without: &[&str]) -> Vec<Row> {
    let mut rows = vec![Row::new(); table.rows()];
    for (field, cells) in table.clone().into_columns().filter(|(field, _)| !without.contains(&field.name)) {
        for (index, row) in rows.iter_mut().enumerate() {
            row.extend(cells.get(index).map(|cell| (field.name, cell)));
        }
    }
    rows
}
