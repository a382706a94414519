//! Power grid telecontrol: DNP3, IEC 60870-5-104, synchrophasors.

use super::peek::{be16, byte, le16, rest, slice};
use super::table::{DNP3, IEC104, SYNCHROPHASOR};
use super::{Payload, Recognised, Role};

pub(super) fn stream(payload: &Payload<'_>) -> Option<Recognised> {
    let found = |signature| move |role| Recognised::new(signature, role);
    let bytes = payload.bytes;
    dnp3(bytes)
        .map(found(&DNP3))
        .or_else(|| iec104(payload).map(found(&IEC104)))
        .or_else(|| synchrophasor(bytes).map(found(&SYNCHROPHASOR)))
}

pub(super) fn datagram(payload: &Payload<'_>) -> Option<Recognised> {
    let found = |signature| move |role| Recognised::new(signature, role);
    dnp3(payload.bytes).map(found(&DNP3)).or_else(|| synchrophasor(payload.bytes).map(found(&SYNCHROPHASOR)))
}

/// DNP3 (IEEE 1815, 9.2.4): `05 64`, length 5-255, control, two addresses, and the CRC of these eight bytes. The
/// direction bit says that the master speaks.
fn dnp3(bytes: &[u8]) -> Option<Option<Role>> {
    let header = slice(bytes, 0, 8)?;
    (be16(header, 0)? == 0x0564 && byte(header, 2)? >= 5 && le16(bytes, 8)? == dnp3_crc(header)).then_some(())?;
    Some(Some(if byte(header, 3)? & 0x80 != 0 { Role::Client } else { Role::Server }))
}

/// CRC-16/DNP (IEEE 1815, 9.2.4.3): polynomial 3D65, reflected, inverted at the end.
pub(super) fn dnp3_crc(bytes: &[u8]) -> u16 {
    !bytes
        .iter()
        .fold(0u16, |crc, &byte| (0..8).fold(crc ^ u16::from(byte), |crc, _| if crc & 1 != 0 { (crc >> 1) ^ 0xa6bc } else { crc >> 1 }))
}

/// IEC 60870-5-104, 5.1: `68`, length 4-253, four control bytes; at most [`APDUS`] are walked. A U frame has one of six
/// values, an S frame a fixed half, an I frame an ASDU whose type, cause and length agree. The first is whole, and what
/// follows it begins likewise, unless it is a U frame, which is proof enough. A violation is believed on its port, if
/// starts and lengths fill the segment.
fn iec104(payload: &Payload<'_>) -> Option<Option<Role>> {
    let bytes = payload.bytes;
    let mut at = 0usize;
    let mut role = None;
    for index in 0..APDUS {
        let frame = rest(bytes, at);
        if index > 0 && byte(bytes, 2)? & 3 == 3 {
            break;
        }
        if index > 0 && frame.len() < 9 {
            // Too short to judge: the segment's end.
            matches!(byte(frame, 0), None | Some(0x68)).then_some(())?;
            break;
        }
        let Some((length, found)) = apdu(frame).filter(|&(length, _)| index > 0 || length <= frame.len()) else {
            return (payload.port(2404) && filled(bytes)).then_some(None);
        };
        role = role.or(found);
        at = at.checked_add(length)?;
    }
    Some(role)
}

/// Whether starts and lengths alone lead to the end of the segment, and it is not Modbus (protocol 0, its own length).
fn filled(mut bytes: &[u8]) -> bool {
    if be16(bytes, 2) == Some(0) && be16(bytes, 4).is_some_and(|length| usize::from(length) + 6 == bytes.len()) {
        return false;
    }
    while let [0x68, length @ 4..=253, ..] = *bytes {
        let Some(after) = bytes.get(usize::from(length) + 2..) else { return false };
        if after.is_empty() {
            return true;
        }
        bytes = after;
    }
    false
}

/// Frames looked at in one go.
const APDUS: usize = 8;

fn apdu(bytes: &[u8]) -> Option<(usize, Option<Role>)> {
    let length = byte(bytes, 1)?;
    (byte(bytes, 0)? == 0x68 && (4..=253).contains(&length)).then_some(())?;
    let control: [u8; 4] = slice(bytes, 2, 4)?.try_into().ok()?;
    let role = match control {
        // STARTDT and STOPDT are asked by the controlling station, confirmed by the controlled one; TESTFR by either.
        [0x07 | 0x13, 0, 0, 0] if length == 4 => Some(Role::Client),
        [0x0b | 0x23, 0, 0, 0] if length == 4 => Some(Role::Server),
        [0x43 | 0x83, 0, 0, 0] if length == 4 => None,
        [0x01, 0, low, _] if length == 4 && low & 1 == 0 => None,
        [send, _, receive, _] if send & 1 == 0 && receive & 1 == 0 => asdu(rest(bytes, 6), usize::from(length) - 4)?,
        _ => return None,
    };
    Some((usize::from(length) + 2, role))
}

/// An ASDU of `length` bytes: type, number of objects, cause, originator, common address, objects (IEC 60870-5-101,
/// 7.2).
fn asdu(bytes: &[u8], length: usize) -> Option<Option<Role>> {
    let (kind, qualifier, cause) = (byte(bytes, 0)?, byte(bytes, 1)?, byte(bytes, 2)? & 0x3f);
    (matches!(cause, 1..=13 | 20..=41 | 44..=47) && length >= 9).then_some(())?;
    let number = usize::from(qualifier & 0x7f);
    if let Some(size) = element(kind) {
        // With the sequence bit one address serves all objects.
        let objects = if qualifier & 0x80 != 0 { 3 + number * size } else { number * (3 + size) };
        (number > 0 && 6 + objects == length).then_some(())?;
    } else {
        // A file's segment: object address, file, section, and the length of the rest.
        (kind == 125 && usize::from(byte(bytes, 12)?).checked_add(13)? == length).then_some(())?;
    }
    Some(match (kind, cause) {
        // Commands: activation is asked, confirmation and termination are answered, and so are refusals.
        (45.., 6 | 8) => Some(Role::Client),
        (45..=119, _) => Some(Role::Server),
        (1..=44, _) => Some(Role::Server),
        _ => None,
    })
}

/// Bytes of one information element by type (IEC 60870-5-101, 7.3; 104, 8.2); `None`: unknown, or of any size.
fn element(kind: u8) -> Option<usize> {
    Some(match kind {
        102 => 0,
        1 | 3 | 45..=47 | 70 | 100 | 101 | 105 | 113 => 1,
        5 | 21 | 104 | 106 => 2,
        9 | 11 | 48 | 49 | 110 | 111 => 3,
        2 | 4 | 51 | 122 | 124 => 4,
        6 | 7 | 13 | 15 | 20 | 50 | 112 | 123 => 5,
        10 | 12 | 17 | 120 => 6,
        18 | 19 | 103 | 121 => 7,
        8 | 14 | 16 | 30 | 31 | 58..=60 => 8,
        32 | 107 => 9,
        34 | 35 | 38 | 61 | 62 => 10,
        39 | 40 | 64 => 11,
        33 | 36 | 37 | 63 => 12,
        126 => 13,
        127 => 16,
        _ => return None,
    })
}

/// Synchrophasors (IEEE C37.118.2, 6.2): `AA`, kind and version, length of the frame, and its CRC at the end.
fn synchrophasor(bytes: &[u8]) -> Option<Option<Role>> {
    let kind = byte(bytes, 1)?;
    let length = usize::from(be16(bytes, 2)?);
    (byte(bytes, 0)? == 0xaa && kind & 0x80 == 0 && kind >> 4 <= 5 && matches!(kind & 0x0f, 1..=3) && length >= 16).then_some(())?;
    let body = slice(bytes, 0, length - 2)?;
    (be16(bytes, length - 2)? == crc_ccitt(body)).then_some(())?;
    Some(Some(if kind >> 4 == 4 { Role::Client } else { Role::Server }))
}

/// CRC-CCITT (IEEE C37.118.2, annex B): polynomial 1021, begun with FFFF.
fn crc_ccitt(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xffffu16, |crc, &byte| {
        (0..8).fold(crc ^ (u16::from(byte) << 8), |crc, _| if crc & 0x8000 != 0 { (crc << 1) ^ 0x1021 } else { crc << 1 })
    })
}
