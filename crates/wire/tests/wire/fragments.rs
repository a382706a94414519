//! Fragments through the whole line: put together they read as the packet that was cut.

use proptest::prelude::*;
use sentinel_wire::engine::Options;
use sentinel_wire::Limits;

use super::network::{ask, tell, Capture, CLIENT, SERVER};

/// Cuts the IPv4 packet of a frame into fragments of `size` bytes, a multiple of eight.
fn cut(frame: &[u8], number: u16, size: usize) -> Vec<Vec<u8>> {
    let (link, ip) = frame.split_at(14);
    let (header, payload) = ip.split_at(20);
    let count = payload.len().div_ceil(size);
    let piece = |(at, bytes): (usize, &[u8])| {
        let mut header = header.to_vec();
        header[2..4].copy_from_slice(&(20 + bytes.len() as u16).to_be_bytes());
        header[4..6].copy_from_slice(&number.to_be_bytes());
        let more = if at + 1 < count { 0x2000 } else { 0 };
        header[6..8].copy_from_slice(&((at * size / 8) as u16 | more).to_be_bytes());
        [link, &header, bytes].concat()
    };
    payload.chunks(size).enumerate().map(piece).collect()
}

fn conversation() -> Capture {
    let mut capture = Capture::new();
    capture.handshake();
    capture.segment(CLIENT, 1_000, 5_000, 0x18, &ask(1, 10, 60));
    capture.segment(SERVER, 5_000, 1_012, 0x18, &tell(1, 60, 0xABCD));
    capture.segment(CLIENT, 1_012, 5_129, 0x18, &ask(2, 10, 2));
    capture.segment(SERVER, 5_129, 1_024, 0x18, &tell(2, 2, 7));
    capture
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn cut_and_mixed_it_reads_the_same(units in 1_usize..12, turns in prop::collection::vec(0_usize..50, 6..40)) {
        let plain = conversation();
        let mut fragmented = Capture::new();
        let (mut frame, mut last_frames) = (0, Vec::new());
        let mut turns = turns.into_iter().cycle();
        for (number, (time, bytes)) in plain.frames().iter().enumerate() {
            let mut pieces = cut(bytes, number as u16 + 1, units * 8);
            for at in (1..pieces.len()).rev() {
                pieces.swap(at, turns.next().unwrap_or(0) % (at + 1));
            }
            fragmented.time = *time;
            for piece in pieces {
                frame += 1;
                fragmented.frame(piece);
                fragmented.time += 1;
            }
            last_frames.push(frame);
        }
        let words = |line: &String| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        for (one, other) in plain.transactions().iter().zip(fragmented.transactions()) {
            let (one, other) = (words(one), words(&other));
            // The frame that completes the packet is its frame.
            for at in 0..2 {
                let plain_frame: usize = one[at].parse().unwrap_or_default();
                prop_assert_eq!(&other[at], &last_frames[plain_frame - 1].to_string());
            }
            prop_assert_eq!(&one[2..], &other[2..]);
        }
        prop_assert_eq!(plain.transactions().len(), fragmented.transactions().len());
    }
}

#[test]
fn a_fragment_that_contradicts_is_told_and_the_first_stays() {
    let plain = conversation();
    let mut capture = Capture::new();
    for (number, (time, bytes)) in plain.frames().iter().enumerate() {
        capture.time = *time;
        let pieces = cut(bytes, number as u16 + 1, 16);
        for (at, piece) in pieces.iter().enumerate() {
            capture.frame(piece.clone());
            if number == 3 && at == 0 {
                let mut other = piece.clone();
                // The acknowledgement.
                other[34 + 8] ^= 0xFF;
                capture.frame(other);
            }
        }
    }
    let tables = capture.read(Options::default());
    assert_eq!(tables["counters"][0]["fragment_conflicts"], "1");
    assert_eq!(capture.transactions().len(), plain.transactions().len());
    let weirds: Vec<_> = tables["weirds"].iter().map(|row| (row["protocol"].as_str(), row["names"].as_str())).collect();
    assert_eq!(weirds, [("ip", "fragment_overlap_conflict")]);
}

#[test]
fn every_fragment_of_a_flood_is_accounted_for() {
    let mut capture = Capture::new();
    let whole = conversation().frames()[4].1.clone();
    for number in 0..3_000_u16 {
        capture.frame(cut(&whole, number + 1, 64)[0].clone());
        capture.time += 10;
    }
    let limits = Limits { fragmented_packets: 100, ..Limits::default() };
    let counters = &capture.read(Options { limits, ..Options::default() })["counters"][0];
    assert_eq!(counters["fragments"], "3000");
    assert_eq!(counters["unread IP fragment whose packet never became whole"], "3000");
    assert_eq!(counters["limit fragmented_packets"], "2900");
}
