//! Reads packets from memory through the engine, and checks what must hold whatever they were.

use std::collections::BTreeMap;

use sentinel_wire::columns::{Cell, Table};
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

/// A row: column name to its value, nulls left out.
pub type Row = BTreeMap<&'static str, Cell>;

/// What was read.
pub struct Reading {
    /// Every table's rows.
    pub tables: BTreeMap<&'static str, Vec<Row>>,
    /// Totals.
    pub counters: Counters,
}

impl Reading {
    /// Rows of a table.
    pub fn rows(&self, table: &str) -> &[Row] {
        self.tables.get(table).map_or(&[], Vec::as_slice)
    }

    /// The sum of a column of unsigned numbers.
    pub fn sum(&self, table: &str, column: &str) -> u64 {
        let cells = self.rows(table).iter().filter_map(|row| row.get(column));
        cells.map(|cell| if let Cell::Unsigned(number) = cell { *number } else { 0 }).sum()
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
        let mut tables: BTreeMap<&'static str, Vec<Row>> = BTreeMap::new();
        while let Some(batch) = engine.next_batch() {
            for table in batch.into_iter().filter(|table| table.rows() > 0) {
                let name = table.name();
                tables.entry(name).or_default().extend(rows(table));
            }
        }
        let reading = Reading { tables, counters: engine.counters().clone() };
        let counters = &reading.counters;
        assert_eq!(counters.packets, packets, "packets");
        assert!(!counters.limits.contains_key("decoder_panic"), "a decoder panicked");
        assert_eq!(counters.events + counters.summarised, counters.transactions, "the account of transactions");
        assert_eq!(reading.rows("events").len() as u64, counters.events, "events");
        assert_eq!(reading.sum("summaries", "count"), counters.summarised, "transactions in summaries");
        assert_eq!(reading.rows("weirds").len() as u64, counters.weirds, "violations without a transaction");
        // What the end looks at once more.
        engine.directions();
        engine.losses();
        engine.one_sided();
        engine.applications();
        reading
    })
}

fn rows(table: Table) -> Vec<Row> {
    let mut rows = vec![Row::new(); table.rows()];
    for (field, cells) in table.into_columns() {
        for (index, row) in rows.iter_mut().enumerate() {
            if let Some(cell) = cells.get(index) {
                row.insert(field.name, cell);
            }
        }
    }
    rows
}

/// The rows without what a cutting may change: numbers and times of frames, and the order of rows.
pub fn without_frames(rows: &[Row]) -> Vec<Row> {
    let changing = ["sequence", "event_sequence", "request_frame", "response_frame", "frame"];
    rows.iter().map(|row| row.iter().filter(|(name, _)| !changing.contains(name)).map(|(name, cell)| (*name, cell.clone())).collect()).collect()
}
