//! LLDP: what a port says of its device to the neighbour on the cable.

use std::net::IpAddr;

use super::{description, ipv4, mac, text, Said, Source};
use crate::protocols::recognise::peek::{be16, byte, rest, slice};

pub(super) static SOURCE: Source = Source {
    name: "LLDP discovery",
    meaning: "a switch or device tells the neighbour on its cable who it is",
    about: "the network card (port) that sent it",
    attributes: &[
        "name",
        "chassis",
        "port",
        "port_description",
        "role",
        "ip",
        "vlan",
        "hardware",
        "firmware",
        "software",
        "serial",
        "vendor",
        "model",
    ],
    specification: "IEEE 802.1AB-2016, 8; ANSI/TIA-1057, 10.2.6; IEC 61158-6-10 (PROFINET's own)",
};

/// Elements of one frame; the attack: a frame of nothing but empty elements.
const ELEMENTS: usize = 128;

pub(super) fn read(mut bytes: &[u8], said: &mut Said) {
    let (mut chassis, mut port, mut name, mut is_profinet) = (None, None, None, false);
    for _ in 0..ELEMENTS {
        let Some(header) = be16(bytes, 0) else { break };
        let (kind, length) = (header >> 9, usize::from(header & 0x1FF));
        let Some(value) = slice(bytes, 2, length).filter(|_| kind != 0) else { break };
        match kind {
            1 => chassis = identifier(value, 4, 5, 7),
            2 => port = identifier(value, 3, 4, 7),
            4 => said.of_card(&SOURCE, "port_description", text(value)),
            5 => name = Some(text(value)),
            6 => description::read(&text(value), said.card(), said),
            7 => capabilities(value, said),
            8 => management(value, said),
            127 => is_profinet |= organisation(value, said),
            _ => {}
        }
        bytes = rest(bytes, length + 2);
    }
    // A switch has one address for itself and others for its ports.
    if let Some(other) = chassis.as_ref().filter(|one| one.is_address && said.mac.is_none_or(|mac| mac.to_string() != one.text)) {
        said.of_card(&SOURCE, "chassis", &other.text);
    }
    let chassis_name = chassis.filter(|one| one.is_local).map(|one| one.text);
    if is_profinet {
        // IEC 61158-6-10: the chassis is the station's name, or the port is `port-001.name of the station`.
        let in_port = port.as_ref().filter(|one| one.text.starts_with("port-")).and_then(|one| one.text.split_once('.'));
        let station = in_port.map(|(_, name)| name.to_owned()).or(chassis_name.clone().filter(|text| !text.contains(' ')));
        name = name.filter(|text| !text.is_empty()).or(station);
    }
    if let Some(name) = name {
        said.of_card(&SOURCE, "name", name);
    }
    if let Some(chassis) = chassis_name {
        said.of_card(&SOURCE, "chassis", chassis);
    }
    if let Some(port) = port.filter(|one| !one.is_address) {
        said.of_card(&SOURCE, "port", port.text);
    }
}

struct Identifier {
    text: String,
    /// A MAC or network address.
    is_address: bool,
    /// The device's own words.
    is_local: bool,
}

/// A chassis or port identifier: its subtypes for a MAC address, a network address and own words (8.5.2.2, 8.5.3.2).
fn identifier(value: &[u8], hardware: u8, network: u8, local: u8) -> Option<Identifier> {
    let (subtype, value) = value.split_first()?;
    if *subtype == hardware {
        return mac(value).map(|mac| Identifier { text: mac.to_string(), is_address: true, is_local: false });
    }
    if *subtype == network {
        return address(byte(value, 0)?, rest(value, 1)).map(|ip| Identifier { text: ip.to_string(), is_address: true, is_local: false });
    }
    Some(Identifier { text: text(value), is_address: false, is_local: *subtype == local })
}

/// IANA address family 1 is IPv4, 2 is IPv6.
fn address(family: u8, bytes: &[u8]) -> Option<IpAddr> {
    match family {
        1 => ipv4(bytes),
        2 => <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from).filter(|ip| !ip.is_unspecified()),
        _ => None,
    }
}

/// What is enabled of what it can do (8.5.8). A device that is both a switch and something else tells no role: a
/// controller with two ports says that it bridges.
fn capabilities(value: &[u8], said: &mut Said) {
    let Some(enabled) = be16(value, 2) else { return };
    let role = match enabled {
        enabled if enabled & 0x20 != 0 => "telephone",
        enabled if enabled & 0x08 != 0 => "access point",
        enabled if enabled & 0x80 != 0 => return,
        enabled if enabled & 0x10 != 0 => "router",
        enabled if enabled & 0x04 != 0 => "switch",
        _ => return,
    };
    said.of_card(&SOURCE, "role", role);
}

/// The address to manage it by (8.5.9): length of family and address, family, address.
fn management(value: &[u8], said: &mut Said) {
    let found = byte(value, 0).and_then(|length| slice(value, 1, usize::from(length))).and_then(|one| one.split_first());
    if let Some(ip) = found.and_then(|(family, bytes)| address(*family, bytes)) {
        said.of_card(&SOURCE, "ip", ip.to_string());
    }
}

/// Elements of other organisations. True: one of PROFINET's.
fn organisation(value: &[u8], said: &mut Said) -> bool {
    let (Some(owner), Some(subtype)) = (slice(value, 0, 3), byte(value, 3)) else { return false };
    let body = rest(value, 4);
    match (owner, subtype) {
        ([0x00, 0x80, 0xC2], 1) => {
            if let Some(vlan) = be16(body, 0).filter(|vlan| *vlan != 0) {
                said.of_card(&SOURCE, "vlan", vlan.to_string());
            }
        }
        // Media endpoints' inventory (ANSI/TIA-1057, 10.2.6).
        ([0x00, 0x12, 0xBB], 5..=10) => {
            let attribute = ["hardware", "firmware", "software", "serial", "vendor", "model"].get(usize::from(subtype) - 5);
            if let Some(attribute) = attribute {
                said.of_card(&SOURCE, attribute, text(body));
            }
        }
        ([0x00, 0x0E, 0xCF], _) => return true,
        _ => {}
    }
    false
}
