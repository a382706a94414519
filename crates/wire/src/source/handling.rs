//! What was said about one file before reading, and which of its packets are therefore wanted.

use super::raw::Mark;

/// See the module.
#[derive(Debug, Clone, Default)]
pub(super) struct Handling {
    /// ns added to its times.
    pub(super) shift: i64,
    /// Whether to digest it on the way.
    pub(super) is_digested: bool,
    /// Whether nothing of it is read.
    pub(super) is_left_out: bool,
    /// What it was before.
    pub(super) mark: Option<Mark>,
    /// What was read of it before.
    pub(super) known: Vec<Known>,
}

/// Packets of a file that were read before: the first so many, as far as they lie in a window of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// How many packets were passed, wanted or not.
    pub packets: u64,
    /// ns since 1970, as the file says it; included.
    pub since: i64,
    /// The same; not included.
    pub until: i64,
}

/// What becomes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Wanted,
    /// It lies outside the time that was asked for.
    Outside,
    /// It was read before.
    Known,
}

/// The time that was asked for, ns since 1970: the first is included, the second not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) since: i64,
    pub(super) until: i64,
}

impl Default for Window {
    fn default() -> Self {
        Self { since: i64::MIN, until: i64::MAX }
    }
}

impl Window {
    /// What becomes of the packet with this number in its file and this time.
    #[inline]
    pub(super) fn judge(&self, handling: &Handling, number: u64, time: i64) -> Fate {
        let own = time.saturating_sub(handling.shift);
        if handling.known.iter().any(|known| number <= known.packets && (known.since..known.until).contains(&own)) {
            return Fate::Known;
        }
        if (self.since..self.until).contains(&time) {
            Fate::Wanted
        } else {
            Fate::Outside
        }
    }
}
