//! EtherNet/IP: what a device answers to List Identity.
//!
//! The identity object, asked for through CIP, is left out: an answer does not say for which module of a rack it is.

use super::{ipv4, text, vendors, Said, Source, Took};
use crate::protocols::recognise::peek::{be16, byte, le16, le32, rest, slice};

pub(super) static SOURCE: Source = Source {
    name: "EtherNet/IP identity",
    meaning: "a device answers who it is when a tool looks for devices (List Identity)",
    about: "the IP address that answers",
    attributes: &["vendor", "type", "role", "product_code", "firmware", "serial", "model", "ip"],
    specification: "CIP Networks Library volume 2, 2-4.2",
};

const LIST_IDENTITY: u16 = 0x63;
const IDENTITY_ITEM: u16 = 0x0C;
/// Items of one answer; the attack: a count that lies.
const ITEMS: usize = 8;

/// A datagram holds one message.
pub(super) fn read(bytes: &[u8], said: &mut Said) {
    if le16(bytes, 0) == Some(LIST_IDENTITY) {
        let _ = identities(rest(bytes, 24), said);
    }
}

/// Messages one after the other: a header of 24 bytes, then as many as it says.
pub(super) fn read_stream(bytes: &[u8], _last: bool, said: &mut Said) -> Took {
    let Some(length) = le16(bytes, 2).map(|length| usize::from(length) + 24) else { return Took::More };
    let Some(message) = slice(bytes, 0, length) else { return Took::More };
    read(message, said);
    Took::Message(length)
}

fn identities(bytes: &[u8], said: &mut Said) -> Option<()> {
    let count = usize::from(le16(bytes, 0)?).min(ITEMS);
    let mut items = rest(bytes, 2);
    for _ in 0..count {
        let (kind, length) = (le16(items, 0)?, usize::from(le16(items, 2)?));
        let item = slice(items, 4, length)?;
        if kind == IDENTITY_ITEM {
            identity(item, said)?;
        }
        items = rest(items, 4 + length);
    }
    Some(())
}

/// Protocol version, socket address (16, big-endian), then the identity object's attributes 1 to 7.
fn identity(item: &[u8], said: &mut Said) -> Option<()> {
    let (vendor, kind, code) = (le16(item, 18)?, le16(item, 20)?, le16(item, 22)?);
    let (major, minor, serial) = (byte(item, 24)?, byte(item, 25)?, le32(item, 28)?);
    let name = slice(item, 33, usize::from(byte(item, 32)?))?;
    said.of_sender(&SOURCE, "vendor", vendors::ethernet_ip(vendor));
    said.of_sender(&SOURCE, "type", device_type(kind));
    if let Some(role) = role(kind) {
        said.of_sender(&SOURCE, "role", role);
    }
    said.of_sender(&SOURCE, "product_code", code.to_string());
    said.of_sender(&SOURCE, "firmware", format!("{major}.{minor:03}"));
    said.of_sender(&SOURCE, "serial", format!("{serial:08X}"));
    said.of_sender(&SOURCE, "model", text(name));
    if let Some(ip) = slice(item, 6, 4).and_then(ipv4).filter(|ip| be16(item, 2) == Some(2) && Some(*ip) != said.sender) {
        said.of_sender(&SOURCE, "ip", ip.to_string());
    }
    Some(())
}

/// Device types (CIP Networks Library volume 1, 6-1).
fn device_type(kind: u16) -> String {
    let name = match kind {
        0x02 => "AC drive",
        0x03 => "motor overload",
        0x05 => "photoelectric sensor",
        0x06 => "inductive proximity switch",
        0x07 => "discrete I/O",
        0x0C => "communications adapter",
        0x0E => "programmable logic controller",
        0x10 => "position controller",
        0x13 => "DC drive",
        0x15 => "contactor",
        0x16 => "motor starter",
        0x18 => "human-machine interface",
        0x1B => "pneumatic valve",
        0x22 => "encoder",
        0x25 => "CIP motion drive",
        0x2B => "generic device",
        0x2C => "managed switch",
        other => return format!("device type {other}"),
    };
    name.to_owned()
}

fn role(kind: u16) -> Option<&'static str> {
    match kind {
        0x0E => Some("controller"),
        0x18 => Some("operator station"),
        0x2C => Some("switch"),
        0x02 | 0x03 | 0x05..=0x07 | 0x10 | 0x13 | 0x15 | 0x16 | 0x1B | 0x22 | 0x25 => Some("field device"),
        _ => None,
    }
}
