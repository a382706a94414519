//! Several captures as one stream, by the time of each one's next packet (k-way merge), with few files open at once.
//!
//! A file waits closed until the others reach its first packet. Within a file the order stays that of the file, also
//! where its time goes backwards.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::path::PathBuf;

use super::capture::{Capture, Opening};
use super::compressed::CHUNK;
use super::handling::Handling;
use super::FileState;
use crate::Limits;

/// A file that is not open yet.
struct Waiting {
    /// Time of its first packet, ns since 1970; the smallest number for what cannot be looked at before.
    first: i64,
    file: u32,
    path: PathBuf,
}

/// Next packet of an open file: its time, the file, and where the file is kept.
type Key = Reverse<(i64, u32, usize)>;

/// See the module.
pub(super) struct Merge {
    /// By first time and file, earliest last.
    waiting: Vec<Waiting>,
    /// How many at the end of `waiting` are due but find no room.
    overdue: usize,
    open: Vec<Option<Capture>>,
    next: BinaryHeap<Key>,
    limits: Limits,
}

impl Merge {
    /// Without files.
    pub(super) fn new(limits: &Limits) -> Self {
        Self { waiting: Vec::new(), overdue: 0, open: Vec::new(), next: BinaryHeap::new(), limits: limits.clone() }
    }

    /// A file to be opened when the others reach its first packet, whose time is as the file says.
    pub(super) fn later(&mut self, first: i64, file: u32, path: PathBuf) {
        self.waiting.push(Waiting { first, file, path });
    }

    /// Takes what was said about each file, and puts them in order. Call once, before the first packet.
    pub(super) fn begin(&mut self, handling: &[Handling]) {
        self.waiting.retain(|one| !handling[one.file as usize].is_left_out);
        for one in &mut self.waiting {
            one.first = one.first.saturating_add(handling[one.file as usize].shift);
        }
        self.waiting.sort_by_key(|one| Reverse((one.first, one.file)));
    }

    /// The files that are open, and where they stand.
    pub(super) fn open(&self) -> impl Iterator<Item = (u32, &Capture)> {
        self.next.iter().filter_map(|Reverse((_, file, slot))| Some((*file, self.open[*slot].as_ref()?)))
    }

    /// Takes an open file in; if it holds no packet, that was all.
    fn now(&mut self, file: u32, mut capture: Capture, state: &mut FileState) {
        if !capture.advance() {
            ends(&capture, state);
            return;
        }
        let time = capture.record().map_or(0, |record| record.time);
        let slot = match self.open.iter().position(Option::is_none) {
            Some(free) => free,
            None => {
                self.open.push(None);
                self.open.len() - 1
            }
        };
        self.open[slot] = Some(capture);
        self.next.push(Reverse((time, file, slot)));
    }

    /// The file whose packet is next, and that packet's time.
    #[inline]
    pub(super) fn first(&self) -> Option<(u32, &Capture)> {
        let Reverse((_, file, slot)) = self.next.peek()?;
        Some((*file, self.open[*slot].as_ref()?))
    }

    /// Whether another file may give a packet of this microsecond too.
    #[inline]
    pub(super) fn others_at(&self, microsecond: i64) -> bool {
        // The second smallest of a heap is one of the first one's two children.
        let heap = self.next.as_slice();
        let is_now = |time: i64| time.div_euclid(1_000) == microsecond;
        heap.iter().skip(1).take(2).any(|Reverse((time, ..))| is_now(*time)) || self.waiting.last().is_some_and(|one| is_now(one.first))
    }

    /// Steps over the packet that is first.
    #[inline]
    pub(super) fn step(&mut self, states: &mut [FileState]) {
        let Some(mut first) = self.next.peek_mut() else { return };
        let Reverse((_, file, slot)) = *first;
        let Some(capture) = &mut self.open[slot] else { return };
        if capture.advance() {
            if let Some(record) = capture.record() {
                *first = Reverse((record.time, file, slot));
            }
        } else {
            ends(capture, &mut states[file as usize]);
            self.open[slot] = None;
            std::collections::binary_heap::PeekMut::pop(first);
        }
    }

    /// Opens every waiting file whose first packet is due, as far as there is room.
    #[inline]
    pub(super) fn open_due(&mut self, states: &mut [FileState], handling: &[Handling]) {
        while let Some(one) = self.waiting.last() {
            let reached = self.next.peek().map(|Reverse((time, ..))| *time);
            if reached.is_some_and(|reached| one.first > reached) {
                return;
            }
            if self.next.len() >= self.limits.open_files.max(1) {
                self.mark_overdue(reached, states);
                return;
            }
            self.open_last(states, handling);
        }
    }

    #[cold]
    fn open_last(&mut self, states: &mut [FileState], handling: &[Handling]) {
        let Some(Waiting { file, path, .. }) = self.waiting.pop() else { return };
        self.overdue = self.overdue.saturating_sub(1);
        let state = &mut states[file as usize];
        let how = &handling[file as usize];
        let opening = Opening { chunk: CHUNK, is_digested: how.is_digested, mark: how.mark, shift: how.shift };
        match Capture::open(&path, opening, &self.limits) {
            Ok(capture) => self.now(file, capture, state),
            Err(refusal) => state.refuse(refusal.phrase()),
        }
    }

    /// Says of each file that is due but finds no room that its packets come late.
    fn mark_overdue(&mut self, reached: Option<i64>, states: &mut [FileState]) {
        while let Some(one) = self.waiting.iter().rev().nth(self.overdue) {
            if reached.is_some_and(|reached| one.first > reached) {
                return;
            }
            self.overdue += 1;
            states[one.file as usize].note(&format!(
                "overlaps more captures than the {} that may be open at once: the order of packets is approximate",
                self.limits.open_files
            ));
        }
    }
}

/// What is known of a file when it ends.
pub(super) fn ends(capture: &Capture, state: &mut FileState) {
    state.interfaces = capture.interfaces().to_vec();
    stands(capture, state);
    state.has_ended = true;
    if let Some(problem) = capture.problem() {
        state.note(&problem);
        state.unusable = state.position == 0;
    }
}

/// How far a file was read.
pub(super) fn stands(capture: &Capture, state: &mut FileState) {
    let raw = capture.raw();
    state.position = capture.packets();
    state.disk_bytes = raw.count();
    state.digest = raw.digest();
    state.is_whole = raw.is_over();
    state.has_changed = raw.has_changed();
}
