//! Link layers: what stands before the IP header (link types as numbered by tcpdump.org/linktypes).

use std::fmt;

use smallvec::SmallVec;

pub use self::vlans::Vlans;
use crate::Limits;

mod cooked;
mod mpls;
mod nflog;
mod ppp;
#[cfg(test)]
mod tests;
mod vlans;

/// A hardware address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mac(pub [u8; 6]);

impl fmt::Display for Mac {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, f] = self.0;
        write!(formatter, "{a:02X}-{b:02X}-{c:02X}-{d:02X}-{e:02X}-{f:02X}")
    }
}

/// LINKTYPE_ETHERNET.
pub const ETHERNET: u32 = 1;
/// LINKTYPE_PPP.
pub const PPP: u32 = 9;
/// LINKTYPE_RAW: bytes from the IP header on.
pub const RAW: u32 = 101;
/// LINKTYPE_MPLS: bytes from the first label on.
pub const MPLS: u32 = 219;

/// A frame without its link header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Who sent it on this link.
    pub source_mac: Option<Mac>,
    /// Whom it was sent to on this link.
    pub destination_mac: Option<Mac>,
    /// VLAN identifiers, outermost first; priority tags (identifier 0) are left out.
    pub vlans: Vlans,
    /// Names of what the packet was wrapped in on this link, outermost first: MPLS, PPPoE.
    pub wraps: SmallVec<[&'static str; 2]>,
    /// The capture may hold less of the packet than was on the wire, though the frame is whole.
    pub is_short: bool,
    /// What it carries.
    pub payload: Payload<'a>,
}

/// What a frame carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload<'a> {
    /// Bytes from the IP header on.
    Ip(&'a [u8]),
    /// An ARP message.
    Arp(&'a [u8]),
    /// A whole Ethernet frame of another network: what is around it belongs to those who carry it.
    Ethernet(&'a [u8]),
    /// Another Ethernet type.
    Other {
        /// The type field.
        ethertype: u16,
        /// What follows it.
        bytes: &'a [u8],
    },
    /// IEEE 802.2 LLC, its padding cut.
    Llc {
        /// From DSAP on.
        bytes: &'a [u8],
    },
    /// Not read, and why.
    Unread(&'static str),
}

/// Why a frame is not read further.
const CUT: &str = "frame cut in its link header";
/// See `Limits::tunnels`.
const TOO_DEEP: &str = "more headers around a packet than the limit";

/// Reads the link header of one captured frame. `link` is a LINKTYPE value.
#[inline]
pub fn read<'a>(link: u32, bytes: &'a [u8], limits: &Limits) -> Frame<'a> {
    plain(link, bytes).unwrap_or_else(|| read_any(link, bytes, limits))
}

/// What nearly every frame is: IP in Ethernet with nothing between.
#[inline]
fn plain(link: u32, bytes: &[u8]) -> Option<Frame<'_>> {
    let ([a, b, c, d, e, f, g, h, i, j, k, l, high, low], packet) = bytes.split_first_chunk::<14>()?;
    if link != ETHERNET || !matches!(u16::from_be_bytes([*high, *low]), 0x0800 | 0x86DD) {
        return None;
    }
    let (to, from) = (Mac([*a, *b, *c, *d, *e, *f]), Mac([*g, *h, *i, *j, *k, *l]));
    Some(Frame { source_mac: Some(from), destination_mac: Some(to), ..bare(Payload::Ip(packet)) })
}

fn read_any<'a>(link: u32, bytes: &'a [u8], limits: &Limits) -> Frame<'a> {
    let mut header = Header { frame: bare(Payload::Unread(CUT)), layers: 0, limits };
    match link {
        ETHERNET => header.ethernet(bytes),
        0 | 108 => header.frame.payload = cooked::loopback(bytes),
        PPP | 50 => header.ppp_frame(bytes),
        51 => header.pppoe(0x8864, bytes),
        // One byte of direction stands before, or in the place of, the address byte.
        166 | 204 => header.ppp_frame(bytes.get(1..).unwrap_or(&[])),
        104 => header.cisco(bytes),
        // The direction stands before.
        205 => header.cisco(bytes.get(1..).unwrap_or(&[])),
        // 12 and 14 are what BSD systems call RAW in files of their own.
        12 | 14 | RAW | 228 | 229 => {
            header.frame.payload = if bytes.is_empty() { Payload::Unread("empty frame") } else { Payload::Ip(bytes) };
        }
        113 => header.cooked(bytes),
        276 => header.cooked_v2(bytes),
        MPLS => header.mpls(0x8847, bytes),
        239 => header.nflog(bytes),
        other => header.frame.payload = Payload::Unread(unread(other)),
    }
    header.frame
}

/// A frame on a link without addresses.
fn bare(payload: Payload<'_>) -> Frame<'_> {
    Frame { source_mac: None, destination_mac: None, vlans: Vlans::new(), wraps: SmallVec::new(), is_short: false, payload }
}

/// The name under which frames of a link type that is not read are counted.
fn unread(link: u32) -> &'static str {
    match link {
        6 => "Token Ring link (type 6)",
        8 => "SLIP link (type 8)",
        10 => "FDDI link (type 10)",
        105 | 119 | 127 | 163 | 192 => "IEEE 802.11 link",
        107 => "Frame Relay link (type 107)",
        147..=162 => "link type kept for private use (147 to 162)",
        187 | 201 | 251 | 254 | 255 | 256 | 272 => "Bluetooth link",
        186 | 189 | 220 | 245 | 249 | 266 | 288 | 293..=295 => "USB link",
        190 | 227 => "CAN link",
        195 | 215 | 230 | 283 => "IEEE 802.15.4 link",
        224 | 225 => "Fibre Channel link",
        240 | 241 => "netANALYZER link (types 240 and 241)",
        247 => "InfiniBand link (type 247)",
        250 => "serial link of an RTAC (type 250)",
        252 => "Wireshark's exported payloads (link type 252)",
        253 => "Netlink link (type 253)",
        257 => "PROFIBUS link (type 257)",
        271 => "link between virtual machines (type 271)",
        _ => "link type that is not known",
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2).map(|two| u16::from_be_bytes([two[0], two[1]]))
}

fn mac(bytes: &[u8], at: usize) -> Option<Mac> {
    bytes.get(at..at + 6).and_then(|six| six.try_into().ok()).map(Mac)
}

/// Headers of one frame being read, from the outside in.
struct Header<'a, 'l> {
    frame: Frame<'a>,
    /// Headers that led to another, so far.
    layers: usize,
    limits: &'l Limits,
}

impl<'a> Header<'a, '_> {
    /// IEEE 802.3 §3.
    fn ethernet(&mut self, bytes: &'a [u8]) {
        (self.frame.destination_mac, self.frame.source_mac) = (mac(bytes, 0), mac(bytes, 6));
        match word(bytes, 12) {
            Some(ethertype) => self.typed(ethertype, &bytes[14..]),
            None => self.unread(CUT),
        }
    }

    fn unread(&mut self, why: &'static str) {
        self.frame.payload = Payload::Unread(why);
    }

    /// One more header that leads to another; false where that is one too many.
    fn deeper(&mut self) -> bool {
        self.layers += 1;
        let is_allowed = self.layers <= self.limits.tunnels;
        if !is_allowed {
            self.unread(TOO_DEEP);
        }
        is_allowed
    }

    /// What follows an Ethernet type field; VLAN tags as in IEEE 802.1Q §9.
    fn typed(&mut self, mut ethertype: u16, mut bytes: &'a [u8]) {
        let mut tags = 0;
        while let Some(skipped) = tag_size(ethertype) {
            let (Some(tag), Some(next)) = (word(bytes, 0), word(bytes, skipped - 2)) else {
                return self.unread("frame cut in its VLAN tag");
            };
            tags += 1;
            if tags > self.limits.vlan_tags {
                return self.unread("more VLAN tags than the limit");
            }
            if skipped == 4 && tag & 0x0FFF != 0 {
                self.frame.vlans.push(tag & 0x0FFF);
            }
            ethertype = next;
            bytes = &bytes[skipped..];
        }
        match ethertype {
            0x0800 | 0x86DD => self.frame.payload = Payload::Ip(bytes),
            0x0806 => self.frame.payload = Payload::Arp(bytes),
            0x8847 | 0x8848 => self.mpls(ethertype, bytes),
            0x8864 => self.pppoe(ethertype, bytes),
            0x88E7 => self.backbone(bytes),
            length if length < 0x0600 => self.llc(&bytes[..bytes.len().min(usize::from(length))]),
            ethertype => self.frame.payload = Payload::Other { ethertype, bytes },
        }
    }

    /// IEEE 802.2 §3; a SNAP header (IEEE 802 §9.4) of organisation 0 holds an Ethernet type (RFC 1042), that of a bridge
    /// tunnel (00-00-F8, IEEE 802.1H) too. 06 is IP itself (RFC 948).
    fn llc(&mut self, bytes: &'a [u8]) {
        match bytes {
            [0xAA, 0xAA, 0x03, 0, 0, 0 | 0xF8, high, low, rest @ ..] if self.deeper() => {
                self.typed(u16::from_be_bytes([*high, *low]), rest);
            }
            [0x06, 0x06, 0x03, rest @ ..] => self.frame.payload = Payload::Ip(rest),
            _ if self.layers > self.limits.tunnels => {}
            _ => self.frame.payload = Payload::Llc { bytes },
        }
    }

    /// The service tag of a provider backbone (IEEE 802.1Q §9.7, formerly 802.1ah): four bytes, then a customer's frame.
    fn backbone(&mut self, bytes: &'a [u8]) {
        self.frame.wraps.push("802.1ah");
        match bytes.get(4..) {
            Some(frame) => self.frame.payload = Payload::Ethernet(frame),
            None => self.unread(CUT),
        }
    }
}

/// Bytes from behind an Ethernet type to behind the next, where a tag stands between: VLAN (IEEE 802.1Q §9), HSR
/// (IEC 62439-3 §5), VN-Tag (802.1BR's forerunner).
fn tag_size(ethertype: u16) -> Option<usize> {
    match ethertype {
        0x8100 | 0x88A8 | 0x9100 | 0x9200 => Some(4),
        0x892F | 0x8926 => Some(6),
        _ => None,
    }
}
