//! The laws of `laws.rs` for messages that come in chunks on channels, over what real stacks said (`pcaps/opcua`): any cutting,
//! order and batch gives the same rows, and what follows a loss is read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use proptest::prelude::*;
use proptest::sample::Index;
use sentinel_wire::engine::Options;
use sentinel_wire::Limits;

use super::laws::{batches_change_nothing, without_frames};
use super::network::{Capture, Row, CLIENT, SERVER};

pub(crate) const PORT: u16 = 4840;
/// Bytes of a segment at most: a frame's length has 16 bits.
const SEGMENT: usize = 65_000;

/// What one side sent: a whole chunk.
pub(crate) type Chunk = (bool, Vec<u8>);

/// Both ends of a connection, the bytes of each side that are no whole chunk yet, and its chunks.
type Flow = ([u8; 12], [Vec<u8>; 2], Vec<Chunk>);

fn captures(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the samples are there").flatten() {
        if entry.path().is_dir() {
            captures(&entry.path(), found);
        } else if entry.path().extension().is_some_and(|end| end == "pcap") {
            found.push(entry.path());
        }
    }
}

fn number(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes")) as usize
}

/// The chunks of each connection of a sample, which was captured whole and in order, over Ethernet and IPv4.
fn chunks_of(path: &Path) -> Vec<Vec<Chunk>> {
    let bytes = std::fs::read(path).expect("the sample can be read");
    let mut flows: Vec<Flow> = Vec::new();
    let mut at = 24;
    while at + 16 <= bytes.len() {
        let frame = &bytes[at + 16..at + 16 + number(&bytes, at + 8)];
        at += 16 + frame.len();
        let ip = &frame[14..];
        if frame[12..14] != [8, 0] || ip[9] != 6 {
            continue;
        }
        let ip = &ip[..usize::from(u16::from_be_bytes([ip[2], ip[3]]))];
        let tcp = &ip[usize::from(ip[0] & 15) * 4..];
        let is_client = tcp[2..4] == PORT.to_be_bytes();
        let (own, other) = if is_client { (0, 4) } else { (4, 0) };
        let mut ends = [0; 12];
        ends[own..own + 4].copy_from_slice(&ip[12..16]);
        ends[other..other + 4].copy_from_slice(&ip[16..20]);
        ends[8 + own / 2..10 + own / 2].copy_from_slice(&tcp[..2]);
        ends[8 + other / 2..10 + other / 2].copy_from_slice(&tcp[2..4]);
        let place = flows.iter().position(|flow| flow.0 == ends).unwrap_or_else(|| {
            flows.push((ends, Default::default(), Vec::new()));
            flows.len() - 1
        });
        let (_, rest, chunks) = &mut flows[place];
        let rest = &mut rest[usize::from(is_client)];
        rest.extend_from_slice(&tcp[usize::from(tcp[12] >> 4) * 4..]);
        // What was sent twice leaves no chunk at its place: such a connection is left out.
        while rest.len() >= 8 && (8..=rest.len()).contains(&number(rest, 4)) {
            let size = number(rest, 4);
            chunks.push((is_client, rest.drain(..size).collect()));
        }
    }
    let is_whole = |(_, rest, chunks): &Flow| rest.iter().all(Vec::is_empty) && chunks.len() > 1;
    flows.into_iter().filter(is_whole).map(|(_, _, chunks)| chunks).collect()
}

/// Every connection of the samples.
fn connections() -> &'static [Vec<Chunk>] {
    static ALL: OnceLock<Vec<Vec<Chunk>>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut paths = Vec::new();
        captures(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pcaps/opcua"), &mut paths);
        paths.sort();
        let all: Vec<Vec<Chunk>> = paths.iter().flat_map(|path| chunks_of(path)).collect();
        assert!(all.len() > 30 && all.iter().map(Vec::len).sum::<usize>() > 2_000, "chunks were found");
        all
    })
}

/// A part of a connection, from its start or from the middle.
fn conversation() -> impl Strategy<Value = &'static [Chunk]> {
    (any::<Index>(), any::<Index>(), any::<bool>(), 2_usize..40).prop_map(|(which, from, begins, count)| {
        let all = which.get(connections());
        let from = if begins { 0 } else { from.index(all.len()) };
        &all[from..all.len().min(from + count)]
    })
}

/// The chunks as segments, each cut at these places in percent of its length. `swapped`: whether the first two parts of a
/// chunk change places, chunk by chunk and from the start again; `lost`: a chunk that was not captured.
pub(crate) fn capture(chunks: &[Chunk], cuts: &[usize], swapped: &[bool], lost: Option<usize>) -> Capture {
    let mut capture = Capture::on_port(PORT);
    capture.handshake();
    let mut next = [5_000_u32, 1_000];
    let mut turn = swapped.iter().cycle();
    for (index, (from, bytes)) in chunks.iter().enumerate() {
        let mut places: Vec<usize> = cuts.iter().map(|percent| percent * bytes.len() / 100).collect();
        places.extend((0..bytes.len()).step_by(SEGMENT));
        places.push(bytes.len());
        places.sort_unstable();
        places.dedup();
        let mut parts: Vec<(usize, usize)> = places.windows(2).map(|pair| (pair[0], pair[1])).collect();
        if parts.len() > 1 && turn.next().is_some_and(|is_swapped| *is_swapped) {
            parts.swap(0, 1);
        }
        let [own, other] = [next[usize::from(*from)], next[usize::from(!*from)]];
        if lost == Some(index) {
            // Another segment in its place, so that frames have the same numbers.
            capture.segment(*from, own, other, 0x10, &[]);
            parts.clear();
        }
        for (start, end) in parts {
            capture.segment(*from, own.wrapping_add(start as u32), other, 0x18, &bytes[start..end]);
        }
        next[usize::from(*from)] = own.wrapping_add(bytes.len() as u32);
    }
    // Each side has seen all that the other sent.
    capture.segment(CLIENT, next[1], next[0], 0x10, &[]).segment(SERVER, next[0], next[1], 0x10, &[]);
    capture
}

/// Tables without what a cutting may change.
const TABLES: [&str; 9] = ["conversations", "operations", "opcua", "events", "opcua_events", "points", "readings", "claims", "weirds"];

/// What was asked behind this frame, with its answer: both frames and the operation's name.
fn asked_behind(tables: &BTreeMap<String, Vec<Row>>, frame: u64) -> Vec<String> {
    let names: BTreeMap<&str, &str> = tables["operations"].iter().map(|row| (row["operation"].as_str(), row["name"].as_str())).collect();
    let text = |row: &Row, name: &str| row.get(name).cloned().unwrap_or_else(|| "-".to_owned());
    let asked = tables["events"].iter().filter(|row| text(row, "request_frame").parse::<u64>().is_ok_and(|asked| asked > frame));
    let mut told: Vec<String> = asked
        .map(|row| format!("{} {} {}", text(row, "request_frame"), text(row, "response_frame"), names[row["operation"].as_str()]))
        .collect();
    told.sort();
    told
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_cutting_and_order_tells_the_same(
        chunks in conversation(),
        cuts in prop::collection::vec(0_usize..100, 0..6),
        swapped in prop::collection::vec(any::<bool>(), 1..8),
        every_transaction in any::<bool>(),
    ) {
        let options = || Options { every_transaction, ..Options::default() };
        let whole = capture(chunks, &[], &[], None).read(options());
        for swapped in [&[][..], &swapped] {
            let cut = capture(chunks, &cuts, swapped, None).read(options());
            for table in TABLES {
                prop_assert_eq!(without_frames(&whole[table]), without_frames(&cut[table]), "{} {:?}", table, swapped);
            }
        }
    }

    #[test]
    fn any_batch_and_replay_tells_the_same(chunks in conversation(), size in 1_usize..50) {
        batches_change_nothing(&capture(chunks, &[40], &[], None), size)?;
    }

    #[test]
    fn what_follows_a_loss_is_read(chunks in conversation(), lost in any::<Index>()) {
        let lost = lost.index(chunks.len());
        let (from, _) = chunks[lost];
        // The message that it belonged to ends here, and the next one of its side is whole.
        let end = chunks[lost..].iter().position(|(side, bytes)| *side == from && bytes[3] != b'C').unwrap_or(chunks.len());
        // Three frames open the connection, then each chunk is one.
        let frame = 4 + (lost + end) as u64;
        let options = || Options { every_transaction: true, ..Options::default() };
        let whole = asked_behind(&capture(chunks, &[], &[], None).read(options()), frame);
        let told = asked_behind(&capture(chunks, &[], &[], Some(lost)).read(options()), frame);
        prop_assert_eq!(whole, told);
    }
}

/// A MSG of channel 7, token 1 and this request.
pub(crate) fn message(request: u32, body: &[u8]) -> Vec<u8> {
    let numbers: Vec<u8> = [24 + body.len() as u32, 7, 1, request, request].iter().flat_map(|number| number.to_le_bytes()).collect();
    [b"MSGF", &numbers[..], body].concat()
}

/// No stack accepts such a range; a server that answers it anyway has an element behind the last index.
#[test]
fn a_range_at_the_end_of_all_indices_is_read() {
    let range = b"4294967295";
    let mut asked = vec![1, 0, 0x77, 2, 0, 0];
    asked.extend([0; 8 + 4 + 4]);
    asked.extend([0xFF; 4]);
    asked.extend([0; 4 + 3 + 8 + 4]);
    asked.extend([1, 0, 0, 0, 1, 2, 9, 0, 13, 0, 0, 0, range.len() as u8, 0, 0, 0]);
    asked.extend(range);
    asked.extend([0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
    let mut told = vec![1, 0, 0x7A, 2];
    told.extend([0; 8 + 4 + 4 + 1]);
    told.extend([0xFF; 4]);
    told.extend([0, 0, 0, 1, 0, 0, 0, 1, 0x83, 2, 0, 0, 0, 5, 6, 0xFF, 0xFF, 0xFF, 0xFF]);
    let chunks = [(CLIENT, message(3, &asked)), (SERVER, message(3, &told))];
    let tables = capture(&chunks, &[], &[], None).read(Options::default());
    let names: Vec<&str> = tables["points"].iter().map(|row| row["name"].as_str()).collect();
    assert_eq!(names, ["ns=2;i=9[4294967295]"]);
    assert!(tables["counters"][0].keys().all(|name| name != "limit decoder_panic"));
}

/// The number that a limit was reached, and the tables.
fn read_within(chunks: &[Chunk], limits: Limits, name: &str) -> (u64, BTreeMap<String, Vec<Row>>) {
    let tables = capture(chunks, &[], &[], None).read(Options { limits, every_transaction: true, ..Options::default() });
    let reached = tables["counters"][0].get(&format!("limit {name}")).map_or(0, |count| count.parse().expect("a number"));
    (reached, tables)
}

/// A Publish waits as long as its connection: long ones that nobody answers must not fill the memory.
#[test]
fn requests_that_wait_are_bounded_in_bytes() {
    let mut publish = vec![1, 0, 0x3A, 3, 0, 0];
    publish.extend([0; 8 + 4 + 4]);
    publish.extend([0xFF; 4]);
    publish.extend([0; 4 + 3]);
    publish.extend([0xFF; 4]);
    publish.extend([0; 1_000]);
    let chunks: Vec<Chunk> = (1..=40).map(|request| (CLIENT, message(request, &publish))).collect();
    let limits = || Limits { part_bytes_total: 10_000, ..Limits::default() };
    let (reached, tables) = read_within(&chunks, limits(), "part_bytes_total");
    let crowded = tables["events"].iter().filter(|row| row.get("weird").is_some_and(|names| names.contains("too_many_waiting")));
    assert!((3..=5).contains(&reached), "each time nine or ten have gathered: {reached}");
    assert!(crowded.count() >= 30);
    assert_eq!(tables["events"].len(), 40, "each is told, in room or not");
    // What was answered is not in the way: the account comes back to nothing.
    let fault = [&[1, 0, 0x8D, 1][..], &[0; 8 + 4], &0x8078_0000_u32.to_le_bytes(), &[0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0]].concat();
    let answered: Vec<Chunk> = (1..=40).flat_map(|one| [(CLIENT, message(one, &publish)), (SERVER, message(one, &fault))]).collect();
    assert_eq!(read_within(&answered, limits(), "part_bytes_total").0, 0);
}

/// Names of nodes without end, from any number of servers.
#[test]
fn names_of_nodes_are_bounded_over_all_servers() {
    let read = |number: u32| {
        let name = format!("{number:0>500}");
        let mut asked = vec![1, 0, 0x77, 2, 0, 0];
        asked.extend([0; 8 + 4 + 4]);
        asked.extend([0xFF; 4]);
        asked.extend([0; 4 + 3 + 8 + 4]);
        asked.extend([1, 0, 0, 0, 3, 2, 0, 0xF4, 1, 0, 0]);
        asked.extend(name.as_bytes());
        asked.extend([13, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
        let mut told = vec![1, 0, 0x7A, 2];
        told.extend([0; 8 + 4 + 4 + 1]);
        told.extend([0xFF; 4]);
        told.extend([0, 0, 0, 1, 0, 0, 0, 1, 6, 7, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
        [(CLIENT, message(number, &asked)), (SERVER, message(number, &told))]
    };
    let chunks: Vec<Chunk> = (1..=40).flat_map(read).collect();
    let limits = Limits { memory_bytes_total: 10_000, ..Limits::default() };
    let tables = capture(&chunks, &[], &[], None).read(Options { limits, ..Options::default() });
    let points = tables["points"].len();
    assert!((8..20).contains(&points), "some thousand bytes each two: {points}");
    assert!(tables["counters"][0].contains_key("limit memory_of_a_server"));
    let all = capture(&chunks, &[], &[], None).read(Options::default());
    assert_eq!(all["points"].len(), 40);
}
