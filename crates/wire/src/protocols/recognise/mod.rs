//! Names a conversation's application by what it says, so that nobody reads "unknown" for half a plant.
//!
//! Contract: every function is total, never panics, reads only what is there, and allocates only for a server name.
//! `None` means "not told by these bytes": a wrong name is worse than none, so each signature checks lengths and fixed
//! fields of its specification, which is named beside it. A port is only ever a tie-breaker between shapes that content
//! alone cannot tell apart (mDNS is DNS on 5353). Modbus is read by its own decoder and is never named here.
//!
//! Ask once per direction with its first payload bytes (more bytes say more, one segment is enough). An answer whose
//! [`Signature::carrier`] is set names only the envelope: a later message of the same conversation may say what is
//! inside.

mod automation;
mod ber;
mod grid;
mod link;
mod mail;
mod names;
mod network;
pub(crate) mod peek;
mod ports;
mod table;
#[cfg(test)]
mod tests;
mod tls;
mod tpkt;
mod vendors;
mod web;
mod windows;

pub use link::{of_ethertype, of_ip_protocol, of_llc, of_tunnel};
pub use ports::of_port;
pub use table::SIGNATURES;

/// Longest server name that is kept: that of a domain name (RFC 1035, 2.3.4).
pub const LONGEST_NAME: usize = 253;

/// Which world an application belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    /// The plant: controllers, field devices, their engineering.
    Ot,
    /// Files, desktops, web, mail, databases.
    Office,
    /// What keeps a network going: names, addresses, time, routes.
    Network,
}

impl Group {
    /// Its name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ot => "ot",
            Self::Office => "office",
            Self::Network => "network",
        }
    }
}

/// An application that is known by its bytes.
#[derive(Debug, PartialEq, Eq)]
pub struct Signature {
    /// `network.application`, e.g. `s7comm`.
    pub name: &'static str,
    /// What people call it, e.g. `remote desktop`.
    pub title: &'static str,
    /// See [`Group`].
    pub group: Group,
    /// True if it is an envelope: ask again with later bytes of the conversation.
    pub carrier: bool,
}

/// Who the sender of the bytes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// It asks.
    Client,
    /// It answers.
    Server,
}

/// The name under which a client asked for a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerName {
    /// Document field: `tls.client.server_name`, `url.domain` or `dns.question.name`.
    pub field: &'static str,
    /// In lower case, printable, at most [`LONGEST_NAME`] bytes.
    pub value: String,
}

/// What the bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// The application.
    pub signature: &'static Signature,
    /// What the sender of these bytes is, when they tell.
    pub sender: Option<Role>,
    /// The name that the client asked for, when the bytes hold it.
    pub server_name: Option<ServerName>,
}

impl Recognised {
    fn new(signature: &'static Signature, sender: Option<Role>) -> Self {
        Self { signature, sender, server_name: None }
    }

    fn named(mut self, field: &'static str, value: &[u8]) -> Self {
        self.server_name = printable(value).map(|value| ServerName { field, value });
        self
    }
}

/// The bytes asked about.
#[derive(Debug, Clone, Copy)]
struct Payload<'a> {
    bytes: &'a [u8],
    source: u16,
    destination: u16,
}

impl Payload<'_> {
    /// Whether one end has this port: a tie-breaker only.
    fn port(&self, port: u16) -> bool {
        self.source == port || self.destination == port
    }
}

type Recogniser = fn(&Payload<'_>) -> Option<Recognised>;

/// Tried in this order; the strongest first.
static STREAM: &[Recogniser] = &[
    tpkt::stream,
    automation::stream,
    grid::stream,
    vendors::stream,
    tls::stream,
    web::stream,
    windows::stream,
    ber::stream,
    names::stream,
    mail::stream,
    network::stream,
];

/// Tried in this order; the strongest first.
static DATAGRAM: &[Recogniser] = &[
    automation::datagram,
    grid::datagram,
    vendors::datagram,
    names::datagram,
    ber::datagram,
    windows::datagram,
    web::datagram,
    tls::datagram,
    network::datagram,
];

/// The application of a TCP connection, from the first captured payload bytes of one direction.
pub fn of_stream(first_bytes: &[u8], source_port: u16, destination_port: u16) -> Option<Recognised> {
    let payload = Payload { bytes: first_bytes, source: source_port, destination: destination_port };
    STREAM.iter().find_map(|recognise| recognise(&payload))
}

/// The application of a UDP datagram.
pub fn of_datagram(payload: &[u8], source_port: u16, destination_port: u16) -> Option<Recognised> {
    let payload = Payload { bytes: payload, source: source_port, destination: destination_port };
    DATAGRAM.iter().find_map(|recognise| recognise(&payload))
}

/// Whether this names TLS over a stream, inside which another application is.
pub fn is_tls(signature: &Signature) -> bool {
    std::ptr::eq(signature, &table::TLS)
}

/// A name as text: not empty, not longer than a domain name, no control characters, lower case.
fn printable(bytes: &[u8]) -> Option<String> {
    if bytes.is_empty() || bytes.len() > LONGEST_NAME {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    // Lower case can be longer than what it was made of, so the limit is checked again.
    let lower = text.to_lowercase();
    (lower.len() <= LONGEST_NAME && !lower.chars().any(unprintable)).then_some(lower)
}

/// Controls, and the marks that make a terminal or browser show another text than is there (bidirectional overrides).
pub(crate) fn unprintable(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
