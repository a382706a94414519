//! Violations of one message, and of a request with its answer.

use super::adu::{shape, Adu};
use super::range::{file_records, most, ranges};
use super::{identification, names};
use crate::protocols::{Side, Weird};

/// Violations that show in the message alone.
pub(super) fn alone(adu: &Adu<'_>, side: Side) -> Weird {
    let mut weird = Weird::new();
    if adu.function == 0 || (adu.refused && side == Side::Request) {
        weird.push("bad_function_code");
        return weird;
    }
    if adu.refused {
        match adu.byte(0) {
            Some(code) if names::exception(code).is_none() => weird.push("bad_exception_code"),
            _ => {}
        }
        if adu.data.len() != 1 {
            weird.push("bad_length");
        }
        return weird;
    }
    let Some(shape) = shape(adu.function, adu.refused, adu.data) else { return weird };
    let fits = if side == Side::Request { shape.request } else { shape.answer };
    if side == Side::Request || matches!(adu.function, 15 | 16) {
        for range in ranges(adu, true).into_iter().flatten() {
            if range.quantity == 0 || range.quantity > most(adu.function, range.written) {
                weird.push("quantity_out_of_range");
            } else if u32::from(range.start) + u32::from(range.quantity) > 0x1_0000 {
                weird.push("address_out_of_range");
            }
        }
    }
    if adu.function == 5 && adu.word(2).is_some_and(|value| value != 0 && value != 0xFF00) {
        weird.push("bad_coil_value");
    }
    let counted = if side == Side::Request { request_count(adu) } else { answer_count(adu) };
    if counted == Some(false) {
        weird.push("byte_count_mismatch");
    } else if !fits && adu.function != 43 && !matches!(adu.function, 20 | 21) {
        weird.push("bad_length");
    }
    if matches!(adu.function, 20 | 21) && file_records(adu, side == Side::Request).1 {
        weird.push("bad_reference_type");
    }
    if adu.function == 43 && side == Side::Answer && adu.byte(0) == Some(14) && !identification::objects(adu).1 {
        weird.push("truncated_objects");
    }
    weird
}

/// Whether the byte count of a request is that of its bytes and of its quantity; `None` where it has none.
fn request_count(adu: &Adu<'_>) -> Option<bool> {
    let (at, bytes_of): (usize, fn(u16) -> usize) = match adu.function {
        15 => (4, |quantity| usize::from(quantity).div_ceil(8)),
        16 => (4, |quantity| usize::from(quantity) * 2),
        23 => (8, |quantity| usize::from(quantity) * 2),
        20 | 21 => return adu.byte(0).map(|count| usize::from(count) == adu.data.len() - 1),
        _ => return None,
    };
    let (count, quantity) = (usize::from(adu.byte(at)?), adu.word(at - 2)?);
    Some(count == bytes_of(quantity) && count == adu.data.len() - at - 1)
}

fn answer_count(adu: &Adu<'_>) -> Option<bool> {
    match adu.function {
        1 | 2 | 12 | 17 | 20 | 21 => adu.byte(0).map(|count| usize::from(count) == adu.data.len() - 1),
        3 | 4 | 23 => adu.byte(0).map(|count| usize::from(count) == adu.data.len() - 1 && count % 2 == 0),
        24 => adu.word(0).map(|count| usize::from(count) == adu.data.len() - 2),
        _ => None,
    }
}

/// Violations that show only in the pair.
pub(super) fn pair(request: &Adu<'_>, answer: &Adu<'_>) -> Weird {
    let mut weird = Weird::new();
    if answer.refused {
        return weird;
    }
    let asked = ranges(request, true)[0];
    let expected = match (request.function, asked) {
        (1 | 2, Some(range)) => Some(usize::from(range.quantity).div_ceil(8)),
        (3 | 4 | 23, Some(range)) => Some(usize::from(range.quantity) * 2),
        _ => None,
    };
    let got = answer.data.len().saturating_sub(1);
    match expected {
        Some(expected) if got < expected => weird.push("answer_shorter_than_asked"),
        Some(expected) if got > expected => weird.push("answer_longer_than_asked"),
        _ => {}
    }
    let echoed = match request.function {
        5 | 6 | 15 | 16 => 4,
        22 => 6,
        8 if request.word(0) == Some(0) => request.data.len(),
        8 => 2,
        _ => 0,
    };
    if request.data.get(..echoed) != answer.data.get(..echoed) {
        weird.push("echo_mismatch");
    }
    weird
}
