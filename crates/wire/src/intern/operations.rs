//! Operations, and the document law: what becomes an event and what is summed up.

use std::collections::VecDeque;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use slab::Slab;
use smallvec::SmallVec;

use super::{Interned, Sums};
use crate::protocols::Class;

/// How many of the oldest operations are asked, at most, whether nothing is summed up of them, before one must go.
const ASKED: usize = 64;

/// What a transaction ended in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Success,
    Failure,
    Unknown,
}

impl Outcome {
    const ALL: [Self; 3] = [Self::Success, Self::Failure, Self::Unknown];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Unknown => "unknown",
        }
    }
}

/// What an operation is to the core.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) class: Class,
    /// Its transactions may say what a device is.
    pub(crate) tells: bool,
}

/// Its bytes on the wire that tell it from others of its conversation.
pub(crate) type Identity = SmallVec<[u8; 16]>;

/// What is kept of an operation.
#[derive(Debug)]
pub(crate) struct Operation {
    number: u32,
    pub(crate) class: Class,
    pub(crate) tells: bool,
    /// Slot of its conversation.
    conversation: u32,
    identity: Identity,
    seen: bool,
    /// Minute that the counts below are of.
    minute: i64,
    events: u32,
    new_values: u32,
    values: Vec<u64>,
    sums: [Option<Box<Sums>>; 3],
    /// Where it stands among those with sums, if it has some.
    place: u32,
    /// The last answer's hash and the server's count of writes then: the same again changes no point.
    pub(crate) unchanged: Option<(u64, u64)>,
}

impl Operation {
    fn is_summed_up(&self) -> bool {
        self.sums.iter().any(Option::is_some)
    }
}

/// What the document law says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Document {
    Event { first: bool, flood: bool },
    Summed,
}

/// What must be asked before a document is judged.
pub(crate) struct Judged {
    pub(crate) outcome: Outcome,
    pub(crate) notable: bool,
    /// Hash of the command's values.
    pub(crate) values: u64,
    pub(crate) time: i64,
    pub(crate) latency: Option<i64>,
    pub(crate) bytes: u64,
    pub(crate) minute: i64,
}

/// Sums of one minute: number of the operation, outcome, figures.
pub(crate) type Closed = (u32, Outcome, Box<Sums>);

/// An operation that had to go.
pub(crate) struct Evicted {
    pub(crate) number: u32,
    /// Slot of its conversation.
    pub(super) conversation: u32,
    /// What was summed up of it in the open minute.
    pub(crate) sums: Vec<Closed>,
}

/// All operations that are kept.
#[derive(Debug, Default)]
pub(crate) struct Operations {
    kept: Slab<Operation>,
    /// Slots by the conversation and identity that stand there.
    slots: HashTable<u32>,
    hashing: RandomState,
    /// Slots that are taken, the oldest operation first.
    order: VecDeque<u32>,
    next: u32,
    /// Slots of operations with sums of the open minute, each once.
    open: Vec<u32>,
}

impl Operations {
    /// `conversation` is a slot.
    pub(crate) fn find(&self, conversation: u32, identity: &[u8]) -> Option<Interned> {
        let hash = self.hashing.hash_one((conversation, identity));
        let is_it = |one: &Operation| one.conversation == conversation && one.identity.as_slice() == identity;
        let slot = *self.slots.find(hash, |slot| is_it(&self.kept[*slot as usize]))?;
        Some(Interned { number: self.kept[slot as usize].number, slot })
    }

    /// A new one, of the conversation at this slot.
    pub(super) fn add(&mut self, conversation: u32, identity: Identity, kind: Kind) -> Interned {
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        let hash = self.hashing.hash_one((conversation, identity.as_slice()));
        let slot = self.kept.insert(Operation {
            number,
            class: kind.class,
            tells: kind.tells,
            conversation,
            identity,
            seen: false,
            minute: i64::MIN,
            events: 0,
            new_values: 0,
            values: Vec::new(),
            sums: [None, None, None],
            place: 0,
            unchanged: None,
        }) as u32;
        let (kept, hashing) = (&self.kept, &self.hashing);
        let hash_of = |slot: &u32| hashing.hash_one((kept[*slot as usize].conversation, kept[*slot as usize].identity.as_slice()));
        self.slots.insert_unique(hash, slot, hash_of);
        self.order.push_back(slot);
        Interned { number, slot }
    }

    /// Makes room for another one if `most` are kept: the oldest goes; if one can be found soon, the oldest of which nothing is
    /// summed up.
    pub(super) fn make_room(&mut self, most: usize) -> Option<Evicted> {
        if self.order.len() < most {
            return None;
        }
        for _ in 0..self.order.len().min(ASKED) {
            let oldest = *self.order.front()?;
            if !self.kept[oldest as usize].is_summed_up() {
                break;
            }
            self.order.rotate_left(1);
        }
        let slot = self.order.pop_front()?;
        if self.kept[slot as usize].is_summed_up() {
            let place = self.kept[slot as usize].place as usize;
            self.open.swap_remove(place);
            if let Some(moved) = self.open.get(place) {
                self.kept[*moved as usize].place = place as u32;
            }
        }
        let mut gone = self.kept.remove(slot as usize);
        let hash = self.hashing.hash_one((gone.conversation, gone.identity.as_slice()));
        if let Ok(entry) = self.slots.find_entry(hash, |other| *other == slot) {
            entry.remove();
        }
        let mut sums = Vec::new();
        close(&mut gone, &mut sums);
        Some(Evicted { number: gone.number, conversation: gone.conversation, sums })
    }

    /// The one that was found or added last.
    pub(crate) fn at(&mut self, operation: Interned) -> &mut Operation {
        &mut self.kept[operation.slot as usize]
    }

    /// Applies the document law to one transaction of the operation; sums it up where it is no event.
    pub(crate) fn judge(&mut self, interned: Interned, judged: &Judged, events: u32, new_values: u32) -> Document {
        let operation = &mut self.kept[interned.slot as usize];
        if operation.minute != judged.minute {
            operation.minute = judged.minute;
            operation.events = 0;
            operation.new_values = 0;
            operation.values.clear();
        }
        let first = !operation.seen;
        operation.seen = true;
        let command = matches!(operation.class, Class::Write | Class::Control | Class::Program | Class::Diagnose);
        if first {
            operation.values.push(judged.values);
            operation.events += 1;
            return Document::Event { first, flood: false };
        }
        if command || judged.notable || judged.outcome != Outcome::Success {
            if operation.events < events {
                operation.events += 1;
                if command && operation.values.len() < new_values as usize && !operation.values.contains(&judged.values) {
                    operation.values.push(judged.values);
                }
                return Document::Event { first, flood: false };
            }
            if command && !operation.values.contains(&judged.values) && operation.new_values < new_values {
                operation.new_values += 1;
                operation.values.push(judged.values);
                return Document::Event { first, flood: operation.new_values == new_values };
            }
        }
        if !operation.is_summed_up() {
            operation.place = self.open.len() as u32;
            self.open.push(interned.slot);
        }
        operation.sums[judged.outcome as usize].get_or_insert_with(|| Box::new(Sums::new(judged.time))).add(
            judged.time,
            judged.latency,
            judged.bytes,
        );
        Document::Summed
    }

    /// The sums of the minute that ended, by operation number.
    pub(crate) fn close_minute(&mut self) -> Vec<Closed> {
        let mut closed = Vec::new();
        let mut open = std::mem::take(&mut self.open);
        open.sort_unstable_by_key(|slot| self.kept[*slot as usize].number);
        for slot in open {
            close(&mut self.kept[slot as usize], &mut closed);
        }
        closed
    }
}

/// Takes what is summed up of an operation.
fn close(operation: &mut Operation, closed: &mut Vec<Closed>) {
    for outcome in Outcome::ALL {
        if let Some(sums) = operation.sums[outcome as usize].take() {
            closed.push((operation.number, outcome, sums));
        }
    }
}
