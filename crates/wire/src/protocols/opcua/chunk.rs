//! What a connection carries: messages in chunks, each with its type, whether more follow, and its size (OPC 10000-6, 6.7.2
//! and 7.1.2).

use crate::protocols::{Frame, Probe, Side};

/// Bytes before the fields of a type.
pub(super) const HEADER: usize = 8;

/// The type of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `HEL`.
    Hello,
    /// `ACK`.
    Acknowledge,
    /// `ERR`.
    Error,
    /// `RHE`.
    ReverseHello,
    /// `OPN`.
    Open,
    /// `MSG`.
    Message,
    /// `CLO`.
    Close,
}

/// All of them, with their letters.
const KINDS: [(&[u8; 3], Kind); 7] = [
    (b"MSG", Kind::Message),
    (b"HEL", Kind::Hello),
    (b"ACK", Kind::Acknowledge),
    (b"ERR", Kind::Error),
    (b"RHE", Kind::ReverseHello),
    (b"OPN", Kind::Open),
    (b"CLO", Kind::Close),
];

impl Kind {
    /// Its three letters.
    pub(super) fn letters(self) -> &'static str {
        match self {
            Self::Hello => "HEL",
            Self::Acknowledge => "ACK",
            Self::Error => "ERR",
            Self::ReverseHello => "RHE",
            Self::Open => "OPN",
            Self::Message => "MSG",
            Self::Close => "CLO",
        }
    }

    /// The sizes that a chunk of it may have; `most` bounds those that the specification leaves open.
    fn sizes(self, most: usize) -> (usize, usize) {
        match self {
            // Five numbers and a URL; one that is too long is told, not lost.
            Self::Hello => (32, 1 << 16),
            Self::Acknowledge => (28, 28),
            Self::Error => (16, 16 + 4_096),
            Self::ReverseHello => (16, 16 + 2 * 4_096),
            Self::Open => (28, most),
            // Channel, token, sequence number and request id at least.
            Self::Message | Self::Close => (24, most),
        }
    }

    /// Its one-byte mark in a kept message.
    pub(super) fn mark(self) -> u8 {
        KINDS.iter().position(|(_, kind)| *kind == self).unwrap_or_default() as u8
    }

    /// The kind of a mark.
    pub(super) fn of_mark(mark: u8) -> Option<Self> {
        KINDS.get(usize::from(mark)).map(|(_, kind)| *kind)
    }
}

/// Whether a chunk is the last of its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// `F`.
    Final,
    /// `C`.
    Intermediate,
    /// `A`: the sender gave the message up.
    Abort,
}

/// A whole chunk.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chunk<'a> {
    pub(super) kind: Kind,
    pub(super) part: Part,
    /// All of it, the header too.
    pub(super) bytes: &'a [u8],
}

impl<'a> Chunk<'a> {
    /// Reads what [`frame`] cut.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        Some(Self { kind: kind(bytes)?, part: part(*bytes.get(3)?)?, bytes })
    }

    /// What follows the header.
    pub(super) fn fields(&self) -> &'a [u8] {
        self.bytes.get(HEADER..).unwrap_or_default()
    }
}

/// Bytes of a HEL whose URL is as long as it may be (OPC 10000-6, 7.1.2.3).
pub(super) const LONGEST_HELLO: usize = 32 + 4_096;

/// A 32-bit number, little-endian.
pub(super) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn kind(bytes: &[u8]) -> Option<Kind> {
    let letters = bytes.get(..3)?;
    KINDS.iter().find(|(known, _)| *known == letters).map(|(_, kind)| *kind)
}

fn part(letter: u8) -> Option<Part> {
    match letter {
        b'F' => Some(Part::Final),
        b'C' => Some(Part::Intermediate),
        b'A' => Some(Part::Abort),
        _ => None,
    }
}

/// Whether these may be the first bytes of a header that is not all there.
fn may_begin(bytes: &[u8]) -> bool {
    let letters = bytes.len().min(3);
    KINDS.iter().any(|(known, _)| known[..letters] == bytes[..letters]) && bytes.get(3).is_none_or(|letter| part(*letter).is_some())
}

/// What begins here; chunks larger than `most` bytes are none.
pub(super) fn frame(bytes: &[u8], most: usize) -> Frame {
    if !may_begin(bytes) {
        return Frame::Lost(if kind(bytes).is_none() { "bad_message_type" } else { "bad_chunk_type" });
    }
    let (Some(kind), Some(size)) = (kind(bytes), word(bytes, 4)) else { return Frame::More };
    let (least, most) = kind.sizes(most);
    match size as usize {
        size if size < least || size > most => Frame::Lost("bad_length"),
        size if size <= bytes.len() => Frame::Message(size),
        _ => Frame::More,
    }
}

/// Whether a chunk may begin here; `None`: too short to tell.
pub(super) fn plausible(bytes: &[u8], most: usize) -> Option<bool> {
    if !may_begin(bytes) {
        return Some(false);
    }
    let size = word(bytes, 4)?;
    let kind = kind(bytes)?;
    let (least, most) = kind.sizes(most);
    let is_cut_ok = matches!(kind, Kind::Message | Kind::Open) || bytes[3] == b'F';
    Some(is_cut_ok && (least..=most).contains(&(size as usize)))
}

/// Four letters out of few and a size that they allow: by chance once in a hundred million.
pub(super) fn probe(bytes: &[u8]) -> Probe {
    /// Above what stacks negotiate, far below what random bytes claim.
    const MOST: usize = 1 << 26;
    match plausible(bytes, MOST) {
        Some(true) => {
            let next = word(bytes, 4).and_then(|size| bytes.get(size as usize..)).unwrap_or_default();
            if plausible(next, MOST) == Some(false) {
                Probe::NotForUs
            } else {
                Probe::Certain
            }
        }
        Some(false) => Probe::NotForUs,
        None => Probe::Unsure,
    }
}

/// Who sends such a chunk, where its header alone tells.
pub(super) fn side(chunk: &Chunk<'_>) -> Option<Side> {
    match chunk.kind {
        Kind::Hello | Kind::Close => Some(Side::Request),
        // In a reverse connection the server says hello first.
        Kind::Acknowledge | Kind::ReverseHello => Some(Side::Answer),
        // A channel has no number before the server gave it one.
        Kind::Open => (word(chunk.fields(), 0) == Some(0)).then_some(Side::Request),
        Kind::Error | Kind::Message => None,
    }
}
