//! OPC UA on TCP.
//!
//! OPC 10000-6, 7.1.2 and 6.7.2: three letters, chunk kind, size of the chunk; then fixed fields. Checked: the size
//! that the kind allows, that the next chunk in the segment begins likewise, and the version or channel where it is
//! fixed.

use super::peek::{byte, le16, le32, rest, slice};
use super::table::OPCUA;
use super::{Payload, Recognised, Role};

/// Longest chunk believed: far above what stacks negotiate (64 KiB), far below what random bytes claim.
const LONGEST_CHUNK: usize = 1 << 26;

/// Services by the number of their request's binary encoding (OPC 10000-6, annex A); the answer's is 3 more. 397 is a
/// fault.
static REQUESTS: &[u16] = &[
    422, 428, 437, 446, 452, 461, 467, 473, 479, 488, 494, 500, 506, 527, 533, 554, 560, 566, 615, 621, 631, 664, 673, 700, 712, 751, 763,
    769, 775, 781, 787, 793, 799, 826, 832, 841, 847,
];

pub(super) fn stream(payload: &Payload<'_>) -> Option<Recognised> {
    let bytes = payload.bytes;
    let size = chunk(bytes)?;
    if let Some(next) = bytes.get(size..).filter(|next| next.len() >= 8) {
        chunk(next)?;
    }
    let recognised = Recognised::new(&OPCUA, role(bytes));
    let url = match slice(bytes, 0, 3)? {
        b"HEL" => string(bytes, 28),
        b"RHE" => string(bytes, 8).and_then(|(_, end)| string(bytes, end)),
        _ => None,
    };
    Some(match url.and_then(|(url, _)| host(url)) {
        Some(host) => recognised.named("url.domain", host),
        None => recognised,
    })
}

/// The size of the chunk at the start of `bytes`.
fn chunk(bytes: &[u8]) -> Option<usize> {
    let size = usize::try_from(le32(bytes, 4)?).ok()?;
    let kind = byte(bytes, 3)?;
    let fits = match (slice(bytes, 0, 3)?, kind) {
        // Five or six numbers, then a URL of at most 4096 bytes.
        (b"HEL", b'F') => (32..=4128).contains(&size),
        (b"ACK", b'F') => size == 28,
        (b"ERR", b'F') => (16..=4112).contains(&size),
        (b"RHE", b'F') => (16..=8208).contains(&size),
        (b"OPN", b'F') => (32..=LONGEST_CHUNK).contains(&size),
        (b"CLO", b'F') | (b"MSG", b'F' | b'C' | b'A') => (24..=LONGEST_CHUNK).contains(&size),
        _ => false,
    };
    fits.then_some(size)
}

fn role(bytes: &[u8]) -> Option<Role> {
    match slice(bytes, 0, 3)? {
        b"HEL" | b"CLO" => Some(Role::Client),
        b"ACK" | b"ERR" | b"RHE" => Some(Role::Server),
        // Channel, token, sequence, request id, then the service: readable unless encrypted, where it is no such
        // number.
        b"MSG" => service(bytes, 24),
        // Channel, policy, sender's certificate, receiver's thumbprint, sequence, request id.
        b"OPN" => {
            let (policy, at) = string(bytes, 12)?;
            policy.ends_with(b"#None").then_some(())?;
            let (_, at) = string(bytes, at)?;
            let (_, at) = string(bytes, at)?;
            service(bytes, at.checked_add(8)?)
        }
        _ => None,
    }
}

/// Who sends the service whose node id (four-byte form, namespace 0) is at `at`.
fn service(bytes: &[u8], at: usize) -> Option<Role> {
    (slice(bytes, at, 2)? == [1, 0]).then_some(())?;
    let number = le16(bytes, at.checked_add(2)?)?;
    if REQUESTS.binary_search(&number).is_ok() {
        return Some(Role::Client);
    }
    let answer = number == 397 || REQUESTS.binary_search(&number.checked_sub(3)?).is_ok();
    answer.then_some(Role::Server)
}

/// The string at `at` (4 bytes of length, FFFFFFFF if there is none) and where it ends.
fn string(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let length = le32(bytes, at)?;
    let start = at.checked_add(4)?;
    if length == u32::MAX {
        return Some((&[], start));
    }
    let length = usize::try_from(length).ok()?;
    Some((slice(bytes, start, length)?, start.checked_add(length)?))
}

/// The host in `scheme://host:port/path`.
fn host(url: &[u8]) -> Option<&[u8]> {
    let at = url.windows(3).position(|window| window == b"://")?;
    let authority = rest(url, at.checked_add(3)?).split(|&byte| byte == b'/').next()?;
    super::web::without_port(authority)
}
