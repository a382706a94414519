//! Protocols of single makers: Omron FINS, GE SRTP, Mitsubishi SLMP, Beckhoff ADS, Niagara Fox.

use super::peek::{be16, be32, byte, le16, le32, slice};
use super::table::{ADS, FINS, FOX, SLMP, SRTP};
use super::{Payload, Recognised, Role};

pub(super) fn stream(payload: &Payload<'_>) -> Option<Recognised> {
    let found = |signature| move |role| Recognised::new(signature, role);
    let bytes = payload.bytes;
    fins_tcp(bytes)
        .map(found(&FINS))
        .or_else(|| slmp(bytes).map(found(&SLMP)))
        .or_else(|| ads(bytes).map(found(&ADS)))
        .or_else(|| srtp(payload).map(found(&SRTP)))
        .or_else(|| bytes.starts_with(b"fox a ").then(|| Recognised::new(&FOX, None)))
}

pub(super) fn datagram(payload: &Payload<'_>) -> Option<Recognised> {
    let found = |signature| move |role| Recognised::new(signature, role);
    fins(payload.bytes).map(found(&FINS)).or_else(|| slmp(payload.bytes).map(found(&SLMP)))
}

/// FINS on TCP (Omron W421, 7-4): `FINS`, length of what follows, command 0-3 or 6, error.
fn fins_tcp(bytes: &[u8]) -> Option<Option<Role>> {
    let length = be32(bytes, 4)?;
    (slice(bytes, 0, 4)? == b"FINS" && (8..=0x1_0000).contains(&length)).then_some(())?;
    Some(match be32(bytes, 8)? {
        0 => Some(Role::Client),
        1 | 3 => Some(Role::Server),
        2 => byte(bytes, 16).map(|icf| if icf & 0x40 != 0 { Role::Server } else { Role::Client }),
        6 => None,
        _ => return None,
    })
}

/// FINS on UDP (Omron W227, 3): ICF (gateway bit set, five reserved bits 0), reserved 0, gateway count at most 7,
/// network numbers 0-127, unit numbers that exist, a known command; an answer has its end code.
fn fins(bytes: &[u8]) -> Option<Option<Role>> {
    let icf = byte(bytes, 0)?;
    (icf & 0xbe == 0x80 && byte(bytes, 1)? == 0 && byte(bytes, 2)? <= 7).then_some(())?;
    let unit = |at| byte(bytes, at).is_some_and(|unit| matches!(unit, 0 | 0x10..=0x1f | 0xe1 | 0xfe));
    let network = |at| byte(bytes, at).is_some_and(|network| network <= 127);
    let known = matches!(
        (byte(bytes, 10)?, byte(bytes, 11)?),
        (0x01, 1..=5)
            | (0x02, 1..=3)
            | (0x03, 4..=7)
            | (0x04, 1..=3)
            | (0x05, 1..=3)
            | (0x06, 1 | 0x20)
            | (0x07, 1 | 2)
            | (0x08, 1)
            | (0x09, 0x20)
            | (0x0c, 1..=3)
            | (0x21, 1..=3 | 0x40)
            | (0x22, 1..=0x15)
            | (0x23, 1 | 2)
    );
    let answer = icf & 0x40 != 0;
    (known && network(3) && network(6) && unit(5) && unit(8) && (!answer || bytes.len() >= 14)).then_some(())?;
    Some(Some(if answer { Role::Server } else { Role::Client }))
}

/// SLMP, MC protocol frame 3E in binary (SH-080956ENG, 5): `50 00` or `D0 00`, network, station, module `FF 03`,
/// multidrop 0, length of what follows; 4E (`54 00`, `D4 00`) has a serial number and two zero bytes first.
fn slmp(bytes: &[u8]) -> Option<Option<Role>> {
    let (answer, at) = match (be16(bytes, 0)?, be16(bytes, 4)?) {
        (0x5000, _) => (false, 2usize),
        (0xd000, _) => (true, 2),
        (0x5400, 0) => (false, 6),
        (0xd400, 0) => (true, 6),
        _ => return None,
    };
    let length = usize::from(le16(bytes, at + 5)?);
    let fills = at + 7 + length == bytes.len();
    // A request has a timer, a command and a subcommand (0-3, or 80-83 hex for extension), an answer its end code.
    let known = if answer { length >= 2 } else { length >= 6 && matches!(le16(bytes, at + 11)?, 0..=3 | 0x0080..=0x0083) };
    (le16(bytes, at + 2)? == 0x03ff && byte(bytes, at + 4)? == 0 && fills && known).then_some(())?;
    Some(Some(if answer { Role::Server } else { Role::Client }))
}

/// Beckhoff ADS (AMS/TCP header, AMS header): two zero bytes, length, then two addresses, command 1-9, flags whose
/// third bit is set, and a length that agrees with the first.
fn ads(bytes: &[u8]) -> Option<Option<Role>> {
    let (outer, inner) = (le32(bytes, 2)?, le32(bytes, 26)?);
    let (command, flags) = (le16(bytes, 22)?, le16(bytes, 24)?);
    (be16(bytes, 0)? == 0 && inner.checked_add(32)? == outer && (1..=9).contains(&command) && flags & 0xff3e == 0x0004).then_some(())?;
    Some(Some(if flags & 1 != 0 { Role::Server } else { Role::Client }))
}

/// GE SRTP (no public specification; Denton et al., 2017, and Wireshark's dissector): header of 56 bytes, kind 2 asks
/// and 3 answers, message type C0, 80, D4, 94 or D1, packet 1 of 1 in a request. Weak by itself, so only on its port.
fn srtp(payload: &Payload<'_>) -> Option<Option<Role>> {
    let bytes = payload.bytes;
    (payload.port(18245) || payload.port(18246)).then_some(())?;
    let header = slice(bytes, 0, 56)?;
    let text = usize::from(le16(header, 4)?);
    let kind = match byte(header, 0)? {
        // The connection is opened by 56 zero bytes and confirmed by the same with a first 1.
        kind @ (0 | 1) if header.iter().skip(1).filter(|&&byte| byte != 0).count() <= 1 && bytes.len() == 56 => kind,
        kind @ (2 | 3) if matches!(byte(header, 31)?, 0xc0 | 0x80 | 0xd4 | 0x94 | 0xd1) && text.checked_add(56)? == bytes.len() => kind,
        _ => return None,
    };
    Some(Some(if kind % 2 == 0 { Role::Client } else { Role::Server }))
}
