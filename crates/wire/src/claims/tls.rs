//! TLS: the certificate that a server shows (up to TLS 1.2, where it is in clear), and the name a client asks for.

use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};
use x509_parser::public_key::PublicKey;

use super::{text, Said, Source, Took};
use crate::protocols::recognise::peek::{be16, be24, byte, rest, slice};

pub(super) static CERTIFICATE: Source = Source {
    name: "TLS certificate",
    meaning: "a server, or a client, proves who it is when an encrypted connection begins",
    about: "the IP address that shows it; a middlebox may show its own",
    attributes: &["certificate_subject", "certificate_issuer", "certificate_names", "certificate_expires", "certificate_key"],
    specification: "RFC 5246, 7.4.2; RFC 5280",
};

pub(super) static REQUEST: Source = Source {
    name: "TLS request",
    meaning: "a client says the name of the server that it wants",
    about: "the server that is asked, in the words of the client",
    attributes: &["alias"],
    specification: "RFC 6066, 3",
};

/// Records of one flight; the attack: a thousand records of one byte.
const RECORDS: usize = 64;
/// Longest certificate parsed; the attack: a certificate of megabytes.
const LONGEST_CERTIFICATE: usize = 8 << 10;
/// Alternative names told of one certificate; the accident: a content network's, with hundreds.
const NAMES: usize = 8;

/// Joins the handshake's records until the certificate, or what proves that none will come in clear.
pub(super) fn read(bytes: &[u8], last: bool, said: &mut Said) -> Took {
    let mut handshake: Vec<u8> = Vec::new();
    let mut at = 0;
    for _ in 0..RECORDS {
        let (Some(kind), Some(length)) = (byte(bytes, at), be16(bytes, at + 3).map(usize::from)) else { return Took::More };
        if kind != 22 || byte(bytes, at + 1) != Some(3) {
            // Encrypted from here on, an alert, or another protocol.
            return Took::All(at.max(1));
        }
        let whole = slice(bytes, at + 5, length);
        if whole.is_none() && !last {
            return Took::More;
        }
        handshake.extend_from_slice(whole.unwrap_or(rest(bytes, at + 5)));
        at += 5 + length;
        match messages(&handshake, said) {
            Found::Yes => return Took::All(at),
            Found::No => return Took::All(at),
            Found::NotYet => {}
        }
        if whole.is_none() {
            break;
        }
    }
    Took::All(at)
}

enum Found {
    Yes,
    No,
    NotYet,
}

fn messages(mut bytes: &[u8], said: &mut Said) -> Found {
    while let (Some(kind), Some(length)) = (byte(bytes, 0), be24(bytes, 1).map(|length| length as usize)) {
        let Some(body) = slice(bytes, 4, length) else { return Found::NotYet };
        match kind {
            1 => {
                if let Some(name) = server_name(body) {
                    said.of_receiver(&REQUEST, "alias", name);
                }
            }
            11 => {
                certificate(body, said);
                return Found::Yes;
            }
            // Session resumed, or the flight is over.
            4 | 14 | 16 | 20 => return Found::No,
            _ => {}
        }
        bytes = rest(bytes, 4 + length);
    }
    Found::NotYet
}

/// ClientHello without its head: version, random, session, ciphers, compression, extensions.
fn server_name(body: &[u8]) -> Option<String> {
    let at = 35 + usize::from(byte(body, 34)?);
    let at = at + 2 + usize::from(be16(body, at)?);
    let mut at = at + 1 + usize::from(byte(body, at)?) + 2;
    while let (Some(kind), Some(length)) = (be16(body, at), be16(body, at + 2).map(usize::from)) {
        if kind == 0 {
            let entry = slice(body, at + 4, length)?;
            let name = slice(entry, 5, usize::from(be16(entry, 3)?)).filter(|_| byte(entry, 2) == Some(0))?;
            return name.iter().all(u8::is_ascii_graphic).then(|| text(name));
        }
        at += 4 + length;
    }
    None
}

/// The first certificate of the chain is the speaker's own.
fn certificate(body: &[u8], said: &mut Said) {
    let length = be24(body, 3).map_or(0, |length| length as usize);
    let Some(der) = slice(body, 6, length).filter(|der| der.len() <= LONGEST_CERTIFICATE) else { return };
    let Ok((_, certificate)) = X509Certificate::from_der(der) else { return };
    said.of_sender(&CERTIFICATE, "certificate_subject", certificate.subject().to_string());
    let issuer = if certificate.subject() == certificate.issuer() { "itself".to_owned() } else { certificate.issuer().to_string() };
    said.of_sender(&CERTIFICATE, "certificate_issuer", issuer);
    if let Some(day) = day(certificate.validity().not_after.timestamp()) {
        said.of_sender(&CERTIFICATE, "certificate_expires", day);
    }
    let key = match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(key)) => format!("RSA {}", key.key_size()),
        Ok(PublicKey::EC(key)) => format!("EC {}", key.key_size()),
        Ok(_) | Err(_) => certificate.public_key().algorithm.algorithm.to_id_string(),
    };
    said.of_sender(&CERTIFICATE, "certificate_key", key);
    if let Ok(Some(names)) = certificate.subject_alternative_name() {
        for name in names.value.general_names.iter().take(NAMES) {
            match name {
                GeneralName::DNSName(name) | GeneralName::URI(name) => said.of_sender(&CERTIFICATE, "certificate_names", name),
                GeneralName::IPAddress(octets) => {
                    let four = <[u8; 4]>::try_from(*octets).map(std::net::IpAddr::from);
                    if let Ok(ip) = four.or_else(|_| <[u8; 16]>::try_from(*octets).map(std::net::IpAddr::from)) {
                        said.of_sender(&CERTIFICATE, "certificate_names", ip.to_string());
                    }
                }
                _ => {}
            }
        }
    }
}

/// The day of a time in seconds since 1970, UTC, as `2026-11-24`; from days to a date as in the proleptic Gregorian
/// calendar, whose 400 years have 146,097 days.
fn day(seconds: i64) -> Option<String> {
    let days = seconds.div_euclid(86_400) + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Years that begin in March.
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let year = year_of_era + era * 400 + next;
    (0..10_000).contains(&year).then(|| format!("{year:04}-{month:02}-{day:02}"))
}
