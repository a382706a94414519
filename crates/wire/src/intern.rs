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

/// Latencies by power-of-two halves: 64 bins from 1 µs up, each within 41 % of its neighbour.
#[derive(Debug, Clone)]
struct Histogram {
    bins: Box<[u32; 64]>,
}

impl Histogram {
    fn bin(latency: i64) -> usize {
        let micros = (latency / 1_000).max(1) as u64;
        let power = 63 - micros.leading_zeros() as usize;
        let half = if power > 0 { (micros >> (power - 1)) as usize & 1 } else { 0 };
        (2 * power + half).min(63)
    }

    /// Upper edge of a bin in ns.
    fn edge(bin: usize) -> i64 {
        let base = 1_i64 << (bin / 2);
        let edge = if bin.is_multiple_of(2) { base + base / 2 } else { 2 * base };
        edge.max(1) * 1_000
    }
}

/// Running figures of one operation, outcome and minute.
#[derive(Debug, Clone)]
pub(crate) struct Sums {
    pub(crate) count: u64,
    pub(crate) first: i64,
    pub(crate) last: i64,
    pub(crate) bytes: u64,
    latencies: u64,
    pub(crate) latency_min: i64,
    pub(crate) latency_max: i64,
    latency_sum: i128,
    histogram: Histogram,
    periods: u64,
    period_sum: i128,
    period_squares: f64,
}

impl Sums {
    fn new(time: i64) -> Self {
        Self {
            count: 0,
            first: time,
            last: time,
            bytes: 0,
            latencies: 0,
            latency_min: i64::MAX,
            latency_max: 0,
            latency_sum: 0,
            histogram: Histogram { bins: Box::new([0; 64]) },
            periods: 0,
            period_sum: 0,
            period_squares: 0.0,
        }
    }

    /// One transaction that began at `time` (ns).
    fn add(&mut self, time: i64, latency: Option<i64>, bytes: u64) {
        if self.count > 0 {
            let period = time.saturating_sub(self.last).max(0);
            self.periods += 1;
            self.period_sum += i128::from(period);
            self.period_squares += (period as f64) * (period as f64);
        }
        self.count += 1;
        self.first = self.first.min(time);
        self.last = self.last.max(time);
        self.bytes += bytes;
        if let Some(latency) = latency {
            self.latencies += 1;
            self.latency_min = self.latency_min.min(latency);
            self.latency_max = self.latency_max.max(latency);
            self.latency_sum += i128::from(latency);
            self.histogram.bins[Histogram::bin(latency)] += 1;
        }
    }

    pub(crate) fn has_latency(&self) -> bool {
        self.latencies > 0
    }

    pub(crate) fn latency_mean(&self) -> i64 {
        (self.latency_sum / i128::from(self.latencies.max(1))) as i64
    }

    /// Upper edge of the bin that holds the 95th percentile, at most the maximum, in ns.
    pub(crate) fn latency_p95(&self) -> i64 {
        let wanted = (self.latencies * 95).div_ceil(100);
        let mut seen = 0;
        for (bin, count) in self.histogram.bins.iter().enumerate() {
            seen += u64::from(*count);
            if seen >= wanted {
                return Histogram::edge(bin).min(self.latency_max);
            }
        }
        self.latency_max
    }

    /// Mean time between starts and its standard deviation, in ns.
    pub(crate) fn period(&self) -> Option<(i64, i64)> {
        if self.periods == 0 {
            return None;
        }
        let count = self.periods as f64;
        let mean = self.period_sum as f64 / count;
        let variance = (self.period_squares / count - mean * mean).max(0.0);
        Some((mean as i64, variance.sqrt() as i64))
    }
}

/// What is kept of an operation.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) class: Class,
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

const PAGE: u32 = 64;

/// 64 points in a row; sparse, so that a scan over addresses costs what it touches.
#[derive(Debug)]
struct Page {
    known: u64,
    read: u64,
    written: u64,
    numbers: [u32; PAGE as usize],
    values: [i64; PAGE as usize],
    has_value: u64,
}

/// A point's page: server, unit, table, address / 64.
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
    conversation_numbers: HashMap<ConversationKey, u32, RandomState>,
    servers: HashMap<ServerKey, u32, RandomState>,
    /// Writes seen per server.
    pub(crate) writes: Vec<u64>,
    /// What each server told of its points.
    pub(crate) memories: Vec<Option<Box<dyn Memory>>>,
    pub(crate) remembering: usize,
    /// Hash of the last label of each point that has one.
    pub(crate) labels: HashMap<u32, u64, RandomState>,
    operations: HashMap<u32, Operation, RandomState>,
    /// By conversation and identity, which stand in `operations`.
    operation_numbers: HashTable<u32>,
    hashing: RandomState,
    order: VecDeque<u32>,
    next_operation: u32,
    /// Operations with sums of the open minute, each once.
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
            conversation_numbers: HashMap::default(),
            servers: HashMap::default(),
            writes: Vec::new(),
            memories: Vec::new(),
            remembering: 0,
            labels: HashMap::default(),
            operations: HashMap::default(),
            operation_numbers: HashTable::new(),
            hashing: RandomState::default(),
            order: VecDeque::new(),
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
        if let Some(number) = self.conversation_numbers.get(&key) {
            return (*number, false);
        }
        let number = self.conversations.len() as u32;
        let servers = self.servers.len() as u32;
        let server = *self.servers.entry((key.server, key.server_port, key.vlans, key.protocol)).or_insert(servers);
        if server == servers {
            self.writes.push(0);
            self.memories.push(None);
        }
        self.conversation_numbers.insert(key.clone(), number);
        self.conversations.push(Conversation { key, server });
        (number, true)
    }

    pub(crate) fn find(&self, conversation: u32, identity: &[u8]) -> Option<u32> {
        let hash = self.hashing.hash_one((conversation, identity));
        let is_it = |number: &u32| {
            self.operations.get(number).is_some_and(|one| one.conversation == conversation && one.identity.as_slice() == identity)
        };
        self.operation_numbers.find(hash, is_it).copied()
    }

    /// A new operation. The oldest one goes when `most` are kept.
    pub(crate) fn add(&mut self, conversation: u32, identity: SmallVec<[u8; 16]>, class: Class, most: usize) -> u32 {
        let number = self.next_operation;
        self.next_operation += 1;
        let hash = self.hashing.hash_one((conversation, identity.as_slice()));
        self.operations.insert(
            number,
            Operation {
                class,
                conversation,
                identity,
                seen: false,
                minute: i64::MIN,
                events: 0,
                new_values: 0,
                values: Vec::new(),
                sums: [None, None, None],
                unchanged: None,
            },
        );
        let (operations, hashing) = (&self.operations, &self.hashing);
        let hash_of = |number: &u32| operations.get(number).map_or(0, |one| hashing.hash_one((one.conversation, one.identity.as_slice())));
        self.operation_numbers.insert_unique(hash, number, hash_of);
        self.order.push_back(number);
        let mut looked = 0;
        while self.operations.len() > most && looked < 64 {
            looked += 1;
            let Some(oldest) = self.order.pop_front() else { break };
            if self.operations.get(&oldest).is_some_and(|one| one.sums.iter().any(Option::is_some)) {
                self.order.push_back(oldest);
                continue;
            }
            if let Some(operation) = self.operations.remove(&oldest) {
                let hash = self.hashing.hash_one((operation.conversation, operation.identity.as_slice()));
                if let Ok(entry) = self.operation_numbers.find_entry(hash, |number| *number == oldest) {
                    entry.remove();
                }
                self.evicted.push(oldest);
            }
        }
        number
    }

    pub(crate) fn operation(&mut self, number: u32) -> Option<&mut Operation> {
        self.operations.get_mut(&number)
    }

    /// Applies the document law to one transaction of the operation; sums it up where it is no event.
    pub(crate) fn judge(&mut self, number: u32, judged: &Judged, events: u32, new_values: u32) -> Document {
        let Some(operation) = self.operations.get_mut(&number) else {
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
            self.open.push(number);
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
        open.sort_unstable();
        for number in open {
            if let Some(operation) = self.operations.get_mut(&number) {
                for outcome in [Outcome::Success, Outcome::Failure, Outcome::Unknown] {
                    if let Some(sums) = operation.sums[outcome as usize].take() {
                        closed.push((number, outcome, sums));
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
        let bit = 1_u64 << slot;
        if page.known & bit == 0 {
            page.known |= bit;
            page.numbers[slot] = self.next_point;
            self.next_point += 1;
        }
        let seen = if value.written { &mut page.written } else { &mut page.read };
        let new = *seen & bit == 0;
        *seen |= bit;
        let mut changed = false;
        if let Some(number) = value.number {
            changed = page.has_value & bit == 0 || page.values[slot] != number;
            page.values[slot] = number;
            page.has_value |= bit;
        }
        Some(PointChange { number: page.numbers[slot], new, changed })
    }

    fn page(&mut self, key: PageKey, most: usize) -> Option<u32> {
        if let Some((_, number)) = self.last_page.filter(|(last, _)| *last == key) {
            return Some(number);
        }
        let number = match self.page_numbers.get(&key) {
            Some(number) => *number,
            None if self.pages.len() >= most / 16 => {
                self.refused_points += 1;
                return None;
            }
            None => {
                let number = self.pages.len() as u32;
                self.page_numbers.insert(key, number);
                self.pages.push(Page { known: 0, read: 0, written: 0, numbers: [0; 64], values: [0; 64], has_value: 0 });
                number
            }
        };
        self.last_page = Some((key, number));
        Some(number)
    }
}
