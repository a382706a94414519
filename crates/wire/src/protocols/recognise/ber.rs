//! Protocols in BER: SNMP, LDAP, Kerberos.
//!
//! Checked: tags and lengths down to the message's kind; a datagram is filled exactly.

use super::peek::{be32, ber, ber_length, byte, rest, slice};
use super::table::{KERBEROS, LDAP, SNMP};
use super::{Payload, Recognised, Role};

pub(super) fn stream(payload: &Payload<'_>) -> Option<Recognised> {
    let bytes = payload.bytes;
    if let Some(role) = ldap(bytes) {
        return Some(Recognised::new(&LDAP, role));
    }
    // RFC 4120, 7.2.2: four bytes of length on TCP.
    let length = usize::try_from(be32(bytes, 0)?).ok()?;
    let (role, total) = kerberos(rest(bytes, 4))?;
    (total == length && length < 1 << 24).then(|| Recognised::new(&KERBEROS, Some(role)))
}

pub(super) fn datagram(payload: &Payload<'_>) -> Option<Recognised> {
    let bytes = payload.bytes;
    if let Some(role) = snmp(bytes) {
        return Some(Recognised::new(&SNMP, role));
    }
    if let Some((role, _)) = kerberos(bytes).filter(|&(_, total)| total == bytes.len()) {
        return Some(Recognised::new(&KERBEROS, Some(role)));
    }
    let (length, at) = ber(bytes, 0, 0x30)?;
    (at.checked_add(length)? == bytes.len()).then_some(())?;
    ldap(bytes).map(|role| Recognised::new(&LDAP, role))
}

/// SNMP (RFC 1157, 4; RFC 3416, 3; RFC 3412, 6): version, then community and a PDU, or the global data of version 3.
fn snmp(bytes: &[u8]) -> Option<Option<Role>> {
    let (length, at) = ber(bytes, 0, 0x30)?;
    (at.checked_add(length)? == bytes.len() && slice(bytes, at, 2)? == [2, 1]).then_some(())?;
    let version = byte(bytes, at.checked_add(2)?)?;
    let at = at.checked_add(3)?;
    if version == 3 {
        let (header, at) = ber(bytes, at, 0x30)?;
        // Message id, longest message, flags of one byte, security model.
        let (number, inner) = ber(bytes, at, 2)?;
        let (longest, inner) = ber(bytes, inner.checked_add(number)?, 2)?;
        let inner = inner.checked_add(longest)?;
        let fits = slice(bytes, inner, 2)? == [4, 1] && byte(bytes, inner.checked_add(3)?)? == 2;
        return (fits && number <= 5 && longest <= 5 && at.checked_add(header)? < bytes.len()).then_some(None);
    }
    (version <= 1).then_some(())?;
    let (community, at) = ber(bytes, at, 4)?;
    let at = at.checked_add(community)?;
    let kind = byte(bytes, at)?;
    let (pdu, at) = ber_length(bytes, at.checked_add(1)?)?;
    (at.checked_add(pdu)? == bytes.len()).then_some(())?;
    match kind {
        // Get, get next, set, get bulk are asked.
        0xa0 | 0xa1 | 0xa3 | 0xa5 => Some(Some(Role::Client)),
        0xa2 => Some(Some(Role::Server)),
        // A trap goes to who listens on the trap port: its sender opens the conversation.
        0xa4 | 0xa6 | 0xa7 => Some(Some(Role::Client)),
        0xa8 => Some(Some(Role::Server)),
        _ => None,
    }
}

/// LDAP (RFC 4511, 4): a sequence of a message id and an operation that lies inside it and begins as its kind must.
fn ldap(bytes: &[u8]) -> Option<Option<Role>> {
    let (length, at) = ber(bytes, 0, 0x30)?;
    let end = at.checked_add(length)?;
    let (number, at) = ber(bytes, at, 2)?;
    (1..=5).contains(&number).then_some(())?;
    let at = at.checked_add(number)?;
    let kind = byte(bytes, at)?;
    let (inner, at) = ber_length(bytes, at.checked_add(1)?)?;
    let stop = at.checked_add(inner)?;
    // Nothing may follow the operation but controls.
    (stop == end || (stop < end && byte(bytes, stop).is_none_or(|tag| tag == 0xa0))).then_some(())?;
    let start = |tags: &[u8]| slice(bytes, at, tags.len()) == Some(tags);
    match kind {
        // Bind: version 2 or 3. Search: base object. Extended: its name. Modify and its kin: a name. Unbind: nothing.
        0x60 if start(&[2, 1, 3]) || start(&[2, 1, 2]) => Some(Some(Role::Client)),
        0x63 | 0x66 | 0x68 | 0x6c if start(&[4]) => Some(Some(Role::Client)),
        0x6e if start(&[0x30]) => Some(Some(Role::Client)),
        0x77 if start(&[0x80]) => Some(Some(Role::Client)),
        0x42 if inner == 0 => Some(Some(Role::Client)),
        // Results begin with an enumerated code; entries with a name.
        0x61 | 0x65 | 0x67 | 0x69 | 0x6b | 0x6d | 0x6f | 0x78 if start(&[10, 1]) => Some(Some(Role::Server)),
        0x64 | 0x73 if start(&[4]) => Some(Some(Role::Server)),
        _ => None,
    }
}

/// Kerberos 5 (RFC 4120, 5.4): an application tag, a sequence, version 5, and the kind that the tag says. Total length.
fn kerberos(bytes: &[u8]) -> Option<(Role, usize)> {
    let tag = byte(bytes, 0)?;
    let (length, at) = ber_length(bytes, 1)?;
    let total = at.checked_add(length)?;
    let (_, at) = ber(bytes, at, 0x30)?;
    // Requests number their fields from 1, answers from 0.
    let (first, role) = match tag {
        0x6a | 0x6c => (0xa1, Role::Client),
        0x6b | 0x6d | 0x7e => (0xa0, Role::Server),
        _ => return None,
    };
    let fields = slice(bytes, at, 10)?;
    (fields == [first, 3, 2, 1, 5, first + 1, 3, 2, 1, tag & 0x1f]).then_some((role, total))
}
