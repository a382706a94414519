//! Variables, and memory words and bits, that a request reads or writes. A list is believed only where it fills its message to
//! the last byte.
//!
//! Sources: the protocol definition of Apache PLC4X (`umas.mspec`, version 1, made from recordings of Schneider's own OPC UA
//! server), which agrees on reads with B. Hutcheson's dissector of 2024; for 0x24 and 0x25 a client proven against an M221, and
//! the captures that it was made from.

use super::message::{double_word, number, word, Umas};

/// Bytes of one variable before its array length or data.
const HEAD: usize = 7;
/// Values kept of one message; no message has more bytes than that, so it only states the bound.
const MOST_VALUES: usize = 1_024;

/// One variable, or a run of equal ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Variable<'a> {
    /// Memory block of the controller.
    pub(super) block: u16,
    /// Bytes from its start; `None` where the sources differ on how it is written.
    pub(super) offset: Option<u32>,
    /// Bytes of one element: 1, 2, 4 or 8.
    pub(super) size: u8,
    /// Elements.
    pub(super) count: u16,
    /// What is written.
    data: &'a [u8],
    /// What names it on the wire.
    pub(super) head: &'a [u8],
}

impl Variable<'_> {
    /// `block 52 offset 300 size 2`, `block 52 offset 300 size 1 count 17`.
    pub(super) fn text(&self) -> String {
        let offset = self.offset.map_or_else(String::new, |offset| format!(" offset {offset}"));
        let count = if self.count == 1 { String::new() } else { format!(" count {}", self.count) };
        format!("block {}{offset} size {}{count}", self.block, self.size)
    }

    fn bytes(&self) -> usize {
        usize::from(self.size) * usize::from(self.count)
    }
}

/// The variables of Read Variables (0x22) and Write Variables (0x23): checksum of the program, count, variables.
pub(super) fn variables<'a>(request: &Umas<'a>) -> Option<Vec<Variable<'a>>> {
    let is_write = match request.code {
        0x22 => false,
        0x23 => true,
        _ => return None,
    };
    let count = usize::from(request.byte(4)?);
    let mut rest = request.data.get(5..)?;
    let mut found = Vec::with_capacity(count);
    for _ in 0..count {
        let (variable, behind) = variable(rest, is_write)?;
        found.push(variable);
        rest = behind;
    }
    (rest.is_empty() && !found.is_empty()).then_some(found)
}

fn variable(bytes: &[u8], is_write: bool) -> Option<(Variable<'_>, &[u8])> {
    let kind = *bytes.first()?;
    // An index of sizes: 1, 2, 4, 8 bytes.
    let size = match kind & 0x0F {
        index @ 1..=4 => 1_u8 << (index - 1),
        _ => return None,
    };
    let is_array = match kind >> 4 {
        0 => false,
        1 => true,
        _ => return None,
    };
    let (block, length) = (word(bytes, 1)?, if is_array { HEAD + 2 } else { HEAD });
    let offset = if is_write {
        // Version 0 of the definition has the order of a read here; they agree on nothing above 16 bits.
        double_word(bytes, 3).filter(|offset| *offset <= 0xFFFF)
    } else {
        (*bytes.get(3)? == 1).then_some(())?;
        Some(u32::from(word(bytes, 4)?) << 8 | u32::from(*bytes.get(6)?))
    };
    let count = if is_array { word(bytes, HEAD)? } else { 1 };
    let head = bytes.get(..length)?;
    let end = if is_write { length + usize::from(size) * usize::from(count) } else { length };
    let data = bytes.get(length..end)?;
    Some((Variable { block, offset, size, count, data, head }, bytes.get(end..)?))
}

/// What a request writes into its variables, in order.
pub(super) fn written(variables: &[Variable<'_>]) -> Vec<i64> {
    let numbers = variables.iter().flat_map(|one| one.data.chunks_exact(usize::from(one.size)).map(number));
    numbers.take(MOST_VALUES).collect()
}

/// What an answer brings for the variables asked for; `None` if it has not exactly their bytes.
pub(super) fn read(variables: &[Variable<'_>], answer: &Umas<'_>) -> Option<Vec<i64>> {
    let asked: usize = variables.iter().map(Variable::bytes).sum();
    if asked != answer.data.len() {
        return None;
    }
    let (mut rest, mut values) = (answer.data, Vec::new());
    for one in variables {
        let (these, behind) = rest.split_at_checked(one.bytes())?;
        values.extend(these.chunks_exact(usize::from(one.size)).map(number));
        rest = behind;
    }
    values.truncate(MOST_VALUES);
    Some(values)
}

/// A memory bit (`%M`) or word (`%MW`): the coils and holding registers of the same numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Located {
    pub(super) table: &'static str,
    pub(super) address: u16,
    /// What is written.
    pub(super) value: Option<i64>,
}

/// Bits and words of 0x24 and 0x25: count, then each as kind of list, class, address, quantity 1.
pub(super) fn memory(request: &Umas<'_>) -> Option<Vec<Located>> {
    let is_write = match request.code {
        0x24 => false,
        0x25 => true,
        _ => return None,
    };
    let [count, rest @ ..] = request.data else { return None };
    let size = if is_write { 8 } else { 6 };
    if *count == 0 || rest.len() != usize::from(*count) * size {
        return None;
    }
    rest.chunks_exact(size).map(|one| located(one, is_write)).collect()
}

fn located(one: &[u8], is_write: bool) -> Option<Located> {
    let [2, class, low, high, 1, 0, value @ ..] = one else { return None };
    let table = match (class, is_write) {
        (2, false) => "coil",
        (3, _) => "holding_register",
        _ => return None,
    };
    Some(Located { table, address: u16::from_le_bytes([*low, *high]), value: is_write.then(|| number(value)) })
}

/// What an answer to 0x24 brings: count, then each behind two bytes.
pub(super) fn read_memory(asked: &[Located], answer: &Umas<'_>) -> Option<Vec<i64>> {
    let [count, rest @ ..] = answer.data else { return None };
    if usize::from(*count) != asked.len() {
        return None;
    }
    let (mut rest, mut values) = (rest, Vec::with_capacity(asked.len()));
    for one in asked {
        let (this, behind) = rest.split_at_checked(if one.table == "coil" { 3 } else { 4 })?;
        values.push(number(this.get(2..)?));
        rest = behind;
    }
    rest.is_empty().then_some(values)
}
