//! Who is there and who talks to whom: senders, and conversations with client ports folded.

use std::collections::BTreeMap;
use std::hash::BuildHasher;
use std::net::IpAddr;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::core::{begin, Core};
use super::packet::Seen;
use crate::flow::stream::Losses;
use crate::flow::{vlan_text, Flow, RoleSource, Speech, State, Vlans};
use crate::link::Mac;
use crate::protocols::recognise::Signature;
use crate::protocols::Descriptor;

/// A party: by address, or by card where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Host {
    Ip(IpAddr),
    Mac(Mac),
}

impl std::fmt::Display for Host {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ip(ip) => ip.fmt(formatter),
            Self::Mac(mac) => mac.fmt(formatter),
        }
    }
}

#[derive(Debug)]
struct Sender {
    mac: Option<Mac>,
    ip: Option<IpAddr>,
    vlans: Vlans,
    packets: u64,
    bytes: u64,
    first: i64,
    last: i64,
    arp: bool,
    told: u64,
}

impl Sender {
    fn key(&self) -> SenderKey {
        (self.mac, self.ip, self.vlans, self.arp)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Pair {
    client: Host,
    server: Host,
    server_port: Option<u16>,
    vlans: Vlans,
    transport: &'static str,
    /// Ethernet protocols have no port: their name tells them apart.
    application: Option<&'static str>,
}

struct Totals {
    client_mac: Option<Mac>,
    server_mac: Option<Mac>,
    client_port: Option<u16>,
    application: Option<Application>,
    read: bool,
    role_source: RoleSource,
    server_name: Option<Box<(&'static str, String)>>,
    first: i64,
    last: i64,
    packets: [u64; 2],
    bytes: [u64; 2],
    state: State,
    /// Most lose nothing.
    losses: Option<Box<Losses>>,
    told: u64,
    told_state: Option<State>,
}

/// What a conversation was found to be; it is kept of each, so it is small.
#[derive(Clone, Copy)]
enum Application {
    Read(&'static Descriptor),
    Named(&'static Signature),
}

impl Application {
    /// Name, title, group.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Read(descriptor) => (descriptor.name, descriptor.title, "ot"),
            Self::Named(signature) => (signature.name, signature.title, signature.group.name()),
        }
    }
}

/// Card, address, VLAN tags, and whether it was said by ARP.
type SenderKey = (Option<Mac>, Option<IpAddr>, Vlans, bool);

/// See the module.
#[derive(Default)]
pub(crate) struct Presence {
    senders: Vec<Sender>,
    /// By their keys, which stand in `senders`; so do those of pairs.
    sender_numbers: HashTable<u32>,
    pairs: Vec<(Pair, Totals)>,
    pair_numbers: HashTable<u32>,
    hashing: RandomState,
}

impl Presence {
    /// A packet of this sender; gives its number.
    pub(crate) fn sender(&mut self, core: &mut Core, mac: Option<Mac>, ip: Option<IpAddr>, arp: bool, seen: &Seen) -> Option<u32> {
        if mac.is_none() && ip.is_none() {
            return None;
        }
        let key: SenderKey = (mac, ip, seen.vlans, arp);
        let hash = self.hashing.hash_one(key);
        if let Some(number) = self.sender_numbers.find(hash, |number| self.senders[*number as usize].key() == key).copied() {
            self.same_sender(number, seen);
            return Some(number);
        }
        if self.senders.len() >= core.options.limits.senders {
            core.limit("senders");
            return None;
        }
        let number = self.senders.len() as u32;
        let (vlans, time) = (seen.vlans, seen.mark.time);
        self.senders.push(Sender { mac, ip, vlans, packets: 1, bytes: seen.length, first: time, last: time, arp, told: 0 });
        let (senders, hashing) = (&self.senders, &self.hashing);
        self.sender_numbers.insert_unique(hash, number, |number| hashing.hash_one(senders[*number as usize].key()));
        self.tell_sender(core, number as usize);
        Some(number)
    }

    /// Another packet of a sender whose number is known.
    pub(crate) fn same_sender(&mut self, number: u32, seen: &Seen) {
        if let Some(sender) = self.senders.get_mut(number as usize) {
            sender.packets += 1;
            sender.bytes += seen.length;
            sender.last = sender.last.max(seen.mark.time);
        }
    }

    fn tell_sender(&mut self, core: &mut Core, number: usize) {
        let sender = &mut self.senders[number];
        sender.told = sender.packets;
        let (tables, sequence, time) = core.stamp();
        let mut row = begin(&mut tables.senders, sequence, time);
        row.set_some("mac", sender.mac.map(|mac| mac.to_string())).set_some("ip", sender.ip.map(|ip| ip.to_string()));
        row.set("vlan", vlan_text(&sender.vlans)).set("packets", sender.packets).set("bytes", sender.bytes);
        row.set("first", sender.first).set("last", sender.last).set("arp", sender.arp);
    }

    /// One packet between two parties without ports: told when first seen.
    pub(crate) fn exchange(
        &mut self,
        core: &mut Core,
        hosts: [Host; 2],
        transport: &'static str,
        signature: Option<&'static Signature>,
        seen: &Seen,
    ) {
        let application = signature.map(|one| one.name);
        let pair = |client, server| Pair { client, server, server_port: None, vlans: seen.vlans, transport, application };
        let (one, other) = (pair(hosts[0], hosts[1]), pair(hosts[1], hosts[0]));
        let back = self.find(&other).is_some() && self.find(&one).is_none();
        let key = if back { other } else { one };
        let Some(number) = self.pair(core, key, seen.mark.time) else { return };
        let totals = &mut self.pairs[number].1;
        let end = usize::from(back);
        totals.packets[end] += 1;
        totals.bytes[end] += seen.length;
        totals.last = totals.last.max(seen.mark.time);
        let new = totals.told == 0;
        if new {
            [totals.client_mac, totals.server_mac] = seen.macs;
            totals.application = signature.map(Application::Named);
            self.tell(core, number, false);
        }
    }

    fn find(&self, key: &Pair) -> Option<usize> {
        let hash = self.hashing.hash_one(key);
        self.pair_numbers.find(hash, |number| self.pairs[*number as usize].0 == *key).map(|number| *number as usize)
    }

    fn pair(&mut self, core: &mut Core, key: Pair, time: i64) -> Option<usize> {
        if let Some(number) = self.find(&key) {
            return Some(number);
        }
        if self.pairs.len() >= core.options.limits.flows {
            core.limit("connections");
            return None;
        }
        let number = self.pairs.len();
        let hash = self.hashing.hash_one(&key);
        let totals = Totals {
            client_mac: None,
            server_mac: None,
            client_port: None,
            application: None,
            read: false,
            role_source: RoleSource::First,
            server_name: None,
            first: time,
            last: time,
            packets: [0; 2],
            bytes: [0; 2],
            state: State::Open,
            losses: None,
            told: 0,
            told_state: None,
        };
        self.pairs.push((key, totals));
        let (pairs, hashing) = (&self.pairs, &self.hashing);
        self.pair_numbers.insert_unique(hash, number as u32, |number| hashing.hash_one(&pairs[*number as usize].0));
        Some(number)
    }

    /// Adds what the flow saw since the last time to the totals of its conversation.
    pub(crate) fn fold(&mut self, core: &mut Core, flow: &mut Flow) {
        let (client, server) = (flow.client, flow.server());
        let seen = flow.ends[0].packets + flow.ends[1].packets;
        if seen == flow.folded.packets[0] + flow.folded.packets[1] && seen > 0 && flow.application.is_none() {
            return;
        }
        let ((client_ip, client_port), (server_ip, server_port)) = (flow.address(client), flow.address(server));
        let key = Pair {
            client: Host::Ip(client_ip),
            server: Host::Ip(server_ip),
            server_port: Some(server_port),
            vlans: flow.key.vlans,
            transport: flow.key.carrier().name(),
            application: None,
        };
        let Some(number) = self.pair(core, key, flow.first) else { return };
        let totals = &mut self.pairs[number].1;
        let news = totals.told == 0;
        totals.client_mac = totals.client_mac.or(flow.ends[client].mac);
        totals.server_mac = totals.server_mac.or(flow.ends[server].mac);
        totals.client_port = totals.client_port.or(Some(client_port));
        totals.first = totals.first.min(flow.first);
        totals.last = totals.last.max(flow.last);
        totals.role_source = totals.role_source.max(flow.role_source);
        for (side, end) in [(0, client), (1, server)] {
            totals.packets[side] += flow.ends[end].packets - flow.folded.packets[end];
            totals.bytes[side] += flow.ends[end].bytes - flow.folded.bytes[end];
            flow.folded.packets[end] = flow.ends[end].packets;
            flow.folded.bytes[end] = flow.ends[end].bytes;
        }
        let losses = flow.ends.iter().map(|end| end.stream.losses()).fold([0; 4], |sum: [u64; 4], one| {
            [sum[0] + one.gaps, sum[1] + one.lost_bytes, sum[2] + one.retransmissions, sum[3] + one.overlaps]
        });
        if losses != [flow.folded.gaps, flow.folded.lost_bytes, flow.folded.retransmissions, flow.folded.overlaps] {
            let sum = totals.losses.get_or_insert_default();
            sum.gaps += losses[0].saturating_sub(flow.folded.gaps);
            sum.lost_bytes += losses[1].saturating_sub(flow.folded.lost_bytes);
            sum.retransmissions += losses[2].saturating_sub(flow.folded.retransmissions);
            sum.overlaps += losses[3].saturating_sub(flow.folded.overlaps);
            (flow.folded.gaps, flow.folded.lost_bytes) = (losses[0], losses[1]);
            (flow.folded.retransmissions, flow.folded.overlaps) = (losses[2], losses[3]);
        }
        totals.state = flow.state;
        let known = match &flow.speech {
            Speech::Known { spoken, .. } => Some(Application::Read(spoken.descriptor)),
            _ => flow.application.map(Application::Named),
        };
        let words = |one: Option<Application>| one.map(Application::words);
        let identified = known.is_some() && (totals.application.is_none() || flow.is_renamed && words(totals.application) != words(known));
        if identified {
            totals.application = known;
        }
        totals.read |= matches!(flow.speech, Speech::Known { .. });
        totals.server_name = totals.server_name.take().or_else(|| flow.server_name.clone().map(Box::new));
        if news || identified {
            self.tell(core, number, false);
        }
    }

    fn tell(&mut self, core: &mut Core, number: usize, is_final: bool) {
        let (pair, totals) = &mut self.pairs[number];
        totals.told = totals.packets[0] + totals.packets[1];
        totals.told_state = Some(totals.state);
        let (tables, sequence, time) = core.stamp();
        let mut row = begin(&mut tables.connections, sequence, time);
        row.set("client", pair.client.to_string()).set("server", pair.server.to_string());
        row.set_some("client_mac", totals.client_mac.map(|mac| mac.to_string()));
        row.set_some("server_mac", totals.server_mac.map(|mac| mac.to_string()));
        row.set_some("client_port", totals.client_port).set_some("server_port", pair.server_port);
        row.set("vlan", vlan_text(&pair.vlans)).set("transport", pair.transport);
        if let Some((name, title, group)) = totals.application.map(Application::words) {
            row.set("application", name).set("application_title", title).set("group", group);
        }
        row.set("read", totals.read).set("role_source", totals.role_source.name());
        if let Some((field, name)) = totals.server_name.as_deref() {
            row.set("server_name_field", *field).set("server_name", name.as_str());
        }
        row.set("first", totals.first).set("last", totals.last);
        row.set("packets_client", totals.packets[0]).set("packets_server", totals.packets[1]);
        row.set("bytes_client", totals.bytes[0]).set("bytes_server", totals.bytes[1]);
        let losses = totals.losses.as_deref().copied().unwrap_or_default();
        row.set("state", totals.state.name()).set("final", is_final).set("gaps", losses.gaps).set("lost_bytes", losses.lost_bytes);
        row.set("retransmissions", losses.retransmissions).set("overlaps", losses.overlaps);
    }

    /// How many parties and conversations there are to tell of.
    pub(crate) fn count(&self) -> usize {
        self.senders.len() + self.pairs.len()
    }

    /// Tells what grew.
    pub(crate) fn report(&mut self, core: &mut Core) {
        for number in 0..self.count() {
            self.report_one(core, number, false);
        }
    }

    /// Tells of the one of this number, below [`Self::count`], if it grew; at the end of a conversation too if its state is another.
    pub(crate) fn report_one(&mut self, core: &mut Core, number: usize, is_final: bool) {
        if let Some(sender) = self.senders.get(number) {
            if sender.packets > sender.told {
                self.tell_sender(core, number);
            }
            return;
        }
        let number = number - self.senders.len();
        if let Some((_, totals)) = self.pairs.get(number) {
            if totals.packets[0] + totals.packets[1] > totals.told || (is_final && Some(totals.state) != totals.told_state) {
                self.tell(core, number, is_final);
            }
        }
    }

    /// Name, title, group, packets, bytes and whether it is read, by name.
    pub(crate) fn applications(&self) -> Vec<(String, String, &'static str, u64, u64, bool)> {
        let mut sums: BTreeMap<&str, (&str, &'static str, u64, u64, bool)> = BTreeMap::new();
        for (_, totals) in &self.pairs {
            let (name, title, group) = totals.application.map_or(("unknown", "not recognised", "unknown"), Application::words);
            let sum = sums.entry(name).or_insert((title, group, 0, 0, false));
            sum.2 += totals.packets[0] + totals.packets[1];
            sum.3 += totals.bytes[0] + totals.bytes[1];
            sum.4 |= totals.read;
        }
        let whole = |(name, (title, group, packets, bytes, read)): (&str, (&str, &'static str, u64, u64, bool))| {
            (name.to_owned(), title.to_owned(), group, packets, bytes, read)
        };
        sums.into_iter().map(whole).collect()
    }

    /// Client and server, packets of each, outer VLAN tag, and whether anything was said, of every TCP conversation.
    pub(crate) fn each_tcp(&self, take: &mut impl FnMut([IpAddr; 2], [u64; 2], Option<u16>, bool)) {
        for (pair, totals) in self.pairs.iter().filter(|(pair, _)| pair.transport == "tcp") {
            if let (Host::Ip(client), Host::Ip(server)) = (pair.client, pair.server) {
                take([client, server], totals.packets, pair.vlans.first().copied(), totals.application.is_some());
            }
        }
    }

    pub(crate) fn losses(&self) -> (u64, u64, u64) {
        self.pairs
            .iter()
            .filter_map(|(_, totals)| totals.losses.as_deref())
            .fold((0, 0, 0), |sum, one| (sum.0 + one.gaps, sum.1 + one.lost_bytes, sum.2 + one.retransmissions))
    }

    pub(crate) fn one_sided(&self) -> Vec<String> {
        let silent = |(pair, totals): &(Pair, Totals)| {
            (totals.read && (totals.packets[0] == 0 || totals.packets[1] == 0) && totals.packets[0] + totals.packets[1] > 8)
                .then(|| pair.server.to_string())
        };
        let mut servers: Vec<String> = self.pairs.iter().filter_map(silent).collect();
        servers.sort();
        servers.dedup();
        servers
    }
}
