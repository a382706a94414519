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

/// Reads the link header of one captured frame.
pub fn read<'a>(link: u32, bytes: &'a [u8], limits: &Limits) -> Frame<'a> {
    let plain = |payload| Frame { source_mac: None, destination_mac: None, vlans: SmallVec::new(), payload };
    match link {
        1 => ethernet(bytes, limits),
        0 | 108 => plain(loopback(bytes)),
        12 | 14 | 101 | 228 | 229 => plain(if bytes.is_empty() { Payload::Unread("empty frame") } else { Payload::Ip(bytes) }),
        113 => cooked(bytes, limits),
        276 => cooked_v2(bytes, limits),
        239 => plain(Payload::Unread("NFLOG link")),
        9 | 50 => plain(Payload::Unread("PPP link")),
        105 | 127 => plain(Payload::Unread("IEEE 802.11 link")),
        249 => plain(Payload::Unread("USB link")),
        _ => plain(Payload::Unread("other link type")),
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
        None => (SmallVec::new(), Payload::Unread("frame cut in its link header")),
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

/// BSD loopback: four bytes of address family, in the byte order of the machine that captured.
fn loopback(bytes: &[u8]) -> Payload<'_> {
    let Some(head) = bytes.get(..4) else { return Payload::Unread("frame cut in its link header") };
    let rest = &bytes[4..];
    let family = [head[0], head[1], head[2], head[3]];
    let known = |family: u32| matches!(family, 2 | 10 | 23 | 24 | 28 | 30);
    if known(u32::from_le_bytes(family)) || known(u32::from_be_bytes(family)) {
        return Payload::Ip(rest);
    }
    match rest.first().map(|byte| byte >> 4) {
        Some(4 | 6) => Payload::Ip(rest),
        _ => Payload::Unread("loopback frame that is not IP"),
    }
}

/// LINUX_SLL: 16 bytes, the sender's address at 6, the protocol at 14.
fn cooked<'a>(bytes: &'a [u8], limits: &Limits) -> Frame<'a> {
    let is_mac = word(bytes, 4) == Some(6);
    let (vlans, payload) = match word(bytes, 14) {
        Some(ethertype) => cooked_payload(ethertype, &bytes[16..], limits),
        None => (SmallVec::new(), Payload::Unread("frame cut in its link header")),
    };
    Frame { source_mac: if is_mac { mac(bytes, 6) } else { None }, destination_mac: None, vlans, payload }
}

/// LINUX_SLL2: 20 bytes, the protocol at 0, the length of the sender's address at 11, the address at 12.
fn cooked_v2<'a>(bytes: &'a [u8], limits: &Limits) -> Frame<'a> {
    let is_mac = bytes.get(11) == Some(&6);
    let (vlans, payload) = match (word(bytes, 0), bytes.get(20..)) {
        (Some(ethertype), Some(rest)) => cooked_payload(ethertype, rest, limits),
        _ => (SmallVec::new(), Payload::Unread("frame cut in its link header")),
    };
    Frame { source_mac: if is_mac { mac(bytes, 12) } else { None }, destination_mac: None, vlans, payload }
}

fn cooked_payload<'a>(protocol: u16, bytes: &'a [u8], limits: &Limits) -> (SmallVec<[u16; 2]>, Payload<'a>) {
    match protocol {
        // Not Ethernet types but Linux' numbers for 802.3 and 802.2 frames.
        0x0001 | 0x0004 => (SmallVec::new(), Payload::Llc { bytes }),
        protocol if protocol < 0x0600 => (SmallVec::new(), Payload::Unread("Linux cooked frame of another kind")),
        protocol => typed(protocol, bytes, limits),
    }
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

    proptest::proptest! {
        #[test]
        fn nothing_panics(link in proptest::sample::select(vec![0_u32, 1, 12, 101, 108, 113, 228, 239, 276, 999]), bytes: Vec<u8>) {
            let _ = frame(link, &bytes);
        }
    }
}
