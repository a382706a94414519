//! Windows and its kin: SMB, NetBIOS sessions and datagrams, remote procedure calls (PROFINET's too), SQL Server.

use super::names::encoded;
use super::peek::{be16, be24, be32, byte, le16, rest, slice};
use super::table::{DCE_RPC, NETBIOS_DGM, NETBIOS_SSN, PROFINET_IO_CM, SMB, SUN_RPC, TDS};
use super::{Payload, Recognised, Role, Signature};

pub(super) fn stream(payload: &Payload<'_>) -> Option<Recognised> {
    let found = |signature| move |role| Recognised::new(signature, role);
    let bytes = payload.bytes;
    smb_session(bytes)
        .map(found(&SMB))
        .or_else(|| netbios_session(payload).map(found(&NETBIOS_SSN)))
        .or_else(|| dce_rpc(bytes).map(found(&DCE_RPC)))
        .or_else(|| tds(bytes).map(found(&TDS)))
        .or_else(|| {
            // RFC 5531, 11: a record mark, its top bit set on the last fragment.
            let mark = be32(bytes, 0)?;
            ((24..0x10_0000).contains(&(mark & 0x7fff_ffff))).then_some(())?;
            sun_rpc(rest(bytes, 4)).map(found(&SUN_RPC))
        })
}

pub(super) fn datagram(payload: &Payload<'_>) -> Option<Recognised> {
    let bytes = payload.bytes;
    dce_rpc_datagram(payload)
        .map(|(signature, role)| Recognised::new(signature, role))
        .or_else(|| netbios_datagram(bytes).map(|()| Recognised::new(&NETBIOS_DGM, None)))
        .or_else(|| sun_rpc(bytes).map(|role| Recognised::new(&SUN_RPC, role)))
}

/// SMB (MS-CIFS 2.2.3.1, MS-SMB2 2.2.1) behind four bytes of session header: 0, then its length.
fn smb_session(bytes: &[u8]) -> Option<Option<Role>> {
    if let Some(role) = smb(bytes, bytes.len()) {
        return Some(role);
    }
    (byte(bytes, 0)? == 0).then_some(())?;
    let length = usize::try_from(be24(bytes, 1)?).ok()?;
    smb(rest(bytes, 4), length)
}

/// One bit of the flags says that the server speaks. Encrypted and compressed messages do not tell.
fn smb(bytes: &[u8], length: usize) -> Option<Option<Role>> {
    let side = |answer: bool| Some(Some(if answer { Role::Server } else { Role::Client }));
    match slice(bytes, 0, 4)? {
        b"\xffSMB" if length >= 35 => side(byte(bytes, 9)? & 0x80 != 0),
        b"\xfeSMB" if length >= 64 && le16(bytes, 4)? == 64 => side(byte(bytes, 16)? & 1 != 0),
        b"\xfdSMB" if length >= 52 => Some(None),
        b"\xfcSMB" if length >= 16 => Some(None),
        _ => None,
    }
}

/// NetBIOS session service (RFC 1002, 4.3): a request with two encoded names; a short answer on port 139 only.
fn netbios_session(payload: &Payload<'_>) -> Option<Option<Role>> {
    let bytes = payload.bytes;
    match (byte(bytes, 0)?, usize::from(be16(bytes, 2)?)) {
        (0x81, 68..) => {
            encoded(bytes, 4)?;
            Some(Some(Role::Client))
        }
        (0x82, 0) if payload.port(139) && bytes.len() == 4 && byte(bytes, 1)? == 0 => Some(Some(Role::Server)),
        (0x83, 1) if payload.port(139) && bytes.len() == 5 && byte(bytes, 1)? == 0 => Some(Some(Role::Server)),
        // A keep-alive.
        (0x85, 0) if payload.port(139) && bytes.len() == 4 && byte(bytes, 1)? == 0 => Some(None),
        _ => None,
    }
}

/// NetBIOS datagram service (RFC 1002, 4.4): kind, flags, id, source address and port, length, and an encoded name.
fn netbios_datagram(bytes: &[u8]) -> Option<()> {
    let (kind, flags) = (byte(bytes, 0)?, byte(bytes, 1)?);
    (matches!(kind, 0x10..=0x12) && flags <= 0x1f && usize::from(be16(bytes, 10)?).checked_add(14)? == bytes.len()).then_some(())?;
    encoded(bytes, 14).map(|_| ())
}

/// Connection-oriented DCE RPC (C706, 12.6): version 5.0 or 5.1, kind, a data representation, fragment length, no
/// larger authentication.
fn dce_rpc(bytes: &[u8]) -> Option<Option<Role>> {
    let (minor, kind) = (byte(bytes, 1)?, byte(bytes, 2)?);
    (byte(bytes, 0)? == 5 && minor <= 1 && matches!(slice(bytes, 4, 4)?, [0x00 | 0x10, 0..=3, 0, 0])).then_some(())?;
    let number = |at| if byte(bytes, 4).is_some_and(|order| order & 0x10 != 0) { le16(bytes, at) } else { be16(bytes, at) };
    let (fragment, authentication) = (usize::from(number(8)?), usize::from(number(10)?));
    (fragment >= 16 && authentication < fragment).then_some(())?;
    match kind {
        0 | 14 | 11 | 16 | 18 | 19 if fragment >= 16 => Some(Some(Role::Client)),
        2 | 3 | 12 | 13 | 15 => Some(Some(Role::Server)),
        17 => Some(None),
        _ => None,
    }
}

/// Connectionless DCE RPC (C706, 12.5): version 4, kind at most 10, flags without reserved bits, representation, 80
/// bytes of header, and a body that is there. PROFINET (IEC 61158-6-10) has interfaces
/// DEA00001-DEA00004-6C97-11D1-8271-….
fn dce_rpc_datagram(payload: &Payload<'_>) -> Option<(&'static Signature, Option<Role>)> {
    let bytes = payload.bytes;
    let kind = byte(bytes, 1)?;
    let order = byte(bytes, 4)?;
    (byte(bytes, 0)? == 4
        && kind <= 10
        && byte(bytes, 3)? <= 3
        && matches!(order, 0x00 | 0x10)
        && byte(bytes, 5)? <= 3
        && byte(bytes, 6)? == 0)
        .then_some(())?;
    let little = order == 0x10;
    let body = usize::from(if little { le16(bytes, 74)? } else { be16(bytes, 74)? });
    (body.checked_add(80)? <= bytes.len()).then_some(())?;
    let role = match kind {
        0 | 1 | 8 | 10 => Some(Role::Client),
        2..=6 => Some(Role::Server),
        _ => None,
    };
    let plant = |at: usize| {
        let (number, tail) = (slice(bytes, at, 4), slice(bytes, at + 4, 4));
        let tail_fits = slice(bytes, at + 8, 2) == Some(&[0x82, 0x71])
            && tail == Some(if little { &[0x97, 0x6c, 0xd1, 0x11] } else { &[0x6c, 0x97, 0x11, 0xd1] });
        tail_fits && matches!((little, number), (true, Some([0..=4, 0, 0xa0, 0xde])) | (false, Some([0xde, 0xa0, 0, 0..=4])))
    };
    // The object names PROFINET too where the interface is the endpoint mapper's.
    let profinet = plant(24) || plant(8);
    Some((if profinet { &PROFINET_IO_CM } else { &DCE_RPC }, role))
}

/// ONC RPC (RFC 5531, 9): a call of RPC version 2 with plausible program and credentials, or an accepted or denied
/// reply.
fn sun_rpc(bytes: &[u8]) -> Option<Option<Role>> {
    let word = |index: usize| be32(bytes, index * 4);
    match (word(1)?, word(2)?) {
        (0, 2) => {
            let credential = matches!(word(6)?, 0..=6 | 390_003 | 390_004);
            (((100_000..0x6000_0000).contains(&word(3)?)) && word(4)? <= 16 && word(5)? < 512 && credential && word(7)? <= 400)
                .then_some(Some(Role::Client))
        }
        // Accepted: verifier of a known kind, state 0-5.
        (1, 0) => {
            let length = word(4)?;
            (matches!(word(3)?, 0..=6) && length <= 400 && length % 4 == 0).then_some(())?;
            let state = be32(bytes, 20usize.checked_add(usize::try_from(length).ok()?)?)?;
            (state <= 5).then_some(Some(Role::Server))
        }
        // Denied: version or credentials.
        (1, 1) => (matches!(word(3)?, 0 | 1) && word(4)? <= 14 && bytes.len() <= 24).then_some(Some(Role::Server)),
        _ => None,
    }
}

/// TDS (MS-TDS 2.2.3.1): kind, status, length, process, packet, window 0. A pre-login begins with its version option
/// and the offset of what follows the options; a login repeats its own length.
fn tds(bytes: &[u8]) -> Option<Option<Role>> {
    let length = usize::from(be16(bytes, 2)?);
    (byte(bytes, 1)? <= 1 && byte(bytes, 7)? == 0 && (16..=32_767).contains(&length)).then_some(())?;
    // Options: kind, offset, length; the version is the first, of 6 bytes, after all of them.
    let version = || Some(byte(bytes, 8)? == 0 && (6..=64).contains(&be16(bytes, 9)?) && be16(bytes, 11)? == 6);
    match byte(bytes, 0)? {
        0x12 if version()? => Some(Some(Role::Client)),
        0x04 if length == bytes.len() && byte(bytes, 1)? == 1 && version()? => Some(Some(Role::Server)),
        0x10 if usize::from(le16(bytes, 8)?) == length - 8 && le16(bytes, 10)? == 0 && byte(bytes, 15)? >> 4 == 7 => {
            Some(Some(Role::Client))
        }
        _ => None,
    }
}
