//! Is this Modbus? Judged by content: a port is only a hint.

use super::adu::{header, shape, Header, HEADER};
use super::range::{most, ranges};
use super::{adu::Adu, names};
use crate::protocols::Probe;

/// See [`crate::protocols::Descriptor::probe`].
pub(super) fn probe(bytes: &[u8]) -> Probe {
    let length = match header(bytes) {
        Header::Bad(_) => return Probe::NotForUs,
        Header::Short => return Probe::Unsure,
        Header::Length(length) => length,
    };
    let Some(code) = bytes.get(HEADER).copied() else { return Probe::Unsure };
    if code & 0x80 != 0 && !(9..=12).contains(&length) {
        return Probe::NotForUs;
    }
    if bytes.len() < length {
        // The rest may follow; whether the shape can still fit is known by length alone for fixed ones.
        return if names::public(code & 0x7F).is_some() && may_have_length(code, length) { Probe::Unsure } else { Probe::NotForUs };
    }
    let follows = &bytes[length..];
    if !follows.is_empty() && matches!(header(follows), Header::Bad(_)) {
        return Probe::NotForUs;
    }
    let Some(adu) = Adu::read(&bytes[..length]) else { return Probe::NotForUs };
    if names::public(adu.function).is_some() && is_sound(&adu) {
        Probe::Certain
    } else {
        Probe::Unsure
    }
}

/// Whether a message of this function may be so long: fixed shapes only.
pub(super) fn may_have_length(code: u8, length: usize) -> bool {
    let data = length.saturating_sub(HEADER + 1);
    match code {
        0x81..=0xFF => data == 1,
        1..=4 => data == 4 || data >= 2,
        5 | 6 => data == 4,
        7 => data <= 1,
        8 => data >= 2,
        11 => data == 0 || data == 4,
        12 | 17 => data == 0 || data >= 2,
        15 | 16 => data == 4 || data >= 6,
        20 | 21 => data >= 5,
        22 => data == 6,
        23 => data >= 3,
        24 => data == 2 || data >= 4,
        43 => data >= 2,
        90 => data >= 2,
        _ => false,
    }
}

/// Whether the whole body is as the specification has it, from one side or the other.
fn is_sound(adu: &Adu<'_>) -> bool {
    let Some(shape) = shape(adu.function, adu.refused, adu.data) else { return false };
    if adu.refused {
        return adu.data.len() == 1 && adu.byte(0).is_some_and(|code| names::exception(code).is_some());
    }
    match adu.function {
        1..=4 | 15 | 16 | 23 if shape.request || (adu.function > 4 && shape.answer && adu.function != 23) => {
            let in_range = |range: super::range::Range| {
                (1..=most(adu.function, range.written)).contains(&range.quantity)
                    && u32::from(range.start) + u32::from(range.quantity) <= 0x1_0000
            };
            shape.answer && adu.function <= 4 || ranges(adu, true).into_iter().flatten().all(in_range)
        }
        5 => shape.request && matches!(adu.word(2), Some(0 | 0xFF00)),
        8 => adu.word(0).is_some_and(|code| names::subfunction(code).is_some()),
        43 => {
            matches!(adu.byte(0), Some(13 | 14))
                && (shape.request || shape.answer)
                && (adu.byte(0) == Some(13) || adu.byte(1).is_some_and(|code| (1..=4).contains(&code)))
        }
        90 => shape.answer || adu.byte(1).is_some_and(|code| names::umas(code).is_some()),
        // An empty request, or one byte of status, is too little to tell by.
        7 | 11 | 12 | 17 => adu.data.len() > 1,
        _ => shape.request || shape.answer,
    }
}
