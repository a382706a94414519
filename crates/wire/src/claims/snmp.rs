//! SNMP versions 1 and 2c: what a device answers about itself. The community is stepped over, never kept.
//!
//! Read by hand: parsers at hand refuse a whole answer for one value of a rare type or a negative request number.

use super::{description, text, vendors, Said, Source};
use crate::protocols::recognise::peek::{ber, byte, rest, slice};

pub(super) static SOURCE: Source = Source {
    name: "SNMP management",
    meaning: "a device answers its network management who it is",
    about: "the IP address that answers",
    attributes: &["name", "location", "vendor", "model", "serial", "firmware", "hardware", "software"],
    specification: "RFC 1157, RFC 3416; RFC 3418 (system group), RFC 6933 (entPhysicalTable)",
};

pub(super) static KIND: Source = Source {
    name: "SNMP object id",
    meaning: "a device answers its network management with its maker's own number for this kind of device",
    about: "the IP address that answers",
    attributes: &["object_id", "vendor"],
    specification: "RFC 3418, sysObjectID; IANA, private enterprise numbers",
};

/// Longest message read; the attack: work on a jumbogram.
const LONGEST_MESSAGE: usize = 16 << 10;
/// Variables of one answer; the attack: a message of nothing but variables.
const VARIABLES: usize = 256;

/// 1.3.6.1.2.1.1: the system group.
const SYSTEM: &[u8] = &[0x2B, 6, 1, 2, 1, 1];
/// 1.3.6.1.2.1.47.1.1.1.1: columns of the table of physical parts.
const PHYSICAL: &[u8] = &[0x2B, 6, 1, 2, 1, 47, 1, 1, 1, 1];
/// 1.3.6.1.4.1: private enterprises.
const ENTERPRISES: &[u8] = &[0x2B, 6, 1, 4, 1];

pub(super) fn read(bytes: &[u8], said: &mut Said) {
    if bytes.len() <= LONGEST_MESSAGE {
        let _ = answer(bytes, said);
    }
}

fn answer(bytes: &[u8], said: &mut Said) -> Option<()> {
    let message = element(bytes, 0x30)?.0;
    let (version, message) = element(message, 0x02)?;
    matches!(version, [0 | 1]).then_some(())?;
    let (_, message) = element(message, 0x04)?;
    // Only answers: a trap tells of events.
    let (answer, _) = element(message, 0xA2)?;
    let (_, answer) = element(answer, 0x02)?;
    let (_, answer) = element(answer, 0x02)?;
    let (_, answer) = element(answer, 0x02)?;
    let mut variables = element(answer, 0x30)?.0;
    for _ in 0..VARIABLES {
        let (variable, others) = element(variables, 0x30)?;
        variables = others;
        let (name, value) = element(variable, 0x06)?;
        variable_of(name, value, said);
    }
    None
}

/// The contents of the element with this tag, and what follows it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (length, at) = ber(bytes, 0, tag)?;
    Some((slice(bytes, at, length)?, rest(bytes, at.checked_add(length)?)))
}

fn variable_of(name: &[u8], value: &[u8], said: &mut Said) {
    let words = element(value, 0x04).map(|(words, _)| words);
    if let Some(index) = name.strip_prefix(SYSTEM) {
        match (index, words) {
            ([1, 0], Some(words)) => description::read(&text(words), said.origin(), said),
            ([2, 0], _) => object_id(value, said),
            ([5, 0], Some(words)) => said.of_sender(&SOURCE, "name", text(words)),
            ([6, 0], Some(words)) => said.of_sender(&SOURCE, "location", text(words)),
            _ => {}
        }
    }
    // The first part is the device as a whole; others are its modules.
    if let (Some([column, 1]), Some(words)) = (name.strip_prefix(PHYSICAL), words) {
        let attribute = match column {
            8 => "hardware",
            9 => "firmware",
            10 => "software",
            11 => "serial",
            12 => "vendor",
            13 => "model",
            _ => return,
        };
        said.of_sender(&SOURCE, attribute, text(words));
    }
}

/// The maker's own name for the kind of device: it begins with the maker's number.
fn object_id(value: &[u8], said: &mut Said) {
    let Some((object, _)) = element(value, 0x06) else { return };
    let mut text = String::from("1.3");
    let mut number = 0_u64;
    let mut numbers = Vec::new();
    for byte in object.iter().skip(1).take(64) {
        number = number << 7 & 0xFFFF_FFFF | u64::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            text.push('.');
            text.push_str(&number.to_string());
            numbers.push(number);
            number = 0;
        }
    }
    if byte(object, 0) == Some(0x2B) {
        said.of_sender(&KIND, "object_id", text);
        if let (true, Some(maker)) = (object.starts_with(ENTERPRISES), numbers.get(4).and_then(|number| vendors::enterprise(*number))) {
            said.of_sender(&KIND, "vendor", maker);
        }
    }
}
