//! One packet through its layers: link, network, transport; who sent it, and which flow it belongs to.
//!
//! This runs for every packet: nothing is allocated for one that brings nothing new.

use std::net::IpAddr;

use super::clock::forget;
use super::core::Core;
use super::duplicates::{Copy, Duplicates};
use super::mirror::Mirror;
use super::presence::{Host, Presence};
use super::{tcp, udp};
use crate::flow::table::{FlowTable, Place};
use crate::flow::{Flow, Key, Mark, RoleSource, Vlans};
use crate::link::{self, Mac, Payload};
use crate::network::reassembly::{self, Reassembly, Taken, Whole};
use crate::network::tunnel::{self, Carries, Tunnel};
use crate::network::{self, Fragment, Transport};
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
    /// Bytes on the wire of the frame that brought it.
    pub(crate) length: u64,
    /// Bytes on the wire of the frames before, where it came in fragments.
    pub(crate) before: u64,
}

/// A frame inside another.
struct Frame<'a> {
    /// LINKTYPE value.
    link: u32,
    bytes: &'a [u8],
    /// Less is there than was on the wire.
    is_cut: bool,
    /// A tag that was taken off the frame.
    vlan: Option<u16>,
    /// Tunnels around it.
    depth: usize,
}

/// What every packet goes through.
pub(super) struct Layers<'a> {
    pub(super) core: &'a mut Core,
    pub(super) flows: &'a mut FlowTable,
    pub(super) presence: &'a mut Presence,
    pub(super) mirror: &'a mut Mirror,
    pub(super) duplicates: &'a mut Duplicates,
    pub(super) reassembly: &'a mut Reassembly,
}

impl Layers<'_> {
    /// A captured packet; `order` is its number over all files.
    pub(super) fn packet(&mut self, packet: &Packet<'_>, order: u64, is_cut: bool) {
        let mark = Mark { time: packet.time, order, frame: packet.frame, file: packet.file, interface: packet.interface };
        let frame = link::read(packet.link, packet.bytes, &self.core.options.limits);
        self.mirror.count(packet, &frame);
        self.frame(&frame, is_cut, None, 0, mark, u64::from(packet.original));
    }

    /// What a frame carries; `vlan` is a tag that was taken off it, `depth` counts the tunnels around it.
    fn frame(&mut self, frame: &link::Frame<'_>, is_cut: bool, vlan: Option<u16>, depth: usize, mark: Mark, length: u64) {
        let mut vlans = Vlans::new();
        if self.core.options.vlan_in_key {
            vlans = frame.vlans;
            // A mirror that takes the tag off says which it was, and says it of untagged frames too.
            vlans.extend(vlan.filter(|_| vlans.is_empty()));
        }
        for name in &frame.wraps {
            self.core.counters.tunnel(name);
        }
        let seen = Seen { macs: [frame.source_mac, frame.destination_mac], vlans, mark, length, before: 0 };
        let is_cut = is_cut || frame.is_short;
        match frame.payload {
            Payload::Ip(ip) => self.ip(ip, is_cut, depth, &seen),
            Payload::Arp(bytes) => self.arp(bytes, &seen),
            Payload::Ethernet(bytes) => {
                self.sender(None, &seen);
                self.inside(&Frame { link: link::ETHERNET, bytes, is_cut, vlan: None, depth: depth + 1 }, &seen);
            }
            Payload::Other { ethertype, bytes } => {
                self.sender(None, &seen);
                match recognise::of_ethertype(ethertype, bytes) {
                    Some(signature) => self.between_cards(signature, &seen),
                    None => self.core.counters.unread_packet(&format!("Ethernet type 0x{ethertype:04X}")),
                }
            }
            Payload::Llc { bytes } => {
                self.sender(None, &seen);
                match recognise::of_llc(bytes) {
                    Some(signature) => self.between_cards(signature, &seen),
                    None => self.core.counters.unread_packet("802.3 LLC"),
                }
            }
            Payload::Unread(why) => {
                self.sender(None, &seen);
                self.core.counters.unread_packet(why);
            }
        }
        if let Some((card, ip)) = self.core.hear_frame(&frame.payload, &seen) {
            // The packet itself is counted already.
            let said = Seen { length: 0, ..seen };
            self.presence.sender(self.core, Some(card), Some(ip), true, &said);
        }
    }

    /// A frame that another carried.
    fn inside(&mut self, frame: &Frame<'_>, outer: &Seen) {
        if frame.depth > self.core.options.limits.tunnels {
            self.core.limit("tunnels");
            self.core.counters.unread_packet("more tunnels around a packet than the limit");
            return;
        }
        let inner = link::read(frame.link, frame.bytes, &self.core.options.limits);
        self.frame(&inner, frame.is_cut, frame.vlan, frame.depth, outer.mark, outer.length);
    }

    fn ip(&mut self, ip: &[u8], is_cut: bool, depth: usize, seen: &Seen) {
        let read = network::read(ip, is_cut);
        let datagram = match &read {
            Ok(datagram) => datagram,
            Err(why) => {
                self.sender(None, seen);
                self.core.counters.unread_packet(why);
                return;
            }
        };
        let ends = [datagram.source, datagram.destination];
        match self.duplicates.look(datagram, seen) {
            Copy::First => {}
            Copy::Repeated => {
                self.core.counters.mirrored_twice += 1;
                self.mirror.copied(seen.mark.file);
                self.sender(Some(ends[0]), seen);
                return;
            }
            Copy::Routed(first) => {
                self.core.counters.routed_duplicates += 1;
                self.sender(Some(ends[0]), seen);
                self.same_flow(ends, &datagram.transport, first, seen);
                return;
            }
        }
        if let Transport::Fragment(fragment) = &datagram.transport {
            self.fragment(ends, datagram.identification, fragment, depth, seen);
        } else {
            self.transport(ends, &datagram.transport, datagram.cut, depth, seen);
        }
    }

    fn transport(&mut self, ends: [IpAddr; 2], transport: &Transport<'_>, is_cut: bool, depth: usize, seen: &Seen) {
        match transport {
            Transport::Tcp(segment) => {
                if let Some((place, mut flow, from)) = self.flow(ends, [segment.source_port, segment.destination_port], false, seen) {
                    tcp::segment(self.core, self.presence, &mut flow, place, from, segment, seen.mark);
                    self.flows.put(place, flow);
                }
            }
            Transport::Udp(datagram) => {
                let ports = [datagram.source_port, datagram.destination_port];
                if let Some(carries) = tunnel::of_datagram(ports, datagram.payload) {
                    self.tunnel(ends, "udp", None, carries, is_cut, depth, seen);
                } else if let Some((place, mut flow, from)) = self.flow(ends, ports, true, seen) {
                    udp::datagram(self.core, self.presence, &mut flow, place, from, datagram, seen.mark);
                    self.flows.put(place, flow);
                }
            }
            Transport::Other { protocol, bytes } => {
                let protocol = *protocol;
                let signature = recognise::of_ip_protocol(protocol);
                if let Some(carries) = tunnel::of_ip_protocol(protocol, bytes) {
                    self.tunnel(ends, "ip", signature, carries, is_cut, depth, seen);
                } else {
                    self.sender(Some(ends[0]), seen);
                    self.presence.exchange(self.core, ends.map(Host::Ip), "ip", signature, seen);
                }
            }
            // Fragments within a packet that was one itself: nobody sends them.
            Transport::Fragment(_) => {
                self.sender(Some(ends[0]), seen);
                self.core.counters.unread_packet("IP fragment within a fragmented packet");
            }
            Transport::Broken(why) => {
                self.sender(Some(ends[0]), seen);
                self.core.counters.unread_packet(why);
            }
        }
    }

    /// A packet between the ends of a tunnel: they are seen, and what it carries is read.
    #[expect(clippy::too_many_arguments, reason = "the parts of one packet, seen once")]
    fn tunnel(
        &mut self,
        ends: [IpAddr; 2],
        transport: &'static str,
        signature: Option<&'static Signature>,
        carries: Carries<'_>,
        is_cut: bool,
        depth: usize,
        seen: &Seen,
    ) {
        self.sender(Some(ends[0]), seen);
        let name = match &carries {
            Carries::Packet(tunnel) => tunnel.name,
            Carries::Other(name) => name,
        };
        let signature = recognise::of_tunnel(name).or(signature);
        self.presence.exchange(self.core, ends.map(Host::Ip), transport, signature, seen);
        match carries {
            Carries::Packet(Tunnel { name, link, bytes, vlan, is_short }) => {
                self.core.counters.tunnel(name);
                self.inside(&Frame { link, bytes, is_cut: is_cut || is_short, vlan, depth: depth + 1 }, seen);
            }
            Carries::Other(why) => self.core.counters.unread_packet(why),
        }
    }

    fn fragment(&mut self, ends: [IpAddr; 2], identification: u32, fragment: &Fragment<'_>, depth: usize, seen: &Seen) {
        let is_version_6 = ends[0].is_ipv6();
        let protocol = if is_version_6 { 0 } else { fragment.protocol };
        let key = reassembly::Key { ends, identification, protocol, vlans: seen.vlans };
        let (taken, contradicts) = self.reassembly.take(key, fragment, seen.length, self.core.line_time, &self.core.options.limits);
        for name in self.reassembly.reached.drain(..) {
            self.core.limit(name);
        }
        self.core.counters.fragments += 1;
        if contradicts {
            self.core.counters.fragment_conflicts += 1;
            let detail = format!("other bytes {} bytes into packet {identification} than the fragment before said", fragment.offset);
            self.core.packet_weird(ends, seen, "fragment_overlap_conflict", detail);
        }
        if let Taken::Whole(Whole { protocol, bytes, missing, before }) = taken {
            let whole = Seen { before, ..seen.clone() };
            self.transport(ends, &network::whole(is_version_6, protocol, &bytes, missing), missing > 0, depth, &whole);
            return;
        }
        self.sender(Some(ends[0]), seen);
        if let Taken::Broken(why) = taken {
            self.core.counters.unread_packet(why);
        }
    }

    /// A copy with other VLAN tags: packets of this flow that come first with those tags belong to it too.
    fn same_flow(&mut self, ends: [IpAddr; 2], transport: &Transport<'_>, first: Option<Vlans>, seen: &Seen) {
        let (ports, udp) = match transport {
            Transport::Tcp(segment) => ([segment.source_port, segment.destination_port], false),
            Transport::Udp(datagram) => ([datagram.source_port, datagram.destination_port], true),
            _ => return,
        };
        let Some(first) = first.filter(|first| *first != seen.vlans) else { return };
        let (known, _) = Key::of(ends, ports, first, udp);
        if let Some(place) = self.flows.find(&known) {
            let (copy, _) = Key::of(ends, ports, seen.vlans, udp);
            self.flows.also(place, copy);
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
            None => self.core.counters.unread_packet("ARP"),
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

    /// The flow of a packet, which counts it, taken out of the table; and which end sent it.
    fn flow(&mut self, ips: [IpAddr; 2], ports: [u16; 2], udp: bool, seen: &Seen) -> Option<(Place, Box<Flow>, usize)> {
        let (key, from) = Key::of(ips, ports, seen.vlans, udp);
        let place = match self.flows.find(&key) {
            Some(place) => {
                self.flows.touch(place);
                place
            }
            None => self.new_flow(key, from, seen.mark.time)?,
        };
        let mut flow = self.flows.take(place)?;
        self.count(&mut flow, from, ips[0], seen);
        Some((place, flow, from))
    }

    fn new_flow(&mut self, key: Key, from: usize, time: i64) -> Option<Place> {
        if self.flows.len() >= self.core.options.limits.flows {
            self.core.limit("flows");
            let oldest = self.flows.oldest()?;
            forget(self.core, self.flows, self.presence, oldest);
        }
        let [low, high] = key.ports();
        let ports = if from == 0 { [low, high] } else { [high, low] };
        let udp = key.udp;
        let mut flow = Flow::new(key, time);
        flow.client = from;
        let carrier = flow.key.carrier();
        let served = |port: u16| crate::protocols::serves(port, carrier) || recognise::of_port(port, udp).is_some();
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
        end.bytes += seen.length + seen.before;
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
