//! IP, TCP, UDP and ARP headers (RFC 791, 8200, 9293, 768, 826). Checksums are not judged: offloading leaves them wrong.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::link::Mac;

pub(crate) mod reassembly;
mod transport;
pub mod tunnel;

use transport::transport;
pub use transport::{Fragment, Segment, Transport, Udp};

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
    /// The capture cut bytes that the length field promised (or may have: without a length field it is not known).
    pub cut: bool,
    /// From its IP header on, as captured, without padding.
    pub packet: &'a [u8],
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
#[inline]
pub fn read(ip: &[u8], is_cut: bool) -> Result<Datagram<'_>, &'static str> {
    match ip.first().map(|byte| byte >> 4) {
        Some(4) => version_4(ip, is_cut),
        Some(6) => version_6(ip, is_cut),
        Some(_) => Err("IP version that does not exist"),
        None => Err("empty IP packet"),
    }
}

/// Bytes that the capture cut off. Where nothing was cut, a length that promises more than is there is a lie of the sender:
/// the receiver drops such a packet, and no stream may wait for the rest of it.
fn missing(promised: usize, here: usize, is_cut: bool) -> usize {
    if is_cut {
        promised.saturating_sub(here)
    } else {
        0
    }
}

/// RFC 791 §3.1.
#[inline]
fn version_4(ip: &[u8], is_cut: bool) -> Result<Datagram<'_>, &'static str> {
    let Some(head) = ip.first_chunk::<20>() else { return Err("IP header cut") };
    let header = usize::from(head[0] & 0x0F) * 4;
    if header < 20 {
        return Err("IP header shorter than 20 bytes");
    }
    let (total, is_known) = match usize::from(word(head, 2)) {
        // Segmentation offload leaves the length 0: what is there is the packet.
        0 => (ip.len(), false),
        total => (total, true),
    };
    if is_known && total < header {
        return Err("IP length shorter than its header");
    }
    if ip.len() < header {
        return Err("IP header cut");
    }
    let end = total.min(ip.len());
    let packet = &ip[..end];
    let source = IpAddr::V4(Ipv4Addr::from_bits(long(head, 12)));
    let destination = IpAddr::V4(Ipv4Addr::from_bits(long(head, 16)));
    let missing = missing(total, ip.len(), is_cut);
    let transport = match word(head, 6) & 0x3FFF {
        0 => whole(false, head[9], &ip[header..end], missing),
        // More fragments follow, or this is not the first.
        field => Transport::Fragment(Fragment {
            protocol: head[9],
            offset: u32::from(field & 0x1FFF) * 8,
            more: field & 0x2000 != 0,
            bytes: &ip[header..end],
            missing,
        }),
    };
    let cut = is_cut && (missing > 0 || !is_known);
    Ok(Datagram { source, destination, ttl: head[8], identification: u32::from(word(head, 4)), transport, cut, packet })
}

/// RFC 8200 §3 and §4.
fn version_6(ip: &[u8], is_cut: bool) -> Result<Datagram<'_>, &'static str> {
    if ip.len() < 40 {
        return Err("IP header cut");
    }
    let address = |at: usize| {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&ip[at..at + 16]);
        IpAddr::V6(Ipv6Addr::from(bytes))
    };
    let (total, is_known) = match usize::from(word(ip, 4)) {
        // Offload and jumbograms (RFC 2675): what is there is the packet.
        0 => (ip.len(), false),
        length => (40 + length, true),
    };
    let missing = missing(total, ip.len(), is_cut);
    let packet = &ip[..total.min(ip.len())];
    let (transport, identification) = after_extensions(ip[6], &packet[40..], missing);
    let cut = is_cut && (missing > 0 || !is_known);
    Ok(Datagram { source: address(8), destination: address(24), ttl: ip[7], identification, transport, cut, packet })
}

/// What a packet that is no fragment carries; `missing` bytes at its end were cut by the capture.
pub(crate) fn whole(is_version_6: bool, protocol: u8, bytes: &[u8], missing: usize) -> Transport<'_> {
    match protocol {
        // Authentication stands before what it protects in IPv4 too (RFC 4302 §3.1.1).
        _ if is_version_6 || protocol == 51 => after_extensions(protocol, bytes, missing).0,
        _ => transport(protocol, bytes, missing),
    }
}

/// Walks the extension headers (RFC 8200 §4, RFC 4302 for authentication). Also gives the identification of a fragment header.
fn after_extensions(mut next: u8, mut bytes: &[u8], missing: usize) -> (Transport<'_>, u32) {
    let mut identification = 0;
    for _ in 0..=EXTENSION_HEADERS {
        let size = match next {
            // hop-by-hop options, routing, destination options
            0 | 43 | 60 => bytes.get(1).map(|units| (usize::from(*units) + 1) * 8),
            51 => bytes.get(1).map(|units| (usize::from(*units) + 2) * 4),
            44 => Some(8),
            _ => return (transport(next, bytes, missing), identification),
        };
        let Some((header, rest)) = size.and_then(|size| bytes.split_at_checked(size)) else {
            return (Transport::Broken("IPv6 extension header cut"), identification);
        };
        if next == 44 {
            identification = long(header, 4);
            // Offset or more to follow; with neither it is an atomic fragment (RFC 6946), which is whole.
            let field = word(header, 2);
            if field & 0xFFF9 != 0 {
                let (offset, more) = (u32::from(field & 0xFFF8), field & 1 != 0);
                return (Transport::Fragment(Fragment { protocol: header[0], offset, more, bytes: rest, missing }), identification);
            }
        }
        (next, bytes) = (header[0], rest);
    }
    (Transport::Broken("more IPv6 extension headers than the limit"), identification)
}

/// Reads an ARP message for IPv4 over Ethernet, or over IEEE 802 with SNAP (hardware type 6, RFC 1042); `None` for others
/// and cut ones.
pub fn read_arp(bytes: &[u8]) -> Option<Arp> {
    if bytes.len() < 28 || !matches!(word(bytes, 0), 1 | 6) || word(bytes, 2) != 0x0800 || bytes[4] != 6 || bytes[5] != 4 {
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
        let more = |datagram: Datagram<'_>| match datagram.transport {
            Transport::Fragment(fragment) => Some((fragment.protocol, fragment.offset, fragment.more, fragment.bytes.len())),
            _ => None,
        };
        assert_eq!(read(&bytes, false).map(more), Ok(Some((6, 0, true, 21))));
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

    #[test]
    fn a_length_that_lies_makes_nobody_wait() {
        let mut bytes = tcp4();
        bytes[2] = 0xFF;
        let Ok(Datagram { transport: Transport::Tcp(segment), cut, .. }) = read(&bytes, false) else { unreachable!("TCP") };
        assert_eq!((segment.payload.len(), segment.wire_payload, cut), (3, 3, false));
    }

    #[test]
    fn authentication_stands_before_what_it_protects() {
        // an authentication header of 24 bytes before UDP
        let mut bytes = vec![0x45, 0, 0, 53, 0, 9, 0, 0, 64, 51, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        bytes.extend([17, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
        bytes.extend([0; 12]);
        bytes.extend([0, 53, 0, 53, 0, 9, 0, 0, 0xAA]);
        let Ok(Datagram { transport: Transport::Udp(udp), .. }) = read(&bytes, false) else { unreachable!("UDP") };
        assert_eq!(udp.payload, [0xAA]);
    }

    #[test]
    fn extension_headers_that_end_the_walk() {
        let mut bytes = vec![0x60, 0, 0, 0, 0, 8, 0, 64];
        bytes.extend([0; 32]);
        for (next, is_expected) in [
            (59, matches as fn(&Transport<'_>) -> bool),
            (135, |one| matches!(one, Transport::Other { protocol: 135, .. })),
            (50, |one| matches!(one, Transport::Other { protocol: 50, .. })),
        ] {
            // hop-by-hop options before it
            let packet = [&bytes[..], &[next, 0, 0, 0, 0, 0, 0, 0]].concat();
            assert!(read(&packet, false).is_ok_and(|datagram| is_expected(&datagram.transport)), "next header {next}");
        }
        fn matches(one: &Transport<'_>) -> bool {
            matches!(one, Transport::Broken(why) if why.contains("no next header"))
        }
    }

    #[test]
    fn headers_without_end_are_broken() {
        let mut bytes = vec![0x60, 0, 0, 0, 0, 200, 0, 64];
        bytes.extend([0; 32]);
        // hop-by-hop options of eight bytes, each followed by another
        bytes.extend([0; 200]);
        assert!(matches!(read(&bytes, false), Ok(Datagram { transport: Transport::Broken(_), .. })));
        // the first of several fragments
        bytes[6] = 44;
        bytes[40..44].copy_from_slice(&[17, 0, 0, 1]);
        assert!(matches!(read(&bytes, false), Ok(Datagram { transport: Transport::Fragment(Fragment { protocol: 17, .. }), .. })));
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
