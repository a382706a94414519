//! Flows: which bytes belong together, who is the client, what they speak.

use std::hash::{Hash, Hasher};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::claims::Listening;
use crate::intern::Interned;
use crate::link::Mac;
pub(crate) use crate::link::Vlans;
use crate::protocols::recognise::Signature;
use crate::protocols::{Carrier, Decoder, Spoken};

mod disorder;
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

/// What tells flows apart. Each packet is looked up by it: numbers are hashed and compared faster than addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    /// The bits of the lower address, then of the higher.
    addresses: [u128; 2],
    ports: [u16; 2],
    is_version_6: bool,
    pub(crate) udp: bool,
    pub(crate) vlans: Vlans,
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [low, high] = self.addresses;
        if self.is_version_6 {
            state.write_u128(low);
            state.write_u128(high);
        } else {
            state.write_u64((low << 32 | high) as u64);
        }
        let vlans = self.vlans.iter().fold(u32::from(self.udp), |sum, tag| sum.rotate_left(12) ^ u32::from(*tag));
        state.write_u64(u64::from(self.ports[0]) << 48 | u64::from(self.ports[1]) << 32 | u64::from(vlans));
    }
}

impl Key {
    /// Of a packet with these ends, both of one IP version; and which end sent it: the lower address and port is end 0.
    pub(crate) fn of(ips: [IpAddr; 2], ports: [u16; 2], vlans: Vlans, udp: bool) -> (Self, usize) {
        let addresses = ips.map(|ip| match ip {
            IpAddr::V4(ip) => u128::from(ip.to_bits()),
            IpAddr::V6(ip) => ip.to_bits(),
        });
        let is_version_6 = ips[0].is_ipv6();
        let is_turned = (addresses[0], ports[0]) > (addresses[1], ports[1]);
        let ([first, second], [one, other]) = (addresses, ports);
        let (addresses, ports) = if is_turned { ([second, first], [other, one]) } else { ([first, second], [one, other]) };
        (Self { addresses, ports, is_version_6, udp, vlans }, usize::from(is_turned))
    }

    /// Address and port of an end.
    pub(crate) fn end(&self, end: usize) -> (IpAddr, u16) {
        let bits = self.addresses[end];
        let ip = if self.is_version_6 { IpAddr::V6(Ipv6Addr::from_bits(bits)) } else { IpAddr::V4(Ipv4Addr::from_bits(bits as u32)) };
        (ip, self.ports[end])
    }

    pub(crate) fn ports(&self) -> [u16; 2] {
        self.ports
    }

    pub(crate) fn carrier(&self) -> Carrier {
        if self.udp {
            Carrier::Udp
        } else {
            Carrier::Tcp
        }
    }
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
    /// Nothing but the hole of this number, see [`stream::Piece::Gap`].
    pub(crate) hole: Option<u64>,
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
    /// Last bytes of what was looked at of an envelope.
    pub(crate) tail: Vec<u8>,
    pub(crate) stream: stream::Stream,
    /// Only while a message is unfinished, or bytes are passed over.
    pub(crate) reader: Option<Box<reader::Reader>>,
}

/// What a flow is known to speak.
pub(crate) enum Speech {
    /// Not known yet.
    Unknown,
    /// A protocol that is read.
    Known { spoken: Spoken, decoder: Box<dyn Decoder>, pairing: Box<pairing::Pairing>, conversation: Option<Interned> },
    /// A protocol that is recognised by content, not read.
    Recognised,
}

/// One connection, or the datagrams between two ports.
pub(crate) struct Flow {
    pub(crate) key: Key,
    /// By index as in the key.
    pub(crate) ends: [End; 2],
    pub(crate) client: usize,
    pub(crate) role_source: RoleSource,
    pub(crate) speech: Speech,
    pub(crate) application: Option<&'static Signature>,
    /// The application was first taken for the envelope around it.
    pub(crate) is_renamed: bool,
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

impl State {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Reset => "reset",
        }
    }
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
            is_renamed: false,
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
        self.key.end(end)
    }

    /// Whether its bytes are looked at in their order: it is read, or may be, or its first bytes are listened to.
    pub(crate) fn is_put_in_order(&self) -> bool {
        !matches!(self.speech, Speech::Recognised) || self.listening.is_some()
    }

    pub(crate) fn server(&self) -> usize {
        1 - self.client
    }

    /// The other side has bytes of this end that were not captured (yet).
    pub(crate) fn lacks_acknowledged(&self, end: usize) -> bool {
        !self.key.udp && self.ends[end].stream.lacks_acknowledged()
    }

    /// Bytes that this end sent are known to be missing (yet). Datagrams have no numbers to know it by.
    pub(crate) fn is_behind(&self, end: usize) -> bool {
        !self.key.udp && self.ends[end].stream.is_behind()
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
