//! IPv6 neighbour discovery: which card has an address, and who is a router.
//!
//! Only messages with hop limit 255 are believed: others came through a router (RFC 4861, 3.1).

use std::net::{IpAddr, Ipv6Addr};

use super::{mac, Said, Source, Subject};
use crate::link::Mac;
use crate::protocols::recognise::peek::{byte, rest, slice};

pub(super) static SOURCE: Source = Source {
    name: "neighbour discovery",
    meaning: "a device tells its neighbours which network card has its IPv6 address (IPv6's ARP)",
    about: "the IP address that is announced",
    attributes: &["mac", "role"],
    specification: "RFC 4861, 4.3 and 4.4",
};

pub(super) static ROUTER: Source = Source {
    name: "router advertisement",
    meaning: "a router tells its network that it forwards, and which addresses belong there",
    about: "the IP address that sent it",
    attributes: &["role", "mac", "network"],
    specification: "RFC 4861, 4.2 and 4.6",
};

const HEADER: usize = 40;
/// Options of one message; the attack: a packet of nothing but options.
const OPTIONS: usize = 16;

/// Whether this is such a message, with nothing between the IP header and it.
pub(super) fn is_one(ip: &[u8]) -> bool {
    matches!(ip, [0x60..=0x6F, _, _, _, _, _, 58, 255, ..]) && matches!(ip.get(HEADER), Some(134..=136)) && ip.get(HEADER + 1) == Some(&0)
}

pub(super) fn read(ip: &[u8], said: &mut Said) {
    let (Some(source), Some(kind)) = (address(ip, 8), byte(ip, HEADER)) else { return };
    let message = rest(ip, HEADER);
    // Router advertisement, solicitation, advertisement: where their options begin (4.2 to 4.4).
    match kind {
        134 => {
            let (card, networks) = options(rest(message, 16), 1);
            let subject = Subject::Ip(source);
            // A lifetime of 0 means: no default router.
            if slice(message, 6, 2).is_some_and(|lifetime| lifetime != [0, 0]) {
                said.about(subject, &ROUTER, "role", "router");
            }
            if let Some(card) = card {
                said.about(subject, &ROUTER, "mac", card.to_string());
            }
            for network in networks {
                said.about(subject, &ROUTER, "network", network);
            }
        }
        135 => own(source, options(rest(message, 24), 1).0, said),
        136 => {
            let Some(target) = address(message, 8) else { return };
            let card = options(rest(message, 24), 2).0;
            if target == source {
                own(source, card, said);
            } else if let Some(card) = card {
                said.about(Subject::Ip(target), &SOURCE, "mac", card.to_string());
            }
            if byte(message, 4).is_some_and(|flags| flags & 0x80 != 0) {
                said.about(Subject::Ip(target), &SOURCE, "role", "router");
            }
        }
        _ => {}
    }
}

/// The sender says that the address it sends from is its own.
fn own(source: IpAddr, card: Option<Mac>, said: &mut Said) {
    if source.is_unspecified() || source.is_multicast() {
        return;
    }
    if let Some(card) = card {
        said.about(Subject::Ip(source), &SOURCE, "mac", card.to_string());
        if said.mac == Some(card) {
            said.own = Some(source);
        }
    }
}

fn address(bytes: &[u8], at: usize) -> Option<IpAddr> {
    let octets: [u8; 16] = slice(bytes, at, 16)?.try_into().ok()?;
    Some(IpAddr::V6(Ipv6Addr::from(octets)))
}

/// The link-layer address in the option `kind`, and the prefixes told (4.6.1, 4.6.2).
fn options(mut bytes: &[u8], kind: u8) -> (Option<Mac>, Vec<String>) {
    let (mut card, mut networks) = (None, Vec::new());
    for _ in 0..OPTIONS {
        let (Some(one), Some(length)) = (byte(bytes, 0), byte(bytes, 1)) else { break };
        let Some(option) = slice(bytes, 0, usize::from(length) * 8).filter(|option| !option.is_empty()) else { break };
        match one {
            one if one == kind && length == 1 => card = card.or(mac(&option[2..8])),
            // On-link prefixes only.
            3 if length == 4 && option[3] & 0x80 != 0 => {
                if let Some(prefix) = address(option, 16) {
                    networks.push(format!("{prefix}/{}", option[2].min(128)));
                }
            }
            _ => {}
        }
        bytes = rest(bytes, option.len());
    }
    (card, networks)
}
