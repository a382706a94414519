//! Points and their values as a decoder tells them, and what a server told of its own points before.

use std::any::Any;

use super::Claim;

/// A value of a point, or only the point where `number` is `None`.
#[derive(Debug, Clone, PartialEq)]
pub struct PointValue {
    /// Unit behind the address.
    pub unit: u8,
    /// Table of the descriptor's notation, e.g. `holding_register`.
    pub table: &'static str,
    /// 0-based address as on the wire; of points that have names, the number that the server's [`Memory`] gave it.
    pub address: u32,
    /// Its value: registers and coils as integers. Of values that are no such, all bits, which tell whether it changed.
    pub number: Option<i64>,
    /// What the number says.
    pub said: Said,
    /// Its quality, where the server gave one that is not good.
    pub status: Option<&'static str>,
    /// When the device says it had this value, in ns since 1970.
    pub source_time: Option<i64>,
    /// True: it was written; false: it was read.
    pub written: bool,
    /// It was so once, and says nothing of now.
    pub past: bool,
}

impl PointValue {
    /// A value that stands on the wire as the number it is.
    pub fn plain(unit: u8, table: &'static str, address: u32, number: Option<i64>, written: bool) -> Self {
        Self { unit, table, address, number, said: Said::AsIs, status: None, source_time: None, written, past: false }
    }
}

/// What a value of a point says.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Said {
    /// What stands on the wire.
    #[default]
    AsIs,
    /// A whole number whose bits are not all that may change.
    Integer(i64),
    /// Another number than the wire's: scaled, or of several registers. `raw` tells whether it changed.
    Number {
        /// All bits of it.
        raw: i64,
        /// What it amounts to.
        value: f64,
    },
    /// Text, over as many registers as it takes.
    Text(String),
    /// The server says that it has no such value.
    Missing,
    /// Part of the point before it, which tells the value.
    Part,
}

/// What a point is, by what its server told before.
#[derive(Debug, Clone, PartialEq)]
pub struct Meaning {
    /// In words, e.g. `Inverter: AC power`.
    pub label: String,
    /// What it is measured in, e.g. `W`; empty if in nothing.
    pub measure: &'static str,
    /// Changes when the same bits now amount to another value.
    pub scale: i16,
    /// Its value.
    pub said: Said,
}

/// Whether a pair told more of its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learnt {
    /// Nothing new.
    Nothing,
    /// More, or something else than before: points may have another meaning now.
    More,
    /// A bound of the memory kept it from learning.
    Full,
}

/// What a server told of its own points over several messages and connections. Only servers that tell such have one.
pub trait Memory: Any + Send {
    /// Takes a pair with what it read and wrote. It is asked for each answer that is not the one before again.
    fn learn(&mut self, request: Option<&[u8]>, answer: Option<&[u8]>, values: &[PointValue], claim: &mut dyn FnMut(Claim)) -> Learnt;

    /// What the values of one pair mean, in their order; `None` where nothing is known.
    fn meanings(&self, values: &[PointValue]) -> Vec<Option<Meaning>>;

    /// About how much memory it takes, where a server may make it take much.
    fn bytes(&self) -> usize {
        0
    }

    /// All memories together are at their bound: it grows no more, and says so when it next learns.
    fn close(&mut self) {}

    /// The name of a point that has one instead of an address, as the server has it: it is the point's identity, and the
    /// number that stands for it never leaves the process.
    fn name(&self, _table: &'static str, _address: u32) -> Option<&str> {
        None
    }
}
