//! One direction of a TCP connection, put in order (RFC 9293 §3.4 for the arithmetic of sequence numbers).
//!
//! Contract: every byte range that was not seen before is delivered exactly once, whether it comes in order, late behind
//! the highest number, or after its gap was skipped. Memory is bounded by [`Limits`]. One wild number moves nothing.

use super::disorder::{Held, Hole, Rare};
use super::Mark;
use crate::Limits;

pub(crate) use super::disorder::Losses;

/// Bytes before the next expected one that are kept to compare a second copy with the first.
const HISTORY: usize = 512;
/// Segments of a direction held out of order; the attack: bytes one by one behind a hole.
const HELD_SEGMENTS: usize = 256;
/// Nanoseconds a hole may wait for its bytes where nobody acknowledges (a capture of one side).
const HOLE_PATIENCE: i64 = 2_000_000_000;
/// Holes of a direction that are remembered; the attack: a stream of single bytes with gaps between.
const HOLES: usize = 16;
/// How far before the first captured byte a mid-stream start still believes that bytes are late ones.
const BEFORE_START: u32 = 1 << 16;

/// What the stream gives to its reader.
#[derive(Debug)]
pub(crate) enum Piece {
    /// The next bytes in order.
    Bytes { bytes: Vec<u8>, mark: Mark, acknowledged: bool },
    /// Bytes are missing here; `hole` is the gap's number.
    Gap { hole: u64 },
    /// Bytes out of the order: of a hole skipped before, or at a wild number.
    Aside { bytes: Vec<u8>, mark: Mark, fill: Option<Fill> },
}

/// Where in a skipped hole late bytes belong.
#[derive(Debug)]
pub(crate) struct Fill {
    /// The unfinished message before the hole, if these bytes start where it ended.
    pub(crate) prefix: Option<Vec<u8>>,
    /// What was passed over behind the hole, if these bytes end where it begins.
    pub(crate) suffix: Vec<u8>,
    /// The hole that is left and that an unfinished message goes on in.
    pub(crate) rest: Option<u64>,
}

/// What became of a segment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Pushed {
    /// It is the next one, whole, with nothing held behind it: read it as it is.
    InOrder { acknowledged: bool },
    /// See the pieces.
    Pieces,
    /// Nothing new in it.
    Seen,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Stream {
    next: Option<u32>,
    acknowledged: Option<u32>,
    history: Vec<u8>,
    rare: Rare,
    pub(crate) finished: Option<u32>,
}

fn before(one: u32, other: u32) -> bool {
    (one.wrapping_sub(other) as i32) < 0
}

fn distance(from: u32, to: u32) -> i32 {
    to.wrapping_sub(from) as i32
}

impl Stream {
    /// The first byte's number is known from a SYN.
    pub(crate) fn start(&mut self, sequence: u32) {
        let losses = self.losses();
        *self = Self { acknowledged: self.acknowledged, ..Self::default() };
        self.set_losses(losses);
        self.next = Some(sequence);
    }

    pub(crate) fn started(&self) -> bool {
        self.next.is_some()
    }

    /// The receiver has bytes that were not captured (yet).
    pub(crate) fn is_behind(&self) -> bool {
        match (self.next, self.acknowledged) {
            (Some(next), Some(acknowledged)) => !self.rare.holes.is_empty() || before(next, acknowledged),
            (None, _) => true,
            (Some(_), None) => !self.rare.holes.is_empty(),
        }
    }

    /// The receiver has bytes behind the last one delivered.
    pub(crate) fn lacks_acknowledged(&self) -> bool {
        self.next.zip(self.acknowledged).is_some_and(|(next, acknowledged)| before(next, acknowledged))
    }

    /// All bytes up to the FIN were delivered.
    pub(crate) fn is_finished(&self) -> bool {
        self.finished.is_some() && self.finished == self.next
    }

    /// True if an acknowledgement of this side's bytes was accepted that was captured before byte `end`.
    fn is_acknowledged(&self, end: u32) -> bool {
        self.acknowledged.is_some_and(|acknowledged| !before(acknowledged, end))
    }

    /// The other side acknowledged all before `number`. Releases what waited behind a hole that the receiver has.
    pub(crate) fn acknowledge(&mut self, number: u32, limits: &Limits, pieces: &mut Vec<Piece>) {
        if let Some(next) = self.next {
            if distance(next, number).unsigned_abs() > limits.reorder_window {
                return;
            }
            if self.acknowledged.is_none_or(|old| before(old, number) || distance(next, old).unsigned_abs() > limits.reorder_window) {
                self.acknowledged = Some(number);
            }
            if !self.rare.held.is_empty() {
                self.release(limits, None, pieces);
            }
        } else {
            self.acknowledged = Some(number);
        }
    }

    /// Takes a segment's payload. `lost_tail`: bytes that were on the wire but not captured.
    pub(crate) fn push(
        &mut self,
        sequence: u32,
        payload: &[u8],
        lost_tail: u32,
        mark: Mark,
        limits: &Limits,
        pieces: &mut Vec<Piece>,
    ) -> Pushed {
        let length = payload.len() as u32;
        let Some(next) = self.next else {
            self.next = Some(sequence);
            self.rare.holes_made += 1;
            let number = self.rare.holes_made;
            self.rare.holes.push(Hole {
                number,
                start: sequence.wrapping_sub(BEFORE_START),
                end: sequence,
                prefix: None,
                suffix: Vec::new(),
            });
            if self.acknowledged.is_some_and(|number| distance(sequence, number).unsigned_abs() > limits.reorder_window) {
                self.acknowledged = None;
            }
            return self.deliver(sequence, payload, lost_tail, mark, limits, pieces);
        };
        let ahead = distance(next, sequence);
        if ahead == 0 && self.rare.held.is_empty() && lost_tail == 0 {
            let acknowledged = self.is_acknowledged(sequence.wrapping_add(length));
            self.next = Some(sequence.wrapping_add(length));
            self.remember(payload);
            return Pushed::InOrder { acknowledged };
        }
        if ahead.unsigned_abs() > limits.reorder_window {
            return self.wild(sequence, payload, mark, pieces);
        }
        if ahead > 0 {
            self.hold(sequence, payload, lost_tail, mark);
            self.release(limits, Some(mark.time), pieces);
            return if pieces.is_empty() { Pushed::Seen } else { Pushed::Pieces };
        }
        if ahead < 0 {
            let old = (ahead.unsigned_abs() as usize).min(payload.len());
            self.second_copy(sequence, &payload[..old], mark, pieces);
            if old == payload.len() {
                return if pieces.is_empty() { Pushed::Seen } else { Pushed::Pieces };
            }
            self.deliver(next, &payload[old..], lost_tail, mark, limits, pieces);
            return Pushed::Pieces;
        }
        self.deliver(next, payload, lost_tail, mark, limits, pieces);
        Pushed::Pieces
    }

    /// Nothing more will come: what is held is given out behind its gaps.
    pub(crate) fn flush(&mut self, pieces: &mut Vec<Piece>) {
        while !self.rare.held.is_empty() {
            let Some(held) = self.rare.held.pop_front() else { return };
            self.rare.held_bytes -= held.bytes.len();
            self.skip_to(held.sequence, pieces);
            self.give(held, pieces);
        }
    }

    /// Nobody reads on: what is held is let go, and what is missing is not known.
    pub(crate) fn let_go(&mut self) {
        if !self.rare.held.is_empty() {
            self.rare.held.clear();
            self.rare.held_bytes = 0;
        }
    }

    /// Bytes held out of order.
    pub(crate) fn held_bytes(&self) -> usize {
        self.rare.held_bytes
    }

    /// What was lost or came twice.
    pub(crate) fn losses(&self) -> Losses {
        self.rare.losses
    }

    /// Puts the counts back to what they were.
    pub(crate) fn set_losses(&mut self, losses: Losses) {
        if losses != self.rare.losses {
            self.rare.losses = losses;
        }
    }

    /// Whether a second copy of bytes differed from the first since the last call.
    pub(crate) fn take_conflict(&mut self) -> bool {
        self.rare.conflict && std::mem::take(&mut self.rare.conflict)
    }

    /// Remembers what the reader had not finished when it met the gap (`None`: it was not in step).
    pub(crate) fn set_prefix(&mut self, hole: u64, prefix: Option<Vec<u8>>) {
        if let Some(hole) = self.rare.holes.iter_mut().find(|one| one.number == hole) {
            hole.prefix = prefix;
        }
    }

    /// Remembers what the reader passed over behind the gap.
    pub(crate) fn set_suffix(&mut self, hole: u64, suffix: Vec<u8>) {
        if let Some(hole) = self.rare.holes.iter_mut().find(|one| one.number == hole) {
            hole.suffix = suffix;
        }
    }

    fn deliver(&mut self, sequence: u32, payload: &[u8], lost_tail: u32, mark: Mark, limits: &Limits, pieces: &mut Vec<Piece>) -> Pushed {
        let acknowledged = self.is_acknowledged(sequence.wrapping_add(payload.len() as u32));
        self.give(Held { sequence, bytes: payload.to_vec(), lost_tail, mark, acknowledged }, pieces);
        self.release(limits, None, pieces);
        Pushed::Pieces
    }

    fn give(&mut self, held: Held, pieces: &mut Vec<Piece>) {
        let end = held.sequence.wrapping_add(held.bytes.len() as u32);
        self.next = Some(end);
        self.remember(&held.bytes);
        if !held.bytes.is_empty() {
            pieces.push(Piece::Bytes { bytes: held.bytes, mark: held.mark, acknowledged: held.acknowledged });
        }
        if held.lost_tail > 0 {
            self.skip_to(end.wrapping_add(held.lost_tail), pieces);
        }
    }

    fn remember(&mut self, payload: &[u8]) {
        if payload.len() >= HISTORY {
            self.history.clear();
            self.history.extend_from_slice(&payload[payload.len() - HISTORY..]);
            return;
        }
        if self.history.len() + payload.len() > 2 * HISTORY {
            let surplus = self.history.len() + payload.len() - HISTORY;
            self.history.drain(..surplus.min(self.history.len()));
        }
        self.history.extend_from_slice(payload);
    }

    fn hold(&mut self, mut sequence: u32, mut payload: &[u8], lost_tail: u32, mark: Mark) {
        let mut at = 0;
        while !payload.is_empty() && at < self.rare.held.len() {
            let (start, end) =
                (self.rare.held[at].sequence, self.rare.held[at].sequence.wrapping_add(self.rare.held[at].bytes.len() as u32));
            if !before(sequence, end) {
                at += 1;
                continue;
            }
            if !before(start, sequence.wrapping_add(payload.len() as u32)) {
                break;
            }
            if before(sequence, start) {
                let new = distance(sequence, start) as usize;
                self.insert(at, sequence, &payload[..new], 0, mark);
                payload = &payload[new..];
                sequence = start;
                at += 1;
                continue;
            }
            let offset = distance(start, sequence) as usize;
            let both = (distance(sequence, end) as usize).min(payload.len());
            if self.rare.held[at].bytes[offset..offset + both] != payload[..both] {
                self.rare.conflict = true;
                self.rare.losses.overlaps += 1;
            } else {
                self.rare.losses.retransmissions += 1;
            }
            payload = &payload[both..];
            sequence = sequence.wrapping_add(both as u32);
            at += 1;
        }
        if !payload.is_empty() {
            self.insert(at, sequence, payload, lost_tail, mark);
        }
    }

    fn insert(&mut self, at: usize, sequence: u32, bytes: &[u8], lost_tail: u32, mark: Mark) {
        let acknowledged = self.is_acknowledged(sequence.wrapping_add(bytes.len() as u32));
        self.rare.held_bytes += bytes.len();
        self.rare.held.insert(at, Held { sequence, bytes: bytes.to_vec(), lost_tail, mark, acknowledged });
    }

    /// Gives out what is in order now, and skips a hole that the receiver has filled or that waited too long.
    fn release(&mut self, limits: &Limits, now: Option<i64>, pieces: &mut Vec<Piece>) {
        while let (Some(next), Some(first)) = (self.next, self.rare.held.front()) {
            let waited = now.is_some_and(|now| now.saturating_sub(first.mark.time) > HOLE_PATIENCE);
            let full = self.rare.held_bytes > limits.reorder_bytes || self.rare.held.len() > HELD_SEGMENTS;
            if before(next, first.sequence) && !self.is_acknowledged(first.sequence) && !full && !waited {
                return;
            }
            let Some(mut held) = self.rare.held.pop_front() else { return };
            self.rare.held_bytes -= held.bytes.len();
            if before(next, held.sequence) {
                self.skip_to(held.sequence, pieces);
            } else if before(held.sequence, next) {
                let old = (distance(held.sequence, next) as usize).min(held.bytes.len());
                held.bytes.drain(..old);
                held.sequence = held.sequence.wrapping_add(old as u32);
                if held.bytes.is_empty() && held.lost_tail == 0 {
                    continue;
                }
            }
            self.give(held, pieces);
        }
    }

    fn skip_to(&mut self, sequence: u32, pieces: &mut Vec<Piece>) {
        let Some(next) = self.next else { return };
        let lost = distance(next, sequence);
        if lost <= 0 {
            return;
        }
        self.rare.holes_made += 1;
        self.rare.losses.gaps += 1;
        self.rare.losses.lost_bytes += u64::from(lost.unsigned_abs());
        let number = self.rare.holes_made;
        self.rare.holes.push(Hole { number, start: next, end: sequence, prefix: None, suffix: Vec::new() });
        if self.rare.holes.len() > HOLES {
            self.rare.holes.remove(0);
        }
        self.history.clear();
        self.next = Some(sequence);
        pieces.push(Piece::Gap { hole: self.rare.holes_made });
    }

    /// Bytes before the expected one: new where they fall into a hole, else a copy that is compared with the first.
    fn second_copy(&mut self, sequence: u32, payload: &[u8], mark: Mark, pieces: &mut Vec<Piece>) {
        let Some(next) = self.next else { return };
        let end = sequence.wrapping_add(payload.len() as u32);
        let mut new = 0;
        let mut at = 0;
        while at < self.rare.holes.len() {
            let rare = &mut *self.rare;
            let hole = &mut rare.holes[at];
            let from = if before(sequence, hole.start) { hole.start } else { sequence };
            let to = if before(hole.end, end) { hole.end } else { end };
            if !before(from, to) {
                at += 1;
                continue;
            }
            let start = distance(sequence, from) as usize;
            let bytes = payload[start..start + distance(from, to) as usize].to_vec();
            new += bytes.len();
            rare.losses.lost_bytes = rare.losses.lost_bytes.saturating_sub(bytes.len() as u64);
            let (touches_start, touches_end) = (from == hole.start, to == hole.end);
            let number = hole.number;
            let mut fill = Fill {
                prefix: if touches_start { hole.prefix.take() } else { None },
                suffix: if touches_end { std::mem::take(&mut hole.suffix) } else { Vec::new() },
                rest: None,
            };
            match (touches_start, touches_end) {
                (true, true) => {
                    rare.holes.remove(at);
                }
                (true, false) => {
                    hole.start = to;
                    fill.rest = Some(number);
                    at += 1;
                }
                (false, true) => {
                    hole.end = from;
                    at += 1;
                }
                (false, false) => {
                    let behind = hole.end;
                    hole.end = from;
                    let suffix = std::mem::take(&mut hole.suffix);
                    rare.holes_made += 1;
                    let made = rare.holes_made;
                    rare.holes.insert(at + 1, Hole { number: made, start: to, end: behind, prefix: None, suffix });
                    fill.rest = Some(made);
                    at += 2;
                }
            }
            pieces.push(Piece::Aside { bytes, mark, fill: Some(fill) });
        }
        if new == payload.len() {
            return;
        }
        self.rare.losses.retransmissions += 1;
        let keep_alive = payload.len() == 1 && end == next;
        let known = self.history.len().min(distance(sequence, next).max(0) as usize);
        let kept = &self.history[self.history.len() - known..];
        let skipped = payload.len().saturating_sub(distance(next.wrapping_sub(known as u32), end).max(0) as usize);
        let copy = &payload[skipped.min(payload.len())..];
        if new == 0 && !keep_alive && copy.len() <= kept.len() && kept[..copy.len()] != *copy {
            self.rare.conflict = true;
            self.rare.losses.overlaps += 1;
        }
    }

    fn wild(&mut self, sequence: u32, payload: &[u8], mark: Mark, pieces: &mut Vec<Piece>) -> Pushed {
        let end = sequence.wrapping_add(payload.len() as u32);
        match self.rare.wild {
            Some((start, _)) if start == sequence => return Pushed::Seen,
            Some((_, agreed)) if agreed == sequence => {
                self.rare.held.clear();
                self.rare.held_bytes = 0;
                self.rare.holes.clear();
                self.history.clear();
                self.rare.wild = None;
                self.acknowledged = None;
                self.next = Some(end);
                self.rare.losses.gaps += 1;
                self.rare.holes_made += 1;
                pieces.push(Piece::Gap { hole: self.rare.holes_made });
                pieces.push(Piece::Bytes { bytes: payload.to_vec(), mark, acknowledged: false });
                return Pushed::Pieces;
            }
            _ => {}
        }
        self.rare.wild = Some((sequence, end));
        pieces.push(Piece::Aside { bytes: payload.to_vec(), mark, fill: None });
        Pushed::Pieces
    }
}

impl Stream {
    /// Whether a number may belong to this stream: for resets.
    pub(crate) fn is_near(&self, sequence: u32, window: u32) -> bool {
        self.next.is_none_or(|next| distance(next, sequence).unsigned_abs() <= window)
    }
}
