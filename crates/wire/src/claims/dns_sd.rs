//! Multicast DNS with service discovery, and LLMNR: names that devices answer to on their own link.
//!
//! Proxies and reflectors repeat the answers of others. So a name is the sender's only where the same message says
//! that it has the address from which the message came, and a service only where it runs on such a name.

use std::net::IpAddr;

use simple_dns::rdata::RData;
use simple_dns::{Packet, PacketFlag, ResourceRecord};

use super::{Said, Source};
use crate::protocols::recognise::peek::be16;

pub(super) static MDNS: Source = Source {
    name: "mDNS name",
    meaning: "a device tells its network its name and its services (Bonjour, Avahi)",
    about: "the IP address that sent it, for names that the same message gives that address",
    attributes: &["name", "service", "model", "serial"],
    specification: "RFC 6762, RFC 6763",
};

pub(super) static LLMNR: Source = Source {
    name: "LLMNR name",
    meaning: "a Windows computer answers to its name on its own network",
    about: "the IP address that sent it, if the answer is that address",
    attributes: &["name"],
    specification: "RFC 4795",
};

/// Longest message (RFC 6762, 17); the attack: work on a jumbogram.
const LONGEST_MESSAGE: usize = 9000;
/// Records of one message; the attack: nine thousand bytes of pointers to one long name.
const RECORDS: usize = 256;

pub(super) fn read_mdns(bytes: &[u8], said: &mut Said) {
    let Some(packet) = answer(bytes) else { return };
    let hosts = hosts(&packet, said.sender);
    for host in &hosts {
        said.of_sender(&MDNS, "name", host.strip_suffix(".local").unwrap_or(host));
    }
    // Instances of services on these hosts, in lower case.
    let mut instances: Vec<String> = Vec::new();
    for record in records(&packet) {
        if let RData::SRV(service) = &record.rdata {
            let target = service.target.to_string();
            if hosts.iter().any(|host| host.eq_ignore_ascii_case(&target)) {
                let owner = record.name.to_string();
                if let Some(kind) = kind(&owner) {
                    said.of_sender(&MDNS, "service", kind);
                }
                instances.push(owner.to_lowercase());
            }
        }
    }
    let labels: Vec<&str> = hosts.iter().filter_map(|host| host.split('.').next()).collect();
    for record in records(&packet) {
        let RData::TXT(text) = &record.rdata else { continue };
        let owner = record.name.to_string().to_lowercase();
        // The device's own record has no service (draft of Apple's `_device-info._tcp`): its name is the host's.
        let own =
            owner.strip_suffix("._device-info._tcp.local").is_some_and(|name| labels.iter().any(|label| label.eq_ignore_ascii_case(name)));
        if !own && !instances.contains(&owner) {
            continue;
        }
        for (key, value) in text.iter_raw() {
            let attribute = match key.to_ascii_lowercase().as_slice() {
                b"model" | b"md" | b"ty" | b"usb_mdl" => "model",
                b"serialnumber" | b"serial" => "serial",
                _ => continue,
            };
            if let Some(value) = value {
                said.of_sender(&MDNS, attribute, super::text(value).trim_matches(['(', ')']));
            }
        }
    }
}

pub(super) fn read_llmnr(bytes: &[u8], said: &mut Said) {
    let Some(packet) = answer(bytes) else { return };
    for host in hosts(&packet, said.sender) {
        said.of_sender(&LLMNR, "name", host);
    }
}

/// The message, if it is an answer within bounds.
fn answer(bytes: &[u8]) -> Option<Packet<'_>> {
    let count: usize = [4, 6, 8, 10].iter().filter_map(|at| be16(bytes, *at)).map(usize::from).sum();
    if bytes.len() > LONGEST_MESSAGE || count > RECORDS {
        return None;
    }
    Packet::parse(bytes).ok().filter(|packet| packet.has_flags(PacketFlag::RESPONSE))
}

fn records<'a, 'b>(packet: &'b Packet<'a>) -> impl Iterator<Item = &'b ResourceRecord<'a>> {
    packet.answers.iter().chain(&packet.additional_records)
}

/// The names that have the address from which the message came.
fn hosts(packet: &Packet<'_>, sender: Option<IpAddr>) -> Vec<String> {
    let mut hosts: Vec<String> = Vec::new();
    for record in records(packet) {
        let ip = match &record.rdata {
            RData::A(one) => IpAddr::from(one.address.to_be_bytes()),
            RData::AAAA(one) => IpAddr::from(one.address.to_be_bytes()),
            _ => continue,
        };
        let name = record.name.to_string();
        if Some(ip) == sender && !name.to_ascii_lowercase().ends_with(".arpa") && !hosts.contains(&name) {
            hosts.push(name);
        }
    }
    hosts
}

/// `_http._tcp` of `Pump web._http._tcp.local`.
fn kind(owner: &str) -> Option<&str> {
    let at = owner.rfind("._tcp").or_else(|| owner.rfind("._udp"))?;
    let start = owner.get(..at)?.rfind("._").map_or(0, |dot| dot + 1);
    owner.get(start..at + 5)
}
