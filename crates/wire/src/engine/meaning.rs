//! What points mean, by what their server told before: labels, and values other than those of the wire.

use std::hash::BuildHasher;

use foldhash::quality::FixedState;

use super::core::{begin, Core};
use crate::columns::Row;
use crate::flow::{vlan_text, Mark};
use crate::protocols::{Decoder, Learnt, Meaning, PointValue, Said};

impl Core {
    /// Learns from the pair, then says what each of its values means; nothing for servers that never told anything. Values that
    /// amount to something else than the wire's number change by all their bits.
    pub(super) fn meanings(
        &mut self,
        conversation: u32,
        decoder: &dyn Decoder,
        request: Option<&[u8]>,
        answer: Option<&[u8]>,
        values: &mut [PointValue],
        mark: Mark,
    ) -> Vec<Option<Meaning>> {
        let server = self.interner.conversations[conversation as usize].server as usize;
        let Some(slot) = self.interner.memories.get_mut(server) else { return Vec::new() };
        if slot.is_none() {
            let Some(empty) = decoder.memory(request, answer, values) else { return Vec::new() };
            if self.interner.remembering >= self.options.limits.memories {
                self.limit("memories");
                return Vec::new();
            }
            self.interner.remembering += 1;
            *slot = Some(empty);
        }
        let Some(memory) = slot else { return Vec::new() };
        let mut claims = Vec::new();
        let learnt = memory.learn(request, answer, values, &mut |claim| claims.push(claim));
        let meanings = memory.meanings(values);
        match learnt {
            Learnt::Nothing => {}
            // What was read before and is read again may mean something else now.
            Learnt::More => self.interner.writes[server] += 1,
            Learnt::Full => self.limit("memory_of_a_server"),
        }
        self.tell_claims(conversation, claims, mark);
        for (value, meaning) in values.iter_mut().zip(&meanings) {
            match meaning.as_ref().map(|meaning| &meaning.said) {
                Some(Said::Number { raw, .. }) => value.number = Some(*raw),
                Some(Said::Text(text)) => value.number = Some(FixedState::default().hash_one(text) as i64),
                Some(Said::Part) => value.number = None,
                _ => {}
            }
        }
        meanings
    }

    /// Tells the label of a point if it is another than before.
    pub(super) fn label(&mut self, conversation: u32, value: &PointValue, point: u32, meaning: &Meaning) -> bool {
        let hash = FixedState::default().hash_one((&meaning.label, meaning.measure, meaning.scale));
        if self.interner.labels.insert(point, hash) == Some(hash) {
            return false;
        }
        let key = &self.interner.conversations[conversation as usize].key;
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

/// The cells of a value. An integer only where the wire's number is the value.
pub(super) fn reading(number: i64, said: Option<Said>, row: &mut Row<'_>) {
    match said {
        None | Some(Said::AsIs | Said::Part) => {
            row.set("number", number as f64).set("integer", number);
        }
        Some(Said::Number { value, .. }) => {
            row.set("number", value);
        }
        Some(Said::Text(text)) => {
            row.set("text", text);
        }
        Some(Said::Missing) => {
            row.set("status", "not implemented");
        }
    }
}
