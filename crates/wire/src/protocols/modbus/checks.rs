//! Violations of one message, and of a request with its answer. Their names are explained in [`super::names`].

use super::adu::Adu;
use super::files::FileRecords;
use super::range::{most, ranges};
use super::shape::{answer_counts, request_counts, shape};
use super::{identification, names};
use crate::protocols::{Side, Weird};

/// Violations that show in the message alone.
pub(super) fn alone(adu: &Adu<'_>, side: Side) -> Weird {
    let mut weird = Weird::new();
    let is_request = side == Side::Request;
    // An exception may well answer function 0.
    let is_refusal = adu.refused && !is_request;
    if adu.refused && is_request || adu.function == 0 && !is_refusal {
        weird.push("bad_function_code");
        return weird;
    }
    if is_refusal {
        if adu.byte(0).is_some_and(|code| !names::is_exception(code)) {
            weird.push("bad_exception_code");
        }
        if adu.data.len() != 1 {
            weird.push("bad_length");
        }
        return weird;
    }
    if !names::is_assigned(adu.function) {
        weird.push("unassigned_function_code");
    }
    let Some(shape) = shape(adu) else { return weird };
    if is_request || matches!(adu.function, 15 | 16) {
        range_weird(adu, &mut weird);
    }
    if adu.function == 5 && adu.word(2).is_some_and(|value| value != 0 && value != 0xFF00) {
        weird.push("bad_coil_value");
    }
    let (fits, counts) = if is_request { (shape.request, request_counts(adu)) } else { (shape.answer, answer_counts(adu)) };
    let records = matches!(adu.function, 20 | 21).then(|| FileRecords::read(adu, is_request));
    let bad_reference_type = records.as_ref().is_some_and(|records| records.bad_reference_type);
    // No bytes for no coils, or another reference type, are the wrong shape too, but have a name of their own.
    let is_named = bad_reference_type || counts == Some(true) && weird.contains(&"quantity_out_of_range");
    if counts == Some(false) {
        weird.push("byte_count_mismatch");
    } else if !fits && !is_named && (adu.function != 90 || adu.data.len() < 2) {
        weird.push("bad_length");
    }
    if bad_reference_type {
        weird.push("bad_reference_type");
    }
    if !is_request && fits && adu.function == 43 && adu.byte(0) == Some(14) && !identification::objects(adu).1 {
        weird.push("truncated_objects");
    }
    weird
}

/// Quantities and addresses of the ranges, each violation once.
fn range_weird(adu: &Adu<'_>, weird: &mut Weird) {
    for range in ranges(adu, true).into_iter().flatten() {
        let name = if range.quantity == 0 || range.quantity > most(adu.function, range.written) {
            "quantity_out_of_range"
        } else if u32::from(range.start) + u32::from(range.quantity) > 0x1_0000 {
            "address_out_of_range"
        } else {
            continue;
        };
        if !weird.contains(&name) {
            weird.push(name);
        }
    }
}

/// Whether one of the two asks and the other answers just that: what both together say for their being Modbus.
pub(super) fn are_exchange(one: &Adu<'_>, other: &Adu<'_>) -> bool {
    let is_exchange = |request: &Adu<'_>, answer: &Adu<'_>| {
        let fits = shape(request).is_some_and(|shape| shape.request) && shape(answer).is_some_and(|shape| shape.answer);
        fits && pair(request, answer).is_empty()
    };
    let is_alike = (one.transaction, one.unit, one.function) == (other.transaction, other.unit, other.function);
    is_alike && (is_exchange(one, other) || is_exchange(other, one))
}

/// Violations that show only in the pair.
pub(super) fn pair(request: &Adu<'_>, answer: &Adu<'_>) -> Weird {
    let mut weird = Weird::new();
    if answer.refused || request.refused {
        return weird;
    }
    let asked = ranges(request, true)[0];
    let expected = match (request.function, asked) {
        (1 | 2, Some(range)) => Some(usize::from(range.quantity).div_ceil(8)),
        (3 | 4 | 23, Some(range)) => Some(usize::from(range.quantity) * 2),
        (20, _) => Some(FileRecords::read(request, true)).filter(FileRecords::is_sound).map(|records| records.answer_bytes()),
        _ => None,
    };
    let got = answer.data.len().saturating_sub(1);
    match expected {
        Some(expected) if got < expected => weird.push("answer_shorter_than_asked"),
        Some(expected) if got > expected => weird.push("answer_longer_than_asked"),
        _ => {}
    }
    if !is_echoed(request, answer) {
        weird.push("echo_mismatch");
    }
    weird
}

/// Whether the answer repeats what it has to repeat of the request.
fn is_echoed(request: &Adu<'_>, answer: &Adu<'_>) -> bool {
    let same = |count: usize| request.data.get(..count) == answer.data.get(..count);
    match request.function {
        5 | 6 | 15 | 16 => same(4),
        22 => same(6),
        8 if request.word(0) == Some(0) => request.data == answer.data,
        8 => same(2),
        21 => request.data == answer.data,
        43 => same(1),
        _ => true,
    }
}
