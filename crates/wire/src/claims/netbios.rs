//! NetBIOS over UDP: names that Windows computers register, and what they announce to the network neighbourhood.

use std::net::IpAddr;

use super::{ipv4, mac, text, Said, Source};
use crate::protocols::recognise::peek::{be16, byte, rest, slice};

pub(super) static NAMES: Source = Source {
    name: "NetBIOS name",
    meaning: "a Windows computer registers its name and its domain, or answers who it is",
    about: "the IP address that sent it, if the message gives the name that address",
    attributes: &["name", "domain", "service", "mac"],
    specification: "RFC 1001, RFC 1002, 4.2",
};

pub(super) static BROWSER: Source = Source {
    name: "NetBIOS description",
    meaning: "a Windows computer announces itself to the network neighbourhood",
    about: "the IP address that sent it",
    attributes: &["name", "os", "description", "domain"],
    specification: "RFC 1002, 4.4; [MS-BRWS] 2.2.1",
};

/// Names of one status answer: the count is one byte; the attack: many of them.
const LISTED: usize = 32;

pub(super) fn read_names(bytes: &[u8], said: &mut Said) {
    let (Some(flags), Some(questions), Some(answers)) = (be16(bytes, 2), be16(bytes, 4), be16(bytes, 6)) else { return };
    let (is_answer, operation) = (flags & 0x8000 != 0, flags >> 11 & 0x0F);
    let Some((name, suffix)) = encoded(bytes, 12) else { return };
    // A name is 34 bytes, its type and class 4.
    match (is_answer, operation) {
        // Registration, refresh: the question, then the name's record, whose name is a pointer to it.
        (false, 5 | 8 | 9) if questions == 1 => {
            let record = rest(bytes, 12 + 38);
            let body = if byte(record, 0).is_some_and(|first| first & 0xC0 == 0xC0) { rest(record, 2) } else { rest(record, 34) };
            own(&name, suffix, rest(body, 10), said);
        }
        (true, 0) if answers >= 1 => {
            let body = rest(bytes, 12 + 34);
            match be16(body, 0) {
                Some(0x20) => own(&name, suffix, rest(body, 10), said),
                Some(0x21) => status(rest(body, 10), said),
                _ => {}
            }
        }
        _ => {}
    }
}

/// A record of flags and address: told if the address is the sender's.
fn own(name: &str, suffix: u8, record: &[u8], said: &mut Said) {
    let (Some(flags), Some(ip)) = (be16(record, 0), slice(record, 2, 4).and_then(ipv4)) else { return };
    if Some(ip) == said.sender {
        told(name, suffix, flags & 0x8000 != 0, said);
    }
}

/// All names of the computer that answers, then its network card (4.2.18).
fn status(record: &[u8], said: &mut Said) {
    let count = byte(record, 0).map_or(0, usize::from);
    for entry in 0..count.min(LISTED) {
        let Some(entry) = slice(record, 1 + entry * 18, 18) else { return };
        if let Some(name) = plain(&entry[..15]) {
            told(&name, entry[15], entry[16] & 0x80 != 0, said);
        }
    }
    if let Some(card) = slice(record, 1 + count * 18, 6).and_then(mac) {
        said.of_sender(&NAMES, "mac", card.to_string());
    }
}

/// What the last byte of a name means ([MS-NBTE] 1.3); 03 is also given to names of users, which are not told.
fn told(name: &str, suffix: u8, is_group: bool, said: &mut Said) {
    match (suffix, is_group) {
        (0x00, false) => said.of_sender(&NAMES, "name", name),
        (0x00, true) => said.of_sender(&NAMES, "domain", name),
        (0x20, false) => said.of_sender(&NAMES, "service", "file sharing"),
        (0x1B, false) => said.of_sender(&NAMES, "service", "domain master browser"),
        (0x1C, true) => said.of_sender(&NAMES, "service", "domain controller"),
        (0x1D, false) => said.of_sender(&NAMES, "service", "master browser"),
        _ => {}
    }
}

/// A name in NetBIOS' own letters (RFC 1001, 14.1), without its scope: name and last byte.
pub(super) fn encoded(bytes: &[u8], at: usize) -> Option<(String, u8)> {
    let letters = slice(bytes, at.checked_add(1)?, 32).filter(|_| byte(bytes, at) == Some(32))?;
    let mut name = [0; 16];
    for (place, pair) in name.iter_mut().zip(letters.chunks_exact(2)) {
        let nibble = |letter: u8| letter.checked_sub(b'A').filter(|nibble| *nibble < 16);
        *place = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some((plain(&name[..15])?, name[15]))
}

/// Fifteen bytes, filled up with spaces; special names (`*`, browser's `\x01\x02…`) are none.
fn plain(bytes: &[u8]) -> Option<String> {
    let name = text(bytes).trim().to_owned();
    (!name.is_empty() && name != "*" && !name.chars().any(char::is_control)).then_some(name)
}

pub(super) fn read_browser(bytes: &[u8], said: &mut Said) {
    // Direct and broadcast datagrams; the address inside is the sender's unless somebody passed it on.
    let told_ip: Option<IpAddr> = slice(bytes, 4, 4).and_then(ipv4);
    if !matches!(byte(bytes, 0), Some(0x10..=0x12)) || told_ip.is_none() || told_ip != said.sender {
        return;
    }
    if let Some((name, 0x00 | 0x20)) = encoded(bytes, 14) {
        said.of_sender(&BROWSER, "name", name);
    }
    const SLOT: &[u8] = b"\\MAILSLOT\\BROWSE\0";
    let Some(at) = bytes.windows(SLOT.len()).take(1024).position(|window| window.eq_ignore_ascii_case(SLOT)) else { return };
    let frame = rest(bytes, at + SLOT.len());
    // Host announcement and local master announcement: count, period (4), name (16), version of the system, kinds (4),
    // versions (4), comment.
    if !matches!(byte(frame, 0), Some(0x01 | 0x0F)) {
        return;
    }
    if let Some(name) = slice(frame, 6, 15).and_then(plain) {
        said.of_sender(&BROWSER, "name", name);
    }
    if let (Some(major), Some(minor)) = (byte(frame, 22), byte(frame, 23)) {
        said.of_sender(&BROWSER, "os", format!("Windows {major}.{minor}"));
    }
    said.of_sender(&BROWSER, "description", text(rest(frame, 32)));
}
