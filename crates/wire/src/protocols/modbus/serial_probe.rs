//! Are these serial frames? Judged by checksum *and* shape: others have the same checksum (ROC Plus), and a frame alone is short.

use smallvec::SmallVec;

use super::adu::Adu;
use super::checks;
use super::names;
use super::serial::{checksum, end, End, SHORTEST};
use super::shape::{may_have_length, soundness, Soundness};
use crate::protocols::{Probe, Side};

/// Highest number of a device on a line (MODBUS over Serial Line V1.02 §2.2).
const LAST_UNIT: u8 = 247;
/// Frames of a direction that are looked at: more say no more.
const FRAMES: usize = 8;

/// What begins at the start of some bytes, judged strictly.
enum Start {
    /// A whole frame, its checksum right and its body as the specification has it; as the other side's it may be longer.
    Frame(usize, Soundness, Option<usize>),
    Unfinished,
    Not,
}

/// How a chain of frames ends, the best last.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Ends {
    /// Something else follows.
    Broken,
    Unfinished,
    Whole,
}

fn start(bytes: &[u8]) -> Start {
    let is_device = bytes.first().is_none_or(|unit| *unit <= LAST_UNIT);
    let is_public = bytes.get(1).is_none_or(|code| names::public(code & 0x7F).is_some());
    if !is_device || !is_public {
        return Start::Not;
    }
    let Some(code) = bytes.get(1).copied().filter(|_| bytes.len() >= SHORTEST) else { return Start::Unfinished };
    let mut may_come = false;
    let mut found: SmallVec<[(usize, Soundness); 2]> = SmallVec::new();
    for side in [Side::Request, Side::Answer] {
        match end(side, bytes) {
            End::At(length) if !may_have_length(code, length - SHORTEST) => {}
            End::At(length) => match bytes.get(..length) {
                None => may_come = true,
                Some(frame) if checksum(frame) == 0 => {
                    let sound = Adu::read_serial(frame).map_or(Soundness::None, |adu| soundness(&adu));
                    if sound != Soundness::None && found.iter().all(|(other, _)| *other != length) {
                        found.push((length, sound));
                    }
                }
                Some(_) => {}
            },
            End::Short => may_come = true,
            End::Unsaid | End::Never => {}
        }
    }
    found.sort_unstable_by_key(|(length, _)| *length);
    match found.first() {
        Some((length, sound)) => Start::Frame(*length, *sound, found.get(1).map(|(longer, _)| *longer)),
        None if may_come => Start::Unfinished,
        None => Start::Not,
    }
}

/// The whole frames from the start on; `false` where something else follows them.
fn frames(bytes: &[u8]) -> (Vec<&[u8]>, bool) {
    let (found, ends) = chain(bytes, FRAMES);
    (found, ends != Ends::Broken)
}

/// At most so many frames. An answer may begin as its request does and have a right checksum there too, for a checksum goes on being right
/// over a zero behind it (a Read Exception Status, once in 256): the length counts with which the chain ends best.
fn chain(bytes: &[u8], most: usize) -> (Vec<&[u8]>, Ends) {
    if bytes.is_empty() || most == 0 {
        return (Vec::new(), Ends::Whole);
    }
    let (length, longer) = match start(bytes) {
        Start::Frame(length, _, longer) => (length, longer),
        Start::Unfinished => return (Vec::new(), Ends::Unfinished),
        Start::Not => return (Vec::new(), Ends::Broken),
    };
    let behind = |length: usize| {
        let (frame, rest) = bytes.split_at(length);
        let (found, ends) = chain(rest, most - 1);
        ([frame].into_iter().chain(found).collect::<Vec<_>>(), ends)
    };
    let short = behind(length);
    match longer.map(behind) {
        Some(long) if long.1 > short.1 => long,
        _ => short,
    }
}

/// See [`crate::protocols::Framing::probe`]: two frames in a row that could not be another protocol's.
pub(super) fn probe(bytes: &[u8]) -> Probe {
    match frames(bytes) {
        (_, false) => Probe::NotForUs,
        (found, true) if found.iter().filter(|frame| says_enough(frame)).count() >= 2 => Probe::Certain,
        (found, true) if found.is_empty() => Probe::Unsure,
        _ => Probe::Likely,
    }
}

/// Whether this frame counts as evidence without its answer.
fn says_enough(frame: &[u8]) -> bool {
    let is_full = Adu::read_serial(frame).is_some_and(|adu| soundness(&adu) == Soundness::Full);
    is_full && !may_be_roc(frame)
}

/// ROC Plus: unit and group of both ends, opcode, length of the data, data, the same checksum. Its group looks like a function
/// code; the length at its sixth byte is what gives it away.
fn may_be_roc(frame: &[u8]) -> bool {
    frame.get(5).is_some_and(|length| usize::from(*length) + 8 == frame.len())
}

/// See [`crate::protocols::Framing::agree`]: a request, and what answers it, of the same unit and function.
pub(super) fn agree(one: &[u8], other: &[u8]) -> bool {
    let read = |bytes| frames(bytes).0.into_iter().filter_map(Adu::read_serial).collect::<Vec<_>>();
    let (ours, theirs) = (read(one), read(other));
    ours.iter().any(|one| theirs.iter().any(|other| checks::are_exchange(one, other)))
}

/// See [`crate::protocols::Decoder::plausible`]. A frame without a body is too short to be believed among other bytes.
pub(super) fn plausible(bytes: &[u8]) -> Option<bool> {
    match start(bytes) {
        Start::Frame(_, Soundness::Full, _) => Some(true),
        Start::Frame(..) | Start::Not => Some(false),
        Start::Unfinished => None,
    }
}
