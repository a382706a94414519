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

/// Sub-requests of one message: no more fit into 253 bytes.
const SUB_REQUESTS: usize = 36;

/// `file 4 record 1 length 2` for each sub-request (§6.14, §6.15), at most what one message can hold.
pub(super) fn file_records(adu: &Adu<'_>, is_request: bool) -> (Vec<(u16, u16, u16)>, bool) {
    let mut records = Vec::new();
    let mut bad_reference = false;
    if !(adu.function == 21 || adu.function == 20 && is_request) {
        return (records, bad_reference);
    }
    let mut at = 1;
    for _ in 0..SUB_REQUESTS {
        let (Some(kind), Some(file), Some(record), Some(length)) = (adu.byte(at), adu.word(at + 1), adu.word(at + 3), adu.word(at + 5))
        else {
            break;
        };
        bad_reference |= kind != 6;
        records.push((file, record, length));
        at += 7 + if adu.function == 21 { 2 * usize::from(length) } else { 0 };
    }
    (records, bad_reference)
}

/// `0-9` or `12`.
pub(super) fn text(range: Range) -> String {
    if range.quantity <= 1 {
        range.start.to_string()
    } else {
        format!("{}-{}", range.start, u32::from(range.start) + u32::from(range.quantity) - 1)
    }
}
