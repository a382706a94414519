//! The sub-requests of Read File Record and Write File Record (§6.14, §6.15). A message holds at most 35 of them, so
//! what is read is bounded by the message.

use super::adu::{registers, Adu};

/// Only reference type there is.
const REFERENCE_TYPE: u8 = 6;

/// One record: file, number of the first register in it, registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileRecord {
    pub(super) file: u16,
    pub(super) record: u16,
    pub(super) length: u16,
}

/// What a PDU of function 20 or 21 holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct FileRecords {
    /// Those named: an answer of function 20 names none.
    pub(super) records: Vec<FileRecord>,
    /// Registers written by function 21, or read by function 20.
    pub(super) values: Vec<i64>,
    /// There is at least one, they end where the message ends, and the byte count says so too.
    whole: bool,
    /// One has a reference type other than 6.
    pub(super) bad_reference_type: bool,
}

impl FileRecords {
    /// Reads the sub-requests, or the parts of an answer, as far as they are there.
    pub(super) fn read(adu: &Adu<'_>, is_request: bool) -> Self {
        let mut found = Self::default();
        let mut at = 1;
        while at < adu.data.len() {
            let next = match (adu.function, is_request) {
                (20, false) => found.answered(adu, at),
                (20 | 21, _) => found.asked(adu, at),
                _ => None,
            };
            let Some(next) = next else { return found };
            at = next;
        }
        found.whole = at > 1 && at == adu.data.len() && adu.byte(0).map(|count| usize::from(count) + 1) == Some(at);
        found
    }

    /// Whether all is as the specification has it.
    pub(super) fn is_sound(&self) -> bool {
        self.whole && !self.bad_reference_type
    }

    /// Reference type, file, record, length; in function 21 the registers. Gives where the next begins.
    fn asked(&mut self, adu: &Adu<'_>, at: usize) -> Option<usize> {
        let (kind, file, record, length) = (adu.byte(at)?, adu.word(at + 1)?, adu.word(at + 3)?, adu.word(at + 5)?);
        self.bad_reference_type |= kind != REFERENCE_TYPE;
        self.records.push(FileRecord { file, record, length });
        let end = at + 7 + if adu.function == 21 { 2 * usize::from(length) } else { 0 };
        self.values.extend(registers(adu.data.get(at + 7..end)?));
        Some(end)
    }

    /// Length, reference type, registers.
    fn answered(&mut self, adu: &Adu<'_>, at: usize) -> Option<usize> {
        let (length, kind) = (usize::from(adu.byte(at)?), adu.byte(at + 1)?);
        self.bad_reference_type |= kind != REFERENCE_TYPE;
        let end = at + 1 + length;
        self.values.extend(registers(adu.data.get(at + 2..end)?));
        (length % 2 == 1).then_some(end)
    }

    /// Bytes of the answer's parts that a request of function 20 asks for.
    pub(super) fn answer_bytes(&self) -> usize {
        self.records.iter().map(|one| 2 + 2 * usize::from(one.length)).sum()
    }

    /// `file 4 record 1 length 2` each.
    pub(super) fn texts(&self) -> Vec<String> {
        self.records.iter().map(|one| format!("file {} record {} length {}", one.file, one.record, one.length)).collect()
    }
}
