//! Packets as they come, from whoever listens; and both kinds of source as one for the engine.
//!
//! Contract: a live source is asked again and again. It waits at most a moment, gives packets and ticks in the order in which
//! the engine is to see them, and says when a batch is to end. What it gives is in no way different from a file's.

use super::{FileState, Packet, Sources};

/// What a source has to give.
#[derive(Debug)]
pub enum Next<'a> {
    /// A packet.
    Packet(Packet<'a>),
    /// Nothing comes, but time passes: line time is at least this, ns since 1970, UTC.
    Tick(i64),
    /// The batch ends here, even if it is empty.
    Pause,
    /// There is nothing more, ever.
    End,
}

/// An interface that is listened on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Interface {
    /// Its name.
    pub name: String,
    /// Packets read so far.
    pub packets: u64,
    /// Captured bytes of these.
    pub bytes: u64,
    /// Packets that the kernel dropped because they were not read in time.
    pub dropped: u64,
    /// Whether it is there and up, and its link too.
    pub is_up: bool,
}

/// Who listens. [`Packet::file`] is the index into [`Live::interfaces`].
pub trait Live: Send {
    /// The next packet, tick, or end of a batch.
    fn next(&mut self) -> Next<'_>;

    /// What became of each interface so far.
    fn interfaces(&self) -> &[Interface];

    /// What happened since the last call that a person must know, one line each.
    fn notices(&mut self) -> Vec<String>;
}

/// Where the engine's packets come from.
pub(crate) enum Feed {
    /// Captures.
    Captures(Box<Sources>),
    /// Interfaces.
    Live(Box<dyn Live>),
}

impl Feed {
    #[inline]
    pub(crate) fn next(&mut self) -> Next<'_> {
        match self {
            Self::Captures(sources) => sources.next_packet().map_or(Next::End, Next::Packet),
            Self::Live(live) => live.next(),
        }
    }

    pub(crate) fn captures(&mut self) -> Option<&mut Sources> {
        match self {
            Self::Captures(sources) => Some(sources),
            Self::Live(_) => None,
        }
    }

    pub(crate) fn files(&self) -> &[FileState] {
        match self {
            Self::Captures(sources) => sources.files(),
            Self::Live(_) => &[],
        }
    }

    pub(crate) fn duplicates(&self) -> u64 {
        match self {
            Self::Captures(sources) => sources.duplicates(),
            Self::Live(_) => 0,
        }
    }

    pub(crate) fn interfaces(&self) -> &[Interface] {
        match self {
            Self::Captures(_) => &[],
            Self::Live(live) => live.interfaces(),
        }
    }

    pub(crate) fn notices(&mut self) -> Vec<String> {
        match self {
            Self::Captures(_) => Vec::new(),
            Self::Live(live) => live.notices(),
        }
    }
}
