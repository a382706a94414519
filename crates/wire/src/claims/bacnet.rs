//! BACnet/IP: a device says that it is there (I-Am), and answers what it is (properties of the device object).

use super::{ipv4, vendors, Said, Source, Subject};
use crate::protocols::recognise::peek::{be16, be32, byte, rest, slice};

pub(super) static SOURCE: Source = Source {
    name: "BACnet device identification",
    meaning: "a building controller says that it is there, or answers who it is",
    about: "the IP address that it comes from; not of devices behind a router",
    attributes: &["vendor", "model", "firmware", "software", "name", "location", "description", "serial"],
    specification: "ASHRAE 135-2020, annex J, 6.2, 15.5, 15.7, 16.10, 20.2",
};

pub(super) static ANNOUNCEMENT: Source = Source {
    name: "BACnet announcement",
    meaning: "a building controller says that it is there (I-Am), with its number and its maker's",
    about: "the IP address that it comes from; not of devices behind a router",
    attributes: &["instance", "vendor"],
    specification: "ASHRAE 135-2020, 16.10; ASHRAE's list of vendor identifiers",
};

/// Instance 4194303 stands for any device: one that says it of itself has none yet (12.11.1).
const NO_INSTANCE: u32 = 0x3F_FFFF;

/// Tags of one message that are looked at; the attack: a message of nothing but tags.
const TAGS: usize = 512;
/// The kind of object that stands for the device itself.
const DEVICE: u32 = 8;

pub(super) fn read(bytes: &[u8], said: &mut Said) {
    let _ = message(bytes, said);
}

fn message(bytes: &[u8], said: &mut Said) -> Option<()> {
    // A forwarded message names who sent it first.
    let (origin, network) = match byte(bytes, 1)? {
        0x04 => (Some(slice(bytes, 4, 4).and_then(ipv4)?), 10),
        0x09..=0x0B => (said.sender, 4),
        _ => return None,
    };
    let control = byte(bytes, network + 1)?;
    // Network messages; and what comes from another network, through a router.
    (byte(bytes, network)? == 1 && control & 0x88 == 0).then_some(())?;
    let mut at = network + 2;
    if control & 0x20 != 0 {
        // Destination network and address, and after them a hop count.
        at += 3 + usize::from(byte(bytes, at + 2)?) + 1;
    }
    let body = rest(bytes, at);
    let subject = Subject::Ip(origin?);
    match (byte(body, 0)?, byte(body, 1)?, byte(body, 2)) {
        (0x10, 0, _) => i_am(rest(body, 2), subject, said),
        // Answers that are whole: ReadProperty, ReadPropertyMultiple.
        (0x30, _, Some(12)) => property(rest(body, 3), subject, said),
        (0x30, _, Some(14)) => properties(rest(body, 3), subject, said),
        _ => None,
    }
}

/// A tag (20.2.1): number, whether it belongs to the context, its contents; opening and closing tags have none.
struct Tag<'a> {
    number: u8,
    context: bool,
    opens: bool,
    closes: bool,
    value: &'a [u8],
}

fn tag(bytes: &[u8]) -> Option<(Tag<'_>, &[u8])> {
    let first = byte(bytes, 0)?;
    let (number, context) = (first >> 4, first & 8 != 0);
    // Extended tag numbers are not used by what is read here.
    (number != 15).then_some(())?;
    let bare = |opens| Tag { number, context, opens, closes: !opens, value: &[] };
    match (context, first & 7) {
        (true, 6) => return Some((bare(true), rest(bytes, 1))),
        (true, 7) => return Some((bare(false), rest(bytes, 1))),
        _ => {}
    }
    let (length, at) = match (first & 7, byte(bytes, 1)) {
        (5, Some(254)) => (usize::from(be16(bytes, 2)?), 4),
        (5, Some(255)) => (be32(bytes, 2)? as usize, 6),
        (5, Some(length)) => (usize::from(length), 2),
        // A truth value is in the tag itself.
        (_, _) if !context && number == 1 => (0, 1),
        (length, _) => (usize::from(length), 1),
    };
    let value = slice(bytes, at, length)?;
    Some((Tag { number, context, opens: false, closes: false, value }, rest(bytes, at + length)))
}

fn number(value: &[u8]) -> Option<u32> {
    (1..=4).contains(&value.len()).then(|| value.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

/// Ten bits of kind, 22 of instance (20.2.14).
fn object(value: &[u8]) -> Option<(u32, u32)> {
    let object = be32(value, 0).filter(|_| value.len() == 4)?;
    Some((object >> 22, object & 0x3F_FFFF))
}

/// Object identifier, longest message, segmentation, vendor.
fn i_am(bytes: &[u8], subject: Subject, said: &mut Said) -> Option<()> {
    let (device, bytes) = tag(bytes).filter(|(tag, _)| !tag.context && tag.number == 12)?;
    let (kind, instance) = object(device.value)?;
    let (_, bytes) = tag(bytes).filter(|(tag, _)| !tag.context && tag.number == 2)?;
    let (_, bytes) = tag(bytes).filter(|(tag, _)| !tag.context && tag.number == 9)?;
    let (vendor, _) = tag(bytes).filter(|(tag, _)| !tag.context && tag.number == 2)?;
    (kind == DEVICE).then_some(())?;
    if instance != NO_INSTANCE {
        said.about(subject, &ANNOUNCEMENT, "instance", instance.to_string());
    }
    said.about(subject, &ANNOUNCEMENT, "vendor", vendors::bacnet(number(vendor.value)?));
    Some(())
}

/// Object (context 0), property (1), perhaps an index (2), the value between tags 3.
fn property(bytes: &[u8], subject: Subject, said: &mut Said) -> Option<()> {
    let (device, bytes) = tag(bytes).filter(|(tag, _)| tag.context && tag.number == 0)?;
    let (name, bytes) = tag(bytes).filter(|(tag, _)| tag.context && tag.number == 1)?;
    let (open, bytes) = tag(bytes).filter(|(tag, _)| tag.context && tag.number == 3 && tag.opens)?;
    let (kind, _) = object(device.value)?;
    (kind == DEVICE && open.opens).then_some(())?;
    told(number(name.value)?, &tag(bytes)?.0, subject, said)
}

/// Objects (context 0), each with a list between tags 1 of property (2), perhaps an index (3), and a value between tags
/// 4 or an error between tags 5.
fn properties(mut bytes: &[u8], subject: Subject, said: &mut Said) -> Option<()> {
    let (mut is_device, mut name, mut depth) = (false, None, 0_usize);
    for _ in 0..TAGS {
        let (one, others) = tag(bytes)?;
        bytes = others;
        match (one.context, one.number, depth) {
            (true, 0, 0) if !one.opens && !one.closes => is_device = object(one.value)?.0 == DEVICE,
            (true, 2, 1) if !one.opens && !one.closes => name = number(one.value),
            (true, _, _) if one.opens => depth += 1,
            (true, _, _) if one.closes => depth = depth.checked_sub(1)?,
            (false, _, 2) if is_device => {
                if let Some(name) = name.take() {
                    let _ = told(name, &one, subject, said);
                }
            }
            _ => {}
        }
    }
    None
}

/// Numbers of properties (clause 21, BACnetPropertyIdentifier).
fn told(property: u32, value: &Tag<'_>, subject: Subject, said: &mut Said) -> Option<()> {
    let attribute = match property {
        12 => "software",
        28 => "description",
        44 => "firmware",
        58 => "location",
        70 => "model",
        77 => "name",
        121 => "vendor",
        372 => "serial",
        _ => return None,
    };
    let text = (!value.context && value.number == 7).then(|| characters(value.value)).flatten()?;
    said.about(subject, &SOURCE, attribute, text);
    Some(())
}

/// A character string (20.2.9): its first byte is the character set: 0 UTF-8, 4 UCS-2, 5 ISO 8859-1.
fn characters(value: &[u8]) -> Option<String> {
    let (set, letters) = value.split_first()?;
    match set {
        0 | 5 => Some(super::text(letters)),
        4 => {
            let units = letters.chunks_exact(2).take(4 * super::LONGEST).map(|two| u16::from_be_bytes([two[0], two[1]]));
            Some(char::decode_utf16(units).map(|one| one.unwrap_or(' ')).collect())
        }
        _ => None,
    }
}
