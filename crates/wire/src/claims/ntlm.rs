//! NTLM: what a Windows computer says of itself when somebody logs on. Names of users, hashes and the challenge are not
//! read.

use super::{text, wide, Said, Source};
use crate::protocols::recognise::peek::{byte, le16, le32, rest, slice};

pub(super) static SOURCE: Source = Source {
    name: "NTLM session",
    meaning: "Windows computers tell each other name, domain and version when somebody logs on",
    about: "the IP address that sent it",
    attributes: &["name", "host_name", "domain", "os"],
    specification: "[MS-NLMP] 2.2.1, 2.2.2.1, 2.2.2.10",
};

const SIGNATURE: &[u8] = b"NTLMSSP\0";
/// The message has its sender's version.
const HAS_VERSION: u32 = 0x0200_0000;
/// The client says its computer's name.
const HAS_WORKSTATION: u32 = 0x0000_2000;
/// Texts are UTF-16.
const IS_WIDE: u32 = 1;
/// Entries of the server's list; the attack: a list of nothing but empty entries.
const ENTRIES: usize = 16;

/// The message inside `bytes`, if there is one. True: the client's last, or the server's only one.
pub(super) fn read(bytes: &[u8], said: &mut Said) -> bool {
    let Some(at) = bytes.windows(SIGNATURE.len()).position(|window| window == SIGNATURE) else { return false };
    let message = rest(bytes, at);
    match le32(message, 8) {
        Some(1) => negotiate(message, said),
        Some(2) => {
            challenge(message, said);
            return true;
        }
        Some(3) => {
            authenticate(message, said);
            return true;
        }
        _ => {}
    }
    false
}

/// Length, allocated length, offset from the start of the message (2.2.2.10 and others).
fn field(message: &[u8], at: usize) -> Option<&[u8]> {
    slice(message, le32(message, at + 4)? as usize, usize::from(le16(message, at)?))
}

/// Names here are in the old character set (2.2.1.1).
fn negotiate(message: &[u8], said: &mut Said) {
    let flags = le32(message, 12).unwrap_or(0);
    if flags & HAS_WORKSTATION != 0 {
        if let Some(name) = field(message, 24) {
            said.of_sender(&SOURCE, "name", text(name));
        }
    }
    version(message, flags, 32, said);
}

fn challenge(message: &[u8], said: &mut Said) {
    version(message, le32(message, 20).unwrap_or(0), 48, said);
    let mut entries = field(message, 40).unwrap_or_default();
    for _ in 0..ENTRIES {
        let (Some(kind), Some(length)) = (le16(entries, 0), le16(entries, 2).map(usize::from)) else { return };
        let Some(value) = slice(entries, 4, length).filter(|_| kind != 0) else { return };
        let attribute = match kind {
            1 => "name",
            2 | 4 => "domain",
            3 => "host_name",
            _ => "",
        };
        if !attribute.is_empty() {
            said.of_sender(&SOURCE, attribute, wide(value));
        }
        entries = rest(entries, 4 + length);
    }
}

fn authenticate(message: &[u8], said: &mut Said) {
    let flags = le32(message, 60).unwrap_or(0);
    if let Some(name) = field(message, 44) {
        said.of_sender(&SOURCE, "name", if flags & IS_WIDE != 0 { wide(name) } else { text(name) });
    }
    version(message, flags, 64, said);
}

/// Major, minor, build (2.2.2.10). Others than Windows say build 0 or nothing.
fn version(message: &[u8], flags: u32, at: usize, said: &mut Said) {
    let (Some(major), Some(minor), Some(build)) = (byte(message, at), byte(message, at + 1), le16(message, at + 2)) else { return };
    // The last byte is the revision of the protocol.
    if flags & HAS_VERSION != 0 && major >= 5 && build != 0 && byte(message, at + 7) == Some(15) {
        said.of_sender(&SOURCE, "os", format!("Windows {major}.{minor} build {build}"));
    }
}
