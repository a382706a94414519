//! From a finished transaction to rows: interning, the document law, points, readings and claims.

use std::collections::VecDeque;

use super::counters::Counters;
use super::hearsay::Heard;
use super::packet::Seen;
use super::Options;
use crate::columns::{Row, Table};
use crate::flow::pairing::{Pair, Unanswered};
use crate::flow::reader::Reader;
use crate::flow::table::Place;
use crate::flow::{vlan_text, Flow, Mark};
use crate::intern::{stable_id, Closed, ConversationKey, Document, Identity, Interned, Interner, Judged, Kind, Outcome, MINUTE};
use crate::protocols::{Claim, Class, Decoder, Descriptor, PointValue, Side, Spoken, Weird};
use crate::tables::Tables;

/// When a waiting message must be looked at again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timer {
    pub(crate) deadline: i64,
    pub(crate) serial: u64,
    pub(crate) place: Place,
}

/// What all flows share.
pub(crate) struct Core {
    pub(crate) options: Options,
    pub(crate) tables: Tables,
    pub(crate) interner: Interner,
    pub(crate) counters: Counters,
    pub(crate) line_time: i64,
    /// Where the minute of the line time ends; the smallest number before that is known.
    pub(super) minute_end: i64,
    pub(crate) timers: VecDeque<Timer>,
    /// Bytes that wait behind holes, in all flows.
    pub(crate) held_bytes: usize,
    /// Bytes of messages that are not whole, in all flows.
    pub(crate) part_bytes: usize,
    /// Room for the values of one pair, kept from one to the next.
    pub(super) values: Vec<PointValue>,
    /// The reader of whichever direction was read last, if it was done with all of it: few need one of their own.
    pub(super) idle_reader: Option<Box<Reader>>,
    pub(super) sequence: u64,
    serial: u64,
    /// What devices said of themselves.
    pub(crate) heard: Heard,
}

/// Begins a row with the columns that every table has.
pub(crate) fn begin<'a>(table: &'a mut Table, sequence: &mut u64, time: i64) -> Row<'a> {
    *sequence += 1;
    let mut row = table.row();
    row.set("sequence", *sequence).set("time", time);
    row
}

impl Core {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            options,
            tables: Tables::new(),
            interner: Interner::default(),
            counters: Counters::default(),
            line_time: i64::MIN,
            minute_end: i64::MIN,
            timers: VecDeque::new(),
            held_bytes: 0,
            part_bytes: 0,
            values: Vec::new(),
            idle_reader: None,
            sequence: 0,
            serial: 0,
            heard: Heard::default(),
        }
    }

    pub(crate) fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// Rows told so far.
    pub(crate) fn rows(&self) -> u64 {
        self.sequence
    }

    /// The next row number and the line time, for a row of any table.
    pub(crate) fn stamp(&mut self) -> (&mut Tables, &mut u64, i64) {
        (&mut self.tables, &mut self.sequence, self.line_time)
    }

    pub(crate) fn limit(&mut self, name: &'static str) {
        *self.counters.limits.entry(name).or_default() += 1;
    }

    pub(crate) fn wait(&mut self, place: Place, serial: u64, since: i64) {
        let timer = Timer { deadline: since.saturating_add(self.options.limits.answer_timeout), serial, place };
        if self.timers.back().is_none_or(|last| last.deadline <= timer.deadline) {
            self.timers.push_back(timer);
            return;
        }
        let at = self.timers.iter().rposition(|one| one.deadline <= timer.deadline).map_or(0, |at| at + 1);
        self.timers.insert(at, timer);
    }

    /// Emits the summaries of the minute that ended.
    pub(crate) fn close_minute(&mut self) {
        if self.line_time == i64::MIN {
            return;
        }
        let closed = self.interner.operations.close_minute();
        self.summaries(closed);
    }

    fn summaries(&mut self, closed: Vec<Closed>) {
        let minute = self.line_time.div_euclid(MINUTE) * MINUTE;
        for (operation, outcome, sums) in closed {
            let mut row = begin(&mut self.tables.summaries, &mut self.sequence, self.line_time);
            row.set("operation", operation).set("outcome", outcome.name()).set("minute", minute).set("count", sums.count);
            row.set("first", sums.first).set("last", sums.last).set("bytes", sums.bytes);
            if sums.has_latency() {
                row.set("latency_min", sums.latency_min).set("latency_mean", sums.latency_mean());
                row.set("latency_max", sums.latency_max).set("latency_p95", sums.latency_p95());
            }
            if let Some((mean, jitter)) = sums.period() {
                row.set("period_mean", mean).set("period_jitter", jitter);
            }
        }
    }

    /// A violation that belongs to no transaction.
    pub(crate) fn weird(&mut self, flow: &mut Flow, end: usize, descriptor: &Descriptor, names: &[&'static str], mark: Mark, bytes: &[u8]) {
        if flow.last_weird == Some(mark.order) {
            return;
        }
        flow.last_weird = Some(mark.order);
        self.counters.weirds += 1;
        let (client, server) = (flow.address(flow.client), flow.address(flow.server()));
        let side = if end == flow.client { "request" } else { "response" };
        let shown: String = bytes.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
        let mut row = begin(&mut self.tables.weirds, &mut self.sequence, self.line_time);
        row.set("timestamp", mark.time).set("protocol", descriptor.name).set("transport", flow.key.carrier().name());
        row.set("client", client.0.to_string()).set("client_port", client.1);
        row.set("server", server.0.to_string()).set("server_port", server.1);
        row.set("vlan", vlan_text(&flow.key.vlans)).set("side", side).set("file", mark.file).set("frame", mark.frame);
        row.set("names", names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        row.set("detail", format!("{} bytes from: {shown}", bytes.len()));
    }

    /// A violation of IP itself, of which no flow can be told.
    pub(crate) fn packet_weird(&mut self, ends: [std::net::IpAddr; 2], seen: &Seen, name: &'static str, detail: String) {
        self.counters.weirds += 1;
        let mut row = begin(&mut self.tables.weirds, &mut self.sequence, self.line_time);
        row.set("timestamp", seen.mark.time).set("protocol", "ip").set("client", ends[0].to_string()).set("server", ends[1].to_string());
        row.set("vlan", vlan_text(&seen.vlans)).set("side", "request").set("file", seen.mark.file).set("frame", seen.mark.frame);
        row.set("names", vec![name.to_owned()]).set("detail", detail);
    }

    /// The flow's conversation, new or known.
    fn conversation(&mut self, flow: &Flow, protocol: usize, spoken: Spoken) -> Interned {
        let (client, server) = (flow.address(flow.client), flow.address(flow.server()));
        let Spoken { descriptor, framing } = spoken;
        let key = ConversationKey {
            protocol,
            framing: framing.name,
            client: client.0,
            server: server.0,
            server_port: server.1,
            vlans: flow.key.vlans,
        };
        if let Some(known) = self.interner.conversations.find(&key) {
            return known;
        }
        let new = self.interner.add_conversation(key);
        let mut row = begin(&mut self.tables.conversations, &mut self.sequence, self.line_time);
        row.set("conversation", new.number).set("protocol", descriptor.name).set("framing", framing.name);
        row.set("transport", framing.carrier.name());
        row.set("client", client.0.to_string()).set("server", server.0.to_string()).set("server_port", server.1);
        row.set_some("client_mac", flow.ends[flow.client].mac.map(|mac| mac.to_string()));
        row.set_some("server_mac", flow.ends[flow.server()].mac.map(|mac| mac.to_string()));
        row.set("vlan", vlan_text(&flow.key.vlans)).set("role_source", flow.role_source.name());
        new
    }

    /// A transaction ended: what it was, once; and its document.
    pub(crate) fn finish(
        &mut self,
        flow: &mut Flow,
        conversation: &mut Option<Interned>,
        spoken: Spoken,
        decoder: &dyn Decoder,
        pair: Pair<'_>,
    ) {
        let protocol = crate::protocols::all().position(|one| std::ptr::eq(one, spoken.descriptor)).unwrap_or(0);
        let Pair { request, answer, mut weird, unanswered, fits } = pair;
        let request_bytes = request.map(|one| one.bytes);
        let answer_bytes = answer.map(|one| one.bytes);
        let teller = answer.filter(|answer| answer.facts.answer_tells).or(request).or(answer);
        let Some(identity) = teller.map(|one| &one.facts.identity) else { return };
        let Some(first_mark) = request.or(answer).map(|one| one.mark) else { return };
        let conversation = match *conversation {
            Some(known) if self.interner.conversations.is_kept(known) => known,
            _ => *conversation.insert(self.conversation(flow, protocol, spoken)),
        };
        for one in [request, answer].iter().flatten() {
            add_all(&mut weird, &one.facts.weird);
        }
        let mut duration = None;
        if let (Some(request), Some(answer)) = (request, answer) {
            if !fits {
                add_all(&mut weird, &decoder.pair_weird(request.bytes, answer.bytes));
            }
            let nanoseconds = answer.mark.time.saturating_sub(request.mark.time);
            if answer.mark.order < request.mark.order {
                add_all(&mut weird, &["answer_before_request"]);
            } else {
                duration = (nanoseconds >= 0).then_some(nanoseconds);
            }
        }
        let outcome = match answer {
            Some(answer) if answer.facts.failed => Outcome::Failure,
            Some(_) => Outcome::Success,
            None => Outcome::Unknown,
        };
        let operation = match self.interner.operations.find(conversation.slot, identity) {
            Some(number) => number,
            None => self.new_operation(conversation, identity.clone(), spoken.descriptor, protocol, decoder, request_bytes, answer_bytes),
        };
        let bytes = [request, answer].iter().flatten().map(|one| u64::from(one.wire)).sum();
        self.counters.transactions += 1;
        let document = if self.options.every_transaction {
            Document::Event { first: false, flood: false }
        } else {
            let class = self.interner.operations.at(operation).class;
            let judged = Judged {
                outcome,
                notable: !weird.is_empty() || unanswered.is_some(),
                values: command_values(class, decoder, request_bytes),
                time: first_mark.time,
                latency: duration,
                bytes,
                minute: self.line_time.div_euclid(MINUTE),
            };
            let (events, values) = (self.options.limits.events_per_minute, self.options.limits.new_values_per_minute);
            self.interner.operations.judge(operation, &judged, events, values)
        };
        match document {
            Document::Summed => self.counters.summarised += 1,
            Document::Event { first, flood } => {
                self.counters.events += 1;
                if flood {
                    add_all(&mut weird, &["event_flood"]);
                    self.limit("new_values_per_minute");
                }
                let mut row = begin(&mut self.tables.events, &mut self.sequence, self.line_time);
                row.set("operation", operation.number).set("timestamp", first_mark.time).set_some("duration", duration);
                row.set("outcome", outcome.name()).set("first", first).set("bytes", bytes);
                row.set_some("status", answer_bytes.and_then(|answer| decoder.status(answer)));
                row.set("client_port", flow.address(flow.client).1);
                row.set_some("client_mac", flow.ends[flow.client].mac.map(|mac| mac.to_string()));
                row.set_some("server_mac", flow.ends[flow.server()].mac.map(|mac| mac.to_string()));
                row.set("file", first_mark.file).set("interface", first_mark.interface);
                row.set_some("request_frame", request.map(|one| one.mark.frame));
                row.set_some("response_frame", answer.map(|one| one.mark.frame));
                let other_file = answer.map(|one| one.mark.file).filter(|file| *file != first_mark.file);
                row.set_some("response_file", other_file);
                if !weird.is_empty() {
                    row.set("weird", weird.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
                }
                row.set_some("unanswered", unanswered.map(Unanswered::name));
                let sequence = self.sequence;
                let mut own = self.tables.protocols[protocol].1.row();
                own.set("event_sequence", sequence);
                decoder.describe_event(request_bytes, answer_bytes, &mut own);
            }
        }
        let told_by_request = answer.is_none() && matches!(unanswered, Some(Unanswered::Gap));
        if !self.options.every_transaction {
            let last = answer.or(request).map_or(first_mark, |one| one.mark);
            if outcome == Outcome::Success || told_by_request {
                self.points(conversation.slot, operation, decoder, request_bytes, answer_bytes, last);
            }
            self.claims(conversation.slot, operation, decoder, request_bytes, answer_bytes, last);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one call; a struct of these would be made and taken apart at once")]
    fn new_operation(
        &mut self,
        conversation: Interned,
        identity: Identity,
        descriptor: &Descriptor,
        protocol: usize,
        decoder: &dyn Decoder,
        request: Option<&[u8]>,
        answer: Option<&[u8]>,
    ) -> Interned {
        let what = decoder.operation(request, answer);
        let kind = Kind { class: what.class, tells: what.tells };
        let most = self.options.limits.operations;
        let (interned, evicted) = self.interner.add_operation(conversation.slot, identity.clone(), kind, most);
        let place = &self.interner.conversations.at(conversation.slot).key;
        let id = stable_id(&[
            b"operation",
            self.options.site.as_bytes(),
            vlan_text(&place.vlans).as_bytes(),
            descriptor.name.as_bytes(),
            place.framing.as_bytes(),
            place.client.to_string().as_bytes(),
            place.server.to_string().as_bytes(),
            &place.server_port.to_be_bytes(),
            &identity,
        ]);
        let mut row = begin(&mut self.tables.operations, &mut self.sequence, self.line_time);
        row.set("operation", interned.number).set("id", id).set("conversation", conversation.number).set("class", what.class.name());
        row.set("action", format!("{}-{}", descriptor.name, slug(&what.name))).set("name", what.name);
        if !what.target.is_empty() {
            row.set("target", what.target);
        }
        row.set_some("unit", what.unit.map(i64::from));
        let mut own = self.tables.protocols[protocol].0.row();
        own.set("operation", interned.number);
        decoder.describe_operation(request, answer, &mut own);
        if let Some(evicted) = evicted {
            self.summaries(evicted.sums);
            let mut row = begin(&mut self.tables.evictions, &mut self.sequence, self.line_time);
            row.set("kind", "operation").set("number", evicted.number);
            self.limit("operations");
        }
        interned
    }

    fn claims(
        &mut self,
        conversation: u32,
        operation: Interned,
        decoder: &dyn Decoder,
        request: Option<&[u8]>,
        answer: Option<&[u8]>,
        mark: Mark,
    ) {
        if !self.interner.operations.at(operation).tells {
            return;
        }
        let mut claims = Vec::new();
        decoder.claims(request, answer, &mut |claim| claims.push(claim));
        self.tell_claims(conversation, claims, mark);
    }

    pub(super) fn tell_claims(&mut self, conversation: u32, claims: Vec<Claim>, mark: Mark) {
        if claims.is_empty() {
            return;
        }
        let key = self.interner.conversations.at(conversation).key.clone();
        for claim in claims {
            let (kind, subject) = match (claim.side, claim.unit) {
                (Side::Answer, Some(unit)) => ("unit", format!("{}:{}/{unit}", bracketed(key.server), key.server_port)),
                (Side::Answer, None) => ("ip", key.server.to_string()),
                (Side::Request, _) => ("ip", key.client.to_string()),
            };
            if self.is_news((&subject, claim.attribute, &claim.value, claim.source, &key.vlans)) {
                self.claim_row(kind, subject, &key.vlans, claim.attribute, claim.value, claim.source, mark);
            }
        }
    }
}

fn bracketed(ip: std::net::IpAddr) -> String {
    if ip.is_ipv6() {
        format!("[{ip}]")
    } else {
        ip.to_string()
    }
}

fn add_all(weird: &mut Weird, more: &[&'static str]) {
    for name in more {
        if !weird.contains(name) {
            weird.push(name);
        }
    }
}

/// A hash of what a command writes, so that a repeated command is told from a new one.
fn command_values(class: Class, decoder: &dyn Decoder, request: Option<&[u8]>) -> u64 {
    match request {
        Some(request) if matches!(class, Class::Write | Class::Control | Class::Program | Class::Diagnose) => decoder.command(request),
        _ => 0,
    }
}

/// `Read/Write Multiple Registers` → `read-write-multiple-registers`.
fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for letter in name.chars() {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter.to_ascii_lowercase());
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}
