//! Chunk law, batch law, replay law, and the account of transactions.

use proptest::prelude::*;
use sentinel_wire::columns::Table;
use sentinel_wire::engine::Options;
use sentinel_wire::Limits;

use super::network::{adu, ask, tell, Capture, Row, CLIENT, SERVER};

/// A conversation's two byte streams, exchange by exchange.
fn exchanges() -> impl Strategy<Value = Vec<(Vec<u8>, Vec<u8>)>> {
    let one = (0_u16..400, 1_u16..60, any::<u16>(), 0_u8..5).prop_map(|(address, quantity, value, kind)| {
        let [high, low] = address.to_be_bytes();
        match kind {
            0 => (adu(1, 1, &[5, high, low, 0xFF, 0]), adu(1, 1, &[5, high, low, 0xFF, 0])),
            1 => (adu(1, 2, &[6, high, low, 1, 2]), adu(1, 2, &[0x86, 2])),
            2 => (adu(1, 3, &[0x2B, 0x0E, 1, 0]), adu(1, 3, &[0x2B, 0x0E, 1, 1, 0, 0, 1, 0, 3, b'A', b'B', b'C'])),
            _ => (ask(1, address, quantity), tell(1, quantity, value)),
        }
    });
    prop::collection::vec(one, 1..30)
}

/// Writes the exchanges, each message cut at these places (in percent of its length).
fn capture(exchanges: &[(Vec<u8>, Vec<u8>)], cuts: &[usize]) -> Capture {
    let mut capture = Capture::new();
    capture.handshake();
    let (mut client, mut server) = (1_000_u32, 5_000_u32);
    for (request, answer) in exchanges {
        for (from, bytes) in [(CLIENT, request), (SERVER, answer)] {
            let mut places: Vec<usize> = cuts.iter().map(|percent| percent * bytes.len() / 100).collect();
            places.extend([0, bytes.len()]);
            places.sort_unstable();
            places.dedup();
            for pair in places.windows(2) {
                let part = &bytes[pair[0]..pair[1]];
                let (sequence, acknowledgement) = if from == CLIENT { (client, server) } else { (server, client) };
                capture.segment(from, sequence, acknowledgement, 0x18, part);
                if from == CLIENT {
                    client += part.len() as u32;
                } else {
                    server += part.len() as u32;
                }
            }
        }
    }
    capture
}

/// Rows without what a cut may change: frames, times and what is made of them.
pub(super) fn without_frames(rows: &[Row]) -> Vec<Row> {
    let changing = ["sequence", "time", "timestamp", "duration", "request_frame", "response_frame", "event_sequence", "frame"];
    rows.iter()
        .map(|row| row.iter().filter(|(name, _)| !changing.contains(&name.as_str())).map(|(a, b)| (a.clone(), b.clone())).collect())
        .collect()
}

/// Reads it in batches of so many packets, of so many rows, and again: the same rows each time.
pub(crate) fn batches_change_nothing(capture: &Capture, size: usize) -> Result<(), TestCaseError> {
    batches_change_nothing_with(capture, size, &Limits::default())
}

/// The same with other bounds.
pub(crate) fn batches_change_nothing_with(capture: &Capture, size: usize, bounds: &Limits) -> Result<(), TestCaseError> {
    let whole = capture.read(Options { limits: bounds.clone(), ..Options::default() });
    let by_packets = Limits { batch_packets: size, ..bounds.clone() };
    let by_rows = Limits { batch_rows: size, ..bounds.clone() };
    for limits in [by_packets, by_rows, bounds.clone()] {
        prop_assert_eq!(&whole, &capture.read(Options { limits, ..Options::default() }));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn chunk_law(exchanges in exchanges(), cuts in prop::collection::vec(0_usize..100, 0..6)) {
        for every_transaction in [true, false] {
            let whole = capture(&exchanges, &[]).read(Options { every_transaction, ..Options::default() });
            let cut = capture(&exchanges, &cuts).read(Options { every_transaction, ..Options::default() });
            for table in ["conversations", "operations", "modbus", "events", "modbus_events", "points", "readings", "claims", "weirds"] {
                prop_assert_eq!(without_frames(&whole[table]), without_frames(&cut[table]), "{}", table);
            }
        }
    }

    /// Of a conversation that is recognised and not read: what its first bytes say of both ends. The cuts lie behind the
    /// first lines, by which it is recognised; two neighbouring segments change their places.
    #[test]
    fn first_bytes_tell_the_same(cuts in prop::collection::vec(60_usize..400, 0..8), swap in any::<prop::sample::Index>()) {
        let padding = "x".repeat(300);
        let request = format!("GET /pumps?key=s3cret HTTP/1.1\r\nHost: plant.example\r\nX: {padding}\r\nUser-Agent: Panel/2\r\n\r\n");
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nX: {padding}\r\nServer: Toy/1\r\n\r\nbody");
        let mut whole = Capture::new();
        whole.handshake().segment(CLIENT, 1_000, 5_000, 0x18, request.as_bytes());
        whole.segment(SERVER, 5_000, 1_000 + request.len() as u32, 0x18, answer.as_bytes());
        let mut cut = Capture::new();
        cut.handshake();
        for (from, first, bytes) in [(CLIENT, 1_000, request.as_bytes()), (SERVER, 5_000, answer.as_bytes())] {
            let mut places: Vec<usize> = cuts.iter().map(|cut| (*cut).min(bytes.len())).chain([0, bytes.len()]).collect();
            places.sort_unstable();
            places.dedup();
            let mut parts: Vec<(u32, &[u8])> = places.windows(2).map(|pair| (first + pair[0] as u32, &bytes[pair[0]..pair[1]])).collect();
            if parts.len() > 2 {
                let at = 1 + swap.index(parts.len() - 2);
                parts.swap(at, at + 1);
            }
            for (sequence, part) in parts {
                let other = if from == CLIENT { 5_000 } else { 1_000 + request.len() as u32 };
                cut.segment(from, sequence, other, 0x18, part);
            }
        }
        let (whole, cut) = (whole.read(Options::default()), cut.read(Options::default()));
        let told = without_frames(&whole["claims"]);
        prop_assert_eq!(told.iter().map(|row| row["value"].clone()).collect::<Vec<_>>(), ["Panel/2", "plant.example", "Toy/1"]);
        prop_assert_eq!(told, without_frames(&cut["claims"]));
        // Not read, so not judged for losses.
        prop_assert!(cut["connections"].iter().all(|row| row["gaps"] == "0" && row["retransmissions"] == "0"));
    }

    #[test]
    fn batch_law_and_replay(exchanges in exchanges(), size in 1_usize..50) {
        batches_change_nothing(&capture(&exchanges, &[40]), size)?;
    }

    #[test]
    fn each_transaction_is_in_exactly_one_document(exchanges in exchanges(), repeats in 1_usize..40) {
        let many: Vec<_> = std::iter::repeat_n(exchanges, repeats).flatten().collect();
        let limits = Limits { events_per_minute: 5, new_values_per_minute: 3, ..Limits::default() };
        let tables = capture(&many, &[]).read(Options { limits, ..Options::default() });
        let summed: u64 = tables["summaries"].iter().map(|row| row["count"].parse::<u64>().unwrap_or_default()).sum();
        prop_assert_eq!(tables["events"].len() as u64 + summed, many.len() as u64);
        prop_assert_eq!(tables["counters"][0]["transactions"].clone(), many.len().to_string());
    }
}

#[test]
fn a_batch_ends_by_its_rows() {
    let polls: Vec<_> = (0..50).map(|address| (ask(address, address * 10, 1), tell(address, 1, 7))).collect();
    let limits = Limits { batch_rows: 20, ..Limits::default() };
    let batches = capture(&polls, &[]).batches(Options { limits, ..Options::default() }).len();
    // Each exchange is new: an operation, an event, a point and a reading.
    assert!((8..=14).contains(&batches), "{batches}");
}

/// Values that change fill a batch alone: two of them weigh as much as another row.
#[test]
fn readings_weigh_half() {
    let polls: Vec<_> = (0..20).map(|round| (ask(1, 0, 100), tell(1, 100, round))).collect();
    let limits = Limits { batch_rows: 400, ..Limits::default() };
    let batches = capture(&polls, &[]).batches(Options { limits, ..Options::default() });
    let readings = |batch: &Vec<Table>| batch.iter().find(|table| table.name() == "readings").map_or(0, Table::rows);
    // The first has a hundred points too.
    assert_eq!(batches.iter().map(readings).collect::<Vec<_>>(), [600, 800, 600]);
}
