//! Packed captures: several frames, cut and damaged ones, packings that are only named.

use flate2::{write::GzEncoder, Compression};
use proptest::prelude::*;
use ruzstd::encoding::{compress_to_vec, CompressionLevel};

use super::sources_tests::{all, open, pcap, Place};

#[test]
fn what_is_packed_otherwise_is_named() {
    let place = Place::new();
    for (name, magic, packing) in [
        ("a.pcap.xz", &[0xFD, b'7', b'z', b'X', b'Z', 0, 0, 4][..], "xz"),
        ("a.pcap.bz2", b"BZh91AY&", "bzip2"),
        ("a.pcapng.lz4", &[0x04, 0x22, 0x4D, 0x18, 0x64, 0x40, 0xA7, 0], "lz4"),
        ("a.cap.zip", b"PK\x03\x04\x14\0\0\0", "zip"),
    ] {
        let sources = open(&[place.file(name, magic)]);
        let expected = format!("is compressed with {packing}: not read; unpack it first");
        assert_eq!((sources.files()[0].problem.as_deref(), sources.files()[0].unusable), (Some(expected.as_str()), true));
    }
    place.file("logs.tar.xz", &[0xFD, b'7', b'z', b'X', b'Z', 0]);
    let sources = open(std::slice::from_ref(&place.0));
    assert_eq!((sources.files().len(), sources.passed_over()), (4, 1), "in a folder the name tells what may be a capture");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    std::io::Write::write_all(&mut encoder, bytes).expect("memory can be written");
    encoder.finish().expect("memory can be written")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

fn many(packets: u32) -> Vec<u8> {
    pcap(&(0..packets).map(|at| (at, at as u8)).collect::<Vec<_>>())
}

#[test]
fn packed_files_of_several_frames_are_read_and_a_cut_keeps_what_was_before() {
    let place = Place::new();
    let plain = many(40_000);
    let (first, second) = plain.split_at(plain.len() / 3);
    for (name, pack) in [("gzip", gzip as fn(&[u8]) -> Vec<u8>), ("zstd", zstd)] {
        let packed = [pack(first), pack(second)].concat();
        let mut sources = open(&[place.file(name, &packed)]);
        assert_eq!((all(&mut sources).len(), sources.files()[0].problem.as_deref()), (40_000, None), "{name}");
        let mut sources = open(&[place.file(name, &packed[..packed.len() - 3])]);
        let read = all(&mut sources).len();
        let line = format!("its {name} data stops too early after packet {read}; all before it was used");
        assert_eq!(sources.files()[0].problem.as_deref(), Some(line.as_str()));
        assert!(read > 35_000, "{name}: {read} packets");
        let mut damaged = packed.clone();
        let at = damaged.len() * 2 / 3;
        damaged[at..at + 64].fill(0xA5);
        let mut sources = open(&[place.file(name, &damaged)]);
        assert!(all(&mut sources).len() > 13_000, "{name}");
        assert!(sources.files()[0].problem.is_some() && !sources.files()[0].unusable, "{name}");
    }
}

#[test]
fn skippable_frames_are_stepped_over() {
    let place = Place::new();
    let skippable = [&[0x5A, 0x2A, 0x4D, 0x18, 5, 0, 0, 0][..], b"dummy"].concat();
    let bytes = [skippable.clone(), zstd(&many(100)), skippable.clone(), zstd(&[]), skippable.clone()].concat();
    let mut sources = open(&[place.file("a", &bytes)]);
    assert_eq!((all(&mut sources).len(), sources.files()[0].problem.as_deref()), (100, None));
    let mut sources = open(&[place.file("a", &bytes[..bytes.len() - 2])]);
    assert_eq!(all(&mut sources).len(), 100);
    assert_eq!(sources.files()[0].problem.as_deref(), Some("its zstd data stops too early after packet 100; all before it was used"));
}

#[test]
fn a_window_of_gigabytes_is_refused_before_it_is_made() {
    let place = Place::new();
    // Magic number, a descriptor without content size, then the window: exponent 31, which is 2 TiB; and 16 MiB.
    for (window, bytes) in [(31 << 3, 1_u64 << 41), (14 << 3, 1 << 24)] {
        let sources = open(&[place.file("a", &[0x28, 0xB5, 0x2F, 0xFD, 0, window, 1, 0, 0])]);
        let line = format!("its zstd data asks for a window of {bytes} bytes, more than the limit of 8388608; unpack it first");
        assert!(sources.files()[0].problem.as_deref().is_some_and(|told| told.starts_with(&line)), "{:?}", sources.files()[0]);
    }
    // One segment of 1 TiB: the window is as large as the content.
    let mut header = vec![0x28, 0xB5, 0x2F, 0xFD, 0xE0];
    header.extend((1_u64 << 40).to_le_bytes());
    let sources = open(&[place.file("a", &header)]);
    assert!(sources.files()[0].problem.as_deref().is_some_and(|line| line.contains("asks for a window of 1099511627776 bytes")));
}

proptest! {
    /// Whatever a zstd file holds, reading ends without a panic.
    #[test]
    fn damaged_zstd_ends(at in 0_usize..2_000, with: [u8; 3], cut in 0_usize..2_000) {
        let place = Place::new();
        let mut bytes = zstd(&many(2_000));
        for (offset, byte) in with.iter().enumerate() {
            let length = bytes.len();
            bytes[(at + offset) % length] = *byte;
        }
        bytes.truncate(bytes.len().saturating_sub(cut));
        let mut sources = open(&[place.file("a", &bytes)]);
        prop_assert!(all(&mut sources).len() <= 1 << 20);
    }
}
