//! Chunk law, batch law, replay law, and the account of transactions.

use proptest::prelude::*;
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

    #[test]
    fn batch_law_and_replay(exchanges in exchanges(), size in 1_usize..50) {
        let capture = capture(&exchanges, &[40]);
        let whole = capture.read(Options::default());
        let limits = Limits { batch_packets: size, ..Limits::default() };
        prop_assert_eq!(&whole, &capture.read(Options { limits, ..Options::default() }));
        prop_assert_eq!(&whole, &capture.read(Options::default()));
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
