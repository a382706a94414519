//! One packet through its layers: link, network, transport; who sent it, and which flow it belongs to.
//!
//! This runs for every packet: nothing is allocated for one that brings nothing new.

use std::net::IpAddr;

use super::core::Core;
use super::presence::{Host, Presence};
use super::{forget, tcp, udp};
use crate::flow::table::{FlowTable, Place};
use crate::flow::{Flow, Key, Mark, RoleSource, Vlans};
use crate::link::{self, Mac, Payload};
use crate::network::{self, Transport};
use crate::protocols::recognise::{self, Signature};
use crate::source::Packet;

/// What is known of one packet, whatever it carries.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// Who sent it on its link, and to whom.
    pub(crate) macs: [Option<Mac>; 2],
    /// VLAN tags that tell flows apart.
    pub(crate) vlans: Vlans,
    /// Where it was captured.
    pub(crate) mark: Mark,
    /// Bytes on the wire.
    pub(crate) length: u64,
}

/// What every packet goes through.
pub(super) struct Layers<'a> {
    pub(super) core: &'a mut Core,
    pub(super) flows: &'a mut FlowTable,
    pub(super) presence: &'a mut Presence,
}

impl Layers<'_> {
    /// A captured packet; `order` is its number over all files.
    pub(super) fn packet(&mut self, packet: &Packet<'_>, order: u64, is_cut: bool) {
        let mark = Mark { time: packet.time, order, frame: packet.frame, file: packet.file, interface: packet.interface };
        let frame = link::read(packet.link, packet.bytes, &self.core.options.limits);
        let vlans = if self.core.options.vlan_in_key { frame.vlans } else { Vlans::new() };
        let macs = [frame.source_mac, frame.destination_mac];
        let seen = Seen { macs, vlans, mark, length: u64::from(packet.original) };
        match frame.payload {
            Payload::Ip(ip) => self.ip(ip, is_cut, &seen),
            Payload::Arp(bytes) => self.arp(bytes, &seen),
            Payload::Other { ethertype, bytes } => {
                self.sender(None, &seen);
                match recognise::of_ethertype(ethertype, bytes) {
                    Some(signature) => self.between_cards(signature, &seen),
                    None => self.unread(&format!("Ethernet type 0x{ethertype:04X}")),
                }
            }
            Payload::Llc { bytes } => {
                self.sender(None, &seen);
                match recognise::of_llc(bytes) {
                    Some(signature) => self.between_cards(signature, &seen),
                    None => self.unread("802.3 LLC"),
                }
            }
            Payload::Unread(why) => {
                self.sender(None, &seen);
                self.unread(why);
            }
        }
    }

    fn ip(&mut self, ip: &[u8], is_cut: bool, seen: &Seen) {
        let datagram = match network::read(ip, is_cut) {
            Ok(datagram) => datagram,
            Err(why) => {
                self.sender(None, seen);
                self.unread(why);
                return;
            }
        };
        let ends = [datagram.source, datagram.destination];
        match datagram.transport {
            Transport::Tcp(segment) => {
                if let Some((place, from)) = self.flow(ends, [segment.source_port, segment.destination_port], false, seen) {
                    tcp::segment(self.core, self.flows, self.presence, place, from, &segment, seen.mark);
                }
            }
            Transport::Udp(datagram) => {
                if let Some((place, from)) = self.flow(ends, [datagram.source_port, datagram.destination_port], true, seen) {
                    udp::datagram(self.core, self.flows, self.presence, place, from, &datagram);
                }
            }
            Transport::Other(protocol) => {
                self.sender(Some(ends[0]), seen);
                let hosts = [Host::Ip(ends[0]), Host::Ip(ends[1])];
                self.presence.exchange(self.core, hosts, "ip", recognise::of_ip_protocol(protocol), seen);
            }
            Transport::Fragment { .. } => {
                self.sender(Some(ends[0]), seen);
                self.unread("IP fragment");
            }
            Transport::Broken(why) => {
                self.sender(Some(ends[0]), seen);
                self.unread(why);
            }
        }
    }

    fn arp(&mut self, bytes: &[u8], seen: &Seen) {
        // Who says its address is told with it; a card alone only where it says none.
        match network::read_arp(bytes).filter(|arp| !arp.sender_ip.is_unspecified()) {
            Some(arp) => self.presence.sender(self.core, Some(arp.sender_mac), Some(IpAddr::V4(arp.sender_ip)), true, seen),
            None => self.presence.sender(self.core, seen.macs[0], None, false, seen),
        };
        match recognise::of_ethertype(0x0806, bytes) {
            Some(signature) => self.between_cards(signature, seen),
            None => self.unread("ARP"),
        }
    }

    /// Counts the packet for the card that sent it, and the address where there is one.
    fn sender(&mut self, ip: Option<IpAddr>, seen: &Seen) {
        self.presence.sender(self.core, seen.macs[0], ip, false, seen);
    }

    /// A frame without IP: who talks to whom is told by cards.
    fn between_cards(&mut self, signature: &'static Signature, seen: &Seen) {
        if let [Some(from), Some(to)] = seen.macs {
            self.presence.exchange(self.core, [Host::Mac(from), Host::Mac(to)], "ethernet", Some(signature), seen);
        }
    }

    fn unread(&mut self, why: &str) {
        self.core.unread(why);
    }

    /// The flow of a packet, which counts it, and which end sent it.
    fn flow(&mut self, ips: [IpAddr; 2], ports: [u16; 2], udp: bool, seen: &Seen) -> Option<(Place, usize)> {
        let (source, destination) = ((ips[0], ports[0]), (ips[1], ports[1]));
        let from = usize::from(source > destination);
        let (low, high) = if from == 0 { (source, destination) } else { (destination, source) };
        let key = Key { low, high, vlans: seen.vlans.clone(), udp };
        let place = match self.flows.find(&key) {
            Some(place) => {
                self.flows.touch(place);
                place
            }
            None => self.new_flow(key, from, seen.mark.time)?,
        };
        let mut flow = self.flows.take(place)?;
        self.count(&mut flow, from, ips[0], seen);
        self.flows.put(place, flow);
        Some((place, from))
    }

    fn new_flow(&mut self, key: Key, from: usize, time: i64) -> Option<Place> {
        if self.flows.len() >= self.core.options.limits.flows {
            self.core.limit("flows");
            let oldest = self.flows.oldest()?;
            forget(self.core, self.flows, self.presence, oldest);
        }
        let ports = if from == 0 { [key.low.1, key.high.1] } else { [key.high.1, key.low.1] };
        let udp = key.udp;
        let mut flow = Flow::new(key, time);
        flow.client = from;
        let served = |port: u16| crate::protocols::all().any(|one| one.ports.contains(&port)) || recognise::of_port(port, udp).is_some();
        match (served(ports[0]), served(ports[1])) {
            (true, false) => flow.client_is(1 - from, RoleSource::Port),
            (false, true) => flow.client_is(from, RoleSource::Port),
            _ if ports[0] < 1024 && ports[1] >= 1024 => flow.client_is(1 - from, RoleSource::Port),
            _ if ports[1] < 1024 && ports[0] >= 1024 => flow.client_is(from, RoleSource::Port),
            _ => {}
        }
        Some(self.flows.insert(flow))
    }

    fn count(&mut self, flow: &mut Flow, from: usize, ip: IpAddr, seen: &Seen) {
        flow.last = flow.last.max(seen.mark.time);
        let end = &mut flow.ends[from];
        end.packets += 1;
        end.bytes += seen.length;
        if let Some(sender) = end.sender.filter(|_| end.mac == seen.macs[0]) {
            self.presence.same_sender(sender, seen);
        } else {
            end.sender = self.presence.sender(self.core, seen.macs[0], Some(ip), false, seen);
            end.mac = seen.macs[0];
        }
        if flow.ends[1 - from].mac.is_none() {
            flow.ends[1 - from].mac = seen.macs[1];
            flow.ends[1 - from].sender = None;
        }
    }
}
