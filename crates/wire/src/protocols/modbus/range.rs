//! What a request names: the ranges of addresses, and whether they can be.

use super::adu::Adu;

/// A run of addresses of one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) start: u16,
    pub(super) quantity: u16,
    pub(super) written: bool,
}

/// Ranges of a request; of an answer as far as it echoes them.
pub(super) fn ranges(adu: &Adu<'_>, is_request: bool) -> [Option<Range>; 2] {
    if adu.refused {
        return [None, None];
    }
    let range = |at: usize, written| {
        let (start, quantity) = (adu.word(at)?, adu.word(at + 2)?);
        Some(Range { start, quantity, written })
    };
    let single = |written| adu.word(0).map(|start| Range { start, quantity: 1, written });
    match (adu.function, is_request) {
        (1..=4, true) => [range(0, false), None],
        (5 | 6, _) | (22, _) => [single(true), None],
        (15 | 16, _) => [range(0, true), None],
        (23, true) => [range(0, false), range(4, true)],
        (24, true) => [single(false), None],
        _ => [None, None],
    }
}

/// Most of one range by function (§6.1 to §6.17).
pub(super) fn most(function: u8, written: bool) -> u16 {
    match (function, written) {
        (1 | 2, _) => 2000,
        (15, _) => 1968,
        (16, _) => 123,
        (23, true) => 121,
        _ => 125,
    }
}

/// `0-9` or `12`.
pub(super) fn text(range: Range) -> String {
    if range.quantity <= 1 {
        range.start.to_string()
    } else {
        format!("{}-{}", range.start, u32::from(range.start) + u32::from(range.quantity) - 1)
    }
}
