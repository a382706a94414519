//! Serial frames: unit, PDU, CRC-16, with no length and no mark where one begins (MODBUS over Serial Line V1.02 §2.5.1 and §6.2.2).
//! Where one ends follows from its function and counts, and the checksum has to agree.

use super::adu::{u16_at, CHECKSUM};
use crate::protocols::{Frame, Side};

/// Most bytes of a frame (§2.5.1).
pub(super) const LONGEST: usize = 256;
/// Fewest bytes of a frame: unit, function, checksum.
pub(super) const SHORTEST: usize = 2 + CHECKSUM;
/// Name of the violation.
pub(super) const BAD_CHECKSUM: &str = "bad_crc";

static TABLE: [u16; 256] = table();

/// CRC-16 with the polynomial A001, lowest bit first (§6.2.2), of each byte.
const fn table() -> [u16; 256] {
    let mut table = [0_u16; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut value = byte as u16;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { value >> 1 ^ 0xA001 } else { value >> 1 };
            bit += 1;
        }
        table[byte] = value;
        byte += 1;
    }
    table
}

fn step(crc: u16, byte: u8) -> u16 {
    crc >> 8 ^ TABLE[usize::from(crc as u8 ^ byte)]
}

/// The checksum of these bytes; 0 for bytes that end with their own.
pub(super) fn checksum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| step(crc, *byte))
}

/// Where a frame ends, judged by its function and counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Behind so many bytes.
    At(usize),
    /// The count is not there yet.
    Short,
    /// Its function says nothing: only the checksum can tell.
    Unsaid,
    /// No frame of this side begins so.
    Never,
}

/// Where the frame at the start of `bytes` ends if this side sent it (lengths: application protocol §6.1 to §6.21).
pub(super) fn end(side: Side, bytes: &[u8]) -> End {
    let Some(code) = bytes.get(1).copied() else { return End::Short };
    let is_request = side == Side::Request;
    let counted = |at: usize| bytes.get(at).map_or(End::Short, |count| End::At(at + 1 + usize::from(*count) + CHECKSUM));
    let end = match code {
        0x80..=0xFF if is_request => End::Never,
        0x80..=0xFF => End::At(5),
        1..=4 if is_request => End::At(8),
        5 | 6 | 8 => End::At(8),
        7 | 11 | 12 | 17 if is_request => End::At(SHORTEST),
        7 => End::At(5),
        11 => End::At(8),
        15 | 16 if is_request => counted(6),
        15 | 16 => End::At(8),
        1..=4 | 12 | 17 | 20 | 21 => counted(2),
        22 => End::At(10),
        23 if is_request => counted(10),
        23 => counted(2),
        24 if is_request => End::At(6),
        24 => u16_at(bytes, 2).map_or(End::Short, |count| End::At(4 + usize::from(count) + CHECKSUM)),
        43 => match bytes.get(2) {
            None => End::Short,
            Some(14) if is_request => End::At(5 + CHECKSUM),
            Some(14) => objects(bytes),
            Some(_) => End::Unsaid,
        },
        _ => End::Unsaid,
    };
    match end {
        End::At(length) if length > LONGEST => End::Never,
        end => end,
    }
}

/// The answer to Read Device Identification ends behind its last object (§6.21).
fn objects(bytes: &[u8]) -> End {
    let Some(count) = bytes.get(7).copied() else { return End::Short };
    let mut at = 8;
    for _ in 0..count {
        let Some(length) = bytes.get(at + 1) else { return if at < LONGEST { End::Short } else { End::Never } };
        at += 2 + usize::from(*length);
    }
    End::At(at + CHECKSUM)
}

/// What begins at the start of `bytes`. The side that is taken for the sender goes first, but it may be mistaken: the other
/// side's length counts too, where the checksum agrees with it.
pub(super) fn frame(side: Option<Side>, bytes: &[u8]) -> Frame {
    let mut ends = [Side::Request, Side::Answer].map(|side| end(side, bytes));
    match side {
        Some(Side::Answer) => ends.reverse(),
        Some(Side::Request) => {}
        // The shorter first: it can be judged first, however the bytes come.
        None => ends.sort_by_key(|end| if let End::At(length) = end { *length } else { usize::MAX }),
    }
    for end in ends {
        match end {
            End::At(length) if length > bytes.len() => return Frame::More,
            End::At(length) if checksum(&bytes[..length]) == 0 => return Frame::Message(length),
            End::Short => return Frame::More,
            _ => {}
        }
    }
    // Return Query Data may carry any number of words (§6.8).
    let is_query = bytes.get(1..4) == Some(&[8, 0, 0]);
    if is_query || ends.contains(&End::Unsaid) {
        return search(bytes);
    }
    Frame::Lost(BAD_CHECKSUM)
}

/// The first place where the checksum agrees.
fn search(bytes: &[u8]) -> Frame {
    let mut crc = 0xFFFF;
    for (at, byte) in bytes.iter().take(LONGEST).enumerate() {
        crc = step(crc, *byte);
        if crc == 0 && at + 1 >= SHORTEST {
            return Frame::Message(at + 1);
        }
    }
    if bytes.len() < LONGEST {
        Frame::More
    } else {
        Frame::Lost(BAD_CHECKSUM)
    }
}
