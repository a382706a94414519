//! Protocols that greet in text: SSH, VNC, FTP, SMTP, POP3, IMAP; and Telnet, which negotiates first.
//!
//! RFC 4253, 4.2; RFC 6143, 7.1.1; RFC 959, 4; RFC 5321, 4; RFC 1939; RFC 9051; RFC 854. Checked: the banner's fixed
//! words, and that the first line is printable. What FTP and SMTP share (`220 ready`) is told apart by word, else by
//! port.

use super::peek::{byte, contains, is_text, line, starts};
use super::table::{FTP, IMAP, POP3, SMTP, SSH, TELNET, VNC};
use super::{Payload, Recognised, Role, Signature};

/// Longest greeting line looked at.
const LONGEST_LINE: usize = 1024;

pub(super) fn stream(payload: &Payload<'_>) -> Option<Recognised> {
    let bytes = payload.bytes;
    if telnet(payload) {
        return Some(Recognised::new(&TELNET, None));
    }
    // Both sides say these.
    let ssh = bytes.starts_with(b"SSH-2.0-") || bytes.starts_with(b"SSH-1.");
    if ssh && is_text(line(bytes, 256).unwrap_or(bytes)) {
        return Some(Recognised::new(&SSH, None));
    }
    if let [b'R', b'F', b'B', b' ', a, b, c, b'.', d, e, f, b'\n'] = bytes {
        return [a, b, c, d, e, f].iter().all(|digit| digit.is_ascii_digit()).then(|| Recognised::new(&VNC, None));
    }
    let line = line(bytes, LONGEST_LINE)?;
    is_text(line).then_some(())?;
    let (signature, role) = answer(line, payload).or_else(|| command(line, payload))?;
    Some(Recognised::new(signature, Some(role)))
}

/// What a server says.
fn answer(line: &[u8], payload: &Payload<'_>) -> Option<(&'static Signature, Role)> {
    if let [a @ b'1'..=b'5', b @ b'0'..=b'5', c, b' ' | b'-', text @ ..] = line {
        let code = [*a, *b, *c];
        let word = |word: &[u8]| contains(text, word);
        let signature = match &code {
            b"220" if word(b"FTP") => &FTP,
            b"220" if word(b"SMTP") => &SMTP,
            b"331" if word(b"password") => &FTP,
            b"227" if word(b"Entering Passive Mode") => &FTP,
            b"250" if word(b"SIZE") || word(b"PIPELINING") || word(b"8BITMIME") => &SMTP,
            code if code.iter().all(u8::is_ascii_digit) => by_port(payload)?,
            _ => return None,
        };
        return Some((signature, Role::Server));
    }
    if line.starts_with(b"* OK") && contains(line, b"IMAP") {
        return Some((&IMAP, Role::Server));
    }
    (starts(line, b"+OK") && (contains(line, b"POP3") || payload.port(110))).then_some((&POP3, Role::Server))
}

/// What a client says: words that only one of them has, or shared words on their port.
fn command(line: &[u8], payload: &Payload<'_>) -> Option<(&'static Signature, Role)> {
    let is = |words: &[&[u8]]| words.iter().any(|word| line.eq_ignore_ascii_case(word));
    let begins = |words: &[&[u8]]| words.iter().any(|word| starts(line, word));
    let signature = if begins(&[b"EHLO ", b"HELO ", b"MAIL FROM:<", b"RCPT TO:<"]) {
        &SMTP
    } else if is(&[b"PASV", b"EPSV", b"SYST", b"FEAT", b"TYPE I", b"TYPE A"]) || begins(&[b"RETR /", b"STOR /", b"OPTS UTF8"]) {
        &FTP
    } else if begins(&[b"USER ", b"PASS ", b"AUTH TLS", b"CWD ", b"LIST", b"RETR ", b"STOR ", b"PORT ", b"NOOP", b"QUIT"]) {
        if payload.destination == 110 {
            &POP3
        } else {
            by_port(payload)?
        }
    } else {
        return None;
    };
    Some((signature, Role::Client))
}

fn by_port(payload: &Payload<'_>) -> Option<&'static Signature> {
    if payload.port(21) {
        Some(&FTP)
    } else if payload.port(25) || payload.port(587) {
        Some(&SMTP)
    } else {
        None
    }
}

/// Telnet: the bytes begin with negotiations (`FF`, will, won't, do, don't, an assigned option); two, or one on port
/// 23.
fn telnet(payload: &Payload<'_>) -> bool {
    let bytes = payload.bytes;
    let mut at = 0usize;
    let mut negotiations = 0;
    while negotiations < 2 && byte(bytes, at) == Some(0xff) {
        match (byte(bytes, at + 1), byte(bytes, at + 2)) {
            (Some(0xfb..=0xfe), Some(0..=49)) => at += 3,
            _ => break,
        }
        negotiations += 1;
    }
    negotiations >= 2 || (negotiations == 1 && payload.port(23))
}
