//! Which side a PDU can come from, judged by the shapes of the specification (§6.1 to §6.21) alone.

use super::adu::{u16_at, Adu};
use super::files::FileRecords;
use super::range::{most, ranges};
use super::{names, umas};
use crate::protocols::Side;

/// The sides whose shape a PDU has. Neither: it is malformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) request: bool,
    pub(super) answer: bool,
}

impl Shape {
    /// The one side that can have sent it.
    pub(super) fn side(self) -> Option<Side> {
        match (self.request, self.answer) {
            (true, false) => Some(Side::Request),
            (false, true) => Some(Side::Answer),
            _ => None,
        }
    }
}

/// Judges a PDU by lengths and counts. `None`: the specification gives this function no shape.
pub(super) fn shape(adu: &Adu<'_>) -> Option<Shape> {
    let data = adu.data;
    let length = data.len();
    if adu.refused {
        return Some(Shape { request: false, answer: true });
    }
    let counted = |at: usize| data.get(at).is_some_and(|count| *count > 0 && at + 1 + usize::from(*count) == length);
    let registers = counted(0) && length % 2 == 1;
    let (request, answer) = match adu.function {
        1 | 2 => (length == 4, counted(0)),
        3 | 4 => (length == 4, registers),
        5 | 6 => (length == 4, length == 4),
        7 => (length == 0, length == 1),
        8 => (length >= 2 && length.is_multiple_of(2), length >= 2 && length.is_multiple_of(2)),
        11 => (length == 0, length == 4),
        12 => (length == 0, counted(0) && length >= 7),
        15 => (counted(4), length == 4),
        16 => (counted(4) && length % 2 == 1, length == 4),
        17 => (length == 0, counted(0)),
        20 => (FileRecords::read(adu, true).is_sound(), FileRecords::read(adu, false).is_sound()),
        21 => {
            let is_sound = FileRecords::read(adu, true).is_sound();
            (is_sound, is_sound)
        }
        22 => (length == 6, length == 6),
        23 => (counted(8) && length % 2 == 1, registers),
        24 => (length == 2, length >= 4 && u16_at(data, 0).map(usize::from) == Some(length - 2)),
        43 => match data.first() {
            // The answer: MEI type, read code, conformity level, more follows, next object, number of objects.
            Some(14) => (length == 3, length >= 6),
            Some(_) => (true, true),
            None => (false, false),
        },
        90 => {
            // Session key, then function or status; no public specification.
            let status = data.get(1).is_some_and(|byte| matches!(*byte, umas::OK | umas::ERROR));
            (length >= 2 && !status, length >= 2 && status)
        }
        _ => return None,
    };
    Some(Shape { request, answer })
}

/// Whether a message of this function code may be so long in all: what the first eight bytes can tell.
pub(super) fn may_have_length(code: u8, data: usize) -> bool {
    match code {
        0x80..=0xFF => data == 1,
        1 | 2 => data >= 2,
        3 | 4 => data == 4 || data >= 3 && data % 2 == 1,
        5 | 6 => data == 4,
        7 => data <= 1,
        8 => data >= 4,
        11 => data == 0 || data == 4,
        12 => data == 0 || data >= 7,
        15 => data == 4 || data >= 6,
        16 => data == 4 || data >= 7 && data % 2 == 1,
        17 => data == 0 || data >= 2,
        20 => data >= 5,
        21 => data >= 10,
        22 => data == 6,
        23 => data >= 3 && data % 2 == 1,
        24 => data == 2 || data >= 4 && data.is_multiple_of(2),
        43 | 90 => data >= 2,
        _ => true,
    }
}

/// How much the body of a whole message says for its being Modbus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Soundness {
    /// It contradicts the specification, or the specification has nothing on it.
    None,
    /// It fits, but so would almost anything: there is hardly a body.
    Weak,
    /// Counts, quantities and codes are as the specification has them.
    Full,
}

/// Judges the body of a whole message as strictly as the specification allows.
pub(super) fn soundness(adu: &Adu<'_>) -> Soundness {
    let Some(shape) = shape(adu).filter(|shape| shape.request || shape.answer) else { return Soundness::None };
    if adu.refused {
        let is_known = adu.data.len() == 1 && adu.byte(0).is_some_and(names::is_exception);
        return if is_known && names::public(adu.function).is_some() { Soundness::Full } else { Soundness::None };
    }
    let in_range = || {
        ranges(adu, true).into_iter().flatten().all(|range| {
            let last = u32::from(range.start) + u32::from(range.quantity);
            (1..=most(adu.function, range.written)).contains(&range.quantity) && last <= 0x1_0000
        })
    };
    let fits = match adu.function {
        1..=4 | 23 => shape.answer || in_range(),
        15 | 16 => in_range() && (shape.answer || request_counts(adu) == Some(true)),
        5 => matches!(adu.word(2), Some(0 | 0xFF00)),
        8 => adu.data.len() >= 4 && adu.word(0).is_some_and(|code| names::subfunction(code).is_some()),
        11 => shape.request || matches!(adu.word(0), Some(0 | 0xFFFF)),
        43 => match adu.byte(0) {
            Some(13) => adu.data.len() >= 2,
            Some(14) => adu.byte(1).is_some_and(|code| (1..=4).contains(&code)),
            _ => false,
        },
        90 => shape.answer || umas::Umas::request(adu).is_some_and(|request| umas::is_sound(&request)),
        _ => true,
    };
    let says_little = matches!((adu.function, adu.data.len()), (7, _) | (11 | 12 | 17, 0)) || adu.function == 43 && adu.byte(0) == Some(13);
    match (fits, says_little) {
        (false, _) => Soundness::None,
        (true, true) => Soundness::Weak,
        (true, false) => Soundness::Full,
    }
}

/// Whether the byte count of a request is that of its bytes and of its quantity; `None` where it has none.
pub(super) fn request_counts(adu: &Adu<'_>) -> Option<bool> {
    let (at, bytes_of): (usize, fn(u16) -> usize) = match adu.function {
        15 => (4, |quantity| usize::from(quantity).div_ceil(8)),
        16 => (4, |quantity| usize::from(quantity) * 2),
        23 => (8, |quantity| usize::from(quantity) * 2),
        20 | 21 => return adu.byte(0).map(|count| usize::from(count) + 1 == adu.data.len()),
        _ => return None,
    };
    let (count, quantity) = (usize::from(adu.byte(at)?), adu.word(at - 2)?);
    Some(count == bytes_of(quantity) && at + 1 + count == adu.data.len())
}

/// Whether the byte count of an answer is that of its bytes; `None` where it has none.
pub(super) fn answer_counts(adu: &Adu<'_>) -> Option<bool> {
    match adu.function {
        1 | 2 | 12 | 17 | 20 | 21 => adu.byte(0).map(|count| usize::from(count) + 1 == adu.data.len()),
        3 | 4 | 23 => adu.byte(0).map(|count| usize::from(count) + 1 == adu.data.len() && count % 2 == 0),
        24 => adu.word(0).map(|count| usize::from(count) + 2 == adu.data.len()),
        _ => None,
    }
}
