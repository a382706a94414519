//! What is kept under a number is forgotten when there is too much of it, and no row ever speaks of what was forgotten.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use sentinel_wire::engine::Options;
use sentinel_wire::Limits;

use super::laws::batches_change_nothing_with;
use super::network::{ask, tell, Capture, Row, CLIENT, SERVER};

/// Exchanges: last byte of client and server, address of the register, and how often it is read.
type Exchange = (u8, u8, u16, u16);

fn exchanges() -> impl Strategy<Value = Vec<Exchange>> {
    prop::collection::vec((1_u8..6, 10_u8..14, 0_u16..4, 1_u16..5), 1..60)
}

/// In datagrams; between them one connection, from 10.0.0.1, that asks its own server again and again.
fn capture(exchanges: &[Exchange], seconds: i64) -> Capture {
    let mut capture = Capture::new();
    capture.handshake();
    let (mut asked, mut answered) = (1_000, 5_000);
    for (client, server, address, times) in exchanges {
        capture.hosts(*client, *server);
        for id in 0..*times {
            capture.datagram(CLIENT, &ask(id, *address * 100, 1)).datagram(SERVER, &tell(id, 1, *address));
        }
        let (question, answer) = (ask(9, *address, 1), tell(9, 1, 7));
        capture.hosts(1, 2).segment(CLIENT, asked, answered, 0x18, &question);
        asked += question.len() as u32;
        capture.segment(SERVER, answered, asked, 0x18, &answer).wait(seconds * 1_000);
        answered += answer.len() as u32;
    }
    capture
}

/// Every row in the order in which it was told, with its table.
fn told(tables: &BTreeMap<String, Vec<Row>>) -> Vec<(&str, &Row)> {
    let numbered = |row: &&Row| row.contains_key("sequence");
    let mut rows: Vec<(&str, &Row)> = Vec::new();
    for (name, table) in tables {
        rows.extend(table.iter().filter(numbered).map(|row| (name.as_str(), row)));
    }
    rows.sort_by_key(|(_, row)| row["sequence"].parse::<u64>().expect("a number"));
    rows
}

/// Operations and conversations that may be spoken of after each row; the most of them at any time.
fn follow(tables: &BTreeMap<String, Vec<Row>>) -> Result<(usize, usize), TestCaseError> {
    let mut operations: BTreeMap<&str, &str> = BTreeMap::new();
    let (mut seen, mut waiting): (BTreeSet<(&str, &str)>, Option<&str>) = Default::default();
    let mut most = (0, 0);
    for (table, row) in told(tables) {
        let number = row.get("operation").map(String::as_str);
        match table {
            "conversations" => {
                prop_assert!(seen.insert(("conversation", &row["conversation"])), "a number twice");
                waiting = Some(&row["conversation"]);
            }
            "operations" => {
                let conversation = row["conversation"].as_str();
                prop_assert!(
                    waiting == Some(conversation) || operations.values().any(|of| *of == conversation),
                    "operation of a conversation that was forgotten: {:?}",
                    row
                );
                prop_assert!(seen.insert(("operation", &row["operation"])), "a number twice");
                waiting = None;
                operations.insert(&row["operation"], conversation);
            }
            "evictions" => {
                prop_assert!(operations.remove(row["number"].as_str()).is_some(), "forgotten twice");
            }
            _ => prop_assert!(number.is_none_or(|number| operations.contains_key(number)), "{}: {:?}", table, row),
        }
        prop_assert!(waiting.is_none() || table == "conversations", "a conversation without operations");
        let conversations = operations.values().collect::<BTreeSet<_>>().len();
        most = (most.0.max(operations.len()), most.1.max(conversations));
    }
    Ok(most)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_row_speaks_of_what_was_forgotten(exchanges in exchanges(), operations in 1_usize..12, seconds in 0_i64..30, events in 0_u32..3) {
        let limits = Limits { operations, events_per_minute: events, ..Limits::default() };
        let tables = capture(&exchanges, seconds).read(Options { limits, ..Options::default() });
        let (most, _) = follow(&tables)?;
        // The new one is told before the one that makes room for it.
        prop_assert!(most <= operations + 1, "{most}");
        let summed: u64 = tables["summaries"].iter().map(|row| row["count"].parse::<u64>().expect("a number")).sum();
        prop_assert_eq!(tables["events"].len() as u64 + summed, tables["counters"][0]["transactions"].parse::<u64>().expect("a number"));
    }

    #[test]
    fn batches_change_nothing_of_it(exchanges in exchanges(), operations in 1_usize..12, size in 1_usize..50) {
        let limits = Limits { operations, ..Limits::default() };
        batches_change_nothing_with(&capture(&exchanges, 7), size, &limits)?;
    }
}

/// A poll that stands longest is the first to go; a flood of others does not take it while something is summed up of it, and
/// when nothing else is left, it goes with what was summed up.
#[test]
fn what_is_summed_up_is_told_before_it_is_forgotten() {
    let polls: Vec<Exchange> = (1..5).map(|client| (client, 10, 0, 3)).collect();
    let flood: Vec<Exchange> = (0..200).map(|one| (5, 20 + one, 0, 1)).collect();
    let limits = Limits { operations: 8, ..Limits::default() };
    let tables = capture(&[polls.clone(), flood].concat(), 0).read(Options { limits, ..Options::default() });
    let gone: BTreeSet<&str> = tables["evictions"].iter().map(|row| row["number"].as_str()).collect();
    // Of the four polls, and the connection between, all is kept.
    let kept = tables["operations"].iter().filter(|row| !gone.contains(row["operation"].as_str()));
    let kept: Vec<&str> = kept.map(|row| row["conversation"].as_str()).collect();
    assert!(["0", "1", "2", "3"].iter().all(|of| kept.contains(of)), "{kept:?}");

    let limits = Limits { operations: 3, ..Limits::default() };
    let tables = capture(&polls, 0).read(Options { limits, ..Options::default() });
    let last: Vec<(&str, &Row)> = told(&tables).into_iter().filter(|(table, _)| ["summaries", "evictions"].contains(table)).collect();
    let (table, row) = last[0];
    assert_eq!((table, row["count"].as_str()), ("summaries", "2"), "{last:?}");
    assert_eq!((last[1].0, &last[1].1["number"]), ("evictions", &row["operation"]));
}

/// Conversations live by their operations, and servers by their conversations and points: a flood of senders that never were
/// leaves as many as there are operations.
#[test]
fn a_flood_of_spoofed_clients_leaves_no_trace() {
    let flood: Vec<Exchange> = (0..2_000_u16).map(|one| (10 + (one % 240) as u8, 3 + (one % 7) as u8, one % 600, 1)).collect();
    let limits = Limits { operations: 20, points: 64, ..Limits::default() };
    let tables = capture(&flood, 0).read(Options { limits, ..Options::default() });
    let (operations, conversations) = follow(&tables).expect("no row speaks of what was forgotten");
    assert!(operations <= 21 && conversations <= 21, "{operations} {conversations}");
    assert!(tables["conversations"].len() > 1_900, "each came again as a new one");
    assert!(tables["counters"][0].contains_key("limit points"));
}
