//! A TCP segment through its flow: openings and ends, bytes in order, what is spoken, messages, pairs.

use std::panic::{catch_unwind, AssertUnwindSafe};

use smallvec::SmallVec;

use super::core::Core;
use super::identify::{self, EARLY_BYTES};
use super::presence::Presence;
use crate::flow::pairing::{self, Answers, Kept, Pair, Pairing, Part, Transaction, Unanswered};
use crate::flow::reader::{self, Found, Message};
use crate::flow::stream::{Piece, Pushed};
use crate::flow::table::{FlowTable, Place};
use crate::flow::{Early, Flow, Mark, RoleSource, Speech, State};
use crate::intern::Interned;
use crate::network::Segment;
use crate::protocols::{Decoder, Joined, Side, Spoken, Weird};

const FIN: u8 = 1;
const SYN: u8 = 2;
const RST: u8 = 4;
const ACK: u8 = 16;

/// A segment of the flow whose place is `place`, sent by end `from`.
pub(crate) fn segment(
    core: &mut Core,
    presence: &mut Presence,
    flow: &mut Flow,
    place: Place,
    from: usize,
    segment: &Segment<'_>,
    mark: Mark,
) {
    if !opening(core, presence, flow, place, from, segment) {
        return;
    }
    let mut pieces = Vec::new();
    let held_before = held(flow);
    // What is not read is not judged for losses, also while its first bytes are put in order.
    let losses = matches!(flow.speech, Speech::Recognised).then(|| [0, 1].map(|end| flow.ends[end].stream.losses()));
    if segment.flags & ACK != 0 && flow.is_put_in_order() {
        flow.ends[1 - from].stream.acknowledge(segment.acknowledgement, &core.options.limits, &mut pieces);
        give(core, presence, flow, place, 1 - from, &mut pieces);
    }
    let start = segment.sequence.wrapping_add(u32::from(segment.flags & SYN != 0));
    let lost_tail = segment.wire_payload.saturating_sub(segment.payload.len() as u32);
    if !(segment.payload.is_empty() && lost_tail == 0) && segment.flags & RST == 0 {
        if matches!(flow.speech, Speech::Recognised) {
            identify::recognise_more(core, presence, flow, from, segment);
        }
        if flow.is_put_in_order() {
            let pushed = flow.ends[from].stream.push(start, segment.payload, lost_tail, mark, &core.options.limits, &mut pieces);
            match pushed {
                Pushed::InOrder { acknowledged } => bytes(core, presence, flow, place, from, segment.payload, mark, acknowledged),
                Pushed::Pieces => give(core, presence, flow, place, from, &mut pieces),
                Pushed::Seen => {}
            }
            if flow.ends[from].stream.take_conflict() {
                if let Speech::Known { spoken, .. } = &flow.speech {
                    let descriptor = spoken.descriptor;
                    core.weird(flow, from, descriptor, &["segment_overlap_conflict"], mark, segment.payload);
                }
            }
        }
    }
    if !flow.is_put_in_order() {
        flow.ends.iter_mut().for_each(|end| end.stream.let_go());
    }
    core.held_bytes = (core.held_bytes + held(flow)).saturating_sub(held_before);
    if core.held_bytes > core.options.limits.reorder_bytes_total && held(flow) > 0 {
        core.limit("reorder_bytes_total");
        core.held_bytes -= held(flow).min(core.held_bytes);
        for end in 0..2 {
            flow.ends[end].stream.flush(&mut pieces);
            give(core, presence, flow, place, end, &mut pieces);
        }
    }
    closing(core, flow, from, segment, start);
    if let Some(losses) = losses {
        flow.ends.iter_mut().zip(losses).for_each(|(end, losses)| end.stream.set_losses(losses));
    }
}

/// Bytes of the flow that wait behind holes.
fn held(flow: &Flow) -> usize {
    flow.ends.iter().map(|end| end.stream.held_bytes()).sum()
}

/// Bytes kept of the flow's messages: of those that are not whole, and those that wait.
fn parts(flow: &Flow) -> usize {
    let known = if let Speech::Known { decoder, pairing, .. } = &flow.speech { decoder.held() + pairing.held() } else { 0 };
    known + flow.ends.iter().filter_map(|end| end.reader.as_ref()).map(|reader| reader.held()).sum::<usize>()
}

/// Handles SYNs. False: the segment is not to be read further.
fn opening(core: &mut Core, presence: &mut Presence, flow: &mut Flow, place: Place, from: usize, segment: &Segment<'_>) -> bool {
    if let Some((opener, number)) = flow.reopening {
        let by_opener = from == opener && segment.flags & SYN == 0 && segment.sequence == number.wrapping_add(1);
        let by_other = from != opener && segment.flags & (SYN | ACK) == SYN | ACK && segment.acknowledgement == number.wrapping_add(1);
        if by_opener || by_other {
            restart(core, presence, flow, place);
            flow.syn[opener] = Some(number);
            flow.client_is(opener, RoleSource::Syn);
            flow.ends[opener].stream.start(number.wrapping_add(1));
        }
    }
    if segment.flags & SYN == 0 || segment.flags & RST != 0 {
        return true;
    }
    let number = segment.sequence;
    let opener = if segment.flags & ACK == 0 { from } else { 1 - from };
    let is_known = flow.syn[from] == Some(number);
    if !is_known && (flow.ends[from].stream.started() || flow.syn[from].is_some()) {
        if flow.state == State::Open {
            if segment.flags & ACK == 0 {
                flow.reopening = Some((from, number));
            }
            return false;
        }
        restart(core, presence, flow, place);
    }
    if !is_known {
        flow.syn[from] = Some(number);
        flow.ends[from].stream.start(number.wrapping_add(1));
        flow.client_is(opener, RoleSource::Syn);
        if segment.flags & ACK == 0 {
            presence.fold(core, flow);
        }
    }
    true
}

/// The port pair is used again: the old connection ends, a new one begins in its place.
fn restart(core: &mut Core, presence: &mut Presence, flow: &mut Flow, place: Place) {
    let mut pieces = Vec::new();
    for end in 0..2 {
        flow.ends[end].stream.flush(&mut pieces);
        give(core, presence, flow, place, end, &mut pieces);
    }
    close(core, flow, Unanswered::Closed);
    presence.fold(core, flow);
    core.part_bytes = core.part_bytes.saturating_sub(parts(flow));
    let mut fresh = Flow::new(flow.key.clone(), flow.last);
    for end in 0..2 {
        fresh.ends[end].mac = flow.ends[end].mac;
        fresh.ends[end].sender = flow.ends[end].sender;
    }
    fresh.last = flow.last;
    *flow = fresh;
}

fn closing(core: &mut Core, flow: &mut Flow, from: usize, segment: &Segment<'_>, start: u32) {
    if segment.flags & RST != 0 {
        let stream = &flow.ends[from].stream;
        if stream.is_near(segment.sequence, core.options.limits.reorder_window) {
            flow.state = State::Reset;
            close(core, flow, Unanswered::Closed);
        }
    } else if segment.flags & FIN != 0 {
        flow.ends[from].stream.finished = Some(start.wrapping_add(segment.wire_payload));
    }
    if flow.state == State::Open && flow.ends.iter().all(|end| end.stream.is_finished()) {
        flow.state = State::Closed;
        close(core, flow, Unanswered::Closed);
    }
}

/// Ends what waits in the flow.
fn close(core: &mut Core, flow: &mut Flow, why: Unanswered) {
    (0..2).for_each(|end| core.hear_end(flow, end));
    let before = parts(flow);
    let ended = match &mut flow.speech {
        Speech::Known { pairing, .. } => pairing.end(why),
        _ => return,
    };
    core.part_bytes = core.part_bytes.saturating_sub(before - parts(flow));
    for transaction in ended {
        finish(core, flow, transaction);
    }
}

fn finish(core: &mut Core, flow: &mut Flow, transaction: Transaction) {
    if let Speech::Known { spoken, decoder, pairing, mut conversation } = std::mem::replace(&mut flow.speech, Speech::Unknown) {
        core.finish(flow, &mut conversation, spoken, decoder.as_ref(), transaction.pair());
        flow.speech = Speech::Known { spoken, decoder, pairing, conversation };
    }
}

/// [`finish`] for a flow in the table.
pub(crate) fn finish_at(core: &mut Core, flows: &mut FlowTable, place: Place, transaction: Transaction) {
    if let Some(mut flow) = flows.take(place) {
        finish(core, &mut flow, transaction);
        flows.put(place, flow);
    }
}

/// A waiting message's time is over.
pub(crate) fn expire(core: &mut Core, flows: &mut FlowTable, place: Place, serial: u64) {
    let Some(mut flow) = flows.take(place) else { return };
    let answers_missing = flow.is_behind(flow.server());
    let before = parts(&flow);
    let ended = match &mut flow.speech {
        Speech::Known { pairing, .. } => pairing.expire(serial, answers_missing),
        _ => None,
    };
    core.part_bytes = core.part_bytes.saturating_sub(before - parts(&flow));
    if let Some(transaction) = ended {
        finish(core, &mut flow, transaction);
    }
    flows.put(place, flow);
}

/// Gives out what is still held behind gaps.
pub(crate) fn flush(core: &mut Core, flows: &mut FlowTable, presence: &mut Presence, place: Place) {
    let Some(mut flow) = flows.take(place) else { return };
    let mut pieces = Vec::new();
    core.held_bytes = core.held_bytes.saturating_sub(held(&flow));
    for end in 0..2 {
        flow.ends[end].stream.flush(&mut pieces);
        give(core, presence, &mut flow, place, end, &mut pieces);
        core.hear_end(&mut flow, end);
    }
    flows.put(place, flow);
}

/// Collects what waits in the flow, which ends, each with the order of its first frame.
pub(crate) fn end_waiting(
    core: &mut Core,
    flows: &mut FlowTable,
    place: Place,
    why: Unanswered,
    ended: &mut Vec<(u64, Place, Transaction)>,
) {
    let Some(mut flow) = flows.take(place) else { return };
    core.part_bytes = core.part_bytes.saturating_sub(parts(&flow));
    if let Speech::Known { pairing, .. } = &mut flow.speech {
        for transaction in pairing.end(why) {
            let order = transaction.request.as_ref().or(transaction.answer.as_ref()).map_or(0, |one| one.mark.order);
            ended.push((order, place, transaction));
        }
    }
    flows.put(place, flow);
}

#[inline]
fn give(core: &mut Core, presence: &mut Presence, flow: &mut Flow, place: Place, from: usize, pieces: &mut Vec<Piece>) {
    if !pieces.is_empty() {
        give_all(core, presence, flow, place, from, pieces);
    }
}

fn give_all(core: &mut Core, presence: &mut Presence, flow: &mut Flow, place: Place, from: usize, pieces: &mut Vec<Piece>) {
    for piece in pieces.drain(..) {
        match piece {
            Piece::Bytes { bytes: payload, mark, acknowledged } => bytes(core, presence, flow, place, from, &payload, mark, acknowledged),
            Piece::Gap { hole } => {
                if matches!(flow.speech, Speech::Unknown) {
                    let mark = Mark::default();
                    flow.ends[from].early.push(Early { bytes: Vec::new(), mark, acknowledged: true, aside: false, hole: Some(hole) });
                } else {
                    gap(core, flow, from, hole);
                }
            }
            Piece::Aside { bytes: payload, mark, fill } => {
                if matches!(flow.speech, Speech::Unknown) {
                    let end = &mut flow.ends[from];
                    if end.early_bytes + payload.len() <= EARLY_BYTES {
                        end.early_bytes += payload.len();
                        end.early.push(Early { bytes: payload, mark, acknowledged: true, aside: true, hole: None });
                    }
                    continue;
                }
                let side = side_of(flow, from);
                let rest = with_decoder(core, flow, place, from, |_, decoder, found| {
                    reader::aside(Some(side), &payload, mark, fill, decoder, found)
                });
                if let Some((hole, prefix)) = rest.flatten() {
                    flow.ends[from].stream.set_prefix(hole, Some(prefix));
                }
            }
        }
    }
}

/// Bytes are missing in a flow whose protocol is known, or whose first bytes are listened to.
pub(super) fn gap(core: &mut Core, flow: &mut Flow, from: usize, hole: u64) {
    core.hear_end(flow, from);
    let is_client = from == flow.client;
    let held = parts(flow);
    let Speech::Known { decoder, pairing, .. } = &mut flow.speech else { return };
    let abandoned = match (is_client, decoder.asks_again()) {
        (true, true) => pairing.abandon(),
        (true, false) => Vec::new(),
        (false, _) => {
            pairing.doubt();
            Vec::new()
        }
    };
    decoder.gap(if is_client { Side::Request } else { Side::Answer });
    let unfinished = flow.ends[from].reader.get_or_insert_default().gap(hole);
    flow.ends[from].stream.set_prefix(hole, unfinished);
    core.part_bytes = (core.part_bytes + parts(flow)).saturating_sub(held);
    for transaction in abandoned {
        finish(core, flow, transaction);
    }
}

pub(super) fn side_of(flow: &Flow, from: usize) -> Side {
    if from == flow.client {
        Side::Request
    } else {
        Side::Answer
    }
}

/// The next bytes in order of a flow whose protocol is known or not yet.
#[expect(clippy::too_many_arguments, reason = "a run of bytes with all that is known of it")]
fn bytes(
    core: &mut Core,
    presence: &mut Presence,
    flow: &mut Flow,
    place: Place,
    from: usize,
    payload: &[u8],
    mark: Mark,
    acknowledged: bool,
) {
    match flow.speech {
        Speech::Known { .. } => read(core, flow, place, from, payload, mark, acknowledged),
        Speech::Unknown => identify::stream(core, presence, flow, place, from, payload, mark, acknowledged),
        Speech::Recognised => core.hear_stream(flow, from, payload, mark),
    }
}

pub(super) fn read(core: &mut Core, flow: &mut Flow, place: Place, from: usize, payload: &[u8], mark: Mark, acknowledged: bool) {
    let side = side_of(flow, from);
    with_decoder(core, flow, place, from, |reader, decoder, found| reader.bytes(Some(side), payload, mark, acknowledged, decoder, found));
    if let Some((hole, passed)) = flow.ends[from].reader.as_mut().and_then(|reader| reader.suffix.take()) {
        flow.ends[from].stream.set_suffix(hole, passed);
    }
}

/// Runs `work` with the flow's decoder and a place for what it finds, all taken out of the flow for so long.
pub(super) fn with_decoder<T>(
    core: &mut Core,
    flow: &mut Flow,
    place: Place,
    from: usize,
    work: impl FnOnce(&mut reader::Reader, &mut dyn Decoder, &mut dyn Found) -> T,
) -> Option<T> {
    match std::mem::replace(&mut flow.speech, Speech::Unknown) {
        Speech::Known { spoken, mut decoder, mut pairing, mut conversation } => {
            let mut reader = flow.ends[from].reader.take().or_else(|| core.idle_reader.take()).unwrap_or_default();
            let before = decoder.held() + reader.held() + pairing.held();
            let mut arrivals = Arrivals { core, flow, place, from, spoken, pairing: &mut pairing, conversation: &mut conversation };
            let guarded = AssertUnwindSafe(|| work(&mut reader, decoder.as_mut(), &mut arrivals));
            let Ok(result) = catch_unwind(guarded) else {
                // Our own fault must cost this flow, not the capture; nothing of the flow's decoder is used again.
                core.limit("decoder_panic");
                core.part_bytes = core.part_bytes.saturating_sub(before);
                flow.speech = Speech::Recognised;
                let mark = Mark { time: core.line_time, ..Mark::default() };
                core.weird(flow, from, spoken.descriptor, &["decoder_panic"], mark, &[]);
                return None;
            };
            let held = decoder.held() + reader.held() + pairing.held();
            core.part_bytes = (core.part_bytes + held).saturating_sub(before);
            if held > 0 && core.part_bytes > core.options.limits.part_bytes_total {
                core.limit("part_bytes_total");
                core.part_bytes = core.part_bytes.saturating_sub(held);
                decoder.let_go();
                reader.let_go();
                for transaction in pairing.let_go() {
                    core.finish(flow, &mut conversation, spoken, decoder.as_ref(), transaction.pair());
                }
            }
            if reader.is_idle() {
                core.idle_reader = Some(reader);
            } else {
                flow.ends[from].reader = Some(reader);
            }
            flow.speech = Speech::Known { spoken, decoder, pairing, conversation };
            Some(result)
        }
        other => {
            flow.speech = other;
            None
        }
    }
}

/// Takes messages as they are found, and pairs them.
struct Arrivals<'a> {
    core: &'a mut Core,
    flow: &'a mut Flow,
    place: Place,
    from: usize,
    spoken: Spoken,
    pairing: &'a mut Pairing,
    conversation: &'a mut Option<Interned>,
}

impl Arrivals<'_> {
    /// A whole message of this side, new or judged anew; its length on the wire in bytes.
    fn take(&mut self, decoder: &mut dyn Decoder, side: Side, message: &Message<'_>, wire: u32) {
        let Message { bytes, mark, acknowledged } = *message;
        let facts = decoder.facts(side, bytes);
        let serial = self.core.next_serial();
        let most = self.core.options.limits.waiting;
        if facts.ends_all {
            for transaction in self.pairing.end(Unanswered::Closed) {
                self.core.finish(self.flow, self.conversation, self.spoken, decoder, transaction.pair());
            }
        }
        let part = Part { facts: &facts, bytes, wire, mark };
        if facts.alone {
            self.core.finish(self.flow, self.conversation, self.spoken, decoder, pairing::by_itself(part, side));
            return;
        }
        let ended = match side {
            Side::Request => {
                let is_patient = facts.patient;
                let kept = Kept { serial, facts, bytes: SmallVec::from_slice(bytes), wire, mark };
                let ended = self.pairing.request(kept, acknowledged, decoder, most);
                if !acknowledged && !is_patient {
                    self.core.wait(self.place, serial, mark.time);
                }
                ended
            }
            Side::Answer => {
                let may_come_late = self.flow.is_behind(self.flow.client);
                if self.flow.syn[self.flow.server()].is_none() && !self.flow.key.udp && !self.pairing.paired_once {
                    // Its first bytes may be older than the capture.
                    self.pairing.doubt();
                }
                let is_newest_missing = self.flow.lacks_acknowledged(self.flow.client);
                let answer = Some(part);
                match self.pairing.answer(part, may_come_late, is_newest_missing, decoder) {
                    Answers::To { at, fits } => {
                        let request = self.pairing.waits_at(at);
                        let pair = Pair { request, answer, weird: Weird::new(), unanswered: None, fits };
                        self.core.finish(self.flow, self.conversation, self.spoken, decoder, pair);
                        self.pairing.is_answered(at);
                        return;
                    }
                    Answers::Nothing(weird) => {
                        let pair = Pair { request: None, answer, weird, unanswered: None, fits: false };
                        self.core.finish(self.flow, self.conversation, self.spoken, decoder, pair);
                        return;
                    }
                    Answers::Later => {
                        let kept = Kept { serial, facts, bytes: SmallVec::from_slice(bytes), wire, mark };
                        let ended = self.pairing.wait_for_request(kept, most);
                        if ended.is_none() {
                            self.core.wait(self.place, serial, mark.time);
                        }
                        ended
                    }
                }
            }
        };
        if let Some(transaction) = ended {
            self.core.finish(self.flow, self.conversation, self.spoken, decoder, transaction.pair());
        }
    }
}

impl Found for Arrivals<'_> {
    fn message(&mut self, decoder: &mut dyn Decoder, message: &Message<'_>) {
        if self.flow.role_source != RoleSource::Said {
            if let Some(side) = decoder.side(message.bytes) {
                let client = if side == Side::Request { self.from } else { 1 - self.from };
                let is_turned = client != self.flow.client;
                self.flow.client_is(client, RoleSource::Said);
                if is_turned {
                    *self.conversation = None;
                    // What waits was taken for what the other end says.
                    for (side, kept) in self.pairing.turn() {
                        self.take(decoder, side, &Message { bytes: &kept.bytes, mark: kept.mark, acknowledged: false }, kept.wire);
                    }
                }
            }
        }
        let side = side_of(self.flow, self.from);
        match decoder.join(side, message.bytes, !message.acknowledged) {
            Joined::Same => self.take(decoder, side, message, message.bytes.len() as u32),
            Joined::Message(bytes, wire) => {
                self.take(decoder, side, &Message { bytes: &bytes, mark: message.mark, acknowledged: message.acknowledged }, wire);
            }
            Joined::Waits => {}
        }
    }

    fn lost(&mut self, name: &'static str, mark: Mark, bytes: &[u8]) {
        self.core.weird(self.flow, self.from, self.spoken.descriptor, &[name], mark, bytes);
    }
}
