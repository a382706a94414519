//! One capture file, packet by packet, whichever its format.
//!
//! Contract: reading never fails; it ends, and [`Capture::problem`] says in one line why it ended early. Everything
//! before that place was delivered.

use std::path::Path;

use super::compressed::{other_packing, Input};
use super::pcap::{self, Pcap};
use super::pcapng::{self, PcapNg};
use super::raw::{Mark, Raw};
use crate::Limits;

/// The packet at which a file stands; its bytes are in the input's buffer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Record {
    /// ns since 1970, UTC.
    pub(super) time: i64,
    /// Number of the interface in the file.
    pub(super) interface: u32,
    /// Number of the packet in the file, from 1.
    pub(super) frame: u64,
    /// LINKTYPE value.
    pub(super) link: u32,
    /// Length on the wire.
    pub(super) original: u32,
    /// Where the captured bytes begin, from the start of the record.
    pub(super) from: usize,
    /// How many bytes were captured.
    pub(super) length: usize,
    /// Bytes from the start of the record to the next.
    pub(super) size: usize,
}

/// Latest time that is believed, ns since 1970, and the earliest with the other sign (the year 2116; all that pcap can
/// say lies before). The attack: a time near the end of the number's range, to which nothing can be added.
pub(super) const TIME_END: i64 = 1 << 62;

/// Why a file is no source at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It may be a capture, but cannot be read; one plain phrase.
    Unreadable(String),
    /// It is something else; one plain phrase.
    NotACapture(String),
    /// It may hold a capture, in a packing that is not read; its name.
    Packed(&'static str),
}

impl Refusal {
    /// The phrase, to stand after the file's name.
    pub(super) fn phrase(self) -> String {
        match self {
            Self::Unreadable(phrase) | Self::NotACapture(phrase) => phrase,
            Self::Packed(packing) => format!("is compressed with {packing}: not read; unpack it first"),
        }
    }
}

enum Format {
    Pcap(Pcap),
    PcapNg(PcapNg),
}

/// See the module.
pub(super) struct Capture {
    input: Input,
    format: Format,
    record: Record,
    /// Whether it stands at a packet, which is `record`.
    is_at_packet: bool,
    /// Packets so far, with the one at which it stands.
    packets: u64,
    /// ns added to each time.
    shift: i64,
    problem: Option<String>,
    is_over: bool,
}

/// How a file is opened.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Opening {
    /// Bytes asked for at a time.
    pub(super) chunk: usize,
    /// Whether to digest it on the way.
    pub(super) is_digested: bool,
    /// What it was before.
    pub(super) mark: Option<Mark>,
    /// ns added to each of its times: the clock of its machine was wrong by so much.
    pub(super) shift: i64,
}

impl Capture {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// Why nothing of it can be used.
    pub(super) fn open(path: &Path, opening: Opening, limits: &Limits) -> Result<Self, Refusal> {
        let raw = Raw::open(path, opening.is_digested, opening.mark).map_err(Refusal::Unreadable)?;
        let mut capture = Self::new(Input::new(raw, opening.chunk, limits), limits)?;
        capture.shift = opening.shift;
        Ok(capture)
    }

    /// Reads the header of what was opened.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub(super) fn new(mut input: Input, limits: &Limits) -> Result<Self, Refusal> {
        if !input.fill(4) {
            return Err(match input.failure() {
                Some(failure) => Refusal::Unreadable(failure.to_owned()),
                None if input.here().is_empty() => Refusal::NotACapture("is empty".to_owned()),
                None => Refusal::NotACapture("is not a capture: it has fewer bytes than a capture's header".to_owned()),
            });
        }
        let magic = [input.here()[0], input.here()[1], input.here()[2], input.here()[3]];
        let format = if magic == pcapng::MAGIC {
            Format::PcapNg(PcapNg::new(limits))
        } else if let Some(variant) = pcap::Variant::of(magic) {
            Format::Pcap(Pcap::open(variant, &mut input, limits).map_err(Refusal::Unreadable)?)
        } else if let Some(packing) = other_packing(input.raw().head()) {
            return Err(Refusal::Packed(packing));
        } else {
            return Err(Refusal::NotACapture("is not a capture (neither pcap nor pcapng)".to_owned()));
        };
        let record = Record::default();
        Ok(Self { input, format, record, is_at_packet: false, packets: 0, shift: 0, problem: None, is_over: false })
    }

    /// Steps to the next packet; false at the end, and from then on.
    #[inline]
    pub(super) fn advance(&mut self) -> bool {
        if self.is_at_packet {
            self.input.skip(self.record.size);
        } else if self.is_over {
            return false;
        }
        let next = match &mut self.format {
            Format::Pcap(pcap) => pcap.next(&mut self.input, &mut self.record),
            Format::PcapNg(pcapng) => pcapng.next(&mut self.input, &mut self.record),
        };
        self.is_at_packet = match next {
            Ok(is_there) => is_there,
            Err(problem) => {
                self.problem = Some(problem);
                false
            }
        };
        if self.is_at_packet {
            self.packets += 1;
            if self.shift != 0 {
                self.record.time = self.record.time.saturating_add(self.shift).clamp(-TIME_END, TIME_END);
            }
        }
        self.is_over = !self.is_at_packet;
        self.is_at_packet
    }

    /// Packets so far, with the one at which it stands.
    #[inline]
    pub(super) fn packets(&self) -> u64 {
        self.packets
    }

    /// The file as it lies on the disk.
    pub(super) fn raw(&self) -> &Raw {
        self.input.raw()
    }

    /// The packet at which it stands.
    #[inline]
    pub(super) fn record(&self) -> Option<&Record> {
        self.is_at_packet.then_some(&self.record)
    }

    /// The captured bytes of that packet.
    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        match self.record() {
            Some(record) => &self.input.here()[record.from..record.from + record.length],
            None => &[],
        }
    }

    /// Names of the interfaces so far.
    pub(super) fn interfaces(&self) -> &[Option<String>] {
        match &self.format {
            Format::Pcap(_) => &[None],
            Format::PcapNg(pcapng) => pcapng.names(),
        }
    }

    /// What is to be said about it, now that it ended.
    pub(super) fn problem(&self) -> Option<String> {
        let notes = match &self.format {
            Format::Pcap(_) => None,
            Format::PcapNg(pcapng) => pcapng.notes(),
        };
        match (&self.problem, notes) {
            (Some(problem), Some(notes)) => Some(format!("{problem}; it {notes}")),
            (Some(one), None) => Some(one.clone()),
            (None, notes) => notes,
        }
    }
}

/// The line for an input that ended inside a record: `within` is what was cut.
pub(super) fn cut(input: &Input, within: &str, packets: u64) -> String {
    match (input.failure(), packets) {
        (None, 0) if input.raw().is_being_written() => "is still being written? Its first record is incomplete".to_owned(),
        (None, _) if input.raw().is_being_written() => {
            format!("is still being written? Its last record is incomplete, after packet {packets}; all before it was used")
        }
        (Some(failure), _) if input.raw().is_over() && input.raw().is_being_written() => {
            format!("is still being written? {failure}, after packet {packets}; all before it was used")
        }
        (Some(failure), 0) => format!("{failure} before its first packet"),
        (Some(failure), _) => format!("{failure} after packet {packets}; all before it was used"),
        (None, 0) => format!("stops in the middle of {within} before its first packet"),
        (None, _) => format!("stops in the middle of {within} after packet {packets}; all before it was used"),
    }
}

/// The line for a record that cannot be: `what` names it and its fault.
pub(super) fn nonsense(input: &Input, what: &str, packets: u64) -> String {
    let kept = if packets == 0 { "nothing of it was used" } else { "all before it was used" };
    format!("{what}, at {}: reading stopped there, {kept}", input.place())
}

/// Two bytes in the file's order; the caller has checked that they are there.
#[inline]
pub(super) fn u16_at(bytes: &[u8], at: usize, is_big: bool) -> u16 {
    let two = [bytes[at], bytes[at + 1]];
    if is_big {
        u16::from_be_bytes(two)
    } else {
        u16::from_le_bytes(two)
    }
}

/// Four bytes in the file's order; the caller has checked that they are there.
#[inline]
pub(super) fn u32_at(bytes: &[u8], at: usize, is_big: bool) -> u32 {
    let four = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
    if is_big {
        u32::from_be_bytes(four)
    } else {
        u32::from_le_bytes(four)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8]) -> Result<Vec<(Record, Vec<u8>)>, Refusal> {
        let raw = Raw::stream(Box::new(Cursor::new(bytes.to_vec()))).map_err(Refusal::Unreadable)?;
        let mut capture = Capture::new(Input::new(raw, 64, &Limits::default()), &Limits::default())?;
        let mut packets = Vec::new();
        while capture.advance() {
            packets.extend(capture.record().map(|record| (*record, capture.bytes().to_vec())));
        }
        assert!(!capture.advance(), "the end is the end");
        let _ = (capture.problem(), capture.interfaces());
        Ok(packets)
    }

    #[test]
    fn what_is_no_capture_is_refused() {
        assert_eq!(read(&[]), Err(Refusal::NotACapture("is empty".to_owned())));
        assert!(matches!(read(b"abc"), Err(Refusal::NotACapture(_))));
        assert!(matches!(read(b"%PDF-1.4"), Err(Refusal::NotACapture(_))));
        // gzip's first bytes and nothing more
        assert!(matches!(read(&[0x1F, 0x8B, 8]), Err(Refusal::Unreadable(_))));
    }

    proptest! {
        #[test]
        fn random_bytes_after_any_magic(
            magic in prop::sample::select(vec![
                vec![0xA1, 0xB2, 0xC3, 0xD4], vec![0xD4, 0xC3, 0xB2, 0xA1], vec![0x4D, 0x3C, 0xB2, 0xA1], vec![0x34, 0xCD, 0xB2, 0xA1],
                vec![0x0A, 0x0D, 0x0D, 0x0A], vec![0x0A, 0x0D, 0x0D, 0x0A, 28, 0, 0, 0, 0x4D, 0x3C, 0x2B, 0x1A],
                vec![0x0A, 0x0D, 0x0D, 0x0A, 0, 0, 0, 28, 0x1A, 0x2B, 0x3C, 0x4D], vec![0x1F, 0x8B, 8, 0], vec![0x28, 0xB5, 0x2F, 0xFD], vec![0x50, 0x2A, 0x4D, 0x18, 1, 0, 0, 0], vec![],
            ]),
            rest: Vec<u8>,
        ) {
            let _ = read(&[magic, rest].concat());
        }

        /// Small numbers make records that nearly are: these reach further than random bytes.
        #[test]
        fn nearly_right_blocks(words in prop::collection::vec(prop_oneof![0_u32..64, any::<u32>()], 0..64)) {
            let mut bytes = vec![0x0A, 0x0D, 0x0D, 0x0A, 28, 0, 0, 0, 0x4D, 0x3C, 0x2B, 0x1A, 1, 0, 0, 0];
            bytes.extend([[0xFF; 8].as_slice(), &[28, 0, 0, 0], &[1, 0, 0, 0, 20, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0]].concat());
            bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
            let _ = read(&bytes);
            let mut bytes = vec![0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0];
            bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
            let _ = read(&bytes);
        }
    }
}
