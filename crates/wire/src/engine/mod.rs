//! The line from packets to tables: packets in time order, into flows, into messages, into transactions, into rows.

use std::net::IpAddr;
use std::path::PathBuf;

use crate::columns::Table;
use crate::flow::pairing::Unanswered;
use crate::flow::table::{FlowTable, Place};
use crate::flow::{Flow, Key, Mark, Vlans};
use crate::intern::MINUTE;
use crate::link::{self, Mac, Payload};
use crate::network::{self, Transport};
use crate::protocols::recognise;
use crate::source::{FileState, Sources};
use crate::tables::Tables;
use crate::Limits;

mod core;
mod presence;
mod tcp;
mod udp;

pub use self::core::Counters;
use self::core::{Core, Timer};
use self::presence::{Host, Presence};

/// Line time between two reports of who is there, ns.
const REPORT: i64 = 600_000_000_000;
/// A jump forward that one packet alone does not make, ns.
const BIG_JUMP: i64 = 3_600_000_000_000;
/// Idle time after which a flow is forgotten, ns.
const FLOW_IDLE: i64 = 3_600_000_000_000;

/// How the engine is asked to work.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Every transaction becomes an event with all its values; nothing is summed up.
    pub every_transaction: bool,
    /// Name of the site: part of every id.
    pub site: String,
    /// Bounds.
    pub limits: Limits,
    /// False for mirrors that tag one direction only: VLAN tags do not tell flows apart.
    pub vlan_in_key: bool,
    /// True for paths that an earlier run listed: folders are not looked into again.
    pub is_listed: bool,
}

/// See the module.
pub struct Engine {
    sources: Sources,
    core: Core,
    flows: FlowTable,
    presence: Presence,
    order: u64,
    jump: Option<(i64, usize)>,
    next_report: i64,
    ended: bool,
}

impl Engine {
    /// Opens the captures. Problems with files are told by [`Self::files`], never by failing.
    pub fn open(paths: &[PathBuf], options: Options) -> Self {
        Self {
            sources: if options.is_listed { Sources::listed(paths, &options.limits) } else { Sources::open(paths, &options.limits) },
            core: Core::new(options),
            flows: FlowTable::new(),
            presence: Presence::default(),
            order: 0,
            jump: None,
            next_report: i64::MIN,
            ended: false,
        }
    }

    /// The next batch, or `None` after the end.
    pub fn next_batch(&mut self) -> Option<Vec<Table>> {
        if self.ended {
            return None;
        }
        for _ in 0..self.core.options.limits.batch_packets {
            if !self.packet() {
                self.end();
                self.ended = true;
                break;
            }
        }
        Some(std::mem::replace(&mut self.core.tables, Tables::new()).into_all())
    }

    /// Highest packet time seen, ns since 1970, UTC; the smallest `i64` before the first packet.
    pub fn line_time(&self) -> i64 {
        self.core.line_time
    }

    /// Totals of the run.
    pub fn counters(&self) -> &Counters {
        &self.core.counters
    }

    /// The captures, to say before the first batch what is wanted of them.
    pub fn sources(&mut self) -> &mut Sources {
        &mut self.sources
    }

    /// What became of each file.
    pub fn files(&self) -> &[FileState] {
        self.sources.files()
    }

    /// Packets dropped because another file had them too.
    pub fn duplicates(&self) -> u64 {
        self.sources.duplicates()
    }

    /// Who talks to whom, for the summary at the end.
    pub fn applications(&self) -> Vec<(String, String, &'static str, u64, u64, bool)> {
        self.presence.applications()
    }

    /// Losses over all conversations: gaps, lost bytes, retransmissions.
    pub fn losses(&self) -> (u64, u64, u64) {
        self.presence.losses()
    }

    /// Servers of read protocols of which only one direction was captured.
    pub fn one_sided(&self) -> Vec<String> {
        self.presence.one_sided()
    }

    fn packet(&mut self) -> bool {
        let Some(packet) = self.sources.next_packet() else { return false };
        self.order += 1;
        let mark = Mark { time: packet.time, order: self.order, frame: packet.frame, file: packet.file, interface: packet.interface };
        let counters = &mut self.core.counters;
        counters.packets += 1;
        counters.bytes += u64::from(packet.original);
        counters.first = Some(counters.first.map_or(packet.time, |first| first.min(packet.time)));
        counters.last = Some(counters.last.map_or(packet.time, |last| last.max(packet.time)));
        let is_cut = (packet.bytes.len() as u64) < u64::from(packet.original);
        counters.cut += u64::from(is_cut);
        advance_to(&mut self.core, &mut self.flows, &mut self.presence, &mut self.jump, &mut self.next_report, packet.time);
        let frame = link::read(packet.link, packet.bytes, &self.core.options.limits);
        let vlans: Vlans = if self.core.options.vlan_in_key { frame.vlans.clone() } else { Vlans::new() };
        let macs = [frame.source_mac, frame.destination_mac];
        let length = u64::from(packet.original);
        match frame.payload {
            Payload::Ip(ip) => match network::read(ip, is_cut) {
                Ok(datagram) => {
                    let ends = [datagram.source, datagram.destination];
                    match datagram.transport {
                        Transport::Tcp(segment) => {
                            let place = place_of(
                                &mut self.core,
                                &mut self.flows,
                                &mut self.presence,
                                ends,
                                [segment.source_port, segment.destination_port],
                                &vlans,
                                false,
                                mark.time,
                            );
                            if let Some((place, from)) = place {
                                count(
                                    &mut self.core,
                                    &mut self.flows,
                                    &mut self.presence,
                                    place,
                                    from,
                                    macs,
                                    ends[0],
                                    &vlans,
                                    mark.time,
                                    length,
                                );
                                tcp::segment(&mut self.core, &mut self.flows, &mut self.presence, place, from, &segment, mark);
                            }
                        }
                        Transport::Udp(datagram) => {
                            let place = place_of(
                                &mut self.core,
                                &mut self.flows,
                                &mut self.presence,
                                ends,
                                [datagram.source_port, datagram.destination_port],
                                &vlans,
                                true,
                                mark.time,
                            );
                            if let Some((place, from)) = place {
                                count(
                                    &mut self.core,
                                    &mut self.flows,
                                    &mut self.presence,
                                    place,
                                    from,
                                    macs,
                                    ends[0],
                                    &vlans,
                                    mark.time,
                                    length,
                                );
                                udp::datagram(&mut self.core, &mut self.flows, &mut self.presence, place, from, &datagram);
                            }
                        }
                        Transport::Other(protocol) => {
                            self.presence.sender(&mut self.core, macs[0], Some(ends[0]), &vlans, mark.time, length, false);
                            let signature = recognise::of_ip_protocol(protocol);
                            self.presence.exchange(
                                &mut self.core,
                                [Host::Ip(ends[0]), Host::Ip(ends[1])],
                                macs,
                                &vlans,
                                "ip",
                                signature,
                                mark.time,
                                length,
                            );
                        }
                        Transport::Fragment { .. } => {
                            self.presence.sender(&mut self.core, macs[0], Some(ends[0]), &vlans, mark.time, length, false);
                            unread(&mut self.core, "IP fragment");
                        }
                        Transport::Broken(why) => {
                            self.presence.sender(&mut self.core, macs[0], Some(ends[0]), &vlans, mark.time, length, false);
                            unread(&mut self.core, why);
                        }
                    }
                }
                Err(why) => {
                    self.presence.sender(&mut self.core, macs[0], None, &vlans, mark.time, length, false);
                    unread(&mut self.core, why);
                }
            },
            Payload::Arp(bytes) => {
                // Who says its address is told with it; a card alone only where it says none.
                let told = network::read_arp(bytes).filter(|arp| !arp.sender_ip.is_unspecified());
                let (mac, ip) = told.map_or((macs[0], None), |arp| (Some(arp.sender_mac), Some(IpAddr::V4(arp.sender_ip))));
                self.presence.sender(&mut self.core, mac, ip, &vlans, mark.time, length, ip.is_some());
                ethernet(
                    &mut self.core,
                    &mut self.presence,
                    macs,
                    &vlans,
                    recognise::of_ethertype(0x0806, bytes),
                    "ARP",
                    mark.time,
                    length,
                );
            }
            Payload::Other { ethertype, bytes } => {
                self.presence.sender(&mut self.core, macs[0], None, &vlans, mark.time, length, false);
                ethernet(
                    &mut self.core,
                    &mut self.presence,
                    macs,
                    &vlans,
                    recognise::of_ethertype(ethertype, bytes),
                    &format!("Ethernet type 0x{ethertype:04X}"),
                    mark.time,
                    length,
                );
            }
            Payload::Llc { bytes } => {
                self.presence.sender(&mut self.core, macs[0], None, &vlans, mark.time, length, false);
                ethernet(&mut self.core, &mut self.presence, macs, &vlans, recognise::of_llc(bytes), "802.3 LLC", mark.time, length);
            }
            Payload::Unread(why) => {
                self.presence.sender(&mut self.core, macs[0], None, &vlans, mark.time, length, false);
                unread(&mut self.core, why);
            }
        }
        true
    }

    /// Everything that still waits ends with the capture.
    fn end(&mut self) {
        let places = self.flows.places();
        for place in &places {
            tcp::flush(&mut self.core, &mut self.flows, &mut self.presence, *place);
        }
        let mut ended = Vec::new();
        for place in &places {
            tcp::end_waiting(&mut self.flows, *place, Unanswered::CaptureEnd, &mut ended);
        }
        ended.sort_by_key(|(order, ..)| *order);
        for (_, place, transaction) in ended {
            tcp::finish_at(&mut self.core, &mut self.flows, place, transaction);
        }
        self.core.close_minute();
        for place in places {
            if let Some(mut flow) = self.flows.take(place) {
                self.presence.fold(&mut self.core, &mut flow);
                self.flows.put(place, flow);
            }
        }
        self.presence.report(&mut self.core, true);
    }
}

#[expect(clippy::too_many_arguments, reason = "the parts of one frame, seen once")]
fn ethernet(
    core: &mut Core,
    presence: &mut Presence,
    macs: [Option<Mac>; 2],
    vlans: &Vlans,
    signature: Option<&'static recognise::Signature>,
    name: &str,
    time: i64,
    length: u64,
) {
    match (signature, macs) {
        (Some(signature), [Some(from), Some(to)]) => {
            presence.exchange(core, [Host::Mac(from), Host::Mac(to)], macs, vlans, "ethernet", Some(signature), time, length);
        }
        (Some(_), _) => {}
        (None, _) => unread(core, name),
    }
}

fn unread(core: &mut Core, why: &str) {
    if let Some(count) = core.counters.unread.get_mut(why) {
        *count += 1;
    } else if core.counters.unread.len() < 1_000 {
        core.counters.unread.insert(why.to_owned(), 1);
    }
}

/// Moves line time, and on the way ends what waited too long, each in its own minute.
fn advance_to(
    core: &mut Core,
    flows: &mut FlowTable,
    presence: &mut Presence,
    jump: &mut Option<(i64, usize)>,
    next_report: &mut i64,
    time: i64,
) {
    if core.line_time == i64::MIN {
        core.line_time = time;
        *next_report = time.saturating_add(REPORT);
        return;
    }
    if time <= core.line_time {
        core.counters.late += u64::from(time < core.line_time - 1_000_000_000);
        *jump = None;
        return;
    }
    if time - core.line_time > BIG_JUMP {
        let agreed = jump.filter(|(at, _)| (time - at).abs() <= BIG_JUMP).map_or(1, |(_, count)| count + 1);
        *jump = Some((time, agreed));
        if agreed < core.options.limits.time_jump_packets {
            return;
        }
    }
    *jump = None;
    while let Some(timer) = core.timers.front().copied().filter(|timer| timer.deadline <= time) {
        core.timers.pop_front();
        move_line(core, timer.deadline.max(core.line_time));
        expire(core, flows, timer);
    }
    move_line(core, time);
    if time >= *next_report {
        *next_report = time.saturating_add(REPORT);
        for place in flows.places() {
            if let Some(mut flow) = flows.take(place) {
                presence.fold(core, &mut flow);
                flows.put(place, flow);
            }
        }
        presence.report(core, false);
        while let Some(oldest) = flows.oldest() {
            let idle = flows.peek(oldest).is_some_and(|flow| time.saturating_sub(flow.last) > FLOW_IDLE);
            if !idle {
                break;
            }
            forget(core, flows, presence, oldest);
        }
    }
}

fn move_line(core: &mut Core, time: i64) {
    if time.div_euclid(MINUTE) != core.line_time.div_euclid(MINUTE) {
        core.close_minute();
    }
    core.line_time = time;
}

fn expire(core: &mut Core, flows: &mut FlowTable, timer: Timer) {
    tcp::expire(core, flows, timer.place, timer.serial);
}

fn forget(core: &mut Core, flows: &mut FlowTable, presence: &mut Presence, place: Place) {
    tcp::flush(core, flows, presence, place);
    let mut ended = Vec::new();
    tcp::end_waiting(flows, place, Unanswered::Gap, &mut ended);
    for (_, place, transaction) in ended {
        tcp::finish_at(core, flows, place, transaction);
    }
    if let Some(mut flow) = flows.take(place) {
        presence.fold(core, &mut flow);
        let key = flow.key.clone();
        flows.forget(place, &key);
    }
}

/// The flow of a packet and which end sent it.
#[expect(clippy::too_many_arguments, reason = "the parts of one packet, seen once")]
fn place_of(
    core: &mut Core,
    flows: &mut FlowTable,
    presence: &mut Presence,
    ips: [IpAddr; 2],
    ports: [u16; 2],
    vlans: &Vlans,
    udp: bool,
    time: i64,
) -> Option<(Place, usize)> {
    let (source, destination) = ((ips[0], ports[0]), (ips[1], ports[1]));
    let from = usize::from(source > destination);
    let (low, high) = if from == 0 { (source, destination) } else { (destination, source) };
    let key = Key { low, high, vlans: vlans.clone(), udp };
    if let Some(place) = flows.find(&key) {
        flows.touch(place);
        return Some((place, from));
    }
    if flows.len() >= core.options.limits.flows {
        core.limit("flows");
        let oldest = flows.oldest()?;
        forget(core, flows, presence, oldest);
    }
    let mut flow = Flow::new(key, time);
    flow.client = from;
    let served = |port: u16| crate::protocols::all().any(|one| one.ports.contains(&port)) || recognise::of_port(port, udp).is_some();
    match (served(ports[0]), served(ports[1])) {
        (true, false) => flow.client_is(1 - from, crate::flow::RoleSource::Port),
        (false, true) => flow.client_is(from, crate::flow::RoleSource::Port),
        _ if ports[0] < 1024 && ports[1] >= 1024 => flow.client_is(1 - from, crate::flow::RoleSource::Port),
        _ if ports[1] < 1024 && ports[0] >= 1024 => flow.client_is(from, crate::flow::RoleSource::Port),
        _ => {}
    }
    Some((flows.insert(flow), from))
}

#[expect(clippy::too_many_arguments, reason = "the parts of one packet, seen once")]
fn count(
    core: &mut Core,
    flows: &mut FlowTable,
    presence: &mut Presence,
    place: Place,
    from: usize,
    macs: [Option<Mac>; 2],
    ip: IpAddr,
    vlans: &Vlans,
    time: i64,
    length: u64,
) {
    let Some(mut flow) = flows.take(place) else { return };
    flow.last = flow.last.max(time);
    let end = &mut flow.ends[from];
    end.packets += 1;
    end.bytes += length;
    if let Some(sender) = end.sender.filter(|_| end.mac == macs[0]) {
        presence.same_sender(sender, time, length);
    } else {
        end.sender = presence.sender(core, macs[0], Some(ip), vlans, time, length, false);
        end.mac = macs[0];
    }
    if flow.ends[1 - from].mac.is_none() {
        flow.ends[1 - from].mac = macs[1];
        flow.ends[1 - from].sender = None;
    }
    flows.put(place, flow);
}
