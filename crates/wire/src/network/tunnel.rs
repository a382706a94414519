//! Tunnels: packets that carry whole packets of another network. What they carry is named by a link type, so that it is
//! read like a captured frame.

use super::{long, word};
use crate::link::{ETHERNET, MPLS, PPP, RAW};

/// A packet within a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tunnel<'a> {
    /// What carries it.
    pub name: &'static str,
    /// LINKTYPE value of what it carries.
    pub link: u32,
    /// What it carries, as far as it was captured.
    pub bytes: &'a [u8],
    /// VLAN of the frame it carries, where the tunnel took the tag off.
    pub vlan: Option<u16>,
    /// The tunnel shortened what it carries.
    pub is_short: bool,
}

/// What a packet is, seen as a tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carries<'a> {
    /// A packet.
    Packet(Tunnel<'a>),
    /// Something else, and what.
    Other(&'static str),
}

fn packet<'a>(name: &'static str, link: u32, bytes: &'a [u8]) -> Carries<'a> {
    Carries::Packet(Tunnel { name, link, bytes, vlan: None, is_short: false })
}

/// The link type of what an Ethernet type announces.
fn link_of(ethertype: u16) -> Option<u32> {
    Some(match ethertype {
        0x0800 | 0x86DD => RAW,
        // Transparent Ethernet bridging (RFC 1701), what NVGRE uses (RFC 7637) too.
        0x6558 => ETHERNET,
        0x8847 | 0x8848 => MPLS,
        0x880B => PPP,
        _ => return None,
    })
}

/// A tunnel by its IP protocol number; `None` for what is none.
pub fn of_ip_protocol(protocol: u8, bytes: &[u8]) -> Option<Carries<'_>> {
    Some(match protocol {
        4 => packet("IP in IP", RAW, bytes),
        41 => packet("IPv6 in IP", RAW, bytes),
        47 => gre(bytes),
        // RFC 3378 §3: version 3, the other bits are 0.
        97 if bytes.starts_with(&[0x30, 0]) => packet("EtherIP", ETHERNET, &bytes[2..]),
        137 => packet("MPLS in IP", MPLS, bytes),
        _ => return None,
    })
}

const GRE_CUT: &str = "GRE header cut";

/// RFC 2784, 2890 and 1701; version 1 is that of PPTP (RFC 2637 §4.1).
fn gre(bytes: &[u8]) -> Carries<'_> {
    if bytes.len() < 4 {
        return Carries::Other(GRE_CUT);
    }
    let (flags, protocol) = (word(bytes, 0), word(bytes, 2));
    let has = |bit: u16| flags & bit != 0;
    let field = |is_there: bool| if is_there { 4 } else { 0 };
    match flags & 7 {
        0 if has(0x4000) => Carries::Other("GRE with a source route"),
        0 => {
            // checksum, key, sequence number
            let size = 4 + field(has(0x8000)) + field(has(0x2000)) + field(has(0x1000));
            match (protocol, bytes.get(size..)) {
                (_, None) => Carries::Other(GRE_CUT),
                (0x88BE, Some(rest)) if has(0x1000) => erspan_2(rest),
                (0x88BE, Some(rest)) => packet("ERSPAN", ETHERNET, rest),
                (0x22EB, Some(rest)) => erspan_3(rest),
                (0x0000, Some([])) => Carries::Other("GRE keepalive"),
                (protocol, Some(rest)) => {
                    link_of(protocol).map_or(Carries::Other("GRE with a payload that is not read"), |link| packet("GRE", link, rest))
                }
            }
        }
        1 if protocol == 0x880B && has(0x2000) => {
            // key, sequence number, acknowledgement
            let size = 8 + field(has(0x1000)) + field(has(0x0080));
            match bytes.get(size..) {
                // Without a sequence number there is no payload, only an acknowledgement.
                Some(rest) if has(0x1000) => packet("PPTP", PPP, rest),
                Some(_) => Carries::Other("PPTP acknowledgement"),
                None => Carries::Other(GRE_CUT),
            }
        }
        _ => Carries::Other("GRE version that is not known"),
    }
}

const ERSPAN_CUT: &str = "ERSPAN header cut";

/// Types II and III (draft-foschiano-erspan-03 §4.2 and §4.3) begin alike: version and VLAN, then class, trunk, T for a
/// frame that was truncated.
fn erspan<'a>(bytes: &[u8], link: u32, frame: Option<&'a [u8]>) -> Carries<'a> {
    let Some(frame) = frame else { return Carries::Other(ERSPAN_CUT) };
    let vlan = Some(word(bytes, 0) & 0x0FFF).filter(|vlan| *vlan != 0);
    Carries::Packet(Tunnel { name: "ERSPAN", link, bytes: frame, vlan, is_short: word(bytes, 2) & 0x0400 != 0 })
}

fn erspan_2(bytes: &[u8]) -> Carries<'_> {
    match bytes.first().map(|first| first >> 4) {
        Some(1) => erspan(bytes, ETHERNET, bytes.get(8..)),
        Some(_) => Carries::Other("ERSPAN version that is not known"),
        None => Carries::Other(ERSPAN_CUT),
    }
}

fn erspan_3(bytes: &[u8]) -> Carries<'_> {
    if bytes.len() < 12 {
        return Carries::Other(ERSPAN_CUT);
    }
    if bytes[0] >> 4 != 2 {
        return Carries::Other("ERSPAN version that is not known");
    }
    // The last half: O says that eight bytes of the platform's own follow; FT is 0 for Ethernet, 2 for IP.
    let half = word(bytes, 10);
    let size = if half & 1 != 0 { 20 } else { 12 };
    match half >> 10 & 0x1F {
        0 => erspan(bytes, ETHERNET, bytes.get(size..)),
        2 => erspan(bytes, RAW, bytes.get(size..)),
        _ => Carries::Other("ERSPAN frame that is not Ethernet"),
    }
}

/// A tunnel in a UDP datagram; `None` for what is none. A port of IANA's is believed where the header agrees; VXLAN is
/// found on other ports too where the frame in it is beyond doubt.
#[inline]
pub fn of_datagram(ports: [u16; 2], bytes: &[u8]) -> Option<Carries<'_>> {
    match ports {
        [_, 4789] => vxlan(bytes),
        [_, 4790] => vxlan_gpe(bytes),
        [_, 6081] => geneve(bytes),
        [2152, _] | [_, 2152] => gtp(bytes),
        _ if bytes.first() == Some(&0x08) => vxlan(bytes).filter(|_| bytes.get(8..).is_some_and(is_frame)),
        _ => None,
    }
}

/// RFC 7348 §5: flag I alone, reserved bytes 0.
fn vxlan(bytes: &[u8]) -> Option<Carries<'_>> {
    match bytes {
        [0x08, 0, 0, 0, _, _, _, 0, frame @ ..] => Some(packet("VXLAN", ETHERNET, frame)),
        _ => None,
    }
}

/// draft-ietf-nvo3-vxlan-gpe §3: flags I and P, the next protocol in the fourth byte.
fn vxlan_gpe(bytes: &[u8]) -> Option<Carries<'_>> {
    match bytes {
        [flags, 0, 0, next, _, _, _, 0, rest @ ..] if flags & 0xFC == 0x0C => Some(match next {
            1 | 2 => packet("VXLAN-GPE", RAW, rest),
            3 => packet("VXLAN-GPE", ETHERNET, rest),
            5 => packet("VXLAN-GPE", MPLS, rest),
            _ => Carries::Other("VXLAN-GPE with a payload that is not read"),
        }),
        [0x08, ..] => vxlan(bytes),
        _ => None,
    }
}

/// RFC 8926 §3.4: version 0, length of the options in units of four bytes.
fn geneve(bytes: &[u8]) -> Option<Carries<'_>> {
    let [first, _, high, low, _, _, _, 0, ..] = bytes else { return None };
    if first >> 6 != 0 {
        return None;
    }
    let size = 8 + usize::from(first & 0x3F) * 4;
    let rest = bytes.get(size..)?;
    Some(match link_of(u16::from_be_bytes([*high, *low])) {
        Some(link) => packet("GENEVE", link, rest),
        None => Carries::Other("GENEVE with a payload that is not read"),
    })
}

/// Extension headers of one GTP packet; the attack: a packet of nothing else.
const GTP_EXTENSIONS: usize = 8;

/// 3GPP TS 29.281 §5: version 1, protocol type 1; 255 is a user's packet.
fn gtp(bytes: &[u8]) -> Option<Carries<'_>> {
    if bytes.len() < 8 || bytes[0] >> 4 != 3 {
        return None;
    }
    if bytes[1] != 0xFF {
        return Some(Carries::Other("GTP-U control"));
    }
    let end = (8 + usize::from(word(bytes, 2))).min(bytes.len());
    let bytes = &bytes[..end];
    let mut at = 8;
    if bytes[0] & 7 != 0 {
        // sequence number, N-PDU number, type of the first extension
        at += 4;
        for _ in 0..GTP_EXTENSIONS {
            if bytes[0] & 4 == 0 || bytes.get(at - 1).is_none_or(|next| *next == 0) {
                break;
            }
            match bytes.get(at) {
                Some(0) | None => return Some(Carries::Other("GTP-U extension header cut")),
                Some(units) => at += usize::from(*units) * 4,
            }
        }
    }
    Some(match bytes.get(at..) {
        Some(rest) if matches!(rest.first().map(|first| first >> 4), Some(4 | 6)) => packet("GTP-U", RAW, rest),
        Some(_) => Carries::Other("GTP-U with a payload that is not IP"),
        None => Carries::Other("GTP-U extension header cut"),
    })
}

/// Whether these bytes are an Ethernet frame with IP or ARP beyond doubt.
fn is_frame(bytes: &[u8]) -> bool {
    let mut at = 12;
    for _ in 0..3 {
        if bytes.len() < at + 22 {
            return false;
        }
        let rest = &bytes[at + 2..];
        match word(bytes, at) {
            0x8100 | 0x88A8 => at += 4,
            0x0800 => return rest[0] >> 4 == 4 && usize::from(word(rest, 2)) <= rest.len() && word(rest, 2) >= 20,
            0x86DD => return rest[0] >> 4 == 6 && usize::from(word(rest, 4)) + 40 <= rest.len(),
            0x0806 => return long(rest, 0) == 0x0001_0800 && word(rest, 4) == 0x0604,
            _ => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(carries: Option<Carries<'_>>) -> Option<&'static str> {
        carries.map(|one| match one {
            Carries::Packet(tunnel) => tunnel.name,
            Carries::Other(name) => name,
        })
    }

    #[test]
    fn what_gre_carries_has_a_name() {
        for (bytes, expected) in [
            (&[0, 0, 8][..], "GRE header cut"),
            (&[0xB0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "GRE header cut"),
            (&[0x40, 0, 8, 0, 0, 0, 0, 0], "GRE with a source route"),
            (&[0, 0, 0x12, 0x34, 1], "GRE with a payload that is not read"),
            (&[0, 0, 0, 0], "GRE keepalive"),
            (&[0, 2, 8, 0], "GRE version that is not known"),
            (&[0x20, 0x81, 0x88, 0x0B, 0, 0, 0, 1, 0, 0, 0, 9], "PPTP acknowledgement"),
            (&[0x10, 0, 0x88, 0xBE, 0, 0, 0, 1, 0x30, 0, 0, 0, 0, 0, 0, 0], "ERSPAN version that is not known"),
            (&[0x10, 0, 0x88, 0xBE, 0, 0, 0, 1, 0x10, 0, 0, 0], "ERSPAN header cut"),
            (&[0x10, 0, 0x22, 0xEB, 0, 0, 0, 1, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x04, 0], "ERSPAN frame that is not Ethernet"),
        ] {
            assert_eq!(name(of_ip_protocol(47, bytes)), Some(expected));
        }
    }

    #[test]
    fn every_optional_field_of_gre_is_stepped_over() {
        for flags in 0..8_u8 {
            let fields = [0x80, 0x20, 0x10].iter().enumerate().filter(|(bit, _)| flags >> bit & 1 == 1).map(|(_, flag)| flag);
            let first = fields.clone().sum::<u8>();
            let bytes = [&[first, 0, 8, 0][..], &vec![0xFF; 4 * fields.count()], &[0x45, 1, 2]].concat();
            let expected = packet("GRE", RAW, &[0x45, 1, 2]);
            assert_eq!(of_ip_protocol(47, &bytes), Some(expected), "flags {first:#x}");
        }
    }

    #[test]
    fn a_port_is_no_proof() {
        // IANA's ports with something else on them
        for (port, bytes) in [
            (4789, &[0x18, 0, 0, 0, 0, 0, 9, 0][..]),
            (4789, &[8, 0, 0, 0, 0, 0, 9]),
            (4790, &[4, 0, 0, 1, 0, 0, 9, 0]),
            (6081, &[0x40, 0, 0x65, 0x58, 0, 0, 9, 0]),
            (6081, &[0x3F, 0, 0x65, 0x58, 0, 0, 9, 0]),
            (2152, &[0x48, 0xFF, 0, 0, 0, 0, 0, 0]),
        ] {
            assert_eq!(of_datagram([50_000, port], bytes), None, "port {port}");
        }
        // what looks like VXLAN on another port, with no frame in it
        assert_eq!(of_datagram([50_000, 2_000], &[8, 0, 0, 0, 0, 0, 9, 0, 1, 2, 3, 4]), None);
    }

    #[test]
    fn gtp_that_carries_no_packet_has_a_name() {
        let gtp = |bytes: &'static [u8]| name(of_datagram([2152, 2152], bytes));
        assert_eq!(gtp(&[0x30, 1, 0, 0, 0, 0, 0, 1]), Some("GTP-U control"));
        assert_eq!(gtp(&[0x30, 0xFF, 0, 1, 0, 0, 0, 1, 0x05]), Some("GTP-U with a payload that is not IP"));
        assert_eq!(gtp(&[0x34, 0xFF, 0, 6, 0, 0, 0, 1, 0, 0, 0, 0x85, 0, 0]), Some("GTP-U extension header cut"));
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(
            protocol in proptest::sample::select(vec![4_u8, 41, 47, 97, 137]),
            port in proptest::sample::select(vec![4789_u16, 4790, 6081, 2152, 9]),
            head in proptest::sample::select(vec![
                &[0xB0_u8, 0, 0x88, 0xBE][..], &[0x10, 0, 0x22, 0xEB], &[0x30, 0x81, 0x88, 0x0B], &[8, 0, 0, 0, 0, 0, 0, 0],
                &[0x0C, 0, 0, 1], &[2, 0, 0x65, 0x58, 0, 0, 0, 0], &[0x37, 0xFF], &[],
            ]),
            bytes: Vec<u8>,
        ) {
            let bytes = [head, &bytes[..]].concat();
            let _ = of_ip_protocol(protocol, &bytes);
            let _ = of_datagram([1, port], &bytes);
        }
    }
}
