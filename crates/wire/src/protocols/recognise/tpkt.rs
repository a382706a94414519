//! ISO transport on TCP: S7, S7 plus, MMS and remote desktop share it and are told apart by what it carries.
//!
//! RFC 1006 (`03 00`, length of the whole packet), ISO 8073 / X.224 (length indicator, PDU type). Checked: packet
//! length at least 7, the header inside it, the PDU type and its fixed fields. Up to [`PACKETS`] packets are walked.

use super::peek::{be16, ber, byte, contains, le16, le32, rest, slice, starts};
use super::table::{COTP, MMS, RDP, S7COMM, S7COMM_PLUS};
use super::{Payload, Recognised, Role, Signature};

/// Packets looked at in one go: connect, confirm, set up, first request.
const PACKETS: usize = 8;

type Found = (&'static Signature, Option<Role>);

pub(super) fn stream(payload: &Payload<'_>) -> Option<Recognised> {
    let mut best: Option<Found> = None;
    let mut at = 0usize;
    for _ in 0..PACKETS {
        let bytes = rest(payload.bytes, at);
        let Some((length, found)) = packet(bytes) else { break };
        best = match (best, found) {
            // The sender does not change; an inner name replaces the envelope's.
            (Some((_, role)), (signature, inner)) if !signature.carrier => Some((signature, role.or(inner))),
            (Some((signature, role)), (_, inner)) => Some((signature, role.or(inner))),
            (None, found) => Some(found),
        };
        if best.is_some_and(|(signature, _)| !signature.carrier) {
            break;
        }
        at = at.saturating_add(length);
    }
    best.map(|(signature, role)| match signature.carrier && payload.port(3389) {
        // A connection request without any parameter: only remote desktop lives there.
        true => Recognised::new(&RDP, role),
        false => Recognised::new(signature, role),
    })
}

/// Length and contents of the packet at the start of `bytes`.
fn packet(bytes: &[u8]) -> Option<(usize, Found)> {
    (be16(bytes, 0)? == 0x0300).then_some(())?;
    let length = usize::from(be16(bytes, 2)?);
    let indicator = usize::from(byte(bytes, 4)?);
    ((2..255).contains(&indicator) && length >= indicator + 5).then_some(())?;
    let parameters = || {
        // Connect and confirm: no user data, so the header fills the packet (remote desktop says so too); class 0-4.
        (indicator >= 6 && length == indicator + 5 && byte(bytes, 10)? >> 4 <= 4).then_some(())?;
        slice(bytes, 11, indicator - 6)
    };
    let found = match byte(bytes, 5)? {
        // Connection request: no destination reference yet.
        0xe0 if be16(bytes, 6)? == 0 => (connecting(parameters()?), Some(Role::Client)),
        0xd0 => (connecting(parameters()?), Some(Role::Server)),
        // Disconnect request.
        0x80 if indicator >= 6 && length == indicator + 5 => (&COTP, None),
        // Data: the indicator is 2, the third byte says whether more follows (0x80: no more).
        0xf0 if indicator == 2 => data(bytes.get(7..length).unwrap_or(rest(bytes, 7)), length - 7, byte(bytes, 6)?)?,
        _ => return None,
    };
    Some((length, found))
}

/// What connects, by the variable part. S7: two transport selectors of two bytes, the called one naming the kind of
/// connection (1 PG, 2 OP, 3 basic) and rack/slot, or `SIMATIC-ROOT-…` for S7 plus. Remote desktop (MS-RDPBCGR
/// 2.2.1.1): a cookie, or a negotiation structure of 8 bytes.
fn connecting(parameters: &[u8]) -> &'static Signature {
    let negotiation = |part: &[u8]| {
        matches!(byte(part, 0), Some(1..=3))
            && le16(part, 2) == Some(8)
            && part.len() >= 8
            && le32(part, 4).is_some_and(|value| value < 0x40)
    };
    if starts(parameters, b"Cookie: mst") || negotiation(parameters) {
        return &RDP;
    }
    let (mut calling, mut called): (&[u8], &[u8]) = (&[], &[]);
    let mut at = 0usize;
    while let (Some(code), Some(length)) = (byte(parameters, at), byte(parameters, at.saturating_add(1))) {
        let Some(value) = slice(parameters, at.saturating_add(2), usize::from(length)) else { break };
        match code {
            0xc1 => calling = value,
            0xc2 => called = value,
            _ => {}
        }
        at = at.saturating_add(2).saturating_add(value.len());
    }
    if starts(called, b"SIMATIC-ROOT") {
        return &S7COMM_PLUS;
    }
    let pair = calling.len() == 2 && called.len() == 2;
    if pair && matches!(byte(called, 0), Some(1..=3)) {
        return &S7COMM;
    }
    &COTP
}

/// What a data packet carries.
fn data(part: &[u8], whole: usize, sequence: u8) -> Option<Found> {
    let last = sequence & 0x80 != 0;
    if whole == 0 || part.is_empty() {
        return Some((&COTP, None));
    }
    s7comm(part, whole, last)
        .or_else(|| s7comm_plus(part, whole, last))
        .or_else(|| mms(part))
        .or_else(|| remote_desktop(part))
        .or(Some((&COTP, None)))
}

/// S7: `32`, kind (1 job, 2 and 3 acknowledgement, 7 user data), two zero bytes, reference, lengths that fill the
/// packet.
fn s7comm(part: &[u8], whole: usize, last: bool) -> Option<Found> {
    (byte(part, 0)? == 0x32 && be16(part, 2)? == 0).then_some(())?;
    let kind = byte(part, 1)?;
    let header = match kind {
        1 | 7 => 10usize,
        2 | 3 => 12,
        _ => return None,
    };
    let parameters = usize::from(be16(part, 6)?);
    let described = header.checked_add(parameters)?.checked_add(usize::from(be16(part, 8)?))?;
    (if last { described == whole } else { described >= whole }).then_some(())?;
    // In a download the controller asks for each block (functions 1B, 1C); otherwise the client asks.
    let controller_asks = matches!(byte(part, header), Some(0x1b | 0x1c)) && parameters > 0;
    let role = match kind {
        1 if controller_asks => Some(Role::Server),
        1 => Some(Role::Client),
        2 | 3 if controller_asks => Some(Role::Client),
        2 | 3 => Some(Role::Server),
        // User data: type in the upper half of the sixth parameter byte; 4 asks, 8 answers, 0 is pushed.
        _ => match byte(part, header.checked_add(5)?)? >> 4 {
            4 => Some(Role::Client),
            8 | 0 => Some(Role::Server),
            _ => None,
        },
    };
    Some((&S7COMM, role))
}

/// S7 plus: `72`, version (1-3, or FE for keep-alive), length of the data; a trailer of 4 bytes may follow.
fn s7comm_plus(part: &[u8], whole: usize, last: bool) -> Option<Found> {
    (byte(part, 0)? == 0x72).then_some(())?;
    let version = byte(part, 1)?;
    let length = usize::from(be16(part, 2)?).checked_add(4)?;
    let fits = length == whole || length.checked_add(4)? == whole || (!last && length >= whole);
    (matches!(version, 1..=3 | 0xfe) && fits).then_some(())?;
    // Version 3 puts a digest (its length, 32 bytes) first.
    let operation = if version == 3 && byte(part, 4)? == 0x20 { 37 } else { 4 };
    let role = match byte(part, operation) {
        Some(0x31) => Some(Role::Client),
        Some(0x32 | 0x33) => Some(Role::Server),
        _ => None,
    };
    Some((&S7COMM_PLUS, role))
}

/// MMS (ISO 9506) on ISO session (X.225) and presentation (X.226). Connect and accept carry the abstract syntax of MMS
/// (1.0.9506.2.1); data is `01 00 01 00`, then the presentation's `61 … 30 … 02 01 context A0 …` with an MMS PDU in it.
fn mms(part: &[u8]) -> Option<Found> {
    match byte(part, 0)? {
        kind @ (0x0d | 0x0e) => {
            let role = if kind == 0x0d { Role::Client } else { Role::Server };
            let named = contains(part, &[0x28, 0xca, 0x22, 0x02, 0x01]) || contains(part, &[0x28, 0xca, 0x22, 0x02, 0x03]);
            // An accept need not repeat the syntax, but holds the transfer syntax BER (2.1.1) and an ACSE answer.
            let accepted = kind == 0x0e && contains(part, &[0x81, 0x02, 0x51, 0x01]) && contains(part, &[0xbe]) && contains(part, &[0xa9]);
            (named || accepted).then_some((&MMS, Some(role)))
        }
        0x01 if slice(part, 0, 4)? == [1, 0, 1, 0] => {
            let (_, at) = ber(part, 4, 0x61)?;
            let (_, at) = ber(part, at, 0x30)?;
            (slice(part, at, 2)? == [2, 1]).then_some(())?;
            let (_, at) = ber(part, at.checked_add(3)?, 0xa0)?;
            let role = match byte(part, at)? {
                0xa0 | 0xa8 | 0x85 | 0x8b => Some(Role::Client),
                0xa1 | 0xa2 | 0xa3 | 0xa9 | 0xaa | 0x86 | 0x8c => Some(Role::Server),
                0xa4 | 0xa7 | 0xad => None,
                _ => return None,
            };
            Some((&MMS, role))
        }
        _ => None,
    }
}

/// Remote desktop's conference: T.125 connect initial and response (`7F 65`, `7F 66`).
fn remote_desktop(part: &[u8]) -> Option<Found> {
    match slice(part, 0, 2)? {
        [0x7f, 0x65] => Some((&RDP, Some(Role::Client))),
        [0x7f, 0x66] => Some((&RDP, Some(Role::Server))),
        _ => None,
    }
}
