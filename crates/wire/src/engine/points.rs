//! Points of a transaction and their values; what they mean, by what their server told before: labels, and values other than those
//! of the wire.

use super::core::{begin, Core};
use crate::flow::{vlan_text, Mark};
use crate::intern::{stable_id, Interned};
use crate::protocols::{Class, Decoder, Learnt, Meaning, Memory, PointValue, Said};
use crate::secret;
use crate::tables::Reading;

impl Core {
    /// Points that the pair read or wrote, and what is new of their values.
    pub(super) fn points(
        &mut self,
        conversation: u32,
        operation: Interned,
        decoder: &dyn Decoder,
        request: Option<&[u8]>,
        answer: Option<&[u8]>,
        mark: Mark,
    ) {
        let server = self.interner.conversations.at(conversation).server;
        let writes = self.interner.servers.writes(server);
        let kept = self.interner.operations.at(operation);
        if let (Class::Read, Some(answer)) = (kept.class, answer) {
            let state = Some((secret::hash(decoder.lasting(answer)), writes));
            if kept.unchanged == state {
                return;
            }
            kept.unchanged = state;
        }
        if self.interner.servers.memory(server).is_none() {
            if let Some(empty) = decoder.memory_first(request, answer) {
                self.remember(server, empty);
            }
        }
        let mut values = std::mem::take(&mut self.values);
        decoder.points(request, answer, self.interner.servers.memory(server), &mut |value| values.push(value));
        let written = values.iter().any(|value| value.written);
        let mut meanings = self.meanings(conversation, decoder, request, answer, &mut values, mark).into_iter();
        self.interner.servers.weigh(server, self.options.limits.memory_bytes_total);
        let most = self.options.limits.points;
        for value in &values {
            let meaning = meanings.next().flatten();
            let Some(change) = self.interner.point(server, value, most) else {
                self.limit("points");
                continue;
            };
            if change.new {
                self.point_row(conversation, operation.number, decoder, value, change.number);
            }
            // A value that is told otherwise from now on is told again, though its bits are the same.
            let relabelled = meaning
                .as_ref()
                .is_some_and(|meaning| self.label(conversation, value, change.number, meaning) && meaning.said != Said::AsIs);
            let Some(number) = value.number.filter(|_| change.changed || value.written || value.past || relabelled) else { continue };
            let said = meaning.map(|meaning| meaning.said).filter(|said| *said != Said::AsIs);
            let said = said.as_ref().unwrap_or(&value.said);
            let (number, integer, text) = cells(number, said);
            let direction = match (value.written, value.past) {
                (_, true) => "history",
                (true, false) => "written",
                (false, false) => "read",
            };
            self.sequence += 1;
            self.tables.readings.push(&Reading {
                sequence: self.sequence,
                time: self.line_time,
                mark,
                point: change.number,
                number,
                integer,
                text,
                status: value.status.or((*said == Said::Missing).then_some("not implemented")),
                source_time: value.source_time,
                direction,
            });
        }
        values.clear();
        self.values = values;
        if written {
            self.interner.servers.count_write(server);
        }
    }

    fn point_row(&mut self, conversation: u32, operation: u32, decoder: &dyn Decoder, value: &PointValue, number: u32) {
        let place = self.interner.conversations.at(conversation);
        let (key, server) = (place.key.clone(), place.server);
        let protocol = crate::protocols::all().nth(key.protocol).map_or("", |one| one.name);
        let unit_word = crate::protocols::all().nth(key.protocol).map_or("", |one| one.unit_word);
        let vlan = vlan_text(&key.vlans);
        let memory = self.interner.servers.memory(server);
        let named = memory.and_then(|memory| memory.name(value.table, value.address)).map(str::to_owned);
        let address = value.address.to_be_bytes();
        let id = stable_id(&[
            b"point",
            self.options.site.as_bytes(),
            vlan.as_bytes(),
            protocol.as_bytes(),
            key.server.to_string().as_bytes(),
            &key.server_port.to_be_bytes(),
            &[value.unit],
            value.table.as_bytes(),
            named.as_ref().map_or(&address[..], |name| name.as_bytes()),
        ]);
        let unit = if unit_word.is_empty() { String::new() } else { format!("{unit_word} {} ", value.unit) };
        let mut row = begin(&mut self.tables.points, &mut self.sequence, self.line_time);
        row.set("point", number).set("id", id).set("operation", operation);
        row.set("class", if value.written { "write" } else { "read" });
        row.set("server", key.server.to_string()).set("server_port", key.server_port).set("vlan", vlan).set("protocol", protocol);
        if !unit_word.is_empty() {
            row.set("unit", i64::from(value.unit));
        }
        row.set("table", value.table).set_some("address", named.is_none().then_some(i64::from(value.address)));
        row.set("name", format!("{unit}{}", named.unwrap_or_else(|| decoder.point_text(value.table, value.address))));
    }

    /// Begins a server's memory, unless so many are kept already.
    fn remember(&mut self, server: u32, empty: Box<dyn Memory>) {
        if !self.interner.servers.remember(server, empty, self.options.limits.memories) {
            self.limit("memories");
        }
    }

    /// Learns from the pair, then says what each of its values means; nothing for servers that never told anything. Values that
    /// amount to something else than the wire's number change by all their bits.
    fn meanings(
        &mut self,
        conversation: u32,
        decoder: &dyn Decoder,
        request: Option<&[u8]>,
        answer: Option<&[u8]>,
        values: &mut [PointValue],
        mark: Mark,
    ) -> Vec<Option<Meaning>> {
        let server = self.interner.conversations.at(conversation).server;
        if self.interner.servers.memory(server).is_none() {
            let Some(empty) = decoder.memory(request, answer, values) else { return Vec::new() };
            self.remember(server, empty);
        }
        let Some(memory) = self.interner.servers.memory(server) else { return Vec::new() };
        let mut claims = Vec::new();
        let learnt = memory.learn(request, answer, values, &mut |claim| claims.push(claim));
        let meanings = memory.meanings(values);
        match learnt {
            Learnt::Nothing => {}
            // What was read before and is read again may mean something else now.
            Learnt::More => self.interner.servers.count_write(server),
            Learnt::Full => self.limit("memory_of_a_server"),
        }
        self.tell_claims(conversation, claims, mark);
        for (value, meaning) in values.iter_mut().zip(&meanings) {
            match meaning.as_ref().map(|meaning| &meaning.said) {
                Some(Said::Number { raw, .. }) => value.number = Some(*raw),
                Some(Said::Text(text)) => value.number = Some(secret::hash(text) as i64),
                Some(Said::Part) => value.number = None,
                _ => {}
            }
        }
        meanings
    }

    /// Tells the label of a point if it is another than before.
    fn label(&mut self, conversation: u32, value: &PointValue, point: u32, meaning: &Meaning) -> bool {
        let hash = secret::hash((&meaning.label, meaning.measure, meaning.scale));
        if !self.interner.points.relabel(point, hash) {
            return false;
        }
        let key = &self.interner.conversations.at(conversation).key;
        let protocol = crate::protocols::all().nth(key.protocol);
        let mut row = begin(&mut self.tables.labels, &mut self.sequence, self.line_time);
        row.set("server", key.server.to_string()).set("server_port", key.server_port).set("vlan", vlan_text(&key.vlans));
        row.set_some("protocol", protocol.map(|one| one.name));
        row.set_some("unit", protocol.filter(|one| !one.unit_word.is_empty()).map(|_| i64::from(value.unit)));
        row.set("table", value.table).set("address", i64::from(value.address));
        row.set("point", point).set("label", meaning.label.as_str());
        row.set_some("measure", Some(meaning.measure).filter(|measure| !measure.is_empty()));
        true
    }
}

/// The cells of a value: number, integer, text. An integer only where the wire's number is the value.
fn cells(number: i64, said: &Said) -> (Option<f64>, Option<i64>, Option<&str>) {
    match said {
        Said::AsIs | Said::Part => (Some(number as f64), Some(number), None),
        Said::Integer(value) => (Some(*value as f64), Some(*value), None),
        Said::Number { value, .. } => (Some(*value), None, None),
        Said::Text(text) => (None, None, Some(text)),
        Said::Missing => (None, None, None),
    }
}
