//! DHCP: what a device says when it asks for its address, and what the server gives it.

use std::net::IpAddr;

use super::{ipv4, mac, text, Said, Source, Subject};
use crate::protocols::recognise::peek::{be16, byte, rest, slice};

pub(super) static CLIENT: Source = Source {
    name: "DHCP client",
    meaning: "a device asks for its IP address and says what it is called",
    about: "the device that asks, by its network card or address, also where a relay passes the question on",
    attributes: &["name", "host_name", "vendor_class", "ip"],
    specification: "RFC 2131, 2; RFC 2132; RFC 4702",
};

pub(super) static SERVER: Source = Source {
    name: "DHCP server",
    meaning: "a server gives a device its IP address and tells it the router",
    about: "the server itself; the network card that gets the address; the router that it names",
    attributes: &["service", "ip", "network", "role"],
    specification: "RFC 2131, 2; RFC 2132",
};

/// Where the options begin: the fixed part, then a number that says that options follow.
const COOKIE: usize = 236;
/// Options of one message; the attack: a message of nothing but empty options.
const OPTIONS: usize = 128;

#[derive(Default)]
struct Options<'a> {
    kind: u8,
    name: Option<&'a [u8]>,
    full_name: Option<&'a [u8]>,
    class: Option<&'a [u8]>,
    requested: Option<IpAddr>,
    server: Option<IpAddr>,
    mask: Option<u32>,
    router: Option<IpAddr>,
}

pub(super) fn read(bytes: &[u8], said: &mut Said) {
    if slice(bytes, COOKIE, 4) != Some(&[0x63, 0x82, 0x53, 0x63]) {
        return;
    }
    let options = options(rest(bytes, COOKIE + 4));
    let card = (be16(bytes, 1) == Some(0x0106)).then(|| slice(bytes, 28, 6).and_then(mac)).flatten();
    let address = |at: usize| slice(bytes, at, 4).and_then(ipv4);
    match byte(bytes, 0) {
        Some(1) => {
            let own = card.filter(|card| said.mac.is_none_or(|mac| mac == *card));
            let subject = match own {
                Some(_) => said.sender.filter(|ip| !ip.is_unspecified()).map(Subject::Ip).or(card.map(Subject::Mac)),
                // Passed on by a relay: it asks for another.
                None => address(12).map(Subject::Ip).or(card.map(Subject::Mac)),
            };
            if let Some(subject) = subject {
                client(subject, &options, said);
            }
        }
        Some(2) => server(card, address(16), &options, said),
        _ => {}
    }
}

fn client(subject: Subject, options: &Options<'_>, said: &mut Said) {
    if let Some(name) = options.name {
        said.about(subject, &CLIENT, "name", text(name));
    }
    if let Some(name) = options.full_name.and_then(full_name) {
        said.about(subject, &CLIENT, "host_name", name);
    }
    if let Some(class) = options.class {
        said.about(subject, &CLIENT, "vendor_class", text(class));
    }
    // A discover only wishes; a request says what it was offered or had.
    if let (3, Some(ip)) = (options.kind, options.requested) {
        said.about(subject, &CLIENT, "ip", ip.to_string());
    }
}

fn server(card: Option<crate::link::Mac>, given: Option<IpAddr>, options: &Options<'_>, said: &mut Said) {
    if options.server.is_some() && options.server == said.sender {
        said.of_sender(&SERVER, "service", "DHCP");
    }
    // 2 offers, 5 gives.
    if options.kind == 5 {
        if let (Some(card), Some(IpAddr::V4(ip))) = (card, given) {
            said.about(Subject::Mac(card), &SERVER, "ip", ip.to_string());
            if let Some(mask) = options.mask.filter(|mask| mask.leading_ones() + mask.trailing_zeros() == 32) {
                let network = std::net::Ipv4Addr::from(u32::from(ip) & mask);
                said.about(Subject::Mac(card), &SERVER, "network", format!("{network}/{}", mask.leading_ones()));
            }
        }
        if let Some(router) = options.router {
            said.about(Subject::Ip(router), &SERVER, "role", "router");
        }
    }
}

fn options(mut bytes: &[u8]) -> Options<'_> {
    let mut found = Options::default();
    for _ in 0..OPTIONS {
        match byte(bytes, 0) {
            Some(0) => {
                bytes = rest(bytes, 1);
                continue;
            }
            None | Some(255) => break,
            Some(_) => {}
        }
        let (Some(code), Some(length)) = (byte(bytes, 0), byte(bytes, 1).map(usize::from)) else { break };
        let Some(value) = slice(bytes, 2, length) else { break };
        match code {
            1 => found.mask = <[u8; 4]>::try_from(value).ok().map(u32::from_be_bytes),
            3 => found.router = slice(value, 0, 4).and_then(ipv4),
            12 => found.name = Some(value),
            50 => found.requested = ipv4(value),
            53 => found.kind = byte(value, 0).unwrap_or(0),
            54 => found.server = ipv4(value),
            60 => found.class = Some(value),
            81 => found.full_name = Some(value),
            _ => {}
        }
        bytes = rest(bytes, length + 2);
    }
    found
}

/// Flags, two bytes of old use, then the name: labels (flag 4) or text.
fn full_name(value: &[u8]) -> Option<String> {
    let (flags, mut name) = (byte(value, 0)?, rest(value, 3));
    if flags & 4 == 0 {
        return Some(text(name));
    }
    let mut labels = Vec::new();
    while let Some(length) = byte(name, 0).filter(|length| (1..64).contains(length)) {
        labels.push(text(slice(name, 1, usize::from(length))?));
        name = rest(name, 1 + usize::from(length));
    }
    Some(labels.join("."))
}
