//! What a protocol tells the core. One folder each; one line each in [`REGISTRY`].
//!
//! A decoder is stateless or keeps state per flow; what a server tells of itself for all who ask is kept in a [`Memory`]. It is fed whole messages, cut by [`Decoder::frame`], and cannot
//! fail: what is malformed is named in [`Facts::weird`]. Ports are a hint, never a proof.

use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

use smallvec::SmallVec;

use crate::columns::{Field, Row};
use crate::limits::Limits;
use crate::secret;
pub use memory::{Learnt, Meaning, Memory, PointValue, Said};
use recognise::Signature;

mod memory;
pub mod modbus;
pub mod opcua;
pub mod recognise;

/// Names of protocol violations, e.g. `bad_length`.
pub type Weird = SmallVec<[&'static str; 2]>;

/// The closed set of what an operation does to a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Values out of the device.
    Read,
    /// Values into the device.
    Write,
    /// Starts, stops or restarts it, or silences it.
    Control,
    /// Its program or firmware.
    Program,
    /// Opens or closes a session.
    Session,
    /// Asks what it is or has.
    Discover,
    /// Its diagnostics.
    Diagnose,
    /// Anything else.
    Other,
}

impl Class {
    /// Its name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Control => "control",
            Self::Program => "program",
            Self::Session => "session",
            Self::Discover => "discover",
            Self::Diagnose => "diagnose",
            Self::Other => "other",
        }
    }
}

/// How sure a probe is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// It is this protocol.
    Certain,
    /// A whole message that fits, but one alone proves too little: wait for more, and let nobody who is asked later have it.
    Likely,
    /// It may be: wait for more.
    Unsure,
    /// It is not.
    NotForUs,
}

/// Who sent a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The client asks.
    Request,
    /// The server answers.
    Answer,
}

/// What the bytes at the start of a run are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A whole message of so many bytes.
    Message(usize),
    /// The start of a message; more bytes are needed.
    More,
    /// No message begins here. The reader names it and looks for the next plausible header with [`Decoder::plausible`].
    Lost(&'static str),
}

/// What pairing and interning need of one message, cheap to find for each.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Request and answer that belong together have the same key (Modbus: id, unit and function).
    pub key: u64,
    /// A request to which silence is the proper answer (a refusal may still come).
    pub silent: bool,
    /// Violations seen in this message alone.
    pub weird: Weird,
    /// An answer that refuses.
    pub failed: bool,
    /// What the operation id is made of besides scope and addresses: unit, function, the addresses named. The same for an answer
    /// without request as far as it can tell.
    pub identity: SmallVec<[u8; 16]>,
    /// Only the answer tells what the operation was: its identity counts, not the request's.
    pub answer_tells: bool,
    /// A transaction by itself: nothing answers it, or nothing tells what it answers.
    pub alone: bool,
    /// A request that waits for its answer as long as its flow lasts.
    pub patient: bool,
    /// Everything that waits for an answer in its flow gets none any more.
    pub ends_all: bool,
}

/// What an operation is, asked once for each distinct one.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The specification's name of function or service, e.g. `Read Holding Registers`.
    pub name: String,
    /// See [`Class`].
    pub class: Class,
    /// What it aims at, short, e.g. `unit 1 holding_register 0-9`; empty if nothing is named.
    pub target: String,
    /// Unit behind the address, if the protocol has such.
    pub unit: Option<u8>,
    /// Whether its transactions may say what the device or its client is: [`Decoder::claims`] is asked of no others.
    pub tells: bool,
}

/// A fact about the device that answered, or about the one that asked, e.g. attribute `vendor`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Whom it is about: who sends answers, or who sends requests.
    pub side: Side,
    /// Unit behind the address that it is about; `None`: the address itself.
    pub unit: Option<u8>,
    /// `vendor`, `model`, `firmware`, `serial`, `name`, …
    pub attribute: &'static str,
    /// Its value as the device said it.
    pub value: String,
    /// Where it was said, e.g. `modbus device identification`.
    pub source: &'static str,
}

/// A whole message, where messages travel in parts.
#[derive(Debug)]
pub enum Joined {
    /// The part is the message.
    Same,
    /// More parts must come.
    Waits,
    /// The message as the decoder keeps it, and its length on the wire in bytes.
    Message(Kept, u32),
}

/// The bytes of a message that is kept until its transaction ends.
pub type Kept = SmallVec<[u8; 24]>;

/// A protocol's decoder for one flow.
pub trait Decoder: Send {
    /// What begins at the start of `bytes` (never empty), sent by `side` where that is known.
    fn frame(&mut self, side: Option<Side>, bytes: &[u8]) -> Frame;

    /// Whether a message may begin at the start of `bytes`: used to find the next one after a gap or a bad message.
    /// `None`: too short to tell.
    fn plausible(&self, side: Option<Side>, bytes: &[u8]) -> Option<bool>;

    /// The name of the violation where a message's checksum is wrong; `None`: messages have none. With a checksum,
    /// [`Self::plausible`] says yes only to whole messages, and such a one outranks an earlier start that is unfinished.
    fn checksum(&self) -> Option<&'static str> {
        None
    }

    /// Whether a client may ask again under the same key before it has an answer: then an answer may belong to the later of
    /// two requests that it fits.
    fn asks_again(&self) -> bool {
        false
    }

    /// Who must have sent what [`Self::frame`] cut, judged by its shape alone; `None` if either may.
    fn side(&self, part: &[u8]) -> Option<Side>;

    /// Takes what [`Self::frame`] cut, and gives the message that it is, or that it completes. Everything below is given such
    /// messages. `in_order`: it follows what was cut before from this side.
    fn join(&mut self, _side: Side, _part: &[u8], _in_order: bool) -> Joined {
        Joined::Same
    }

    /// Bytes of this side are missing: parts of a message may be among them.
    fn gap(&mut self, _side: Side) {}

    /// Bytes kept of messages that are not whole.
    fn held(&self) -> usize {
        0
    }

    /// Gives those up.
    fn let_go(&mut self) {}

    /// What pairing and interning need.
    fn facts(&mut self, side: Side, message: &[u8]) -> Facts;

    /// Whether this answer is what this request asked for (same key given): lengths, counts, echoed addresses.
    /// One that fits violates nothing: [`Self::pair_weird`] is not asked then.
    fn fits(&self, request: &[u8], answer: &[u8]) -> bool;

    /// Violations that show only in the pair, e.g. an answer shorter than asked.
    fn pair_weird(&self, request: &[u8], answer: &[u8]) -> Weird;

    /// What the operation is. Called with what was seen of its first transaction.
    fn operation(&self, request: Option<&[u8]>, answer: Option<&[u8]>) -> Operation;

    /// Writes the operation's own columns (those of [`Descriptor::operation_fields`]).
    fn describe_operation(&self, request: Option<&[u8]>, answer: Option<&[u8]>, row: &mut Row<'_>);

    /// Writes the event's own columns (those of [`Descriptor::event_fields`]).
    fn describe_event(&self, request: Option<&[u8]>, answer: Option<&[u8]>, row: &mut Row<'_>);

    /// Why the answer refuses, e.g. `Illegal Data Address`; `None` if it does not.
    fn status(&self, answer: &[u8]) -> Option<String>;

    /// A hash of what a request writes or does, so that a repeated command is told from a new one.
    fn command(&self, request: &[u8]) -> u64 {
        let mut hasher = secret::hasher();
        self.points(Some(request), None, None, &mut |value| {
            if value.written {
                (value.address, value.number).hash(&mut hasher);
            }
        });
        hasher.finish()
    }

    /// The part of an answer that is the same when everything it says is: without numbers of the message and its time.
    fn lasting<'a>(&self, answer: &'a [u8]) -> &'a [u8];

    /// The points that the pair read or wrote, with values where known; `memory` is that of its server, which may have learnt
    /// from the pair before.
    fn points(
        &self,
        request: Option<&[u8]>,
        answer: Option<&[u8]>,
        memory: Option<&mut (dyn Memory + 'static)>,
        point: &mut dyn FnMut(PointValue),
    );

    /// What a point is called where the plant has no notation for its table, without its unit.
    fn point_text(&self, table: &'static str, address: u32) -> String {
        format!("{table} {address}")
    }

    /// A memory that the pair needs before its points can be told, for a server without one.
    fn memory_first(&self, _request: Option<&[u8]>, _answer: Option<&[u8]>) -> Option<Box<dyn Memory>> {
        None
    }

    /// An empty memory, where the pair tells something of its server that later pairs are read by. Asked of servers without one.
    fn memory(&self, _request: Option<&[u8]>, _answer: Option<&[u8]>, _values: &[PointValue]) -> Option<Box<dyn Memory>> {
        None
    }

    /// Facts about the device that answered, or about its client. It is asked for what was refused or never answered too.
    fn claims(&self, request: Option<&[u8]>, answer: Option<&[u8]>, claim: &mut dyn FnMut(Claim));
}

/// How people of the plant write an address: prefix and digits before, an offset added (Modicon: coil 12 is `00013`).
#[derive(Debug, Clone, Copy)]
pub struct Notation {
    /// Table in [`PointValue::table`].
    pub table: &'static str,
    /// What people call one, e.g. `coil`.
    pub word: &'static str,
    /// First digit of the plant's notation.
    pub prefix: &'static str,
    /// Digits that follow for five-digit notation; six-digit has one more.
    pub digits: usize,
    /// Added to the wire address.
    pub offset: u32,
    /// True if it holds only 0 and 1.
    pub boolean: bool,
}

/// A protocol, as data.
pub struct Descriptor {
    /// `network.protocol`.
    pub name: &'static str,
    /// What people call it, e.g. `Modbus`.
    pub title: &'static str,
    /// Columns keyed by the operation; names are document fields.
    pub operation_fields: &'static [Field],
    /// Columns keyed by the event; names are document fields.
    pub event_fields: &'static [Field],
    /// Tables of points.
    pub notation: &'static [Notation],
    /// What people call a thing behind an address, e.g. `unit`; empty if there is none.
    pub unit_word: &'static str,
    /// Words that `sentinel explain` knows: word, plain explanation.
    pub words: &'static [(&'static str, &'static str)],
    /// The ways in which its messages travel; those asked first come first.
    pub framings: &'static [Framing],
    /// Its forms that are named and not read.
    pub unread: &'static [Unread],
}

/// A form of a protocol that is known but not read, so that nobody reads "unknown".
pub struct Unread {
    /// Its name in documents and for people.
    pub signature: &'static Signature,
    /// How it is known.
    pub known_by: KnownBy,
}

/// How a form that is not read is known.
pub enum KnownBy {
    /// It is TLS, and serves one of these ports, or says these bytes in its certificates (seen up to TLS 1.2 only).
    Tls {
        /// Ports given to it.
        ports: &'static [u16],
        /// Bytes that no other protocol's certificates have.
        mark: &'static [u8],
    },
    /// The first bytes of one direction of a stream are of it; the side that sent them, if they tell.
    Start(fn(&[u8]) -> Option<Option<Side>>),
}

/// What carries a framing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// A stream of bytes: messages are cut by their own lengths, and bytes may be missing.
    Tcp,
    /// Datagrams: each begins with a message.
    Udp,
}

impl Carrier {
    /// Its name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

/// One way in which a protocol's messages travel, as data. All framings of a protocol share its tables.
pub struct Framing {
    /// The conversation's `framing`, e.g. `tcp`; part of the operation id.
    pub name: &'static str,
    /// What carries it.
    pub carrier: Carrier,
    /// Ports it usually serves: a hint.
    pub ports: &'static [u16],
    /// Looks at the first bytes of one direction (chance of a false yes well below one in a million).
    pub probe: fn(&[u8]) -> Probe,
    /// Looks at the first bytes of both directions where neither is certain alone: whether a request with its answer makes it so.
    pub agree: fn(&[u8], &[u8]) -> bool,
    /// A decoder for a new flow.
    pub decoder: fn(&Limits) -> Box<dyn Decoder>,
}

/// A protocol in one of its framings: what a flow speaks.
#[derive(Clone, Copy)]
pub struct Spoken {
    /// The protocol.
    pub descriptor: &'static Descriptor,
    /// One of its framings.
    pub framing: &'static Framing,
}

/// Every protocol that is read.
pub static REGISTRY: &[&Descriptor] = &[&modbus::DESCRIPTOR, &opcua::DESCRIPTOR];

static ADDED: OnceLock<&'static [&'static Descriptor]> = OnceLock::new();

/// Adds protocols from another crate. Once per process, before anything is read.
///
/// # Errors
/// Gives them back if protocols were added before.
pub fn add(descriptors: &'static [&'static Descriptor]) -> Result<(), &'static [&'static Descriptor]> {
    ADDED.set(descriptors)
}

/// The registry and what was added.
pub fn all() -> impl Iterator<Item = &'static Descriptor> {
    REGISTRY.iter().chain(ADDED.get().copied().unwrap_or_default()).copied()
}

/// Every protocol in every framing that this carrier carries.
pub fn carried(carrier: Carrier) -> impl Iterator<Item = Spoken> {
    let spoken = |descriptor: &'static Descriptor| descriptor.framings.iter().map(move |framing| Spoken { descriptor, framing });
    all().flat_map(spoken).filter(move |spoken| spoken.framing.carrier == carrier)
}

/// Every form that is named and not read.
pub fn unread() -> impl Iterator<Item = &'static Unread> {
    all().flat_map(|descriptor| descriptor.unread)
}

/// Whether this port usually serves a protocol that is read.
pub fn serves(port: u16, carrier: Carrier) -> bool {
    carried(carrier).any(|spoken| spoken.framing.ports.contains(&port))
}
