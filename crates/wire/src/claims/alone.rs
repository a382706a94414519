//! One reader at a time on any bytes, for tests and fuzzing: the engine asks a reader only where content was recognised.

use std::net::{IpAddr, Ipv4Addr};

use super::{arp, cdp, lldp, neighbour, of_datagrams, of_streams, profinet, Claim, Listening, Reader, Said};
use crate::flow::Mark;
use crate::link::Mac;

/// Readers of frames, by name.
pub(super) const FRAMES: [(&str, Reader); 5] =
    [("arp", arp::read), ("neighbour", neighbour::read), ("lldp", lldp::read), ("cdp", cdp::read), ("profinet", profinet::read)];
/// Applications whose datagrams are read.
pub(super) const DATAGRAMS: [&str; 9] = ["dhcp", "mdns", "llmnr", "netbios-ns", "netbios-dgm", "snmp", "ssdp", "enip", "bacnet"];
/// Applications whose connections are heard.
pub(super) const STREAMS: [&str; 8] = ["tls", "http", "smb", "s7comm", "enip", "ssh", "ftp", "telnet"];

/// Addresses of the two ends.
const ENDS: [IpAddr; 2] = [IpAddr::V4(Ipv4Addr::new(10, 0, 0, 5)), IpAddr::V4(Ipv4Addr::new(10, 0, 0, 13))];
/// The card of the first.
const CARD: Mac = Mac([0, 0x1B, 0x1B, 0, 0, 1]);

/// What a reader told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Whom it is about, for people.
    pub subject: String,
    /// See [`super::Source::attributes`].
    pub attribute: &'static str,
    /// At most [`super::LONGEST`] characters.
    pub value: String,
    /// See [`super::Source::name`].
    pub source: &'static str,
}

/// Every reader's name: of frames, of datagrams, and of streams with `-stream` behind.
pub fn readers() -> Vec<String> {
    let whole = FRAMES.iter().map(|(name, _)| *name).chain(DATAGRAMS).map(str::to_owned);
    whole.chain(STREAMS.map(|name| format!("{name}-stream"))).collect()
}

/// What this reader makes of a message, or of what each end of a connection sent, heard in pieces of these sizes.
/// `None`: there is no such reader.
pub fn read(reader: &str, ends: [&[u8]; 2], sizes: &[usize]) -> Option<Vec<Word>> {
    if let Some(application) = reader.strip_suffix("-stream") {
        return Some(words(&hear(application, ends, sizes)?));
    }
    let frames = FRAMES.iter().find(|(name, _)| *name == reader).map(|(_, read)| *read);
    let read = frames.or_else(|| of_datagrams(reader))?;
    let mut said = Said { mac: Some(CARD), sender: Some(ENDS[0]), receiver: Some(ENDS[1]), ..Said::default() };
    read(ends[0], &mut said);
    Some(words(&said.claims))
}

fn hear(application: &str, ends: [&[u8]; 2], sizes: &[usize]) -> Option<Vec<Claim>> {
    let mut listening = Listening::new(of_streams(application)?);
    let mut told = Vec::new();
    for (from, bytes) in ends.into_iter().enumerate() {
        let mut rest = bytes;
        let mut sizes = sizes.iter().cycle();
        while !rest.is_empty() {
            let size = sizes.next().copied().unwrap_or(rest.len()).clamp(1, rest.len());
            told.extend(listening.hear(from, ENDS, &rest[..size], Mark::default()));
            rest = &rest[size..];
        }
        told.extend(listening.end(from, ENDS));
    }
    debug_assert!(listening.is_done() && listening.held() == 0, "{application} keeps bytes after its end");
    Some(told.into_iter().flat_map(|(claims, _)| claims).collect())
}

fn words(claims: &[Claim]) -> Vec<Word> {
    let word = |one: &Claim| Word {
        subject: format!("{:?}", one.subject),
        attribute: one.attribute,
        value: one.value.clone(),
        source: one.source,
    };
    claims.iter().map(word).collect()
}
