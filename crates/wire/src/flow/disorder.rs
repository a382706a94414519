//! What only some streams have: bytes that came late, twice or never.

use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};

use super::Mark;

/// Bytes that were skipped.
#[derive(Debug)]
pub(super) struct Hole {
    pub(super) number: u64,
    pub(super) start: u32,
    pub(super) end: u32,
    /// `Some` where the reader knew a message boundary at the start.
    pub(super) prefix: Option<Vec<u8>>,
    pub(super) suffix: Vec<u8>,
}

/// Bytes that wait behind a hole.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) sequence: u32,
    pub(super) bytes: Vec<u8>,
    pub(super) lost_tail: u32,
    pub(super) mark: Mark,
    pub(super) acknowledged: bool,
}

/// Counts for the summary of a connection.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Losses {
    pub(crate) gaps: u64,
    pub(crate) lost_bytes: u64,
    pub(crate) retransmissions: u64,
    pub(crate) overlaps: u64,
}

/// What only a stream has of which bytes came late, twice or never.
#[derive(Debug)]
pub(super) struct Disorder {
    pub(super) held: VecDeque<Held>,
    pub(super) held_bytes: usize,
    pub(super) holes: Vec<Hole>,
    pub(super) holes_made: u64,
    /// Start and end of the last run at a wild number.
    pub(super) wild: Option<(u32, u32)>,
    pub(super) losses: Losses,
    /// Set when a second copy of bytes differed from the first.
    pub(super) conflict: bool,
}

impl Disorder {
    const NONE: Self = Self {
        held: VecDeque::new(),
        held_bytes: 0,
        holes: Vec::new(),
        holes_made: 0,
        wild: None,
        losses: Losses { gaps: 0, lost_bytes: 0, retransmissions: 0, overlaps: 0 },
        conflict: false,
    };
}

/// It takes no room until it is written to: of a hundred thousand streams nearly all have none.
#[derive(Debug, Default)]
pub(super) struct Rare(Option<Box<Disorder>>);

impl Deref for Rare {
    type Target = Disorder;

    fn deref(&self) -> &Disorder {
        static NONE: Disorder = Disorder::NONE;
        self.0.as_deref().unwrap_or(&NONE)
    }
}

impl DerefMut for Rare {
    fn deref_mut(&mut self) -> &mut Disorder {
        self.0.get_or_insert_with(|| Box::new(Disorder::NONE))
    }
}
