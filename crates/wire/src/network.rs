//! IP, TCP, UDP and ARP headers (RFC 791, 8200, 9293, 768, 826). Checksums are not judged: offloading leaves them wrong.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::link::Mac;

/// Extension headers of one packet; the attack: a packet of nothing but headers.
const EXTENSION_HEADERS: usize = 8;

/// An IP packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datagram<'a> {
    /// Who sent it.
    pub source: IpAddr,
    /// Whom it was sent to.
    pub destination: IpAddr,
    /// Time to live or hop limit.
    pub ttl: u8,
    /// Identification; 0 for IPv6 without fragment header.
    pub identification: u32,
    /// What it carries.
    pub transport: Transport<'a>,
    /// The capture cut bytes that the length field promised.
    pub cut: bool,
}

/// What an IP packet carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transport<'a> {
    /// A TCP segment.
    Tcp(Segment<'a>),
    /// A UDP datagram.
    Udp(Udp<'a>),
    /// A part of a larger packet.
    Fragment {
        /// Number of the protocol inside.
        protocol: u8,
    },
    /// Another protocol, by number.
    Other(u8),
    /// A header that cannot be.
    Broken(&'static str),
}

/// A TCP segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment<'a> {
    /// Port of the sender.
    pub source_port: u16,
    /// Port of the receiver.
    pub destination_port: u16,
    /// Number of the first byte.
    pub sequence: u32,
    /// Number of the next byte expected from the other side.
    pub acknowledgement: u32,
    /// FIN 1, SYN 2, RST 4, PSH 8, ACK 16.
    pub flags: u8,
    /// Window as on the wire, not scaled.
    pub window: u16,
    /// What was captured.
    pub payload: &'a [u8],
    /// Bytes of payload on the wire.
    pub wire_payload: u32,
}

/// A UDP datagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Udp<'a> {
    /// Port of the sender.
    pub source_port: u16,
    /// Port of the receiver.
    pub destination_port: u16,
    /// What was captured.
    pub payload: &'a [u8],
    /// Bytes of payload on the wire.
    pub wire_payload: u32,
}

/// An ARP message for IPv4 over Ethernet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arp {
    /// 1 request, 2 reply.
    pub operation: u16,
    /// Who sent it.
    pub sender_mac: Mac,
    /// Its address, 0.0.0.0 in a probe.
    pub sender_ip: Ipv4Addr,
    /// Whom it asks for or tells.
    pub target_mac: Mac,
    /// The address asked for.
    pub target_ip: Ipv4Addr,
}

fn word(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

fn long(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// Reads a packet from its IP header on. `is_cut`: the capture holds less than was on the wire.
///
/// # Errors
/// Why it is no IP packet.
pub fn read(ip: &[u8], is_cut: bool) -> Result<Datagram<'_>, &'static str> {
    match ip.first().map(|byte| byte >> 4) {
        Some(4) => version_4(ip, is_cut),
        Some(6) => version_6(ip, is_cut),
        Some(_) => Err("IP version that does not exist"),
        None => Err("empty IP packet"),
    }
}

fn version_4(ip: &[u8], is_cut: bool) -> Result<Datagram<'_>, &'static str> {
    if ip.len() < 20 {
        return Err("IP header cut");
    }
    let header = usize::from(ip[0] & 0x0F) * 4;
    if header < 20 {
        return Err("IP header shorter than 20 bytes");
    }
    let total = match usize::from(word(ip, 2)) {
        // Segmentation offload leaves the length 0 where the packet is larger than 65,535 bytes or not yet known.
        0 => ip.len(),
        total => total,
    };
    if total < header {
        return Err("IP length shorter than its header");
    }
    if ip.len() < header {
        return Err("IP header cut");
    }
    let end = total.min(ip.len());
    let source = IpAddr::V4(Ipv4Addr::new(ip[12], ip[13], ip[14], ip[15]));
    let destination = IpAddr::V4(Ipv4Addr::new(ip[16], ip[17], ip[18], ip[19]));
    let flags = word(ip, 6);
    let missing = total.saturating_sub(ip.len());
    let transport = if flags & 0x3FFF != 0 { Transport::Fragment { protocol: ip[9] } } else { transport(ip[9], &ip[header..end], missing) };
    let cut = is_cut && missing > 0;
    Ok(Datagram { source, destination, ttl: ip[8], identification: u32::from(word(ip, 4)), transport, cut })
}

fn version_6(ip: &[u8], is_cut: bool) -> Result<Datagram<'_>, &'static str> {
    if ip.len() < 40 {
        return Err("IP header cut");
    }
    let address = |at: usize| {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&ip[at..at + 16]);
        IpAddr::V6(Ipv6Addr::from(bytes))
    };
    let length = match usize::from(word(ip, 4)) {
        0 => ip.len() - 40,
        length => length,
    };
    let missing = (40 + length).saturating_sub(ip.len());
    let end = (40 + length).min(ip.len());
    let (mut next, mut at, mut identification) = (ip[6], 40, 0);
    let mut walked = None;
    for _ in 0..EXTENSION_HEADERS {
        let size = match next {
            0 | 43 | 60 | 135 => ip.get(at + 1).map(|units| (usize::from(*units) + 1) * 8),
            51 => ip.get(at + 1).map(|units| (usize::from(*units) + 2) * 4),
            44 => Some(8),
            _ => {
                walked = Some(transport(next, &ip[at.min(end)..end], missing));
                break;
            }
        };
        let Some(size) = size.filter(|size| at + size <= end) else {
            walked = Some(Transport::Broken("IPv6 extension header cut"));
            break;
        };
        if next == 44 {
            identification = long(ip, at + 4);
            if word(ip, at + 2) & 0xFFF9 != 0 {
                walked = Some(Transport::Fragment { protocol: ip[at] });
                break;
            }
        }
        next = ip[at];
        at += size;
    }
    let transport = walked.unwrap_or(Transport::Broken("more IPv6 extension headers than the limit"));
    Ok(Datagram { source: address(8), destination: address(24), ttl: ip[7], identification, transport, cut: is_cut && missing > 0 })
}

fn transport(protocol: u8, bytes: &[u8], missing: usize) -> Transport<'_> {
    match protocol {
        6 => {
            if bytes.len() < 20 {
                return Transport::Broken("TCP header cut");
            }
            let header = usize::from(bytes[12] >> 4) * 4;
            if header < 20 {
                return Transport::Broken("TCP header shorter than 20 bytes");
            }
            if header > bytes.len() {
                return Transport::Broken("TCP header longer than the packet");
            }
            let payload = &bytes[header..];
            Transport::Tcp(Segment {
                source_port: word(bytes, 0),
                destination_port: word(bytes, 2),
                sequence: long(bytes, 4),
                acknowledgement: long(bytes, 8),
                flags: bytes[13],
                window: word(bytes, 14),
                payload,
                wire_payload: (payload.len() + missing) as u32,
            })
        }
        17 => {
            if bytes.len() < 8 {
                return Transport::Broken("UDP header cut");
            }
            let length = usize::from(word(bytes, 4));
            let payload = match length {
                0 => &bytes[8..],
                length if length < 8 => return Transport::Broken("UDP length shorter than its header"),
                length => &bytes[8..length.min(bytes.len())],
            };
            let wire_payload = if length >= 8 { length - 8 } else { payload.len() + missing };
            Transport::Udp(Udp {
                source_port: word(bytes, 0),
                destination_port: word(bytes, 2),
                payload,
                wire_payload: wire_payload as u32,
            })
        }
        other => Transport::Other(other),
    }
}

/// Reads an ARP message for IPv4 over Ethernet; `None` for others and cut ones.
pub fn read_arp(bytes: &[u8]) -> Option<Arp> {
    if bytes.len() < 28 || word(bytes, 0) != 1 || word(bytes, 2) != 0x0800 || bytes[4] != 6 || bytes[5] != 4 {
        return None;
    }
    let mac = |at: usize| bytes[at..at + 6].try_into().ok().map(Mac);
    let ip = |at: usize| Ipv4Addr::new(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
    Some(Arp { operation: word(bytes, 6), sender_mac: mac(8)?, sender_ip: ip(14), target_mac: mac(18)?, target_ip: ip(24) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 10.0.0.1:1000 → 10.0.0.2:502, sequence 7, one byte of payload, then two bytes of Ethernet padding.
    fn tcp4() -> Vec<u8> {
        let mut bytes = vec![0x45, 0, 0, 41, 0, 9, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        bytes.extend([0x03, 0xE8, 0x01, 0xF6, 0, 0, 0, 7, 0, 0, 0, 8, 0x50, 0x18, 0, 100, 0, 0, 0, 0, 0xAA, 0, 0]);
        bytes
    }

    #[test]
    fn padding_is_not_payload() {
        let bytes = tcp4();
        let Ok(Datagram { transport: Transport::Tcp(segment), cut, .. }) = read(&bytes, false) else { unreachable!("TCP") };
        assert_eq!((segment.payload, segment.wire_payload, segment.sequence, cut), (&[0xAA][..], 1, 7, false));
    }

    #[test]
    fn a_cut_frame_tells_what_was_on_the_wire() {
        let mut bytes = tcp4();
        bytes[3] = 50;
        let Ok(Datagram { transport: Transport::Tcp(segment), cut, .. }) = read(&bytes[..41], true) else { unreachable!("TCP") };
        assert_eq!((segment.payload.len(), segment.wire_payload, cut), (1, 10, true));
    }

    #[test]
    fn fragments_and_length_zero() {
        let mut bytes = tcp4();
        bytes[6] = 0x20;
        assert!(matches!(read(&bytes, false), Ok(Datagram { transport: Transport::Fragment { protocol: 6 }, .. })));
        bytes[6] = 0x40;
        bytes[3] = 0;
        assert!(matches!(read(&bytes, false), Ok(Datagram { transport: Transport::Tcp(Segment { wire_payload: 3, .. }), .. })));
    }

    #[test]
    fn extension_headers_are_walked() {
        let mut bytes = vec![0x60, 0, 0, 0, 0, 25, 0, 64];
        bytes.extend([0; 15].iter().chain(&[1]).chain(&[0; 15]).chain(&[2]));
        // hop by hop (8 bytes), atomic fragment (8 bytes), UDP with one byte
        bytes.extend([44, 0, 0, 0, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 5, 0, 53, 0, 53, 0, 9, 0, 0, 0xAA]);
        let Ok(Datagram { transport: Transport::Udp(udp), identification: 5, .. }) = read(&bytes, false) else { unreachable!("UDP") };
        assert_eq!(udp.payload, [0xAA]);
    }

    #[test]
    fn arp_message() {
        let mut bytes = vec![0, 1, 8, 0, 6, 4, 0, 2];
        bytes.extend([2, 0, 0, 0, 0, 1, 10, 0, 0, 1, 2, 0, 0, 0, 0, 2, 10, 0, 0, 2]);
        let arp = read_arp(&bytes);
        assert_eq!(arp.map(|arp| (arp.sender_ip, arp.target_ip)), Some((Ipv4Addr::new(10, 0, 0, 1), Ipv4Addr::new(10, 0, 0, 2))));
        assert_eq!(read_arp(&bytes[..27]), None);
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(mut bytes: Vec<u8>, version in 4_u8..=6, cut: bool) {
            if let Some(first) = bytes.first_mut() {
                *first = version << 4 | *first & 0x0F;
            }
            let _ = read(&bytes, cut);
            let _ = read_arp(&bytes);
        }
    }
}
