//! What devices say in passing, told once a day each: frames, datagrams and the first bytes of connections.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;

use foldhash::fast::RandomState;

use super::core::{begin, Core};
use super::packet::Seen;
use crate::claims::{self, Claim, Said, Subject};
use crate::flow::{vlan_text, Flow, Mark};
use crate::link::{Mac, Payload};
use crate::network::Udp;
use crate::secret;

/// A claim that is still made is told again after so long, ns: it is the newest word of its source.
const DAY: i64 = 86_400_000_000_000;
/// Messages remembered so that a repeated one is not read again. A fixed table: a flood of new ones only costs reading.
const SEEN: usize = 1 << 12;

/// What was heard before.
pub(crate) struct Heard {
    /// Claims by hash, and the day of the line on which each was last told.
    told: HashMap<u64, i64, RandomState>,
    seen: Vec<u64>,
    /// First bytes held in all flows.
    held: usize,
}

impl Default for Heard {
    fn default() -> Self {
        Self { told: HashMap::default(), seen: vec![0; SEEN], held: 0 }
    }
}

impl Core {
    fn day(&self) -> i64 {
        self.line_time.div_euclid(DAY)
    }

    /// Whether a claim is to be told: it was not, or not today.
    pub(crate) fn is_news(&mut self, claim: impl Hash) -> bool {
        let (hash, day) = (secret::hash(claim), self.day());
        if self.heard.told.get(&hash) == Some(&day) {
            return false;
        }
        if self.heard.told.len() >= self.options.limits.claims && !self.heard.told.contains_key(&hash) {
            // Forgetting costs that some are told again; refusing would make it deaf.
            self.limit("claims");
            self.heard.told.clear();
        }
        self.heard.told.insert(hash, day);
        true
    }

    /// Whether this message was not read from this sender today; may say so of one that was.
    fn is_unread(&mut self, message: impl Hash) -> bool {
        let hash = secret::hash((message, self.day()));
        let place = &mut self.heard.seen[hash as usize % SEEN];
        let unread = *place != hash;
        *place = hash;
        unread
    }

    fn tell(&mut self, claims: Vec<Claim>, vlans: &[u16], mark: Mark) {
        for claim in claims {
            if !self.is_news((claim.subject, claim.attribute, &claim.value, claim.source, vlans)) {
                continue;
            }
            let (kind, subject) = match claim.subject {
                Subject::Ip(ip) => ("ip", ip.to_string()),
                Subject::Mac(mac) => ("mac", mac.to_string()),
            };
            self.claim_row(kind, subject, vlans, claim.attribute, claim.value, claim.source, mark);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the columns of one row")]
    pub(crate) fn claim_row(
        &mut self,
        kind: &'static str,
        subject: String,
        vlans: &[u16],
        attribute: &'static str,
        value: String,
        source: &'static str,
        mark: Mark,
    ) {
        let (tables, sequence, time) = self.stamp();
        let mut row = begin(&mut tables.claims, sequence, time);
        row.set("subject_kind", kind).set("subject", subject).set("vlan", vlan_text(vlans));
        row.set("attribute", attribute).set("value", value).set("source", source);
        row.set("file", mark.file).set("frame", mark.frame);
    }

    /// What a frame says. Gives an IP address that the sending card said is its own.
    pub(crate) fn hear_frame(&mut self, payload: &Payload<'_>, seen: &Seen) -> Option<(Mac, IpAddr)> {
        let (read, bytes) = claims::of_frame(payload)?;
        if !self.is_unread((seen.macs[0], &seen.vlans, bytes)) {
            return None;
        }
        let mut said = Said { mac: seen.macs[0], ..Said::default() };
        read(bytes, &mut said);
        let own = said.mac.zip(said.own);
        self.tell(said.claims, &seen.vlans, seen.mark);
        own
    }

    /// What a datagram says, of a flow whose application is known.
    pub(crate) fn hear_datagram(&mut self, flow: &Flow, from: usize, udp: &Udp<'_>, mark: Mark) {
        let Some(read) = flow.application.and_then(|one| claims::of_datagrams(one.name)) else { return };
        let (mac, sender) = (flow.ends[from].mac, flow.address(from).0);
        if !self.is_unread((mac, sender, &flow.key.vlans, udp.payload)) {
            return;
        }
        let mut said = Said { mac, sender: Some(sender), receiver: Some(flow.address(1 - from).0), ..Said::default() };
        read(udp.payload, &mut said);
        self.tell(said.claims, &flow.key.vlans, mark);
    }

    /// The flow's application was recognised: what came before is heard now.
    pub(crate) fn begin_listening(&mut self, flow: &mut Flow) {
        // A protocol inside TLS gave the flow its own name: its certificate is heard all the same.
        let name = if flow.is_renamed { Some("tls") } else { flow.application.map(|one| one.name) };
        let hearing = name.and_then(claims::of_streams);
        flow.listening = hearing.map(|hearing| Box::new(claims::Listening::new(hearing)));
        for end in 0..2 {
            flow.ends[end].early_bytes = 0;
            let early = std::mem::take(&mut flow.ends[end].early);
            let start = early.iter().rposition(|one| one.hole.is_some()).map_or(0, |hole| hole + 1);
            for one in early[start..].iter().filter(|one| !one.aside) {
                self.hear_stream(flow, end, &one.bytes, one.mark);
            }
        }
    }

    /// The next bytes in order of a connection that is still listened to.
    pub(crate) fn hear_stream(&mut self, flow: &mut Flow, from: usize, bytes: &[u8], mark: Mark) {
        self.listen(flow, |listening, ips| listening.hear(from, ips, bytes, mark));
    }

    /// Nothing more comes in order from this end.
    pub(crate) fn hear_end(&mut self, flow: &mut Flow, from: usize) {
        self.listen(flow, |listening, ips| listening.end(from, ips));
    }

    fn listen(&mut self, flow: &mut Flow, work: impl FnOnce(&mut claims::Listening, [IpAddr; 2]) -> Vec<claims::Told>) {
        let Some(mut listening) = flow.listening.take() else { return };
        let before = listening.held();
        let told = work(&mut listening, [flow.address(0).0, flow.address(1).0]);
        self.heard.held = (self.heard.held + listening.held()).saturating_sub(before);
        for (claims, mark) in told {
            self.tell(claims, &flow.key.vlans, mark);
        }
        if self.heard.held > self.options.limits.first_bytes_total {
            self.limit("first_bytes_total");
            self.heard.held = self.heard.held.saturating_sub(listening.held());
        } else if !listening.is_done() {
            flow.listening = Some(listening);
        }
    }
}
