//! The table of readings, written column by column: busy traffic has more of them than of all other rows, and to look for a
//! column by its name costs more than to decode the value that goes there.

use super::READINGS;
use crate::columns::{Cells, Numbers, Table, Texts, Words};
use crate::flow::Mark;

/// One row; see the columns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub(crate) sequence: u64,
    /// Line time, ns since 1970.
    pub(crate) time: i64,
    /// What brought it.
    pub(crate) mark: Mark,
    pub(crate) point: u32,
    pub(crate) number: Option<f64>,
    pub(crate) integer: Option<i64>,
    pub(crate) text: Option<&'a str>,
    pub(crate) status: Option<&'static str>,
    pub(crate) source_time: Option<i64>,
    pub(crate) direction: &'static str,
}

/// See the module.
#[derive(Default)]
pub(crate) struct Readings {
    sequence: Numbers<u64>,
    time: Numbers<i64>,
    timestamp: Numbers<i64>,
    point: Numbers<u64>,
    number: Numbers<f64>,
    integer: Numbers<i64>,
    text: Texts,
    status: Words,
    source_time: Numbers<i64>,
    direction: Words,
    file: Numbers<u64>,
    frame: Numbers<u64>,
}

impl Readings {
    /// One row more.
    pub(crate) fn push(&mut self, reading: &Reading<'_>) {
        self.sequence.push(Some(reading.sequence));
        self.time.push(Some(reading.time));
        self.timestamp.push(Some(reading.mark.time));
        self.point.push(Some(u64::from(reading.point)));
        self.number.push(reading.number);
        self.integer.push(reading.integer);
        self.text.push(reading.text);
        self.status.push(reading.status);
        self.source_time.push(reading.source_time);
        self.direction.push(Some(reading.direction));
        self.file.push(Some(u64::from(reading.mark.file)));
        self.frame.push(Some(reading.mark.frame));
    }

    /// Number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.sequence.values.len()
    }

    /// Bytes of the values that are texts.
    pub(crate) fn text_bytes(&self) -> usize {
        self.text.bytes.len()
    }

    /// As a table of the border.
    pub(super) fn into_table(self) -> Table {
        let cells = vec![
            Cells::Unsigned(self.sequence),
            Cells::Signed(self.time),
            Cells::Signed(self.timestamp),
            Cells::Unsigned(self.point),
            Cells::Float(self.number),
            Cells::Signed(self.integer),
            Cells::Text(self.text),
            Cells::Word(self.status),
            Cells::Signed(self.source_time),
            Cells::Word(self.direction),
            Cells::Unsigned(self.file),
            Cells::Unsigned(self.frame),
        ];
        Table::of("readings", READINGS, cells)
    }
}
