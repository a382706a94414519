//! What a controller says of itself and of the project in it.
//!
//! Sources: the protocol definition of Apache PLC4X (`umas.mspec`) for Init Comm, Read ID and Read PLC Info; Digital Bond's
//! `modicon-info` script for the project's name, revision and date; both checked against a recorded session with a Quantum 140 CPU
//! 311 10.

use super::message::{double_word, word, Umas};
use crate::protocols::modbus::identification::text;

/// Answer to Read ID (0x02).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    /// Maker's number of the controller.
    pub(super) ident: u32,
    pub(super) model: u16,
    /// `2.70`: major version, then minor as two digits.
    pub(super) firmware: String,
    pub(super) hardware: u16,
    /// The controller's designation, e.g. `140 CPU 311 10`.
    pub(super) name: String,
}

/// Bytes of Read ID's answer before the length of the name.
const IDENTITY: usize = 22;

/// Reads it where the name fits and all behind it is the list of memory banks: count, then eight bytes each.
pub(super) fn identity(answer: &Umas<'_>) -> Option<Identity> {
    let data = answer.data;
    let (name, behind) = named(data, IDENTITY)?;
    let banks = usize::from(*behind.first()?);
    if behind.len() != 1 + 8 * banks {
        return None;
    }
    let [minor, major] = word(data, 8)?.to_le_bytes();
    Some(Identity {
        ident: double_word(data, 2)?,
        model: word(data, 6)?,
        firmware: format!("{major:x}.{minor:02x}"),
        hardware: word(data, 14)?,
        name: text(name),
    })
}

/// A text with its length before it, and what follows.
fn named(data: &[u8], at: usize) -> Option<(&[u8], &[u8])> {
    let length = usize::from(*data.get(at)?);
    data.get(at + 1..)?.split_at_checked(length)
}

/// Answer to Init Comm (0x01).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opened {
    /// Longest message that the controller takes, bytes.
    pub(super) longest: u16,
}

/// Reads it where the text at its end fits.
pub(super) fn opened(answer: &Umas<'_>) -> Option<Opened> {
    named(answer.data, 12).filter(|(_, behind)| behind.is_empty())?;
    Some(Opened { longest: answer.word(0)? })
}

/// Answer to Read Project Info (0x03), subfunction 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Project {
    pub(super) name: String,
    /// `0.0.8`.
    pub(super) revision: String,
    /// By the engineering computer's clock, whose zone is not told: `2014-01-14T12:59:12`.
    pub(super) modified: Option<String>,
}

/// Bytes of Read Project Info's answer before the length of the name.
const PROJECT: usize = 38;

/// Reads it where the name fills the rest.
pub(super) fn project(answer: &Umas<'_>) -> Option<Project> {
    let data = answer.data;
    let (name, _) = named(data, PROJECT).filter(|(_, behind)| behind.is_empty())?;
    let [low, middle, high] = [data[34], data[35], data[36]];
    Some(Project { name: text(name), revision: format!("{high}.{middle}.{low}"), modified: moment(data.get(26..34)?) })
}

/// Day of the week, second, minute, hour, day, month, year of two bytes.
fn moment(bytes: &[u8]) -> Option<String> {
    let [_, second, minute, hour, day, month, low, high] = bytes else { return None };
    let is_moment = *second < 60 && *minute < 60 && *hour < 24 && (1..=31).contains(day) && (1..=12).contains(month);
    let year = u16::from_le_bytes([*low, *high]);
    is_moment.then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"))
}

/// The card's designation in the answer to Read Card Info (0x06), subfunction 6.
pub(super) fn card(answer: &Umas<'_>) -> Option<String> {
    let (name, _) = named(answer.data, 6)?;
    let is_text = name.len() >= 3 && name.iter().all(|byte| matches!(byte, 0x20..=0x7E) || *byte == 0);
    Some(text(name)).filter(|name| is_text && !name.is_empty())
}

/// The words of Read PLC Info's answer (0x04). The fourth and the fifth are the checksum of the loaded program.
pub(super) fn status_words(answer: &Umas<'_>) -> Option<Vec<i64>> {
    let count = usize::from(answer.byte(3)?);
    let bytes = answer.data.get(4..4 + 4 * count).filter(|bytes| !bytes.is_empty())?;
    Some(bytes.chunks_exact(4).map(super::message::number).collect())
}

/// Who takes the reservation (0x10): four bytes of no known meaning, the name of the computer.
pub(super) fn reserving(request: &Umas<'_>) -> Option<String> {
    let (name, _) = named(request.data, 4).filter(|(name, behind)| behind.is_empty() && !name.is_empty())?;
    Some(text(name))
}

/// Names of variables in an answer of the data dictionary (kind 0xDD02), with block, offset.
///
/// Range, next address, a word, count; each as type, block, offset, three bytes of no sure meaning, name with a zero at its end.
pub(super) fn dictionary(answer: &Umas<'_>) -> Option<Vec<(u16, u32, String)>> {
    let count = usize::from(answer.word(5)?);
    let mut rest = answer.data.get(7..)?;
    let mut found = Vec::new();
    for _ in 0..count {
        let (head, behind) = rest.split_at_checked(10)?;
        let end = behind.iter().position(|byte| *byte == 0)?;
        found.push((word(head, 2)?, double_word(head, 4)?, text(&behind[..end])));
        rest = &behind[end + 1..];
    }
    (rest.is_empty() && !found.is_empty()).then_some(found)
}
