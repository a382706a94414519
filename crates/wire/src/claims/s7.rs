//! S7: what a controller answers about itself (system status lists 11 and 1C).

use super::{text, Said, Source, Took};
use crate::protocols::recognise::peek::{be16, byte, rest, slice};

pub(super) static SOURCE: Source = Source {
    name: "S7 device identification",
    meaning: "a controller answers an engineering tool which module it is",
    about: "the IP address that answers",
    attributes: &["vendor", "product_code", "model", "name", "serial", "firmware", "hardware", "location"],
    specification:
        "no public one for the envelope; lists as in Siemens' \"System and Standard Functions for S7-300/400\" (A5E00709327), 35",
};

/// Packets that one answer is cut into; the attack: an answer that never ends.
const PARTS: usize = 32;

/// TPKT (RFC 1006): version 3, reserved, length of the whole.
fn packet(bytes: &[u8]) -> Option<Option<&[u8]>> {
    if bytes.len() < 4 {
        return Some(None);
    }
    let length = usize::from(be16(bytes, 2)?);
    (byte(bytes, 0)? == 3 && length >= 7).then(|| slice(bytes, 0, length))
}

pub(super) fn read(bytes: &[u8], last: bool, said: &mut Said) -> Took {
    let mut data: Vec<u8> = Vec::new();
    let (mut at, mut message) = (0, Vec::new());
    // One answer may be cut twice: into messages of S7, and each of these into packets.
    for part in 0..PARTS {
        let Some(whole) = packet(rest(bytes, at)) else { return Took::All(bytes.len().max(1)) };
        let Some(whole) = whole else { return if last && part > 0 { Took::Message(at) } else { Took::More } };
        at += whole.len();
        // ISO 8073 data: length of the header, kind F0, number with the mark of the last part.
        let header = usize::from(byte(whole, 4).unwrap_or(0));
        if byte(whole, 5) != Some(0xF0) {
            return Took::Message(at);
        }
        message.extend_from_slice(rest(whole, 5 + header));
        if byte(whole, 6).is_some_and(|number| number & 0x80 == 0) {
            continue;
        }
        let Some(list) = list_part(&message) else { return Took::Message(at) };
        data.extend_from_slice(list.data);
        if list.last {
            let _ = list_of(&data, said);
            return Took::Message(at);
        }
        message.clear();
    }
    Took::Message(at.max(1))
}

struct Part<'a> {
    data: &'a [u8],
    last: bool,
}

/// The part of a list in an answer of the function group "CPU functions", "read list".
fn list_part(message: &[u8]) -> Option<Part<'_>> {
    // Protocol 32, kind 7 (user data); parameters of 12 bytes: head 000112, 8, method, group, function, sequence, unit,
    // more to come, error.
    let parameters = usize::from(be16(message, 6)?);
    let is_list = byte(message, 0)? == 0x32 && byte(message, 1)? == 7 && parameters == 12;
    (is_list && byte(message, 15)? == 0x84 && byte(message, 16)? == 1 && be16(message, 20)? == 0).then_some(())?;
    let data = rest(message, 10 + parameters);
    // Return code FF, kind 9, length.
    (byte(data, 0)? == 0xFF).then_some(())?;
    Some(Part { data: slice(data, 4, usize::from(be16(data, 2)?))?, last: byte(message, 19)? == 0 })
}

/// Identifier, index, length and count of the records, records.
fn list_of(data: &[u8], said: &mut Said) -> Option<()> {
    let (id, length, count) = (be16(data, 0)?, usize::from(be16(data, 4)?), usize::from(be16(data, 6)?));
    let records = rest(data, 8).chunks_exact(length.max(2)).take(count);
    match id & 0xFF {
        0x11 if length == 28 => records.for_each(|record| module(record, said)),
        0x1C if length == 34 => records.for_each(|record| component(record, said)),
        _ => {}
    }
    Some(())
}

/// Index, order number (20), kind, two versions.
fn module(record: &[u8], said: &mut Said) {
    let (order_number, version) = (text(&record[2..22]), &record[24..28]);
    match be16(record, 0) {
        Some(1) => said.of_sender(&SOURCE, "product_code", order_number),
        Some(6) if version[1] != 0 => said.of_sender(&SOURCE, "hardware", version[1].to_string()),
        Some(7) if version[0] == b'V' => said.of_sender(&SOURCE, "firmware", format!("V{}.{}.{}", version[1], version[2], version[3])),
        _ => {}
    }
}

/// Index, text (32). In redundant systems the index has the rack in its upper bits.
fn component(record: &[u8], said: &mut Said) {
    let words = text(&record[2..]);
    match be16(record, 0) {
        Some(1) => said.of_sender(&SOURCE, "name", words),
        Some(3) => said.of_sender(&SOURCE, "location", words),
        Some(4) if words.contains("Siemens") => said.of_sender(&SOURCE, "vendor", "Siemens"),
        Some(5) => said.of_sender(&SOURCE, "serial", words),
        Some(7) => said.of_sender(&SOURCE, "model", words),
        _ => {}
    }
}
