//! What devices say about themselves in passing: each claim with who said it about whom.
//!
//! One file a source, one line in [`SOURCES`]. A reader is total: it takes what its specification lets it take and
//! leaves the rest. Rules for every source:
//!
//! - The subject is who the words are about. Words about somebody else are told as such ([`Said::about`]) and never
//!   where they came through a proxy or an address translation that the message itself shows.
//! - Secrets are not read: communities, passwords, hashes, cookies, queries of addresses on the web.
//! - A claim is text of at most [`LONGEST`] characters, without control characters.

use std::net::IpAddr;

use crate::link::{Mac, Payload};
use crate::protocols::recognise::unprintable;

#[cfg(any(test, feature = "fuzzing"))]
pub mod alone;
mod arp;
mod bacnet;
mod banner;
mod cdp;
mod description;
mod dhcp;
mod dns_sd;
mod enip;
mod http;
mod listening;
mod lldp;
mod neighbour;
mod netbios;
mod ntlm;
mod profinet;
mod s7;
mod smb;
mod snmp;
mod ssdp;
#[cfg(test)]
mod tests;
mod tls;
mod vendors;

pub(crate) use listening::{Listening, Told};

/// Characters kept of a value; the attack: a name of a megabyte.
pub const LONGEST: usize = 256;
/// Claims of one message; the attack: an answer that lists a thousand names.
const MOST: usize = 64;

/// Who or what the words are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    Ip(IpAddr),
    Mac(Mac),
}

/// A place where devices speak of themselves, as data.
pub struct Source {
    /// Name in the claim's `source`. The inventory ranks sources by words in it.
    pub name: &'static str,
    /// What it is, in plain words.
    pub meaning: &'static str,
    /// Whom its claims are about.
    pub about: &'static str,
    /// What it may tell.
    pub attributes: &'static [&'static str],
    /// The specification read.
    pub specification: &'static str,
}

/// Every source. One that speaks in two voices (a client and a server) has a line for each.
pub static SOURCES: &[&Source] = &[
    &arp::SOURCE,
    &neighbour::SOURCE,
    &neighbour::ROUTER,
    &lldp::SOURCE,
    &cdp::SOURCE,
    &description::SOURCE,
    &profinet::SOURCE,
    &dhcp::CLIENT,
    &dhcp::SERVER,
    &dns_sd::MDNS,
    &dns_sd::LLMNR,
    &netbios::NAMES,
    &netbios::BROWSER,
    &snmp::SOURCE,
    &snmp::KIND,
    &ssdp::SOURCE,
    &enip::SOURCE,
    &bacnet::SOURCE,
    &bacnet::ANNOUNCEMENT,
    &s7::SOURCE,
    &tls::CERTIFICATE,
    &tls::REQUEST,
    &http::BANNER,
    &http::REQUEST,
    &ntlm::SOURCE,
    &smb::SOURCE,
    &banner::SSH,
    &banner::FTP,
    &banner::TELNET,
];

/// One thing said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) subject: Subject,
    pub(crate) attribute: &'static str,
    pub(crate) value: String,
    pub(crate) source: &'static str,
}

/// Collects what one message says.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// Who sent it, on this link.
    pub(crate) mac: Option<Mac>,
    /// Who sent it.
    pub(crate) sender: Option<IpAddr>,
    /// Whom it was sent to.
    pub(crate) receiver: Option<IpAddr>,
    /// An IP address that the sending card said is its own.
    pub(crate) own: Option<IpAddr>,
    pub(crate) claims: Vec<Claim>,
}

impl Said {
    /// Who sent it: its IP address, or its card where it has none yet.
    fn origin(&self) -> Option<Subject> {
        self.sender.filter(|ip| !ip.is_unspecified()).map(Subject::Ip).or(self.card())
    }

    /// The card that sent it.
    fn card(&self) -> Option<Subject> {
        self.mac.map(Subject::Mac)
    }

    /// About who sent it.
    fn of_sender(&mut self, source: &'static Source, attribute: &'static str, value: impl AsRef<str>) {
        if let Some(subject) = self.origin() {
            self.about(subject, source, attribute, value);
        }
    }

    /// About the card that sent it.
    fn of_card(&mut self, source: &'static Source, attribute: &'static str, value: impl AsRef<str>) {
        if let Some(subject) = self.card() {
            self.about(subject, source, attribute, value);
        }
    }

    /// About whom it was sent to.
    fn of_receiver(&mut self, source: &'static Source, attribute: &'static str, value: impl AsRef<str>) {
        if let Some(ip) = self.receiver.filter(|ip| !ip.is_unspecified() && !ip.is_multicast()) {
            self.about(Subject::Ip(ip), source, attribute, value);
        }
    }

    /// About anybody.
    fn about(&mut self, subject: Subject, source: &'static Source, attribute: &'static str, value: impl AsRef<str>) {
        debug_assert!(source.attributes.contains(&attribute), "{} does not list {attribute}", source.name);
        let value = clean(value.as_ref());
        if value.is_empty() || self.claims.len() >= MOST {
            return;
        }
        let claim = Claim { subject, attribute, value, source: source.name };
        if !self.claims.contains(&claim) {
            self.claims.push(claim);
        }
    }
}

/// Text as it is kept: one line, nothing invisible, not longer than [`LONGEST`].
fn clean(text: &str) -> String {
    let shown = text.chars().take(4 * LONGEST).map(|letter| if unprintable(letter) { ' ' } else { letter });
    let joined: String = shown.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    joined.chars().take(LONGEST).collect()
}

/// Text up to its first zero byte; what is not UTF-8 is taken for Latin-1.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len()).min(4 * LONGEST);
    let bytes = &bytes[..end];
    std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect(), str::to_owned)
}

/// UTF-16, little endian, up to its first zero.
fn wide(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]]));
    char::decode_utf16(units.take_while(|unit| *unit != 0).take(4 * LONGEST)).map(|one| one.unwrap_or(' ')).collect()
}

fn ipv4(bytes: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from).filter(|ip| !ip.is_unspecified())
}

fn mac(bytes: &[u8]) -> Option<Mac> {
    <[u8; 6]>::try_from(bytes).ok().map(Mac).filter(|mac| mac.0 != [0; 6] && mac.0[0] & 1 == 0)
}

/// Takes one message.
pub(crate) type Reader = fn(&[u8], &mut Said);

/// The reader of a frame and the bytes that it takes; `None` for the many frames that tell nothing.
pub(crate) fn of_frame<'a>(payload: &Payload<'a>) -> Option<(Reader, &'a [u8])> {
    match *payload {
        Payload::Arp(bytes) => Some((arp::read, bytes)),
        Payload::Ip(bytes) if neighbour::is_one(bytes) => Some((neighbour::read, bytes)),
        Payload::Other { ethertype: 0x88CC, bytes } => Some((lldp::read, bytes)),
        Payload::Other { ethertype: 0x8892, bytes } if profinet::tells(bytes) => Some((profinet::read, bytes)),
        Payload::Llc { bytes } if bytes.starts_with(cdp::HEADER) => Some((cdp::read, bytes)),
        _ => None,
    }
}

/// The reader of datagrams of an application that was recognised by content.
pub(crate) fn of_datagrams(application: &str) -> Option<Reader> {
    Some(match application {
        "dhcp" => dhcp::read,
        "mdns" => dns_sd::read_mdns,
        "llmnr" => dns_sd::read_llmnr,
        "netbios-ns" => netbios::read_names,
        "netbios-dgm" => netbios::read_browser,
        "snmp" => snmp::read,
        "ssdp" => ssdp::read,
        "enip" => enip::read,
        "bacnet" => bacnet::read,
        _ => return None,
    })
}

/// How far the reader of a stream came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Took {
    /// A whole message of so many bytes; the next may tell more.
    Message(usize),
    /// So many bytes told all that there is to tell.
    All(usize),
    /// The rest of the message has not come yet.
    More,
}

/// Takes the start of what one end sent; `last`: nothing more will come. It must tell the same of a start however much
/// follows it.
pub(crate) type StreamReader = fn(&[u8], bool, &mut Said) -> Took;

/// How the first bytes of a connection are heard.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hearing {
    pub(crate) read: StreamReader,
    /// Bytes of each direction; the attack: a header or certificate that never ends.
    pub(crate) most: usize,
}

/// How connections are heard of an application that was recognised by content.
pub(crate) fn of_streams(application: &str) -> Option<Hearing> {
    let (read, most): (StreamReader, usize) = match application {
        "tls" => (tls::read, 16 << 10),
        "http" => (http::read, 4 << 10),
        "smb" | "netbios-ssn" => (smb::read, 8 << 10),
        "cotp" | "s7comm" => (s7::read, 16 << 10),
        "enip" => (enip::read_stream, 4 << 10),
        "ssh" => (banner::read_ssh, 512),
        "ftp" => (banner::read_ftp, 512),
        "telnet" => (banner::read_telnet, 512),
        _ => return None,
    };
    Some(Hearing { read, most })
}
