//! TLS, DTLS, QUIC: encrypted, but the client says whom it wants.
//!
//! RFC 8446, 5.1 and 4.1.2; RFC 6066, 3 (server name); RFC 6101 (SSL 3.0, and the hello of SSL 2.0); RFC 6347 (DTLS);
//! RFC 9000, 17.2 (QUIC). Checked: record kind, version, length, agreement of handshake and record, the next record.

use super::peek::{be16, be24, be32, byte, rest, slice};
use super::table::{DTLS, QUIC, TLS};
use super::{Payload, Recognised, Role};

/// Longest record: 2^14 and what encryption may add (RFC 5246, 6.2.3).
const LONGEST_RECORD: usize = 16_384 + 2048;

pub(super) fn stream(payload: &Payload<'_>) -> Option<Recognised> {
    let bytes = payload.bytes;
    let Some((length, role)) = record(bytes) else { return old_hello(bytes) };
    match bytes.get(length..) {
        Some(next) if next.len() >= 5 => record(next).map(|_| ())?,
        _ => {}
    }
    let recognised = Recognised::new(&TLS, role);
    let hello = role == Some(Role::Client) && byte(bytes, 0) == Some(22);
    Some(match server_name(rest(bytes, 5)).filter(|_| hello) {
        Some(name) => recognised.named("tls.client.server_name", name),
        None => recognised,
    })
}

/// Length of the record at the start, with its header, and who sent it.
fn record(bytes: &[u8]) -> Option<(usize, Option<Role>)> {
    let length = usize::from(be16(bytes, 3)?);
    (byte(bytes, 1)? == 3 && byte(bytes, 2)? <= 4 && (1..=LONGEST_RECORD).contains(&length)).then_some(())?;
    let role = match byte(bytes, 0)? {
        // Change cipher spec is one byte, 1.
        20 if length == 1 && byte(bytes, 5).is_none_or(|value| value == 1) => None,
        // An alert is level and reason, or encrypted and longer.
        21 if length == 2 && byte(bytes, 5).is_none_or(|level| matches!(level, 1 | 2)) => None,
        21 if (18..=64).contains(&length) => None,
        22 => handshake(rest(bytes, 5), length)?,
        // Application data is never shorter than its protection; version 3.4 was never on the wire.
        23 if length >= 16 && byte(bytes, 2)? <= 3 => None,
        // Heartbeat (RFC 6520).
        24 if (3..=64).contains(&length) => None,
        _ => return None,
    };
    Some((length.checked_add(5)?, role))
}

/// Who sent the handshake message in a record of `length` bytes.
fn handshake(bytes: &[u8], length: usize) -> Option<Option<Role>> {
    let inside = |longest: usize| be24(bytes, 1).is_some_and(|said| usize::try_from(said).is_ok_and(|said| said <= longest));
    match byte(bytes, 0)? {
        // Hellos: their own version is 3.x.
        1 if inside(65_535) && byte(bytes, 4)? == 3 && byte(bytes, 5)? <= 4 => Some(Some(Role::Client)),
        2 if inside(length) && byte(bytes, 4)? == 3 && byte(bytes, 5)? <= 4 => Some(Some(Role::Server)),
        // Hello request, session ticket, encrypted extensions, certificate …: certificates may span records.
        11 if inside(1 << 20) => Some(None),
        12..=14 if inside(length) => Some(Some(Role::Server)),
        0 | 4 | 8 | 15 | 16 | 20 | 22 if inside(length) => Some(None),
        // Encrypted: a finished message alone, of one of the lengths that ciphers make.
        _ if (32..=80).contains(&length) => Some(None),
        _ => None,
    }
}

/// The server name in a ClientHello, as far as it is there.
fn server_name(hello: &[u8]) -> Option<&[u8]> {
    // Kind and length 4, version 2, random 32, then session id, ciphers, compression, extensions.
    let at = 38usize.checked_add(1)?.checked_add(usize::from(byte(hello, 38)?))?;
    let at = at.checked_add(2)?.checked_add(usize::from(be16(hello, at)?))?;
    let at = at.checked_add(1)?.checked_add(usize::from(byte(hello, at)?))?;
    let mut at = at.checked_add(2)?;
    loop {
        let (kind, length) = (be16(hello, at)?, usize::from(be16(hello, at.checked_add(2)?)?));
        let body = at.checked_add(4)?;
        if kind == 0 {
            // A list with one entry: kind 0 (host name), length, name.
            let entry = slice(hello, body, length)?;
            (byte(entry, 2)? == 0).then_some(())?;
            let name = slice(entry, 5, usize::from(be16(entry, 3)?))?;
            return (!name.is_empty() && name.iter().all(u8::is_ascii_graphic)).then_some(name);
        }
        at = body.checked_add(length)?;
    }
}

/// A ClientHello of SSL 2.0 that asks for 2 or 3.x: its lengths add up and its ciphers are three bytes each.
fn old_hello(bytes: &[u8]) -> Option<Recognised> {
    let length = usize::from(be16(bytes, 0)?);
    (length & 0x8000 != 0 && byte(bytes, 2)? == 1 && matches!(be16(bytes, 3)?, 0x0002 | 0x0300..=0x0303)).then_some(())?;
    let (ciphers, session, challenge) = (usize::from(be16(bytes, 5)?), usize::from(be16(bytes, 7)?), usize::from(be16(bytes, 9)?));
    let fits = ciphers > 0 && ciphers % 3 == 0 && matches!(session, 0 | 16) && (16..=32).contains(&challenge);
    (fits && 9 + ciphers + session + challenge == length & 0x7fff).then(|| Recognised::new(&TLS, Some(Role::Client)))
}

pub(super) fn datagram(payload: &Payload<'_>) -> Option<Recognised> {
    dtls(payload.bytes).or_else(|| quic(payload.bytes))
}

/// DTLS: version FE FF or FE FD, epoch 0 with a small sequence number or later, a length inside the datagram.
fn dtls(bytes: &[u8]) -> Option<Recognised> {
    (matches!(byte(bytes, 0)?, 20..=24) && matches!(be16(bytes, 1)?, 0xfeff | 0xfefd)).then_some(())?;
    let end = usize::from(be16(bytes, 11)?).checked_add(13)?;
    (end <= bytes.len() && end > 13 && be16(bytes, 3)? <= 16 && be16(bytes, 5)? == 0).then_some(())?;
    let role = match (byte(bytes, 0)?, be16(bytes, 3)?, byte(bytes, 13)?) {
        (22, 0, 1) => Some(Role::Client),
        (22, 0, 2 | 3) => Some(Role::Server),
        _ => None,
    };
    Some(Recognised::new(&DTLS, role))
}

/// QUIC versions 1 and 2 and drafts: a long header, connection ids of at most 20 bytes; a client's first is at least
/// 1200 bytes long. Google's own QUIC: a public header with a version of `Q0nn`.
fn quic(bytes: &[u8]) -> Option<Recognised> {
    let flags = byte(bytes, 0)?;
    if flags & 0xc0 == 0xc0 {
        let version = be32(bytes, 1)?;
        let destination = usize::from(byte(bytes, 5)?);
        let source = usize::from(byte(bytes, destination.checked_add(6)?)?);
        let known = matches!(version, 1 | 0x6b33_43cf | 0xff00_001b..=0xff00_0022);
        return (known && destination <= 20 && source <= 20 && bytes.len() > destination + source + 16)
            .then(|| Recognised::new(&QUIC, None));
    }
    let version = slice(bytes, 9, 4)?;
    let google = version.starts_with(b"Q0") && version.get(2..)?.iter().all(u8::is_ascii_digit);
    (matches!(flags, 0x09 | 0x0d) && google).then(|| Recognised::new(&QUIC, Some(Role::Client)))
}
