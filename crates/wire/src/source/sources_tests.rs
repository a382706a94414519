//! Several files as one stream: order, copies, problems.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use proptest::prelude::*;

use super::*;

/// A folder of its own for a test, removed at its end.
pub(super) struct Place(pub(super) PathBuf);

impl Place {
    pub(super) fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("sentinel-sources-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let place = std::env::temp_dir().join(name);
        fs::create_dir_all(&place).expect("the temporary folder can be written");
        Self(place)
    }

    /// A file that was finished long ago.
    pub(super) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.growing(name, bytes);
        let file = fs::File::options().append(true).open(&path).expect("it was just written");
        file.set_modified(SystemTime::now() - Duration::from_secs(86_400)).expect("its time can be set");
        path
    }

    /// A file that was written just now.
    pub(super) fn growing(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).expect("the temporary folder can be written");
        path
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A pcap of Ethernet packets with these times (µs) and one byte each.
pub(super) fn pcap(packets: &[(u32, u8)]) -> Vec<u8> {
    let mut bytes = vec![0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0];
    for (time, byte) in packets {
        for word in [time / 1_000_000, time % 1_000_000, 1, 60] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.push(*byte);
    }
    bytes
}

fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let total = (12 + body.len()) as u32;
    [&kind.to_le_bytes(), &total.to_le_bytes(), body, &total.to_le_bytes()].concat()
}

/// Section header: byte order, version 1.0, unknown length.
fn section() -> Vec<u8> {
    block(0x0A0D_0D0A, &[0x4D, 0x3C, 0x2B, 0x1A, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255])
}

/// Interface with a link type, snap length 2 and a name of four letters.
fn interface(link: u8, name: &[u8; 4]) -> Vec<u8> {
    block(1, &[&[link, 0, 0, 0, 2, 0, 0, 0, 2, 0, 4, 0], name.as_slice(), &[0, 0, 0, 0]].concat())
}

/// Enhanced packet: interface, time in µs, two of nine bytes.
fn enhanced(number: u8, time: u8) -> Vec<u8> {
    block(6, &[number, 0, 0, 0, 0, 0, 0, 0, time, 0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 0, 0xAA, 0xBB, 0, 0])
}

/// What is compared: µs, file, frame.
pub(super) fn all(sources: &mut Sources) -> Vec<(i64, u32, u64)> {
    let mut packets = Vec::new();
    while let Some(packet) = sources.next_packet() {
        packets.push((packet.time / 1_000, packet.file, packet.frame));
    }
    assert!(sources.next_packet().is_none(), "the end is the end");
    packets
}

pub(super) fn open(paths: &[PathBuf]) -> Sources {
    Sources::open(paths, &Limits::default())
}

#[test]
fn files_are_merged_by_time_then_file_then_frame() {
    let place = Place::new();
    let files = [place.file("a", &pcap(&[(1, 1), (5, 2), (5, 3)])), place.file("b", &pcap(&[(0, 4), (5, 5), (9, 6)]))];
    let mut sources = open(&files);
    assert_eq!(all(&mut sources), [(0, 1, 1), (1, 0, 1), (5, 0, 2), (5, 0, 3), (5, 1, 2), (9, 1, 3)]);
    assert_eq!(sources.files().iter().map(|file| file.packets).collect::<Vec<_>>(), [3, 3]);
    assert_eq!((sources.files()[1].first, sources.files()[1].last), (Some(0), Some(9_000)));
    assert!(sources.files().iter().all(|file| file.problem.is_none() && !file.unusable));
}

#[test]
fn time_that_goes_backwards_keeps_the_order_of_the_file() {
    let place = Place::new();
    let files = [place.file("a", &pcap(&[(5, 1), (2, 2), (8, 3)])), place.file("b", &pcap(&[(4, 4), (6, 5)]))];
    assert_eq!(all(&mut open(&files)), [(4, 1, 1), (5, 0, 1), (2, 0, 2), (6, 1, 2), (8, 0, 3)]);
}

#[test]
fn overlapping_captures_are_counted_once() {
    let place = Place::new();
    let files = [
        place.file("a", &pcap(&[(1, 1), (2, 2), (2, 2), (3, 3)])),
        place.file("b", &pcap(&[(2, 2), (2, 2), (3, 3), (4, 4)])),
        place.file("c", &pcap(&[(3, 3), (3, 9)])),
    ];
    let mut sources = open(&files);
    assert_eq!(all(&mut sources), [(1, 0, 1), (2, 0, 2), (2, 0, 3), (3, 0, 4), (3, 2, 2), (4, 1, 4)]);
    assert_eq!(sources.duplicates(), 4);
    assert_eq!(sources.files().iter().map(|file| file.packets).collect::<Vec<_>>(), [4, 4, 2]);
}

#[test]
fn more_files_than_may_be_open() {
    let place = Place::new();
    let files: Vec<_> = (0..5).map(|at| place.file(&format!("{at}"), &pcap(&[(at * 10, 1), (at * 10 + 5, 2)]))).collect();
    let limits = Limits { open_files: 1, ..Limits::default() };
    let mut sources = Sources::open(&files, &limits);
    let times: Vec<_> = all(&mut sources).into_iter().map(|(time, ..)| time).collect();
    assert_eq!(times, [0, 5, 10, 15, 20, 25, 30, 35, 40, 45]);
    assert!(sources.files().iter().all(|file| file.problem.is_none()), "one after the other is no overlap");

    let overlapping: Vec<_> = (0..3).map(|at| place.file(&format!("o{at}"), &pcap(&[(at, at as u8), (at + 10, at as u8)]))).collect();
    let mut sources = Sources::open(&overlapping, &limits);
    assert_eq!(all(&mut sources).len(), 6, "nothing is lost");
    let told: Vec<_> =
        sources.files().iter().map(|file| file.problem.as_deref().is_some_and(|line| line.contains("approximate"))).collect();
    assert_eq!(told, [false, true, true]);
}

#[test]
fn a_folder_gives_its_captures_and_counts_the_rest() {
    let place = Place::new();
    place.file("notes.txt", b"no capture");
    place.file("empty", b"");
    let only_notes = open(std::slice::from_ref(&place.0));
    assert_eq!(only_notes.files()[0].problem.as_deref(), Some("is a folder without captures"));
    assert!(only_notes.files()[0].unusable);
    place.file("a.pcap", &pcap(&[(1, 1)]));
    let mut sources = open(std::slice::from_ref(&place.0));
    assert_eq!((all(&mut sources).len(), sources.files().len(), sources.passed_over()), (1, 1, 2));
}

#[test]
fn each_problem_is_one_line_and_the_rest_is_read() {
    let place = Place::new();
    let good = pcap(&[(1, 1), (2, 2)]);
    let files = [
        place.file("cut", &good[..good.len() - 1]),
        place.file("text", b"no capture"),
        place.file("empty", b""),
        place.file("header", &good[..24]),
        place.file("good", &good),
        place.0.join("missing"),
        place.file("first", &good[..30]),
    ];
    let mut sources = open(&files);
    all(&mut sources);
    let told: Vec<_> = sources.files().iter().map(|file| (file.packets, file.unusable, file.problem.as_deref().unwrap_or(""))).collect();
    assert_eq!(
        told,
        [
            (1, false, "stops in the middle of a packet after packet 1; all before it was used"),
            (0, true, "is not a capture (neither pcap nor pcapng)"),
            (0, true, "is empty"),
            (0, false, ""),
            (2, false, ""),
            (0, true, "does not exist"),
            (0, true, "stops in the middle of a packet before its first packet"),
        ]
    );
}

#[test]
fn a_file_named_twice_is_read_once() {
    let place = Place::new();
    let file = place.file("a", &pcap(&[(1, 1)]));
    let mut sources = open(&[file.clone(), file]);
    assert_eq!((all(&mut sources).len(), sources.duplicates()), (1, 0));
    assert!(sources.files()[1].problem.as_deref().is_some_and(|line| line.starts_with("is the same file as ")));
    assert!(!sources.files()[1].unusable);
}

#[test]
fn pcapng_with_sections_interfaces_and_every_kind_of_packet() {
    let place = Place::new();
    // simple packet: 9 bytes on the wire, 2 captured (the snap length)
    let simple = block(3, &[9, 0, 0, 0, 0xAA, 0xBB, 0, 0]);
    // obsolete packet block: interface 1, no drops, 4 µs, two of nine bytes
    let obsolete = block(2, &[1, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 0, 0xAA, 0xBB, 0, 0]);
    let unknown = block(0x777, &[1, 2, 3, 4]);
    let custom = block(0x0BAD, &[1, 2, 3, 4]);
    let bytes = [
        section(),
        interface(1, b"eth0"),
        interface(101, b"tun0"),
        enhanced(0, 3),
        unknown,
        simple,
        obsolete,
        custom,
        section(),
        interface(113, b"any0"),
        enhanced(0, 7),
    ];
    let mut sources = open(&[place.file("a.pcapng", &bytes.concat())]);
    let mut seen = Vec::new();
    while let Some(packet) = sources.next_packet() {
        assert_eq!((packet.bytes, packet.original), (&[0xAA, 0xBB][..], 9));
        seen.push((packet.time, packet.frame, packet.interface, packet.link));
    }
    assert_eq!(seen, [(3_000, 1, 0, 1), (3_000, 2, 0, 1), (4_000, 3, 1, 101), (7_000, 5, 2, 113)]);
    let state = &sources.files()[0];
    assert_eq!((state.packets, &state.problem), (4, &None));
    let names: Vec<_> = state.interfaces.iter().map(|name| name.as_deref()).collect();
    assert_eq!(names, [Some("eth0"), Some("tun0"), Some("any0")]);
}

#[test]
fn pcapng_faults_are_told_with_packet_and_byte() {
    let place = Place::new();
    let begin = [section(), interface(1, b"eth0"), enhanced(0, 3)].concat();
    let mut long = enhanced(0, 4);
    long[20] = 200;
    let mut tail = enhanced(0, 4);
    *tail.last_mut().expect("a block") = 9;
    for (name, fault, line) in [
        ("interface", enhanced(9, 4), "packet 2 is of interface 9, which the file does not describe, at byte 96: "),
        ("length", long, "packet 2 claims 200 bytes, more than its block or the limit holds, at byte 96: "),
        ("tail", tail, "packet 2 is 36 bytes long at its start and 150994980 at its end, at byte 96: "),
        (
            "huge",
            vec![6, 0, 0, 0, 0xFC, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0],
            "packet 2 claims 4294967292 bytes, more than the limit of 16777216, at byte 96: ",
        ),
        ("tiny", vec![9, 9, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0], "a block of type 0x909 claims 8 bytes, less than it needs, at byte 96: "),
        ("cut", enhanced(0, 4)[..30].to_vec(), "stops in the middle of a packet after packet 1; all before it was used"),
    ] {
        let mut sources = open(&[place.file(name, &[begin.clone(), fault].concat())]);
        assert_eq!(all(&mut sources).len(), 1, "{name}");
        let problem = sources.files()[0].problem.clone().unwrap_or_default();
        assert!(problem.starts_with(line), "{name}: {problem}");
    }
}

#[test]
fn simple_packets_before_any_time_are_told() {
    let place = Place::new();
    let bytes = [section(), interface(1, b"eth0"), block(3, &[2, 0, 0, 0, 0xAA, 0xBB, 0, 0])].concat();
    let mut sources = open(&[place.file("a", &bytes)]);
    assert_eq!(all(&mut sources), [(0, 0, 1)]);
    assert!(sources.files()[0].problem.as_deref().is_some_and(|line| line == "has 1 packet without a time, taken as of 1970"));
    assert!(!sources.files()[0].unusable);
}

#[test]
fn a_file_that_is_being_written_is_read_to_its_present_end() {
    let place = Place::new();
    let whole = pcap(&[(1, 1), (2, 2), (3, 3)]);
    let ng = [section(), interface(1, b"eth0"), enhanced(0, 3), enhanced(0, 4)].concat();
    for (bytes, cut, packets) in [(&whole, 1, 2), (&whole, 17, 2), (&whole, 25, 1), (&ng, 4, 1), (&ng, 31, 1)] {
        let mut sources = open(&[place.growing("ring", &bytes[..bytes.len() - cut])]);
        assert_eq!(all(&mut sources).len(), packets);
        let line = "is still being written? Its last record is incomplete, after packet";
        assert_eq!(
            sources.files()[0].problem.as_deref(),
            if cut == 17 { None } else { Some(format!("{line} {packets}; all before it was used")) }.as_deref(),
            "{cut}"
        );
    }
    let mut sources = open(&[place.growing("first", &whole[..30])]);
    assert!(all(&mut sources).is_empty());
    assert_eq!(sources.files()[0].problem.as_deref(), Some("is still being written? Its first record is incomplete"));
}

/// A pipe that is interrupted before its end.
struct Interrupted(std::io::Cursor<Vec<u8>>);

impl std::io::Read for Interrupted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self.0.read(buffer) {
            Ok(0) => Err(std::io::ErrorKind::Interrupted.into()),
            read => read,
        }
    }
}

#[test]
fn a_stream_that_is_interrupted_ends() {
    let stream = Interrupted(std::io::Cursor::new(pcap(&[(1, 1), (2, 2)])));
    let raw = raw::Raw::stream(Box::new(stream)).expect("it has a head");
    let limits = Limits::default();
    let mut capture = Capture::new(compressed::Input::new(raw, 64, &limits), &limits).expect("a capture");
    assert!(capture.advance() && capture.advance() && !capture.advance());
    assert_eq!(capture.problem().as_deref(), Some("was interrupted after packet 2; all before it was used"));
}

proptest! {
    /// Files in order are merged into order, whatever the bound of open files; nothing is lost or doubled.
    #[test]
    fn merging_keeps_every_packet(mut times in prop::collection::vec(prop::collection::vec(0_u32..40, 0..12), 1..5), room in 1_usize..5) {
        let place = Place::new();
        let mut files = Vec::new();
        let mut expected: Vec<(i64, u32, u64)> = Vec::new();
        for (file, times) in times.iter_mut().enumerate() {
            times.sort_unstable();
            // The byte tells the files apart, so that no packet is a copy.
            let packets: Vec<_> = times.iter().map(|time| (*time, file as u8)).collect();
            files.push(place.file(&file.to_string(), &pcap(&packets)));
            expected.extend(times.iter().enumerate().map(|(at, time)| (i64::from(*time), file as u32, at as u64 + 1)));
        }
        let mut sources = Sources::open(&files, &Limits { open_files: room, ..Limits::default() });
        let mut given = all(&mut sources);
        expected.sort_unstable();
        if room >= files.len() {
            prop_assert_eq!(&given, &expected);
        }
        given.sort_unstable();
        prop_assert_eq!(given, expected);
    }
}

proptest! {
    /// However packets are spread over files, and however these are named, they come in the one order of their times.
    #[test]
    fn any_split_is_the_whole(of in prop::collection::vec(0_usize..6, 1..60), room in 6_usize..8, names in Just((0..6).collect::<Vec<u8>>()).prop_shuffle()) {
        let place = Place::new();
        let mut parts: Vec<Vec<(u32, u8)>> = vec![Vec::new(); 6];
        for (at, file) in of.iter().enumerate() {
            parts[*file].push((at as u32 * 3, at as u8));
        }
        let mut files: Vec<_> = parts.iter().zip(&names).map(|(part, name)| place.file(&name.to_string(), &pcap(part))).collect();
        files.sort();
        let mut sources = Sources::open(&files, &Limits { open_files: room, ..Limits::default() });
        let times: Vec<_> = all(&mut sources).into_iter().map(|(time, ..)| time).collect();
        prop_assert_eq!(times, (0..of.len() as i64).map(|at| at * 3).collect::<Vec<_>>());
    }
}

/// Files one after the other, as a ring leaves them: however many, few are open, and the order is exact.
#[cfg(target_os = "linux")]
#[test]
fn thousands_of_files_with_few_open() {
    let place = Place::new();
    for at in 0..2_000_u32 {
        // Each overlaps the next two.
        place.file(&format!("{:08x}", at.wrapping_mul(0x9E37_79B1)), &pcap(&[(at * 10, 1), (at * 10 + 12, 2), (at * 10 + 25, 3)]));
    }
    let ours = || {
        fs::read_dir("/proc/self/fd")
            .map_or(0, |entries| entries.flatten().filter(|one| fs::read_link(one.path()).is_ok_and(|to| to.starts_with(&place.0))).count())
    };
    let limits = Limits { open_files: 4, ..Limits::default() };
    let mut sources = Sources::open(std::slice::from_ref(&place.0), &limits);
    assert_eq!((ours(), sources.files().len()), (0, 2_000));
    let (mut before, mut most, mut count) = (i64::MIN, 0, 0);
    while let Some(packet) = sources.next_packet() {
        assert!(packet.time >= before);
        before = packet.time;
        count += 1;
        if count % 500 == 0 {
            most = most.max(ours());
        }
    }
    assert_eq!(count, 6_000);
    assert!((1..=4).contains(&most), "{most} files open");
    assert!(sources.files().iter().all(|file| file.problem.is_none()));
    assert_eq!((ours(), sources.progress().0), (0, 2_000));
}
