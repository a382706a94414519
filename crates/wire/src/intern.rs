//! Repetition is counted here: conversations, operations, points and their last values get a number once and are thought
//! about once. The document law decides what becomes an event and what is summed up.

use std::collections::{HashMap, VecDeque};
use std::hash::BuildHasher;
use std::net::IpAddr;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use sha2::{Digest, Sha256};
use smallvec::SmallVec;

use crate::link::Vlans;
use crate::protocols::{Class, Memory, PointValue};

mod sums;

pub(crate) use sums::Sums;

/// Version tag of operation and point ids: a change of what they are made of must change it.
const ID_VERSION: &str = "1";

/// 60 s in ns.
pub(crate) const MINUTE: i64 = 60_000_000_000;

/// A 128-bit id, the same in every run and on every machine.
pub(crate) fn stable_id(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let mut text = String::with_capacity(ID_VERSION.len() + 33);
    text.push_str(ID_VERSION);
    text.push('-');
    push_hex(&mut text, &digest[..16]);
    text
}

/// Two digits for each byte.
fn push_hex(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        text.extend([byte >> 4, byte & 15].map(|digit| char::from(if digit < 10 { b'0' + digit } else { b'a' - 10 + digit })));
    }
}

/// A client–server pair of a service.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ConversationKey {
    pub(crate) protocol: usize,
    /// Name of the framing.
    pub(crate) framing: &'static str,
    pub(crate) client: IpAddr,
    pub(crate) server: IpAddr,
    pub(crate) server_port: u16,
    pub(crate) vlans: Vlans,
}

#[derive(Debug, Clone)]
pub(crate) struct Conversation {
    pub(crate) key: ConversationKey,
    /// Number of its server among the servers that have points.
    pub(crate) server: u32,
}

/// What a transaction ended in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Success,
    Failure,
    Unknown,
}

impl Outcome {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Unknown => "unknown",
        }
    }
}

/// An operation that is kept: its number, and its place until the next one is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interned {
    pub(crate) number: u32,
    slot: u32,
}

/// What an operation is to the core.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) class: Class,
    /// Its transactions may say what a device is.
    pub(crate) tells: bool,
}

/// What is kept of an operation.
#[derive(Debug)]
pub(crate) struct Operation {
    number: u32,
    pub(crate) class: Class,
    pub(crate) tells: bool,
    conversation: u32,
    identity: SmallVec<[u8; 16]>,
    seen: bool,
    /// Minute that the counts below are of.
    minute: i64,
    events: u32,
    new_values: u32,
    values: Vec<u64>,
    sums: [Option<Box<Sums>>; 3],
    /// The last answer's hash and the server's count of writes then: the same again changes no point.
    pub(crate) unchanged: Option<(u64, u64)>,
}

/// What the document law says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Document {
    Event { first: bool, flood: bool },
    Summed,
}

const PAGE: u32 = 16;

/// 16 points in a row; sparse, so that a scan over addresses costs what it touches, and so does a server of ten points.
#[derive(Debug)]
struct Page {
    known: u16,
    read: u16,
    written: u16,
    has_value: u16,
    numbers: [u32; PAGE as usize],
    values: [i64; PAGE as usize],
}

/// A point's page: server, unit, table, address / 16.
type PageKey = (u32, u8, &'static str, u32);

/// What a point value changes.
#[derive(Debug, Default)]
pub(crate) struct PointChange {
    pub(crate) number: u32,
    /// First time it was read, or written.
    pub(crate) new: bool,
    pub(crate) changed: bool,
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

/// Address, port, VLAN tags and index of the protocol.
type ServerKey = (IpAddr, u16, Vlans, usize);

/// See the module.
pub(crate) struct Interner {
    pub(crate) conversations: Vec<Conversation>,
    /// By their keys, which stand in `conversations`.
    conversation_numbers: HashTable<u32>,
    servers: HashMap<ServerKey, u32, RandomState>,
    /// Writes seen per server.
    pub(crate) writes: Vec<u64>,
    /// What each server told of its points.
    pub(crate) memories: Vec<Option<Box<dyn Memory>>>,
    pub(crate) remembering: usize,
    /// About how many bytes they take.
    pub(crate) memory_bytes: usize,
    /// Hash of the last label of each point that has one.
    pub(crate) labels: HashMap<u32, u64, RandomState>,
    operations: Vec<Option<Operation>>,
    /// Slots of `operations` by the conversation and identity that stand there.
    operation_slots: HashTable<u32>,
    hashing: RandomState,
    /// Slots that are taken, the oldest operation first.
    order: VecDeque<u32>,
    free: Vec<u32>,
    next_operation: u32,
    /// Slots of operations with sums of the open minute, each once.
    open: Vec<u32>,
    pages: Vec<Page>,
    page_numbers: HashMap<PageKey, u32, RandomState>,
    /// The page used last: points of one message lie side by side.
    last_page: Option<(PageKey, u32)>,
    next_point: u32,
    pub(crate) evicted: Vec<u32>,
    pub(crate) refused_points: u64,
}

impl Interner {
    pub(crate) fn new() -> Self {
        Self {
            conversations: Vec::new(),
            conversation_numbers: HashTable::new(),
            servers: HashMap::default(),
            writes: Vec::new(),
            memories: Vec::new(),
            remembering: 0,
            memory_bytes: 0,
            labels: HashMap::default(),
            operations: Vec::new(),
            operation_slots: HashTable::new(),
            hashing: RandomState::default(),
            order: VecDeque::new(),
            free: Vec::new(),
            next_operation: 0,
            open: Vec::new(),
            pages: Vec::new(),
            page_numbers: HashMap::default(),
            last_page: None,
            next_point: 0,
            evicted: Vec::new(),
            refused_points: 0,
        }
    }

    /// Its number, and whether it is new.
    pub(crate) fn conversation(&mut self, key: ConversationKey) -> (u32, bool) {
        let hash = self.hashing.hash_one(&key);
        if let Some(number) = self.conversation_numbers.find(hash, |number| self.conversations[*number as usize].key == key) {
            return (*number, false);
        }
        let number = self.conversations.len() as u32;
        let servers = self.servers.len() as u32;
        let server = *self.servers.entry((key.server, key.server_port, key.vlans, key.protocol)).or_insert(servers);
        if server == servers {
            self.writes.push(0);
            self.memories.push(None);
        }
        self.conversations.push(Conversation { key, server });
        let (conversations, hashing) = (&self.conversations, &self.hashing);
        self.conversation_numbers.insert_unique(hash, number, |number| hashing.hash_one(&conversations[*number as usize].key));
        (number, true)
    }

    pub(crate) fn find(&self, conversation: u32, identity: &[u8]) -> Option<Interned> {
        let hash = self.hashing.hash_one((conversation, identity));
        let at = |slot: u32| self.operations.get(slot as usize).and_then(Option::as_ref);
        let is_it = |slot: &u32| at(*slot).is_some_and(|one| one.conversation == conversation && one.identity.as_slice() == identity);
        let slot = *self.operation_slots.find(hash, is_it)?;
        at(slot).map(|one| Interned { number: one.number, slot })
    }

    /// A new operation. The oldest one goes when `most` are kept.
    pub(crate) fn add(&mut self, conversation: u32, identity: SmallVec<[u8; 16]>, kind: Kind, most: usize) -> Interned {
        let number = self.next_operation;
        self.next_operation += 1;
        let hash = self.hashing.hash_one((conversation, identity.as_slice()));
        let slot = self.free.pop().unwrap_or_else(|| {
            self.operations.push(None);
            self.operations.len() as u32 - 1
        });
        self.operations[slot as usize] = Some(Operation {
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
            unchanged: None,
        });
        let (operations, hashing) = (&self.operations, &self.hashing);
        let hash_of = |slot: &u32| {
            let one = operations.get(*slot as usize).and_then(Option::as_ref);
            one.map_or(0, |one| hashing.hash_one((one.conversation, one.identity.as_slice())))
        };
        self.operation_slots.insert_unique(hash, slot, hash_of);
        self.order.push_back(slot);
        let mut looked = 0;
        while self.order.len() > most && looked < 64 {
            looked += 1;
            let Some(oldest) = self.order.pop_front() else { break };
            let kept = &mut self.operations[oldest as usize];
            if kept.as_ref().is_some_and(|one| one.sums.iter().any(Option::is_some)) {
                self.order.push_back(oldest);
                continue;
            }
            if let Some(operation) = kept.take() {
                let hash = self.hashing.hash_one((operation.conversation, operation.identity.as_slice()));
                if let Ok(entry) = self.operation_slots.find_entry(hash, |slot| *slot == oldest) {
                    entry.remove();
                }
                self.free.push(oldest);
                self.evicted.push(operation.number);
            }
        }
        Interned { number, slot }
    }

    pub(crate) fn operation(&mut self, interned: Interned) -> Option<&mut Operation> {
        self.operations.get_mut(interned.slot as usize)?.as_mut()
    }

    /// Applies the document law to one transaction of the operation; sums it up where it is no event.
    pub(crate) fn judge(&mut self, interned: Interned, judged: &Judged, events: u32, new_values: u32) -> Document {
        let Some(operation) = self.operations.get_mut(interned.slot as usize).and_then(Option::as_mut) else {
            return Document::Event { first: true, flood: false };
        };
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
        if operation.sums.iter().all(Option::is_none) {
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
    pub(crate) fn close_minute(&mut self) -> Vec<(u32, Outcome, Box<Sums>)> {
        let mut closed = Vec::new();
        let mut open = std::mem::take(&mut self.open);
        open.sort_unstable_by_key(|slot| self.operations[*slot as usize].as_ref().map(|one| one.number));
        for slot in open {
            if let Some(operation) = &mut self.operations[slot as usize] {
                for outcome in [Outcome::Success, Outcome::Failure, Outcome::Unknown] {
                    if let Some(sums) = operation.sums[outcome as usize].take() {
                        closed.push((operation.number, outcome, sums));
                    }
                }
            }
        }
        closed
    }

    /// Notes that a point was read or written, and with what value.
    pub(crate) fn point(&mut self, server: u32, value: &PointValue, most: usize) -> Option<PointChange> {
        let number = self.page((server, value.unit, value.table, value.address / PAGE), most)?;
        let page = self.pages.get_mut(number as usize)?;
        let slot = (value.address % PAGE) as usize;
        let bit = 1_u16 << slot;
        if page.known & bit == 0 {
            page.known |= bit;
            page.numbers[slot] = self.next_point;
            self.next_point += 1;
        }
        let seen = if value.written { &mut page.written } else { &mut page.read };
        let new = *seen & bit == 0;
        *seen |= bit;
        let mut changed = false;
        if let Some(number) = value.number.filter(|_| !value.past) {
            changed = page.has_value & bit == 0 || page.values[slot] != number;
            page.values[slot] = number;
            page.has_value |= bit;
        }
        Some(PointChange { number: page.numbers[slot], new, changed })
    }

    fn page(&mut self, key: PageKey, most: usize) -> Option<u32> {
        if let Some((last, number)) = self.last_page {
            // The names of tables are few, and each lies in one place: mostly that tells.
            let is_same_table = std::ptr::eq(last.2, key.2) || last.2 == key.2;
            if (last.0, last.1, last.3) == (key.0, key.1, key.3) && is_same_table {
                return Some(number);
            }
        }
        let number = match self.page_numbers.get(&key) {
            Some(number) => *number,
            None if self.pages.len() >= most / PAGE as usize => {
                self.refused_points += 1;
                return None;
            }
            None => {
                let number = self.pages.len() as u32;
                self.page_numbers.insert(key, number);
                self.pages.push(Page {
                    known: 0,
                    read: 0,
                    written: 0,
                    has_value: 0,
                    numbers: [0; PAGE as usize],
                    values: [0; PAGE as usize],
                });
                number
            }
        };
        self.last_page = Some((key, number));
        Some(number)
    }
}
