//! Flows: which bytes belong together, who is the client, what they speak.

use std::net::IpAddr;

use smallvec::SmallVec;

use crate::claims::Listening;
use crate::link::Mac;
use crate::protocols::recognise::Signature;
use crate::protocols::{Decoder, Descriptor};

pub(crate) mod pairing;
pub(crate) mod reader;
pub(crate) mod stream;
pub(crate) mod table;

/// Where bytes were captured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Packet time, ns since 1970, UTC.
    pub(crate) time: i64,
    /// Number of the packet over all files, in the order read.
    pub(crate) order: u64,
    /// Its number in its file, from 1.
    pub(crate) frame: u64,
    /// Index of its file.
    pub(crate) file: u32,
    /// Index of the interface in its file.
    pub(crate) interface: u32,
}

/// VLAN tags, outermost first.
pub(crate) type Vlans = SmallVec<[u16; 2]>;

/// What tells flows apart: the lower address and port come first.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) low: (IpAddr, u16),
    pub(crate) high: (IpAddr, u16),
    pub(crate) vlans: Vlans,
    pub(crate) udp: bool,
}

/// How it is known who the client is; later ones outrank earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RoleSource {
    /// It spoke first.
    First,
    /// The other side's port is a known service.
    Port,
    /// It opened the connection.
    Syn,
    /// What was said.
    Said,
}

impl RoleSource {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Port => "port",
            Self::Syn => "syn",
            Self::Said => "said",
        }
    }
}

/// Payload of a flow whose protocol is not known yet.
#[derive(Debug)]
pub(crate) struct Early {
    pub(crate) bytes: Vec<u8>,
    pub(crate) mark: Mark,
    pub(crate) acknowledged: bool,
    /// Not in order: see [`stream::Piece::Aside`].
    pub(crate) aside: bool,
}

/// One end of a flow: what it sent.
#[derive(Debug, Default)]
pub(crate) struct End {
    pub(crate) mac: Option<Mac>,
    /// Index of its MAC and IP pair among the senders, for the MAC above.
    pub(crate) sender: Option<u32>,
    pub(crate) packets: u64,
    pub(crate) bytes: u64,
    /// Payload segments looked at while the protocol was unknown.
    pub(crate) looked: u32,
    /// Payload while the protocol is unknown.
    pub(crate) early: Vec<Early>,
    pub(crate) early_bytes: usize,
    pub(crate) stream: stream::Stream,
    pub(crate) reader: reader::Reader,
}

/// What a flow is known to speak.
pub(crate) enum Speech {
    /// Not known yet.
    Unknown,
    /// A protocol that is read.
    Known { descriptor: &'static Descriptor, decoder: Box<dyn Decoder>, pairing: Box<pairing::Pairing>, conversation: Option<u32> },
    /// A protocol that is recognised by content, not read.
    Recognised,
}

/// One connection, or the datagrams between two ports.
pub(crate) struct Flow {
    pub(crate) key: Key,
    /// By index: 0 is `key.low`, 1 is `key.high`.
    pub(crate) ends: [End; 2],
    pub(crate) client: usize,
    pub(crate) role_source: RoleSource,
    pub(crate) speech: Speech,
    pub(crate) application: Option<&'static Signature>,
    pub(crate) server_name: Option<(&'static str, String)>,
    /// What is heard of a recognised application until it told what it can.
    pub(crate) listening: Option<Box<Listening>>,
    pub(crate) first: i64,
    pub(crate) last: i64,
    /// A SYN of another incarnation that is not confirmed: its sender and number.
    pub(crate) reopening: Option<(usize, u32)>,
    pub(crate) syn: [Option<u32>; 2],
    pub(crate) state: State,
    pub(crate) folded: Folded,
    /// The last packet that a lone violation was told of: at most one each.
    pub(crate) last_weird: Option<u64>,
}

/// Whether a connection still lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Open,
    Closed,
    Reset,
}

/// What was already added to the connection's totals.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Folded {
    pub(crate) packets: [u64; 2],
    pub(crate) bytes: [u64; 2],
    pub(crate) gaps: u64,
    pub(crate) lost_bytes: u64,
    pub(crate) retransmissions: u64,
    pub(crate) overlaps: u64,
}

impl Flow {
    pub(crate) fn new(key: Key, time: i64) -> Self {
        Self {
            key,
            ends: [End::default(), End::default()],
            client: 0,
            role_source: RoleSource::First,
            speech: Speech::Unknown,
            application: None,
            server_name: None,
            listening: None,
            first: time,
            last: time,
            reopening: None,
            syn: [None; 2],
            state: State::Open,
            folded: Folded::default(),
            last_weird: None,
        }
    }

    pub(crate) fn address(&self, end: usize) -> (IpAddr, u16) {
        if end == 0 {
            self.key.low
        } else {
            self.key.high
        }
    }

    /// Whether its bytes are looked at in their order: it is read, or may be, or its first bytes are listened to.
    pub(crate) fn is_put_in_order(&self) -> bool {
        !matches!(self.speech, Speech::Recognised) || self.listening.is_some()
    }

    pub(crate) fn server(&self) -> usize {
        1 - self.client
    }

    /// Takes a better reason to call `end` the client.
    pub(crate) fn client_is(&mut self, end: usize, source: RoleSource) {
        if source > self.role_source {
            self.client = end;
            self.role_source = source;
        }
    }
}

/// `10.20` for two tags, empty for none.
pub(crate) fn vlan_text(vlans: &[u16]) -> String {
    vlans.iter().map(u16::to_string).collect::<Vec<_>>().join(".")
}
