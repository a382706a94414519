//! Time, addresses, logs and boot files: NTP, PTP, DHCP, syslog, TFTP.

use super::peek::{be16, be32, byte, rest, slice};
use super::table::{DHCP, DHCPV6, NTP, PTP, SYSLOG, TFTP};
use super::{Payload, Recognised, Role};

pub(super) fn stream(payload: &Payload<'_>) -> Option<Recognised> {
    syslog(payload).then(|| Recognised::new(&SYSLOG, Some(Role::Client)))
}

pub(super) fn datagram(payload: &Payload<'_>) -> Option<Recognised> {
    let found = |signature| move |role| Recognised::new(signature, role);
    dhcp(payload.bytes)
        .map(found(&DHCP))
        .or_else(|| ntp(payload).map(found(&NTP)))
        .or_else(|| dhcpv6(payload).map(found(&DHCPV6)))
        .or_else(|| ptp(payload).map(found(&PTP)))
        .or_else(|| syslog(payload).then(|| Recognised::new(&SYSLOG, Some(Role::Client))))
        .or_else(|| tftp(payload.bytes).map(found(&TFTP)))
}

/// DHCP (RFC 2131, 2; RFC 1497): 1 asks and 2 answers, hardware length at most 16, the magic cookie at 236.
fn dhcp(bytes: &[u8]) -> Option<Option<Role>> {
    (byte(bytes, 2)? <= 16 && be32(bytes, 236)? == 0x6382_5363).then_some(())?;
    match byte(bytes, 0)? {
        1 => Some(Some(Role::Client)),
        2 => Some(Some(Role::Server)),
        _ => None,
    }
}

/// NTP (RFC 5905, 7.3): 48 bytes, then nothing, a key and digest, or extensions; versions 1-4. So short a header is
/// believed on port 123 only: stratum at most 16, root delay and dispersion below 16 s (MAXDISP).
fn ntp(payload: &Payload<'_>) -> Option<Option<Role>> {
    let bytes = payload.bytes;
    let (first, length) = (byte(bytes, 0)?, bytes.len());
    let (version, mode) = (first >> 3 & 7, first & 7);
    (payload.port(123) && (1..=4).contains(&version)).then_some(())?;
    match mode {
        // Control (RFC 9327, 2): a count of the bytes that follow. Private (ntpdc): implementation, and items of a
        // size.
        6 => {
            let count = usize::from(be16(bytes, 10)?);
            let role = if byte(bytes, 1)? & 0x80 != 0 { Role::Server } else { Role::Client };
            return (count.checked_add(12)? <= length && length - 12 - count <= 24).then_some(Some(role));
        }
        7 => {
            let (items, size) = (usize::from(be16(bytes, 4)? & 0x0fff), usize::from(be16(bytes, 6)?));
            let role = if first & 0x80 != 0 { Role::Server } else { Role::Client };
            return (matches!(byte(bytes, 2)?, 0 | 2 | 3) && size < 0x1000 && 8 + items * size <= length).then_some(Some(role));
        }
        1..=5 => {}
        _ => return None,
    }
    let sane = byte(bytes, 1)? <= 16 && be32(bytes, 4)? < 0x0010_0000 && be32(bytes, 8)? < 0x0010_0000;
    (length >= 48 && length % 4 == 0 && sane).then_some(())?;
    Some(match mode {
        3 => Some(Role::Client),
        4 | 5 => Some(Role::Server),
        _ => None,
    })
}

/// DHCPv6 (RFC 8415, 8): kind 1-13, then options that fill the datagram; on its ports, as options are no proof.
fn dhcpv6(payload: &Payload<'_>) -> Option<Option<Role>> {
    let bytes = payload.bytes;
    ((payload.port(546) || payload.port(547)) && bytes.len() >= 8).then_some(())?;
    let kind = byte(bytes, 0)?;
    let mut at = match kind {
        1..=11 => 4usize,
        12 | 13 => 34,
        _ => return None,
    };
    while at < bytes.len() {
        (be16(bytes, at)? <= 200).then_some(())?;
        at = at.checked_add(4)?.checked_add(usize::from(be16(bytes, at.checked_add(2)?)?))?;
    }
    (at == bytes.len()).then_some(Some(match kind {
        2 | 7 | 10 | 13 => Role::Server,
        _ => Role::Client,
    }))
}

/// PTP version 2 on UDP (IEEE 1588, 13.3): known kind, version 2, its own length (on IPv6 two bytes follow);
/// on ports 319 and 320.
fn ptp(payload: &Payload<'_>) -> Option<Option<Role>> {
    let bytes = payload.bytes;
    let ours = matches!(payload.destination, 319 | 320);
    let length = usize::from(be16(bytes, 2)?);
    (ours
        && matches!(byte(bytes, 0)? & 15, 0..=3 | 8..=13)
        && byte(bytes, 1)? & 15 == 2
        && length >= 34
        && (length..=length + 2).contains(&bytes.len()))
    .then_some(None)
}

/// Syslog: `<priority>` of at most 191, then version 1 (RFC 5424, 6) or a month (RFC 3164, 4.1), or text on port 514.
fn syslog(payload: &Payload<'_>) -> bool {
    let Some(inner) = payload.bytes.strip_prefix(b"<") else { return false };
    let digits = inner.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
    let priority = inner.iter().take(digits).fold(0u16, |sum, digit| sum * 10 + u16::from(digit & 15));
    let text = rest(inner, digits + 1);
    if digits == 0 || priority > 191 || byte(inner, digits) != Some(b'>') || text.is_empty() {
        return false;
    }
    const MONTHS: &[&[u8; 4]] =
        &[b"Jan ", b"Feb ", b"Mar ", b"Apr ", b"May ", b"Jun ", b"Jul ", b"Aug ", b"Sep ", b"Oct ", b"Nov ", b"Dec "];
    let dated = text.starts_with(b"1 ") || slice(text, 0, 4).is_some_and(|start| MONTHS.iter().any(|month| start == *month));
    dated || (payload.destination == 514 && text.iter().take(64).all(|&byte| byte >= 0x20 && byte != 0x7f))
}

/// TFTP requests (RFC 1350, 5): opcode 1 or 2, a file name, a known mode. Data blocks come from other ports and do not
/// say.
fn tftp(bytes: &[u8]) -> Option<Option<Role>> {
    matches!(be16(bytes, 0)?, 1 | 2).then_some(())?;
    let mut fields = rest(bytes, 2).split(|&byte| byte == 0);
    let (file, mode) = (fields.next()?, fields.next()?);
    // The mode must be ended too.
    fields.next()?;
    let known = [&b"octet"[..], b"netascii", b"mail"].iter().any(|word| mode.eq_ignore_ascii_case(word));
    (known && !file.is_empty() && file.iter().all(|&byte| byte >= 0x20 && byte != 0x7f)).then_some(Some(Role::Client))
}
