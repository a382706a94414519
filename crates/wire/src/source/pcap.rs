//! The pcap format (draft-ietf-opsawg-pcap §4 and §5), in both byte orders, with microseconds or nanoseconds, and the
//! variant of Alexey Kuznetsov's patched libpcap, whose record headers are eight bytes longer.

use super::capture::{cut, nonsense, u32_at, Record};
use super::compressed::Input;
use crate::Limits;

/// Bytes of the file header.
const FILE_HEADER: usize = 24;
/// Bytes of a record header.
const RECORD_HEADER: usize = 16;
/// Bytes that the patched variant adds to it: interface number, protocol, packet type.
const PATCHED: usize = 8;
/// The part of the link field that is the type; above it are the length of the frame check sequence and its flag.
const LINK_TYPE: u32 = 0x03FF_FFFF;

/// What the magic number says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Variant {
    is_big: bool,
    /// Nanoseconds in one unit of a record's fraction field.
    fraction: i64,
    record_header: usize,
}

impl Variant {
    /// The variant that begins with these bytes.
    pub(super) fn of(magic: [u8; 4]) -> Option<Self> {
        let (is_big, number) = match u32::from_be_bytes(magic) {
            number if number >> 16 == 0xA1B2 => (true, number),
            _ => (false, u32::from_le_bytes(magic)),
        };
        let (fraction, extra) = match number {
            0xA1B2_C3D4 => (1_000, 0),
            0xA1B2_3C4D => (1, 0),
            0xA1B2_CD34 => (1_000, PATCHED),
            _ => return None,
        };
        Some(Self { is_big, fraction, record_header: RECORD_HEADER + extra })
    }
}

/// A pcap file being read.
pub(super) struct Pcap {
    variant: Variant,
    link: u32,
    packets: u64,
    packet_bytes: usize,
}

impl Pcap {
    /// Reads the file header.
    ///
    /// # Errors
    /// The header is cut.
    pub(super) fn open(variant: Variant, input: &mut Input, limits: &Limits) -> Result<Self, String> {
        if !input.fill(FILE_HEADER) {
            return Err(cut(input, "its header", 0));
        }
        let link = u32_at(input.here(), 20, variant.is_big) & LINK_TYPE;
        input.skip(FILE_HEADER);
        Ok(Self { variant, link, packets: 0, packet_bytes: limits.packet_bytes })
    }

    /// The record at which the input stands; false at the end.
    ///
    /// # Errors
    /// One line: why the file ends before its end.
    #[inline]
    pub(super) fn next(&mut self, input: &mut Input, record: &mut Record) -> Result<bool, String> {
        let Variant { is_big, fraction, record_header } = self.variant;
        if !input.fill(record_header) {
            return self.end(input);
        }
        let Some(head) = input.here().first_chunk::<RECORD_HEADER>() else { return self.end(input) };
        let seconds = i64::from(u32_at(head, 0, is_big));
        // Cannot overflow: both factors have 32 bits and the sum stays below 2^63.
        let time = seconds * 1_000_000_000 + i64::from(u32_at(head, 4, is_big)) * fraction;
        let captured = u32_at(head, 8, is_big);
        let original = u32_at(head, 12, is_big).max(captured);
        let length = captured as usize;
        if length > self.packet_bytes {
            return Err(self.too_long(input, length));
        }
        let size = record_header + length;
        if !input.fill(size) {
            return Err(cut(input, "a packet", self.packets));
        }
        self.packets += 1;
        *record = Record { time, interface: 0, frame: self.packets, link: self.link, original, from: record_header, length, size };
        Ok(true)
    }

    #[cold]
    fn end(&self, input: &Input) -> Result<bool, String> {
        if input.here().is_empty() && input.failure().is_none() {
            return Ok(false);
        }
        Err(cut(input, "a packet", self.packets))
    }

    #[cold]
    fn too_long(&self, input: &Input, length: usize) -> String {
        let what = format!("packet {} claims {length} bytes, more than the limit of {}", self.packets + 1, self.packet_bytes);
        nonsense(input, &what, self.packets)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::capture::Capture;
    use super::super::raw::Raw;
    use super::*;

    /// Little-endian, microseconds, version 2.4, snap length 262,144, Ethernet.
    const HEADER: [u8; 24] = [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0];
    /// 3 s and 7 units, 2 bytes of 60 captured.
    const PACKET: [u8; 18] = [3, 0, 0, 0, 7, 0, 0, 0, 2, 0, 0, 0, 60, 0, 0, 0, 0xAA, 0xBB];

    fn open(bytes: &[u8]) -> Capture {
        let raw = Raw::stream(Box::new(Cursor::new(bytes.to_vec()))).expect("memory can be read");
        Capture::new(Input::new(raw, 16, &Limits::default()), &Limits::default()).expect("a capture")
    }

    fn big_endian(header: [u8; 24], packet: [u8; 18]) -> Vec<u8> {
        let mut bytes = [header.as_slice(), &packet].concat();
        bytes[..4].reverse();
        for at in [8, 12, 16, 20, 24, 28, 32, 36] {
            bytes[at..at + 4].reverse();
        }
        bytes
    }

    #[test]
    fn both_orders_and_both_resolutions() {
        let mut nano = HEADER;
        nano[..2].copy_from_slice(&[0x4D, 0x3C]);
        for (bytes, time) in [
            ([HEADER.as_slice(), &PACKET].concat(), 3_000_007_000),
            (big_endian(HEADER, PACKET), 3_000_007_000),
            ([nano.as_slice(), &PACKET].concat(), 3_000_000_007),
            (big_endian(nano, PACKET), 3_000_000_007),
        ] {
            let mut capture = open(&bytes);
            assert!(capture.advance());
            let record = capture.record().copied();
            assert_eq!(
                record.map(|one| (one.time, one.frame, one.link, one.original, one.interface)),
                Some((time, 1, 1, 60, 0)),
                "{bytes:02X?}"
            );
            assert_eq!(capture.bytes(), [0xAA, 0xBB]);
            assert!(!capture.advance());
            assert_eq!(capture.problem(), None);
        }
    }

    #[test]
    fn the_patched_variant_has_longer_record_headers() {
        let mut header = HEADER;
        header[..2].copy_from_slice(&[0x34, 0xCD]);
        // interface 1, protocol 0x0800, packet type 0, padding
        let bytes = [header.as_slice(), &PACKET[..16], &[1, 0, 0, 0, 0, 8, 0, 0], &PACKET[16..]].concat();
        let mut capture = open(&bytes);
        assert!(capture.advance());
        assert_eq!(capture.bytes(), [0xAA, 0xBB]);
    }

    #[test]
    fn the_check_sequence_length_is_not_part_of_the_link_type() {
        let mut bytes = [HEADER.as_slice(), &PACKET].concat();
        bytes[23] = 0x44;
        let mut capture = open(&bytes);
        assert!(capture.advance());
        assert_eq!(capture.record().map(|record| record.link), Some(1));
    }

    #[test]
    fn a_header_alone_is_no_problem() {
        let mut capture = open(&HEADER);
        assert!(!capture.advance());
        assert_eq!(capture.problem(), None);
    }

    #[test]
    fn a_cut_is_told_with_its_packet() {
        let bytes = [HEADER.as_slice(), &PACKET, &PACKET[..17]].concat();
        let mut capture = open(&bytes);
        assert!(capture.advance());
        assert!(!capture.advance());
        assert_eq!(capture.problem().as_deref(), Some("stops in the middle of a packet after packet 1; all before it was used"));
        let mut capture = open(&[HEADER.as_slice(), &PACKET[..9]].concat());
        assert!(!capture.advance());
        assert_eq!(capture.problem().as_deref(), Some("stops in the middle of a packet before its first packet"));
    }

    #[test]
    fn an_impossible_length_is_told_with_packet_and_byte() {
        let mut wrong = PACKET;
        wrong[8..12].copy_from_slice(&[0xFF; 4]);
        let mut capture = open(&[HEADER.as_slice(), &PACKET, &wrong].concat());
        assert!(capture.advance());
        assert!(!capture.advance());
        assert_eq!(
            capture.problem().as_deref(),
            Some("packet 2 claims 4294967295 bytes, more than the limit of 262144, at byte 42: reading stopped there, all before it was used")
        );
    }
}
