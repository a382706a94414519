//! ARP: which card says that an IPv4 address is its own.

use std::net::IpAddr;

use super::{Said, Source, Subject};
use crate::network::read_arp;

pub(super) static SOURCE: Source = Source {
    name: "ARP",
    meaning: "a device tells its neighbours which network card has its IPv4 address",
    about: "the IP address that the sender gives as its own; a router may answer so for others",
    attributes: &["mac"],
    specification: "RFC 826",
};

pub(super) fn read(bytes: &[u8], said: &mut Said) {
    if let Some(arp) = read_arp(bytes).filter(|arp| !arp.sender_ip.is_unspecified() && arp.sender_mac.0[0] & 1 == 0) {
        said.about(Subject::Ip(IpAddr::V4(arp.sender_ip)), &SOURCE, "mac", arp.sender_mac.to_string());
    }
}
