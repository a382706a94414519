//! First lines: SSH, FTP and Telnet say which software they are before anybody logs on.

use super::{text, Said, Source, Took};
use crate::protocols::recognise::peek::{is_text, line, starts};

pub(super) static SSH: Source = Source {
    name: "SSH banner",
    meaning: "both sides of a remote shell say which software they are",
    about: "the IP address that sent it",
    attributes: &["software"],
    specification: "RFC 4253, 4.2",
};

pub(super) static FTP: Source = Source {
    name: "FTP banner",
    meaning: "a file server greets with the name of its software",
    about: "the IP address that sent it",
    attributes: &["software"],
    specification: "RFC 959, 4.2",
};

pub(super) static TELNET: Source = Source {
    name: "Telnet banner",
    meaning: "a remote shell greets before it asks who is there",
    about: "the IP address that sent it",
    attributes: &["description"],
    specification: "RFC 854",
};

/// Longest first line.
const LINE: usize = 512;

/// The identification; a server may greet with other lines before it.
pub(super) fn read_ssh(bytes: &[u8], last: bool, said: &mut Said) -> Took {
    let Some(first) = line(bytes, LINE) else { return if last { Took::All(bytes.len()) } else { Took::More } };
    let length = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
    if !starts(first, b"SSH-") {
        return if is_text(first) { Took::Message(length) } else { Took::All(length) };
    }
    // `SSH-2.0-software comments`.
    let software = first.splitn(3, |byte| *byte == b'-').nth(2).filter(|software| is_text(software));
    if let Some(software) = software {
        said.of_sender(&SSH, "software", text(software));
    }
    Took::All(length)
}

/// `220 …`: only the server's first line; what a client says is who logs on.
pub(super) fn read_ftp(bytes: &[u8], last: bool, said: &mut Said) -> Took {
    let Some(first) = line(bytes, LINE) else { return if last { Took::All(bytes.len()) } else { Took::More } };
    if starts(first, b"220") && is_text(first) {
        said.of_sender(&FTP, "software", text(first.get(4..).unwrap_or_default()));
    }
    Took::All(first.len() + 1)
}

/// The first line with letters, behind the negotiation with which a server begins. Nothing is taken from an end that
/// begins with words: it may be a person who types.
pub(super) fn read_telnet(bytes: &[u8], last: bool, said: &mut Said) -> Took {
    const COMMAND: u8 = 255;
    if bytes.first() != Some(&COMMAND) {
        return Took::All(bytes.len());
    }
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (byte, bytes.get(at + 1)) {
            // WILL, WON'T, DO, DON'T have an option behind them; a subnegotiation ends with its own command.
            (&COMMAND, Some(251..=254)) => at += 3,
            (&COMMAND, Some(250)) => {
                let end = bytes.get(at..).and_then(|rest| rest.windows(2).position(|two| two == [COMMAND, 240]));
                match end {
                    Some(length) => at += length + 2,
                    None => break,
                }
            }
            (&COMMAND, Some(_)) => at += 2,
            (&COMMAND, None) => break,
            (b'\r' | b'\n', _) if words.iter().any(u8::is_ascii_alphabetic) => {
                said.of_sender(&TELNET, "description", text(&words));
                return Took::All(at + 1);
            }
            (b'\r' | b'\n' | 0, _) => {
                words.clear();
                at += 1;
            }
            (letter, _) => {
                words.push(*letter);
                at += 1;
            }
        }
    }
    if last {
        Took::All(bytes.len())
    } else {
        Took::More
    }
}
