//! Coils, inputs and registers that a transaction touched, bounded by what its messages hold and by the quantities that
//! the specification allows: a wild quantity makes no points.

use super::adu::Adu;
use super::range::{most, ranges};
use super::{describe, names};
use crate::protocols::PointValue;

/// Calls `point` for each: with values where they are known, nothing where the answer refuses.
pub(super) fn each(request: Option<&Adu<'_>>, answer: Option<&Adu<'_>>, point: &mut dyn FnMut(PointValue)) {
    let Some(any) = request.or(answer) else { return };
    let Some(table) = names::table(any.function) else { return };
    if any.refused || answer.is_some_and(|answer| answer.refused) || matches!(any.function, 20 | 21 | 24) {
        return;
    }
    for range in ranges(any, request.is_some()).into_iter().flatten() {
        let quantity = range.quantity.min(most(any.function, range.written));
        let values = if range.written { written(any) } else { answer.and_then(|answer| describe::read_values(answer, Some(quantity))) };
        let must_hold = if range.written { request.is_some() && matches!(any.function, 15 | 16 | 23) } else { answer.is_some() };
        let held = values.as_ref().map(Vec::len).or(must_hold.then_some(0));
        for index in 0..quantity.min(held.and_then(|held| u16::try_from(held).ok()).unwrap_or(u16::MAX)) {
            let Some(address) = range.start.checked_add(index) else { break };
            let number = values.as_ref().and_then(|values| values.get(usize::from(index))).copied();
            point(PointValue::plain(any.unit, table, u32::from(address), number, range.written));
        }
    }
}

/// What is known of the values after a write. A mask tells them only where it keeps no bit (§6.16).
fn written(adu: &Adu<'_>) -> Option<Vec<i64>> {
    match adu.function {
        22 if adu.word(2)? == 0 => adu.word(4).map(|value| vec![i64::from(value)]),
        _ => describe::written(adu),
    }
}
