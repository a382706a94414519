//! What a request names: part of the operation's identity, and its target. Never the session key, a checksum, a value, or the
//! number of a block within a transfer, which counts on like a continuation point.

use smallvec::SmallVec;

use super::message::{double_word, word, Umas};
use super::variables::{memory, variables, Located, Variable};
use crate::protocols::modbus::range;

/// Variables told in a target before it says how many more there are.
const TOLD: usize = 3;

/// A part of a memory block (0x20, 0x21).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part<'a> {
    pub(super) block: u16,
    /// Bytes from its start; `None` where its upper half, on which the sources are silent, is not 0.
    pub(super) offset: Option<u16>,
    pub(super) length: u16,
    /// All of it on the wire.
    bytes: &'a [u8],
}

/// The part that a request reads, or writes with as many bytes behind: range, block, offset, a word of no known meaning, length.
pub(super) fn part<'a>(request: &Umas<'a>) -> Option<Part<'a>> {
    let bytes = request.data.get(..9)?;
    let length = word(bytes, 7)?;
    let behind = request.data.len() - bytes.len();
    let fits = match request.code {
        0x20 => behind == 0,
        0x21 => behind == usize::from(length),
        _ => false,
    };
    let offset = double_word(bytes, 3).and_then(|offset| u16::try_from(offset).ok());
    fits.then_some(Part { block: word(bytes, 1)?, offset, length, bytes })
}

/// Subfunction of those that read one of several things.
pub(super) fn subfunction(request: &Umas<'_>) -> Option<u8> {
    (matches!(request.code, 0x01 | 0x03 | 0x06) && request.data.len() == 1).then(|| request.byte(0)).flatten()
}

/// Kind of record that is read from the data dictionary (0x26): kind, index, hardware id, block, offset, at times padding.
pub(super) fn record_type(request: &Umas<'_>) -> Option<u16> {
    (request.code == 0x26 && matches!(request.data.len(), 11 | 13)).then(|| request.word(0)).flatten()
}

/// One step of Monitor PLC (0x50).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    kind: u8,
    /// Block and offset of a variable.
    place: Option<(u16, u16)>,
}

impl Step {
    /// `register block 52 offset 300`, `read all`.
    pub(super) fn text(&self) -> String {
        let word = match self.kind {
            0x05 => "register",
            0x07 => "read all",
            0x09 => "register and read",
            _ => "reset",
        };
        self.place.map_or_else(|| word.to_owned(), |(block, offset)| format!("{word} block {block} offset {offset}"))
    }
}

/// The steps of Monitor PLC, if each is known and they fill the message: subcommand, a byte of no known meaning, count, steps.
pub(super) fn steps(request: &Umas<'_>) -> Option<Vec<Step>> {
    let (0x50, [_, _, count, rest @ ..]) = (request.code, request.data) else { return None };
    let (mut rest, mut found) = (rest, Vec::with_capacity(usize::from(*count)));
    for _ in 0..*count {
        let kind = *rest.first()?;
        let length = match kind {
            0x05 => 7,
            0x07 | 0x0B => 1,
            0x09 => 6,
            _ => return None,
        };
        let (step, behind) = rest.split_at_checked(length)?;
        let place = if length > 1 { Some((word(step, 2)?, word(step, 4)?)) } else { None };
        found.push(Step { kind, place });
        rest = behind;
    }
    (rest.is_empty() && !found.is_empty()).then_some(found)
}

/// What names the request's aim, for the operation's id.
pub(in super::super) fn identity(request: &Umas<'_>, identity: &mut SmallVec<[u8; 16]>) {
    identity.push(request.code);
    if let Some(part) = part(request) {
        identity.extend_from_slice(part.bytes);
    } else if let Some(variables) = variables(request) {
        variables.iter().for_each(|one| identity.extend_from_slice(one.head));
    } else if let Some(memory) = memory(request) {
        for one in memory {
            identity.push(u8::from(one.table == "coil"));
            identity.extend_from_slice(&one.address.to_le_bytes());
        }
    } else if let Some(steps) = steps(request) {
        for step in steps {
            identity.push(step.kind);
            if let Some((block, offset)) = step.place {
                identity.extend_from_slice(&block.to_le_bytes());
                identity.extend_from_slice(&offset.to_le_bytes());
            }
        }
    } else if let Some(kind) = record_type(request) {
        identity.extend_from_slice(&kind.to_le_bytes());
    } else if let Some(sub) = subfunction(request) {
        identity.push(sub);
    }
}

/// What the request aims at, in words; empty if nothing is named.
pub(in super::super) fn target(request: &Umas<'_>) -> String {
    if let Some(part) = part(request) {
        let offset = part.offset.map_or_else(String::new, |offset| format!(" offset {offset}"));
        return format!("memory block {}{offset} length {}", part.block, part.length);
    }
    if let Some(variables) = variables(request) {
        return listed("variable", variables.iter().map(Variable::text).collect());
    }
    if let Some(memory) = memory(request) {
        let one = |one: Located| {
            let range = range::Range { start: one.address, quantity: 1, written: false };
            format!("{} {}", one.table, range::text(range))
        };
        return listed("", memory.into_iter().map(one).collect());
    }
    if let Some(steps) = steps(request) {
        return listed("", steps.iter().map(Step::text).collect());
    }
    String::new()
}

fn listed(word: &str, texts: Vec<String>) -> String {
    let more = texts.len().saturating_sub(TOLD);
    let shown = texts.into_iter().take(TOLD).collect::<Vec<_>>().join(", ");
    let behind = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{word}{}{shown}{behind}", if word.is_empty() { "" } else { " " })
}
