//! Are these serial frames? Judged by checksum *and* shape: others have the same checksum (ROC Plus), and a frame alone is short.

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
    /// A whole frame, its checksum right and its body as the specification has it.
    Frame(usize, Soundness),
    Unfinished,
    Not,
}

fn start(bytes: &[u8]) -> Start {
    let is_device = bytes.first().is_none_or(|unit| *unit <= LAST_UNIT);
    let is_public = bytes.get(1).is_none_or(|code| names::public(code & 0x7F).is_some());
    if !is_device || !is_public {
        return Start::Not;
    }
    let Some(code) = bytes.get(1).copied().filter(|_| bytes.len() >= SHORTEST) else { return Start::Unfinished };
    let mut may_come = false;
    for side in [Side::Request, Side::Answer] {
        match end(side, bytes) {
            End::At(length) if !may_have_length(code, length - SHORTEST) => {}
            End::At(length) => match bytes.get(..length) {
                None => may_come = true,
                Some(frame) if checksum(frame) == 0 => {
                    let sound = Adu::read_serial(frame).map_or(Soundness::None, |adu| soundness(&adu));
                    if sound != Soundness::None {
                        return Start::Frame(length, sound);
                    }
                }
                Some(_) => {}
            },
            End::Short => may_come = true,
            End::Unsaid | End::Never => {}
        }
    }
    if may_come {
        Start::Unfinished
    } else {
        Start::Not
    }
}

/// The whole frames from the start on; `false` where something else follows them.
fn frames(bytes: &[u8]) -> (Vec<&[u8]>, bool) {
    let mut found = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() && found.len() < FRAMES {
        match start(rest) {
            Start::Frame(length, _) => {
                let (frame, behind) = rest.split_at(length);
                found.push(frame);
                rest = behind;
            }
            Start::Unfinished => return (found, true),
            Start::Not => return (found, false),
        }
    }
    (found, true)
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
        Start::Frame(_, Soundness::Full) => Some(true),
        Start::Frame(..) | Start::Not => Some(false),
        Start::Unfinished => None,
    }
}
