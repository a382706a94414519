//! Names asked on the network: DNS, mDNS, LLMNR, NetBIOS.
//!
//! RFC 1035, 4 (header, question, records); RFC 6762 and RFC 4795 have the same shape on 5353 and 5355; RFC 1002, 4.2
//! (NetBIOS names in the same header, 32 letters A-P). Checked: reserved bits, counts, names, record types and classes,
//! and that the records fill the message exactly.

use super::peek::{be16, byte, slice};
use super::table::{DNS, LLMNR, MDNS, NETBIOS_NS};
use super::{Payload, Recognised, Role, LONGEST_NAME};

/// Most records that are walked; a message that claims more is not believed.
const RECORDS: usize = 256;
/// A NetBIOS name on the wire: length 32, then 16 bytes as 32 letters.
const NETBIOS_LENGTH: usize = 32;

pub(super) fn datagram(payload: &Payload<'_>) -> Option<Recognised> {
    netbios(payload.bytes).or_else(|| message(payload.bytes, payload))
}

pub(super) fn stream(payload: &Payload<'_>) -> Option<Recognised> {
    // RFC 1035, 4.2.2: the length precedes the message, which is whole or begins here.
    let length = usize::from(be16(payload.bytes, 0)?);
    let bytes = payload.bytes.get(2..)?;
    (length == bytes.len()).then(|| message(bytes, payload)).flatten().filter(|found| found.signature == &DNS)
}

fn message(bytes: &[u8], payload: &Payload<'_>) -> Option<Recognised> {
    let flags = be16(bytes, 2)?;
    let (opcode, answer, code) = (flags >> 11 & 15, flags & 0x8000 != 0, flags & 15);
    let counts = [be16(bytes, 4)?, be16(bytes, 6)?, be16(bytes, 8)?, be16(bytes, 10)?].map(usize::from);
    let [questions, answers, authorities, additions] = counts;
    let records = answers.checked_add(authorities)?.checked_add(additions)?;
    let multicast = payload.port(5353);
    // A standard query, a notification or an update; a query has no code and the server's bits are 0.
    let plausible = matches!(opcode, 0 | 4 | 5) && flags & 0x0040 == 0 && code <= 10 && (answer || opcode == 5 || flags & 0x008f == 0);
    // Only mDNS announces without a question or asks several.
    let shape = if multicast { questions.checked_add(records)? > 0 } else { questions == 1 };
    (plausible && shape && questions <= 64 && records <= RECORDS && (answer || multicast || opcode != 0 || answers == 0)).then_some(())?;
    let mut at = 12usize;
    for _ in 0..questions {
        at = skip_name(bytes, at)?;
        (known_type(be16(bytes, at)?) && known_class(be16(bytes, at.checked_add(2)?)?)).then_some(())?;
        at = at.checked_add(4)?;
    }
    let signature = if multicast {
        &MDNS
    } else if payload.port(5355) {
        &LLMNR
    } else {
        &DNS
    };
    let whole = records_end(bytes, at, records) == Some(bytes.len());
    // A message cut short (by its TC bit or by the capture) is believed on its ports.
    (whole || ((payload.port(53) || multicast || payload.port(5355)) && records_start(bytes, at, records))).then_some(())?;
    // Multicast has no sides: announcements are unasked.
    let role = if answer { Role::Server } else { Role::Client };
    let recognised = Recognised::new(signature, (!multicast).then_some(role));
    let mut text = [0u8; LONGEST_NAME];
    Some(match (questions > 0).then(|| name(bytes, 12, &mut text)).flatten() {
        Some(length) => recognised.named("dns.question.name", text.get(..length)?),
        None => recognised,
    })
}

fn known_type(kind: u16) -> bool {
    matches!(kind, 1..=65 | 99..=109 | 249..=258 | 32_768 | 32_769)
}

/// Internet, chaos, Hesiod, none, any; mDNS sets the top bit for a unicast answer.
fn known_class(class: u16) -> bool {
    matches!(class & 0x7fff, 1 | 3 | 4 | 254 | 255)
}

/// Where the records end, if all are there.
fn records_end(bytes: &[u8], mut at: usize, records: usize) -> Option<usize> {
    for _ in 0..records {
        at = skip_record(bytes, at)?;
        (at <= bytes.len()).then_some(())?;
    }
    Some(at)
}

/// Whether the first record, as far as it is there, can be one.
fn records_start(bytes: &[u8], at: usize, records: usize) -> bool {
    records > 0 && skip_record(bytes, at).is_some()
}

/// The end of the record at `at`, which may lie past what is there.
fn skip_record(bytes: &[u8], at: usize) -> Option<usize> {
    let at = skip_name(bytes, at)?;
    // Options (type 41) use the class for a size.
    let kind = be16(bytes, at)?;
    (known_type(kind) && (kind == 41 || known_class(be16(bytes, at.checked_add(2)?)?))).then_some(())?;
    at.checked_add(10)?.checked_add(usize::from(be16(bytes, at.checked_add(8)?)?))
}

/// The end of the name at `at`: labels without control characters, or a pointer backwards.
fn skip_name(bytes: &[u8], mut at: usize) -> Option<usize> {
    let start = at;
    loop {
        match byte(bytes, at)? {
            0 => return at.checked_add(1),
            length @ 1..=63 => {
                let label = slice(bytes, at.checked_add(1)?, usize::from(length))?;
                label.iter().all(|&byte| byte >= 0x20 && byte != 0x7f).then_some(())?;
                at = at.checked_add(1)?.checked_add(label.len())?;
                (at - start < 255).then_some(())?;
            }
            0xc0..=0xff => {
                let target = usize::from(be16(bytes, at)? & 0x3fff);
                return ((12..at).contains(&target)).then(|| at.checked_add(2)).flatten();
            }
            _ => return None,
        }
    }
}

/// Writes the name at `at` into `text`, labels joined by dots: its length. A name with a pointer is not followed.
fn name(bytes: &[u8], mut at: usize, text: &mut [u8; LONGEST_NAME]) -> Option<usize> {
    let mut used = 0usize;
    loop {
        let length = usize::from(byte(bytes, at)?);
        if length == 0 {
            return (used > 0).then_some(used);
        }
        (length <= 63).then_some(())?;
        if used > 0 {
            *text.get_mut(used)? = b'.';
            used += 1;
        }
        text.get_mut(used..used.checked_add(length)?)?.copy_from_slice(slice(bytes, at.checked_add(1)?, length)?);
        used += length;
        at = at.checked_add(1)?.checked_add(length)?;
    }
}

/// NetBIOS name service: opcodes of RFC 1002, one question or answer with an encoded name of type 20 or 21 hex.
fn netbios(bytes: &[u8]) -> Option<Recognised> {
    let flags = be16(bytes, 2)?;
    (matches!(flags >> 11 & 15, 0 | 5..=9 | 15) && flags & 0x0060 == 0).then_some(())?;
    let answer = flags & 0x8000 != 0;
    let counts = (be16(bytes, 4)?, be16(bytes, 6)?);
    (matches!(counts, (1, 0)) || (answer && matches!(counts, (0, 0 | 1)))).then_some(())?;
    let letters = encoded(bytes, 12)?;
    let end = skip_name(bytes, 12)?;
    // A node status answer has type 21, anything else 20; A (1), NS (2) and NULL (10) answer too.
    let kind = be16(bytes, end)?;
    (matches!(kind, 0x20 | 0x21) || (answer && matches!(kind, 1 | 2 | 10))).then_some(())?;
    (be16(bytes, end.checked_add(2)?)? == 1).then_some(())?;
    let recognised = Recognised::new(&NETBIOS_NS, Some(if answer { Role::Server } else { Role::Client }));
    let mut text = [0u8; 15];
    let length = decode(letters, &mut text);
    Some(match text.get(..length) {
        // `*` asks for anybody.
        Some(name) if !name.is_empty() && name != b"*" => recognised.named("dns.question.name", name),
        _ => recognised,
    })
}

/// The 32 letters of the NetBIOS name at `at`.
pub(super) fn encoded(bytes: &[u8], at: usize) -> Option<&[u8]> {
    (usize::from(byte(bytes, at)?) == NETBIOS_LENGTH).then_some(())?;
    let letters = slice(bytes, at.checked_add(1)?, NETBIOS_LENGTH)?;
    letters.iter().all(|letter| (b'A'..=b'P').contains(letter)).then_some(letters)
}

/// The name in the letters, without padding and without the last byte, which is its kind: the length.
fn decode(letters: &[u8], text: &mut [u8; 15]) -> usize {
    let mut length = 0;
    for (index, (pair, into)) in letters.chunks_exact(2).zip(text.iter_mut()).enumerate() {
        if let [high, low] = pair {
            *into = (high.wrapping_sub(b'A') << 4) | (low.wrapping_sub(b'A') & 15);
            if *into > b' ' {
                length = index + 1;
            }
        }
    }
    length
}
