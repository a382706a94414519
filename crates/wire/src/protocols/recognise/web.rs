//! Protocols that look like HTTP: HTTP itself, SSDP, RTSP, SIP; and other searches in text: WS-Discovery, Dropbox.
//!
//! RFC 9112, 3 and 4; RFC 9113, 3.4; UPnP 1.0, 1.3; RFC 2326, 6; RFC 3261, 7. Checked: the words and the version in the
//! first line, all of it printable.

use super::peek::{contains, is_text, line, starts};
use super::table::{DROPBOX, HTTP, HTTP2, RTSP, SIP, SSDP, WS_DISCOVERY};
use super::{Payload, Recognised, Role, Signature};

/// Longest first line looked at (servers accept 8 KiB).
const LONGEST_LINE: usize = 8192;
/// Header lines looked at for the host.
const HEADERS: usize = 64;

static METHODS: &[&[u8]] = &[
    b"GET",
    b"POST",
    b"HEAD",
    b"PUT",
    b"DELETE",
    b"OPTIONS",
    b"CONNECT",
    b"TRACE",
    b"PATCH",
    b"PROPFIND",
    b"PROPPATCH",
    b"MKCOL",
    b"COPY",
    b"MOVE",
    b"LOCK",
    b"UNLOCK",
    b"SEARCH",
    b"REPORT",
    b"SUBSCRIBE",
    b"UNSUBSCRIBE",
    b"NOTIFY",
    b"RPC_IN_DATA",
    b"RPC_OUT_DATA",
];

pub(super) fn stream(payload: &Payload<'_>) -> Option<Recognised> {
    let bytes = payload.bytes;
    if bytes.starts_with(b"PRI * HTTP/2.0\r\n") {
        return Some(Recognised::new(&HTTP2, Some(Role::Client)));
    }
    let (signature, role) = first_line(payload)?;
    let recognised = Recognised::new(signature, Some(role));
    Some(match host(bytes).filter(|_| signature == &HTTP && role == Role::Client) {
        Some(host) => recognised.named("url.domain", host),
        None => recognised,
    })
}

pub(super) fn datagram(payload: &Payload<'_>) -> Option<Recognised> {
    let bytes = payload.bytes;
    if starts(bytes, b"M-SEARCH * HTTP/1.") {
        return Some(Recognised::new(&SSDP, Some(Role::Client)));
    }
    // An announcement is multicast and unasked.
    if starts(bytes, b"NOTIFY * HTTP/1.") {
        return Some(Recognised::new(&SSDP, None));
    }
    if (bytes.starts_with(b"<?xml") || starts(bytes, b"<s:Envelope") || starts(bytes, b"<soap:Envelope"))
        && contains(bytes, b"/ws/2005/04/discovery")
    {
        let role = if contains(bytes, b"discovery/ProbeMatches") || contains(bytes, b"discovery/ResolveMatches") {
            Some(Role::Server)
        } else if contains(bytes, b"discovery/Probe") || contains(bytes, b"discovery/Resolve") {
            Some(Role::Client)
        } else {
            None
        };
        return Some(Recognised::new(&WS_DISCOVERY, role));
    }
    // Dropbox's search for its kin: JSON with these keys.
    if bytes.starts_with(b"{\"host_int\"") && contains(bytes, b"\"displayname\"") {
        return Some(Recognised::new(&DROPBOX, None));
    }
    match first_line(payload)? {
        (signature, role) if signature == &SIP => Some(Recognised::new(signature, Some(role))),
        (signature, Role::Server) if signature == &HTTP && contains(bytes, b"\nUSN:") => Some(Recognised::new(&SSDP, Some(Role::Server))),
        _ => None,
    }
}

fn first_line(payload: &Payload<'_>) -> Option<(&'static Signature, Role)> {
    let bytes = payload.bytes;
    // Answers: version, space, three digits.
    for (version, signature) in [(&b"HTTP/1."[..], &HTTP), (b"RTSP/1.", &RTSP), (b"SIP/2.", &SIP)] {
        if let Some(after) = bytes.strip_prefix(version) {
            return match after {
                [b'0' | b'1', b' ', a, b, c, b' ' | b'\r' | b'\n', ..] if [a, b, c].iter().all(|digit| digit.is_ascii_digit()) => {
                    Some((signature, Role::Server))
                }
                _ => None,
            };
        }
    }
    // Requests: method, space, target, space, version.
    let method = bytes.get(..17).unwrap_or(bytes).split(|&byte| byte == b' ').next()?;
    (method.len() <= 16 && !method.is_empty() && method.iter().all(|&byte| byte.is_ascii_uppercase() || byte == b'_' || byte == b'-'))
        .then_some(())?;
    let Some(line) = line(bytes, LONGEST_LINE) else {
        // The line goes on in the next segment: a known method and a path that fill this one.
        let target = bytes.get(method.len() + 1..)?;
        let long = bytes.len() >= 256 && METHODS.contains(&method) && target.starts_with(b"/") && is_text(bytes);
        return long.then_some((&HTTP, Role::Client));
    };
    is_text(line).then_some(())?;
    // HTTP 0.9 says no version: a method and a path are proof on the web's port only.
    if line.strip_prefix(b"GET ").is_some_and(|path| path.starts_with(b"/") && !path.contains(&b' ')) {
        return (payload.destination == 80).then_some((&HTTP, Role::Client));
    }
    let version = line.rsplit(|&byte| byte == b' ').next()?;
    let target = line.len().checked_sub(method.len() + version.len() + 2)?;
    (target > 0).then_some(())?;
    match version {
        b"HTTP/1.1" | b"HTTP/1.0" => Some((&HTTP, Role::Client)),
        b"RTSP/1.0" => Some((&RTSP, Role::Client)),
        b"SIP/2.0" => Some((&SIP, Role::Client)),
        _ => None,
    }
}

/// The value of the host header, without the port.
fn host(bytes: &[u8]) -> Option<&[u8]> {
    for line in bytes.split(|&byte| byte == b'\n').skip(1).take(HEADERS) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return None;
        }
        if starts(line, b"Host:") {
            return without_port(line.get(5..)?.trim_ascii());
        }
    }
    None
}

/// A host without its port and the brackets of IPv6; `None` if it is no host.
pub(super) fn without_port(authority: &[u8]) -> Option<&[u8]> {
    let host = match authority.strip_prefix(b"[") {
        Some(inner) => inner.split(|&byte| byte == b']').next()?,
        None => authority.split(|&byte| byte == b':').next()?,
    };
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b".-_:%".contains(byte) || *byte >= 0x80;
    (!host.is_empty() && host.iter().all(fits)).then_some(host)
}
