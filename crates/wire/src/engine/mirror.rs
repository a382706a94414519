//! What the frames themselves say about the mirror port: who they were for, tags, copies, cuts, and which directions were seen.

use std::collections::HashMap;
use std::net::IpAddr;

use foldhash::fast::RandomState;

use super::presence::Presence;
use crate::flow::table::FlowTable;
use crate::link::{Frame, Payload};
use crate::source::Packet;

/// Bytes of the longest frame of an ordinary switch port, with tags of every kind: longer ones were joined after the wire.
const LONGEST: u32 = 1_600;
/// Packets of a conversation from which on a missing direction means something.
const ENOUGH: u64 = 4;
/// Pairs of hosts looked at; the attack: invented addresses.
const PAIRS: usize = 65_536;

/// Frames of one interface, or of all captures.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Frames {
    /// For one receiver.
    pub unicast: u64,
    /// For all.
    pub broadcast: u64,
    /// For a group.
    pub multicast: u64,
    /// With a VLAN tag.
    pub tagged: u64,
    /// Cut by the capture.
    pub cut: u64,
    /// Shorter than their IP header says although nothing was cut here.
    pub short: u64,
    /// Longer than a frame on the wire can be.
    pub long: u64,
    /// Bytes of the longest.
    pub longest: u32,
    /// The same frame again at once.
    pub copies: u64,
}

/// Which directions of TCP conversations were seen, by pairs of hosts that exchanged content.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Directions {
    /// Both.
    pub both: u64,
    /// Only what clients send.
    pub only_requests: u64,
    /// Only what servers send.
    pub only_answers: u64,
    /// Both, one with a VLAN tag and one without or with another.
    pub tags_differ: u64,
    /// Servers of conversations of which one direction is missing; a few.
    pub examples: Vec<String>,
}

/// See the module.
pub(crate) struct Mirror {
    places: Vec<Frames>,
}

impl Mirror {
    /// `places`: how many interfaces are told apart.
    pub(crate) fn new(places: usize) -> Self {
        Self { places: vec![Frames::default(); places.max(1)] }
    }

    pub(crate) fn frames(&self) -> &[Frames] {
        &self.places
    }

    /// Counts a frame.
    pub(crate) fn count(&mut self, packet: &Packet<'_>, frame: &Frame<'_>) {
        let place = (packet.file as usize).min(self.places.len() - 1);
        let Some(frames) = self.places.get_mut(place) else { return };
        frames.tagged += u64::from(!frame.vlans.is_empty());
        let is_cut = (packet.bytes.len() as u64) < u64::from(packet.original);
        frames.cut += u64::from(is_cut);
        frames.long += u64::from(packet.original > LONGEST);
        frames.longest = frames.longest.max(packet.original);
        if let (Payload::Ip(ip), false) = (frame.payload, is_cut) {
            frames.short += u64::from(promised(ip) > ip.len());
        }
        match frame.destination_mac.map(|mac| mac.0) {
            Some([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]) => frames.broadcast += 1,
            Some([first, ..]) if first & 1 != 0 => frames.multicast += 1,
            _ => frames.unicast += 1,
        }
    }

    /// A frame of this interface was a copy of one before (see [`super::duplicates`]).
    pub(crate) fn copied(&mut self, file: u32) {
        let place = (file as usize).min(self.places.len() - 1);
        if let Some(frames) = self.places.get_mut(place) {
            frames.copies += 1;
        }
    }
}

/// Bytes that an IP header says there are.
fn promised(ip: &[u8]) -> usize {
    match ip {
        [first, _, high, low, ..] if first >> 4 == 4 => usize::from(u16::from_be_bytes([*high, *low])),
        [first, _, _, _, high, low, ..] if first >> 4 == 6 => 40 + usize::from(u16::from_be_bytes([*high, *low])),
        _ => 0,
    }
}

/// What was seen between two hosts; index 0 is what the lower address sent.
#[derive(Default)]
struct Seen {
    packets: [u64; 2],
    /// VLAN tags of each direction: one set of them, or several.
    tags: [Option<Option<u16>>; 2],
    /// The server is the higher address.
    is_server_high: bool,
    has_content: bool,
}

impl Seen {
    fn add(&mut self, from: usize, packets: u64, tag: Option<u16>) {
        self.packets[from] += packets;
        if packets > 0 {
            self.tags[from].get_or_insert(tag);
        }
    }
}

/// Looks at every TCP conversation: those that are told already, and what open flows have seen since.
pub(crate) fn directions(presence: &Presence, flows: &FlowTable) -> Directions {
    let mut all: HashMap<(IpAddr, IpAddr), Seen, RandomState> = HashMap::default();
    let mut add = |hosts: [IpAddr; 2], packets: [u64; 2], tag: Option<u16>, has_content: bool| {
        let [client, server] = hosts;
        let is_server_high = client <= server;
        let key = if is_server_high { (client, server) } else { (server, client) };
        if all.len() >= PAIRS && !all.contains_key(&key) {
            return;
        }
        let seen = all.entry(key).or_default();
        seen.is_server_high = is_server_high;
        seen.has_content |= has_content;
        seen.add(usize::from(!is_server_high), packets[0], tag);
        seen.add(usize::from(is_server_high), packets[1], tag);
    };
    presence.each_tcp(&mut add);
    for place in flows.places() {
        let Some(flow) = flows.peek(place).filter(|flow| !flow.key.udp) else { continue };
        let since = |end: usize| flow.ends[end].packets.saturating_sub(flow.folded.packets[end]);
        let has_content = flow.ends.iter().any(|end| end.looked > 0);
        let hosts = [flow.address(flow.client).0, flow.address(flow.server()).0];
        add(hosts, [since(flow.client), since(flow.server())], flow.key.vlans.first().copied(), has_content);
    }
    let mut found = Directions::default();
    for ((low, high), seen) in all {
        // A connection that nobody answers has no content: that is no fault of the mirror.
        if !seen.has_content || seen.packets[0] + seen.packets[1] < ENOUGH {
            continue;
        }
        let [client, server] = if seen.is_server_high { [0, 1] } else { [1, 0] };
        match (seen.packets[client] > 0, seen.packets[server] > 0) {
            (true, true) => {
                found.both += 1;
                found.tags_differ += u64::from(seen.tags[0] != seen.tags[1]);
                continue;
            }
            (true, false) => found.only_requests += 1,
            _ => found.only_answers += 1,
        }
        found.examples.push(if seen.is_server_high { high } else { low }.to_string());
    }
    found.examples.sort();
    found.examples.dedup();
    found.examples.truncate(5);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link;
    use crate::Limits;

    /// To `destination`, an IPv4 header that promises 40 bytes.
    fn frame(destination: u8, ip_bytes: usize) -> Vec<u8> {
        let mut bytes = vec![destination; 6];
        bytes.extend([2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 40]);
        bytes.resize(14 + ip_bytes, 0);
        bytes
    }

    fn counted(packets: &[(i64, Vec<u8>, u32)]) -> Frames {
        let mut mirror = Mirror::new(1);
        for (time, bytes, original) in packets {
            let packet = Packet { time: *time, file: 3, interface: 0, frame: 1, link: 1, bytes, original: *original };
            mirror.count(&packet, &link::read(1, bytes, &Limits::default()));
        }
        mirror.frames()[0].clone()
    }

    #[test]
    fn receivers_cuts_and_lengths() {
        let found = counted(&[
            (0, frame(0xFF, 40), 54),
            (1, frame(0x01, 40), 54),
            (2, frame(0x02, 40), 54),
            (3, frame(0x02, 30), 54), // cut here
            (4, frame(0x02, 30), 44), // cut by the switch
            (5, frame(0x02, 40), 65_226),
        ]);
        assert_eq!((found.broadcast, found.multicast, found.unicast), (1, 1, 4));
        assert_eq!((found.cut, found.short, found.long, found.longest), (2, 1, 1, 65_226));
    }
}
