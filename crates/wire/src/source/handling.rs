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
    /// Its packets up to this number were looked at before …
    pub(super) known_packets: u64,
    /// … and read where they lie between these times, ns since 1970 as the file says them: the first included, the
    /// second not.
    pub(super) known_times: Vec<(i64, i64)>,
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
        if number <= handling.known_packets {
            let own = time.saturating_sub(handling.shift);
            if handling.known_times.iter().any(|(since, until)| (*since..*until).contains(&own)) {
                return Fate::Known;
            }
        }
        if (self.since..self.until).contains(&time) {
            Fate::Wanted
        } else {
            Fate::Outside
        }
    }
}
