//! Link layers: what stands before the IP header (link types as numbered by tcpdump.org/linktypes).

use std::fmt;

use smallvec::SmallVec;

use crate::Limits;

/// A hardware address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mac(pub [u8; 6]);

impl fmt::Display for Mac {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, f] = self.0;
        write!(formatter, "{a:02X}-{b:02X}-{c:02X}-{d:02X}-{e:02X}-{f:02X}")
    }
}

/// A frame without its link header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Who sent it on this link.
    pub source_mac: Option<Mac>,
    /// Whom it was sent to on this link.
    pub destination_mac: Option<Mac>,
    /// VLAN identifiers, outermost first; priority tags (identifier 0) are left out.
    pub vlans: SmallVec<[u16; 2]>,
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

/// Reads the link header of one captured frame. `link` is a LINKTYPE value.
pub fn read<'a>(link: u32, bytes: &'a [u8], limits: &Limits) -> Frame<'a> {
    match link {
        1 => ethernet(bytes, limits),
        0 | 108 => bare(loopback(bytes)),
        // 12 and 14 are what BSD systems call RAW in files of their own.
        12 | 14 | 101 | 228 | 229 => bare(if bytes.is_empty() { Payload::Unread("empty frame") } else { Payload::Ip(bytes) }),
        113 => cooked(bytes, limits),
        276 => cooked_v2(bytes, limits),
        other => bare(Payload::Unread(unread(other))),
    }
}

/// A frame on a link without addresses.
fn bare(payload: Payload<'_>) -> Frame<'_> {
    Frame { source_mac: None, destination_mac: None, vlans: SmallVec::new(), payload }
}

/// The name under which frames of a link type that is not read are counted.
fn unread(link: u32) -> &'static str {
    match link {
        6 => "Token Ring link (type 6)",
        8 => "SLIP link (type 8)",
        9 | 50 | 51 | 166 | 204 | 205 => "PPP link",
        10 => "FDDI link (type 10)",
        104 => "Cisco HDLC link (type 104)",
        105 | 119 | 127 | 163 | 192 => "IEEE 802.11 link",
        107 => "Frame Relay link (type 107)",
        147..=162 => "link type kept for private use (147 to 162)",
        187 | 201 | 251 | 254 | 255 | 256 | 272 => "Bluetooth link",
        186 | 189 | 220 | 245 | 249 | 266 | 288 | 293..=295 => "USB link",
        190 | 227 => "CAN link",
        195 | 215 | 230 | 283 => "IEEE 802.15.4 link",
        219 => "MPLS link (type 219)",
        224 | 225 => "Fibre Channel link",
        239 => "NFLOG link (type 239)",
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

/// IEEE 802.3 §3.
fn ethernet<'a>(bytes: &'a [u8], limits: &Limits) -> Frame<'a> {
    let (destination_mac, source_mac) = (mac(bytes, 0), mac(bytes, 6));
    let (vlans, payload) = match word(bytes, 12) {
        Some(ethertype) => typed(ethertype, &bytes[14..], limits),
        None => (SmallVec::new(), Payload::Unread(CUT)),
    };
    Frame { source_mac, destination_mac, vlans, payload }
}

/// What follows an Ethernet type field; VLAN tags as in IEEE 802.1Q §9.
fn typed<'a>(mut ethertype: u16, mut bytes: &'a [u8], limits: &Limits) -> (SmallVec<[u16; 2]>, Payload<'a>) {
    let mut vlans = SmallVec::new();
    let mut tags = 0;
    while matches!(ethertype, 0x8100 | 0x88A8 | 0x9100 | 0x9200) {
        let (Some(tag), Some(next)) = (word(bytes, 0), word(bytes, 2)) else {
            return (vlans, Payload::Unread("frame cut in its VLAN tag"));
        };
        tags += 1;
        if tags > limits.vlan_tags {
            return (vlans, Payload::Unread("more VLAN tags than the limit"));
        }
        if tag & 0x0FFF != 0 {
            vlans.push(tag & 0x0FFF);
        }
        ethertype = next;
        bytes = &bytes[4..];
    }
    let payload = match ethertype {
        0x0800 | 0x86DD => Payload::Ip(bytes),
        0x0806 => Payload::Arp(bytes),
        length if length < 0x0600 => Payload::Llc { bytes: &bytes[..bytes.len().min(usize::from(length))] },
        ethertype => Payload::Other { ethertype, bytes },
    };
    (vlans, payload)
}

/// NULL and LOOP: four bytes of address family. NULL has them in the order of the machine that captured, LOOP should have
/// them in network order, but files of Windows exist that do not; IPv6 has a number of its own on every system.
fn loopback(bytes: &[u8]) -> Payload<'_> {
    let Some((family, rest)) = bytes.split_first_chunk::<4>() else { return Payload::Unread(CUT) };
    // IPv4; IPv6 of Linux, Windows, NetBSD and OpenBSD, FreeBSD, macOS
    let is_ip = |family: u32| matches!(family, 2 | 10 | 23 | 24 | 28 | 30);
    let version = rest.first().map(|byte| byte >> 4);
    if is_ip(u32::from_le_bytes(*family)) || is_ip(u32::from_be_bytes(*family)) || matches!(version, Some(4 | 6)) {
        return Payload::Ip(rest);
    }
    Payload::Unread("loopback frame that is not IP")
}

/// LINUX_SLL: 16 bytes; the kind of device at 2, the length of the sender's address at 4, the address at 6, the protocol at 14.
fn cooked<'a>(bytes: &'a [u8], limits: &Limits) -> Frame<'a> {
    match (word(bytes, 2), word(bytes, 4), word(bytes, 14)) {
        (Some(device), Some(length), Some(protocol)) => cooked_frame(device, usize::from(length), 6, protocol, bytes, 16, limits),
        _ => bare(Payload::Unread(CUT)),
    }
}

/// LINUX_SLL2: 20 bytes; the protocol at 0, the kind of device at 8, the length of the sender's address at 11, the address at 12.
fn cooked_v2<'a>(bytes: &'a [u8], limits: &Limits) -> Frame<'a> {
    match (word(bytes, 0), word(bytes, 8), bytes.get(11), bytes.len() >= 20) {
        (Some(protocol), Some(device), Some(length), true) => cooked_frame(device, usize::from(*length), 12, protocol, bytes, 20, limits),
        _ => bare(Payload::Unread(CUT)),
    }
}

/// Linux' numbers for kinds of devices (ARPHRD_) whose frames differ from the rest.
const ETHERNET_DEVICE: u16 = 1;
const NETLINK_DEVICE: u16 = 824;

/// What both versions of LINUX_SLL have in common. Only Ethernet devices have MAC addresses: a loopback device's is all zeros.
fn cooked_frame<'a>(
    device: u16,
    address_length: usize,
    address: usize,
    protocol: u16,
    bytes: &'a [u8],
    header: usize,
    limits: &Limits,
) -> Frame<'a> {
    let source_mac = if device == ETHERNET_DEVICE && address_length == 6 { mac(bytes, address) } else { None };
    let bytes = bytes.get(header..).unwrap_or(&[]);
    let (vlans, payload) = match protocol {
        _ if device == NETLINK_DEVICE => (SmallVec::new(), Payload::Unread("Netlink message")),
        // Below 0x0600 these are no lengths but Linux' numbers: 4 is 802.2, 1 is Novell's 802.3 without 802.2.
        0x0004 => (SmallVec::new(), Payload::Llc { bytes }),
        0x0001 => (SmallVec::new(), Payload::Unread("Novell 802.3 frame")),
        protocol if protocol < 0x0600 => (SmallVec::new(), Payload::Unread("Linux cooked frame of another kind")),
        protocol => typed(protocol, bytes, limits),
    };
    Frame { source_mac, destination_mac: None, vlans, payload }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(link: u32, bytes: &[u8]) -> Frame<'_> {
        read(link, bytes, &Limits::default())
    }

    #[test]
    fn ethernet_with_two_tags_and_a_priority_tag() {
        let mut bytes = vec![0x00, 0x80, 0xF4, 1, 2, 3, 0x00, 0x14, 0x22, 4, 5, 6];
        // 802.1ad tag 20, priority tag (identifier 0), 802.1Q tag 10, then IPv4
        bytes.extend([0x88, 0xA8, 0x00, 20, 0x81, 0x00, 0xE0, 0x00, 0x81, 0x00, 0x00, 10, 0x08, 0x00, 0x45]);
        let read = frame(1, &bytes);
        assert_eq!(read.vlans.as_slice(), [20, 10]);
        assert_eq!(read.payload, Payload::Ip(&[0x45]));
        assert_eq!(read.source_mac.map(|mac| mac.to_string()), Some("00-14-22-04-05-06".to_owned()));
    }

    #[test]
    fn length_field_cuts_padding() {
        let mut bytes = vec![0; 12];
        bytes.extend([0, 3, 0x42, 0x42, 0x03, 0, 0, 0]);
        assert_eq!(frame(1, &bytes).payload, Payload::Llc { bytes: &[0x42, 0x42, 0x03] });
    }

    #[test]
    fn loopback_families_of_every_system() {
        for head in [[2, 0, 0, 0], [0, 0, 0, 2], [24, 0, 0, 0], [0, 0, 0, 30], [23, 0, 0, 0], [28, 0, 0, 0]] {
            for link in [0, 108] {
                let bytes = [&head[..], &[0x60]].concat();
                assert_eq!(frame(link, &bytes).payload, Payload::Ip(&[0x60]), "{head:?}");
            }
        }
        assert!(matches!(frame(0, &[9, 9, 9, 9, 0x10]).payload, Payload::Unread(_)));
    }

    #[test]
    fn cooked_frames() {
        let mut bytes = vec![0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x08, 0x00, 0x45];
        assert_eq!(frame(113, &bytes).payload, Payload::Ip(&[0x45]));
        bytes = vec![0x86, 0xDD, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 0, 9, 0, 0, 0x60];
        let read = frame(276, &bytes);
        assert_eq!(read.payload, Payload::Ip(&[0x60]));
        assert_eq!(read.source_mac, Some(Mac([2, 0, 0, 0, 0, 9])));
    }

    #[test]
    fn cooked_frames_that_are_not_of_ethernet() {
        // loopback device (772), address of six zeros, IPv4
        let bytes = [0, 0, 0x03, 0x04, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x00, 0x45];
        assert_eq!((frame(113, &bytes).source_mac, frame(113, &bytes).payload), (None, Payload::Ip(&[0x45])));
        // Netlink device (824): the protocol is no Ethernet type
        let bytes = [0, 0, 0x03, 0x38, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x00, 0x45];
        assert_eq!(frame(113, &bytes).payload, Payload::Unread("Netlink message"));
        // 802.2: the protocol is 4
        let bytes = [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0, 4, 0x42, 0x42, 0x03];
        assert_eq!(frame(113, &bytes).payload, Payload::Llc { bytes: &[0x42, 0x42, 0x03] });
        // VLAN tag 7 after the cooked header
        let bytes = [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x81, 0x00, 0, 7, 0x08, 0x00, 0x45];
        assert_eq!((frame(113, &bytes).vlans.as_slice(), frame(113, &bytes).payload), (&[7][..], Payload::Ip(&[0x45])));
    }

    #[test]
    fn what_is_not_read_has_a_name() {
        for (link, bytes, name) in [
            (1, &[0; 13][..], "frame cut in its link header"),
            (1, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x81, 0x00, 0][..], "frame cut in its VLAN tag"),
            (113, &[0; 15], "frame cut in its link header"),
            (276, &[0x08; 19], "frame cut in its link header"),
            (101, &[], "empty frame"),
            (239, &[], "NFLOG link (type 239)"),
            (65_535, &[], "link type that is not known"),
        ] {
            assert_eq!(frame(link, bytes).payload, Payload::Unread(name), "link {link}");
        }
        let tags = [[0; 12].as_slice(), &[0x81, 0x00, 0, 1].repeat(9), &[0x08, 0x00]].concat();
        assert_eq!(frame(1, &tags).payload, Payload::Unread("more VLAN tags than the limit"));
        // PPPoE session and MPLS are told by their Ethernet type
        for ethertype in [0x8864_u16, 0x8847] {
            let bytes = [[0; 12].as_slice(), &ethertype.to_be_bytes(), &[1]].concat();
            assert_eq!(frame(1, &bytes).payload, Payload::Other { ethertype, bytes: &[1] });
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(link in proptest::sample::select(vec![0_u32, 1, 12, 101, 108, 113, 228, 239, 276, 999]), bytes: Vec<u8>) {
            let _ = frame(link, &bytes);
        }
    }
}
