//! CDP, Cisco's own discovery: what a port says of its device to the neighbour on the cable.

use super::{description, ipv4, text, Said, Source};
use crate::protocols::recognise::peek::{be16, be32, byte, rest, slice};

pub(super) static SOURCE: Source = Source {
    name: "CDP discovery",
    meaning: "a Cisco device tells the neighbour on its cable who it is",
    about: "the network card (port) that sent it",
    attributes: &["name", "vendor", "model", "ip", "port", "vlan", "role"],
    specification: "Cisco Discovery Protocol, element types as in Cisco's public documents",
};

/// LLC and SNAP before it (IEEE 802.2; Cisco's organisation 00-00-0C, protocol 2000).
pub(super) const HEADER: &[u8] = &[0xAA, 0xAA, 0x03, 0x00, 0x00, 0x0C, 0x20, 0x00];

/// Elements of one frame; the attack: a frame of nothing but empty elements.
const ELEMENTS: usize = 64;
/// Addresses of one element; the attack: a count that lies.
const ADDRESSES: usize = 16;

pub(super) fn read(bytes: &[u8], said: &mut Said) {
    // Version, time to live, checksum.
    let mut bytes = rest(bytes, HEADER.len() + 4);
    for _ in 0..ELEMENTS {
        let (Some(kind), Some(length)) = (be16(bytes, 0), be16(bytes, 2).map(usize::from)) else { break };
        let Some(value) = length.checked_sub(4).and_then(|size| slice(bytes, 4, size)) else { break };
        match kind {
            1 => said.of_card(&SOURCE, "name", text(value)),
            2 | 0x16 => addresses(value, said),
            3 => said.of_card(&SOURCE, "port", text(value)),
            4 => role(value, said),
            5 => description::read(&text(value), said.card(), said),
            6 => platform(&text(value), said),
            10 => {
                if let Some(vlan) = be16(value, 0).filter(|vlan| *vlan != 0) {
                    said.of_card(&SOURCE, "vlan", vlan.to_string());
                }
            }
            _ => {}
        }
        bytes = rest(bytes, length);
    }
}

/// `cisco WS-C2950-12`: others than Cisco speak it too, and then name themselves.
fn platform(text: &str, said: &mut Said) {
    match text.split_once(' ').filter(|(maker, _)| maker.eq_ignore_ascii_case("cisco")) {
        Some((_, model)) => {
            said.of_card(&SOURCE, "vendor", "Cisco");
            said.of_card(&SOURCE, "model", model);
        }
        None => said.of_card(&SOURCE, "model", text),
    }
}

fn role(value: &[u8], said: &mut Said) {
    let Some(can) = be32(value, 0) else { return };
    let role = match can {
        can if can & 0x80 != 0 => "telephone",
        can if can & 0x08 != 0 => "switch",
        can if can & 0x01 != 0 => "router",
        can if can & 0x02 != 0 => "switch",
        _ => return,
    };
    said.of_card(&SOURCE, "role", role);
}

/// A count, then each: kind and length of the protocol, the protocol, length of the address, the address.
fn addresses(value: &[u8], said: &mut Said) {
    let count = be32(value, 0).map_or(0, |count| count as usize).min(ADDRESSES);
    let mut bytes = rest(value, 4);
    for _ in 0..count {
        let Some(protocol) = byte(bytes, 1).and_then(|length| slice(bytes, 2, usize::from(length))) else { break };
        let at = 2 + protocol.len();
        let Some(address) = be16(bytes, at).and_then(|length| slice(bytes, at + 2, usize::from(length))) else { break };
        if let Some(ip) = ipv4(address).filter(|_| protocol == [0xCC]) {
            said.of_card(&SOURCE, "ip", ip.to_string());
        }
        bytes = rest(bytes, at + 2 + address.len());
    }
}
