//! One UMAS message: session key, function or status, data. What follows the header of Modbus is little-endian.

use super::functions::{known, ERROR, OK, SIGNED};
use crate::protocols::modbus::adu::Adu;

/// Bytes between the function of a signed message and the message inside: one of no known meaning, a signature of 32.
const SIGNATURE: usize = 33;
/// Modbus' number for UMAS, repeated in front of the message inside a signed one.
const FUNCTION: u8 = 90;

/// A request, or an answer, of function 90.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Umas<'a> {
    /// The controller gives it out with a reservation; 0 without one.
    pub(in super::super) session_key: u8,
    /// Function of a request, status of an answer.
    pub(in super::super) code: u8,
    /// What follows.
    pub(super) data: &'a [u8],
    /// It came inside a signed message.
    pub(super) signed: bool,
}

impl<'a> Umas<'a> {
    /// The request in this message; a signed one's inner.
    pub(in super::super) fn request(adu: &Adu<'a>) -> Option<Self> {
        let outer = Self::read(adu)?;
        let inner = (outer.code == SIGNED).then(|| outer.inner()).flatten();
        Some(inner.filter(|inner| known(inner.code).is_some()).unwrap_or(outer))
    }

    /// The answer in this message; a signed one's inner, told by what stands where its head must be: the same session key and a
    /// status.
    pub(in super::super) fn answer(adu: &Adu<'a>) -> Option<Self> {
        let outer = Self::read(adu)?;
        let inner = (outer.code == OK).then(|| outer.inner()).flatten();
        Some(inner.filter(|inner| inner.session_key == outer.session_key && matches!(inner.code, OK | ERROR)).unwrap_or(outer))
    }

    fn read(adu: &Adu<'a>) -> Option<Self> {
        let [session_key, code, data @ ..] = adu.data else { return None };
        (adu.function == FUNCTION && !adu.refused).then_some(Self { session_key: *session_key, code: *code, data, signed: false })
    }

    fn inner(&self) -> Option<Self> {
        let [FUNCTION, session_key, code, data @ ..] = self.data.get(SIGNATURE..)? else { return None };
        Some(Self { session_key: *session_key, code: *code, data, signed: true })
    }

    /// Why it refuses; its code has no public names.
    pub(in super::super) fn refusal(&self) -> Option<String> {
        (self.code == ERROR).then(|| self.error_code().map_or_else(|| "UMAS Error".to_owned(), |code| format!("UMAS Error 0x{code}")))
    }

    /// The code of a refusal in hex, as it stands on the wire: one to four bytes.
    pub(super) fn error_code(&self) -> Option<String> {
        let is_code = self.code == ERROR && (1..=4).contains(&self.data.len());
        is_code.then(|| self.data.iter().map(|byte| format!("{byte:02X}")).collect())
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.data.get(at).copied()
    }

    pub(super) fn word(&self, at: usize) -> Option<u16> {
        word(self.data, at)
    }
}

pub(super) fn word(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?).map(|two| u16::from_le_bytes([two[0], two[1]]))
}

pub(super) fn double_word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

/// An unsigned number of one, two, four or eight bytes.
pub(super) fn number(bytes: &[u8]) -> i64 {
    bytes.iter().rev().take(8).fold(0, |sum, byte| sum << 8 | i64::from(*byte))
}
