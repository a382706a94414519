//! SMB: what both sides say of themselves when a session begins, directly or inside its logon (NTLM).

use super::{netbios, ntlm, text, wide, Said, Source, Took};
use crate::protocols::recognise::peek::{be24, byte, le16, le32, rest, slice};

pub(super) static SOURCE: Source = Source {
    name: "SMB session",
    meaning: "computers tell each other their name and system when a file sharing session begins",
    about: "the IP address that sent it; for the called name, the computer that is called",
    attributes: &["name", "alias", "os", "software", "domain"],
    specification: "[MS-CIFS] 2.2.4.53, [MS-SMB] 2.2.4.6, [MS-SMB2] 2.2; RFC 1002, 4.3",
};

/// Texts of one message; the attack: a message of nothing but ends of texts.
const TEXTS: usize = 8;

/// One message with its head: kind, length (RFC 1002, 4.3.1; [MS-SMB2] 2.1).
pub(super) fn read(bytes: &[u8], last: bool, said: &mut Said) -> Took {
    let Some(length) = be24(bytes, 1).map(|length| length as usize & 0x1_FFFF) else { return Took::More };
    let total = length + 4;
    let body = match slice(bytes, 4, length) {
        Some(body) => body,
        None if last => rest(bytes, 4),
        None => return Took::More,
    };
    match byte(bytes, 0) {
        Some(0x00) if message(body, said) => Took::All(total),
        // Session request: called and calling name.
        Some(0x81) => {
            if let Some((name, _)) = netbios::encoded(body, 0).filter(|(name, _)| !name.starts_with("*SMBSERV")) {
                said.of_receiver(&SOURCE, "alias", name);
            }
            if let Some((name, _)) = netbios::encoded(body, 34) {
                said.of_sender(&SOURCE, "name", name);
            }
            Took::Message(total)
        }
        Some(0x00 | 0x82 | 0x85) => Took::Message(total),
        _ => Took::All(total),
    }
}

/// True: this end told all that it will.
fn message(body: &[u8], said: &mut Said) -> bool {
    if body.starts_with(b"\xFFSMB") {
        return byte(body, 4) == Some(0x73) && session(body, said).unwrap_or(false);
    }
    // Version 2: head of 64 bytes, command 1 sets up a session.
    if body.starts_with(b"\xFESMB") && le16(body, 12) == Some(1) {
        return ntlm::read(rest(body, 64), said);
    }
    false
}

/// Session setup of version 1: a logon, then the native system, its SMB software and the domain.
fn session(body: &[u8], said: &mut Said) -> Option<bool> {
    let is_answer = byte(body, 9)? & 0x80 != 0;
    let is_wide = le16(body, 10)? & 0x8000 != 0;
    let words = byte(body, 32)?;
    let parameters = slice(body, 33, usize::from(words) * 2)?;
    let data_at = 33 + parameters.len() + 2;
    let data = rest(body, data_at);
    // What stands before the texts: a logon, or passwords (which are stepped over), and how many texts before the system.
    let (before, skipped) = match (is_answer, words) {
        (true, 4) => (usize::from(le16(parameters, 6)?), 0),
        (true, 3) => (0, 0),
        (false, 12) => (usize::from(le16(parameters, 14)?), 0),
        // Account name and domain come first.
        (false, 13) => (usize::from(le16(parameters, 14)?) + usize::from(le16(parameters, 16)?), 2),
        _ => return Some(false),
    };
    let logon = slice(data, 0, before)?;
    let is_last = matches!(words, 4 | 12) && ntlm::read(logon, said);
    // UTF-16 begins at an even place of the message.
    let pad = usize::from(is_wide && (data_at + before) % 2 != 0);
    let texts = texts(rest(data, before + pad), is_wide);
    let native = |at: usize| texts.get(at + skipped).filter(|text| !text.is_empty());
    if let Some(system) = native(0) {
        said.of_sender(&SOURCE, "os", system);
    }
    if let Some(software) = native(1) {
        said.of_sender(&SOURCE, "software", software);
    }
    if let Some(domain) = native(2).filter(|_| is_answer) {
        said.of_sender(&SOURCE, "domain", domain);
    }
    // A server that asks for more says its system again; 0 means that the session stands.
    Some(is_last || !is_answer && words == 13 || is_answer && le32(body, 5) == Some(0))
}

/// Texts that end with zero.
fn texts(mut bytes: &[u8], is_wide: bool) -> Vec<String> {
    let mut found = Vec::new();
    while found.len() < TEXTS && !bytes.is_empty() {
        let end = if is_wide {
            bytes.chunks_exact(2).position(|two| two == [0, 0]).map(|at| at * 2)
        } else {
            bytes.iter().position(|byte| *byte == 0)
        };
        let (this, after) = end.map_or((bytes, bytes.len()), |end| (&bytes[..end], end + if is_wide { 2 } else { 1 }));
        found.push(if is_wide { wide(this) } else { text(this) });
        bytes = rest(bytes, after);
    }
    found
}
