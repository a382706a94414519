//! Is this Modbus? Judged by content: a port is only a hint.

use super::adu::{header, Adu, Header, HEADER};
use super::checks;
use super::shape::{may_have_length, soundness, Soundness};
use super::{names, umas};
use crate::protocols::Probe;

/// See [`crate::protocols::Descriptor::probe`].
pub(super) fn probe(bytes: &[u8]) -> Probe {
    let length = match header(bytes) {
        Header::Bad(_) => return Probe::NotForUs,
        _ if is_ldap(bytes) => return Probe::NotForUs,
        Header::Short => return Probe::Unsure,
        Header::Length(length) => length,
    };
    let Some(code) = bytes.get(HEADER).copied() else { return Probe::Unsure };
    // Exceptions longer than they may be are seen in the wild, but by a few bytes.
    if code & 0x80 != 0 && !(9..=12).contains(&length) {
        return Probe::NotForUs;
    }
    let (Some(message), Some(behind)) = (bytes.get(..length), bytes.get(length..)) else {
        let cannot_be = names::public(code & 0x7F).is_some() && !may_have_length(code, length - HEADER - 1);
        return if cannot_be { Probe::NotForUs } else { Probe::Unsure };
    };
    if matches!(header(behind), Header::Bad(_)) {
        return Probe::NotForUs;
    }
    match sound(message) {
        Soundness::Full => Probe::Certain,
        Soundness::Weak if starts_soundly(behind) => Probe::Certain,
        _ => Probe::Unsure,
    }
}

fn sound(message: &[u8]) -> Soundness {
    Adu::read(message).map_or(Soundness::None, |adu| soundness(&adu))
}

/// Whether a whole message that fits begins here: two that say little say enough.
fn starts_soundly(bytes: &[u8]) -> bool {
    match header(bytes) {
        Header::Length(length) => bytes.get(..length).is_some_and(|message| sound(message) != Soundness::None),
        _ => false,
    }
}

/// Of a datagram: messages from its first byte to its last. Certain it never is, since eight bytes prove little.
pub(super) fn datagram(bytes: &[u8]) -> Probe {
    let mut rest = bytes;
    let mut least = Soundness::Full;
    while let Header::Length(length) = header(rest) {
        let Some((message, behind)) = rest.split_at_checked(length) else { return Probe::NotForUs };
        least = least.min(sound(message));
        if behind.is_empty() {
            return match least {
                _ if is_ldap(bytes) => Probe::NotForUs,
                Soundness::Full => Probe::Likely,
                _ => Probe::Unsure,
            };
        }
        rest = behind;
    }
    Probe::NotForUs
}

fn first(bytes: &[u8]) -> Option<Adu<'_>> {
    match header(bytes) {
        Header::Length(length) => Adu::read(bytes.get(..length)?),
        _ => None,
    }
}

/// Of datagrams in both directions: a request, and what answers it, of the same transaction, unit and function. An echo is no
/// proof: some servers send back whatever they get (RFC 862).
pub(super) fn datagrams_agree(one: &[u8], other: &[u8]) -> bool {
    if datagram(one) != Probe::Likely || datagram(other) != Probe::Likely || one == other {
        return false;
    }
    let (Some(one), Some(other)) = (first(one), first(other)) else { return false };
    checks::are_exchange(&one, &other)
}

/// LDAP as Microsoft writes it: SEQUENCE with a length of four bytes, message id, operation (RFC 4511 §4.1.1). The
/// length's zeros look like a protocol identifier, the message id's tag like unit 2 and a read of coils.
fn is_ldap(bytes: &[u8]) -> bool {
    let is_operation = |tag: u8| matches!(tag, 0x42 | 0x4A | 0x50 | 0x60..=0x79);
    match bytes {
        [0x30, 0x84, 0, 0, _, _, 2, size @ 1..=4, rest @ ..] => rest.get(usize::from(*size)).copied().is_none_or(is_operation),
        _ => false,
    }
}

/// Whether a message may begin here: used to find the next one after a gap, so a scan through registers must rarely hit.
/// `None`: too short to tell.
pub(super) fn plausible(bytes: &[u8]) -> Option<bool> {
    let length = match header(bytes) {
        Header::Bad(_) => return Some(false),
        Header::Length(length) => length,
        Header::Short => return None,
    };
    let code = *bytes.get(HEADER)?;
    let is_known = names::public(code & 0x7F).is_some();
    if code & 0x7F == 0 || !may_have_length(code, length - HEADER - 1) {
        return Some(false);
    }
    match (bytes.get(..length), bytes.get(length..)) {
        (Some(message), Some(behind)) => Some(match sound(message) {
            Soundness::Full => true,
            Soundness::Weak => is_followed(code, behind),
            Soundness::None => !is_known && is_followed(code, behind),
        }),
        _ if code == 90 => bytes.get(HEADER + 2).map(|code| umas::known(*code).is_some() || matches!(*code, umas::OK | umas::ERROR)),
        // Its first bytes may already contradict; a count is the strongest of them.
        _ if is_known => Some(count_may_fit(code, bytes.get(HEADER + 1).copied(), length - HEADER - 1)),
        _ => None,
    }
}

/// Where a body says little, what follows must be the end, one more of the same, or a message that fits.
fn is_followed(code: u8, behind: &[u8]) -> bool {
    match (header(behind), behind.get(HEADER).copied()) {
        _ if behind.is_empty() => true,
        (Header::Length(length), Some(next)) if next & 0x7F == code & 0x7F => may_have_length(next, length - HEADER - 1),
        _ => starts_soundly(behind),
    }
}

/// Whether reads of bits and registers, cut behind their first byte, may have `data` bytes.
fn count_may_fit(code: u8, count: Option<u8>, data: usize) -> bool {
    match (code, count) {
        (1..=4, Some(count)) => data == 4 || usize::from(count) + 1 == data,
        _ => true,
    }
}
