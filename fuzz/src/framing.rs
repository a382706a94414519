//! One framing of a protocol that is read: the bytes of a conversation, as segments or datagrams.
//!
//! Input: options, a seed for cuts, then messages: who sends it and its length in two bytes, then its bytes. In a
//! stream, where every byte was read as part of a transaction, any other cutting must give the same rows.

use sentinel_wire::engine::Options;
use sentinel_wire::protocols::{self, Carrier, Frame, Joined, Probe, Side, Spoken};

use crate::bytes::Bytes;
use crate::engine::{limits, read, Reading, CUTTING_CHANGES};
use crate::packets::{Ends, Given, ETHERNET, START};

/// A port that no protocol is known to serve.
const NO_HINT: u16 = 50_001;
/// PSH and ACK.
const DATA: u8 = 0x18;

/// Every framing of every protocol that is read, as `protocol-framing`.
pub fn parts() -> Vec<String> {
    all().map(|one| name(&one)).collect()
}

fn all() -> impl Iterator<Item = Spoken> {
    [Carrier::Tcp, Carrier::Udp].into_iter().flat_map(protocols::carried)
}

fn name(spoken: &Spoken) -> String {
    format!("{}-{}", spoken.descriptor.name, spoken.framing.name)
}

/// Cuts in one direction: fewer than the segments after which a flow that could not be identified stays so.
const CUTS: usize = 20;

/// Bytes of a direction whose every start is probed.
const STARTS: usize = 320;

/// One message of the input.
struct Message<'a> {
    is_client: bool,
    is_late: bool,
    bytes: &'a [u8],
}

/// See the module.
///
/// # Panics
/// If a law does not hold, or there is no such part.
pub fn run(part: &str, data: &[u8]) {
    let spoken = all().find(|one| name(one) == part).unwrap_or_else(|| panic!("no framing {part}"));
    let mut rest = Bytes(data);
    let options = rest.byte();
    let seed = rest.byte();
    let hint = spoken.framing.ports.first().copied().filter(|_| options & 1 != 0);
    let ends = Ends::on(hint.unwrap_or(NO_HINT));
    let mut messages = Vec::new();
    while !rest.is_over() && messages.len() < 96 {
        let head = rest.word();
        let bytes = rest.take(usize::from(head & 0x0FFF));
        messages.push(Message { is_client: head & 0x8000 == 0, is_late: head & 0x4000 != 0, bytes });
    }
    let asked = || Options { every_transaction: options & 2 != 0, vlan_in_key: true, limits: limits(), ..Options::default() };
    match spoken.framing.carrier {
        Carrier::Udp => {
            read(datagrams(ends, &messages), asked());
        }
        Carrier::Tcp => {
            let has_handshake = options & 4 != 0;
            let whole = read(stream(spoken, ends, &messages, has_handshake, None), asked());
            let is_told_early = is_turned(&whole) && has_one_told_alone(spoken, &messages);
            if is_whole(&whole, &messages) && !is_refused_in_part(spoken, &messages) && !is_told_early {
                let cut = read(stream(spoken, ends, &messages, has_handshake, Some(seed)), asked());
                whole.same(&cut, &["senders", "connections"], CUTTING_CHANGES, "another cutting gives other rows");
            }
        }
    }
}

/// Whether every byte of the conversation belongs to a transaction: no heuristic had anything to guess.
fn is_whole(reading: &Reading, messages: &[Message<'_>]) -> bool {
    let sent: u64 = messages.iter().map(|one| one.bytes.len() as u64).sum();
    let read = reading.sum("events", "bytes") + reading.sum("summaries", "bytes");
    sent > 0 && read == sent && reading.counters.weirds == 0
}

/// Whether the start of a direction is refused before it is complete: a first message of a length that cannot be is
/// believed on its port where it comes whole, and not where it comes in parts.
fn is_refused_in_part(spoken: Spoken, messages: &[Message<'_>]) -> bool {
    [true, false].into_iter().any(|is_client| {
        let sent = messages.iter().filter(|one| one.is_client == is_client);
        let start: Vec<u8> = sent.flat_map(|one| one.bytes).copied().take(STARTS).collect();
        (1..=start.len()).any(|length| (spoken.framing.probe)(&start[..length]) == Probe::NotForUs)
    })
}

/// Whether the end that was called turned out to be the one that asks.
fn is_turned(reading: &Reading) -> bool {
    reading.texts("conversations", "client").any(|client| client == "10.0.0.2")
}

/// Whether a message is told by itself that does not say who asks. It is told as the connection's beginning has it, unless a
/// later one that says otherwise came in one segment with it.
fn has_one_told_alone(spoken: Spoken, messages: &[Message<'_>]) -> bool {
    [true, false].into_iter().any(|is_client| {
        let mut decoder = (spoken.framing.decoder)(&limits());
        let sent: Vec<u8> = messages.iter().filter(|one| one.is_client == is_client).flat_map(|one| one.bytes).copied().collect();
        let mut rest = &sent[..];
        while let Frame::Message(length) = decoder.frame(None, rest) {
            let Some((message, behind)) = rest.split_at_checked(length).filter(|_| length > 0) else { break };
            rest = behind;
            let says = decoder.side(message).is_some();
            let joined = match decoder.join(Side::Request, message, true) {
                Joined::Same => message.into(),
                Joined::Message(joined, _) => joined.to_vec(),
                Joined::Waits => continue,
            };
            if !says && decoder.facts(Side::Request, &joined).alone {
                return true;
            }
        }
        false
    })
}

fn times<'a>(messages: &'a [Message<'a>]) -> impl Iterator<Item = i64> + 'a {
    messages.iter().scan(START, |time, message| {
        *time += if message.is_late { 7_000_000_000 } else { 1_000_000 };
        Some(*time)
    })
}

fn datagrams(ends: Ends, messages: &[Message<'_>]) -> Vec<Given> {
    let frames = times(messages).zip(messages);
    frames.map(|(time, one)| Given::Packet(time, ETHERNET, ends.datagram(one.is_client, one.bytes), 0)).collect()
}

/// Whether a segment that begins here would be taken for a new message although one is unfinished: a length that lies is
/// found by where segments begin, so there is no cutting there.
fn looks_like_a_start(spoken: Spoken, bytes: &[u8]) -> bool {
    let decoder = (spoken.framing.decoder)(&limits());
    let sides = [None, Some(Side::Request), Some(Side::Answer)];
    !bytes.is_empty() && sides.into_iter().any(|side| decoder.plausible(side, bytes) == Some(true))
}

/// Whether a whole message begins here.
fn holds_a_message(spoken: Spoken, bytes: &[u8]) -> bool {
    let mut decoder = (spoken.framing.decoder)(&limits());
    let sides = [None, Some(Side::Request), Some(Side::Answer)];
    sides.into_iter().any(|side| matches!(decoder.frame(side, bytes), Frame::Message(length) if length <= bytes.len()))
}

/// The messages as segments: one each, or cut in places that the seed tells.
fn stream(spoken: Spoken, ends: Ends, messages: &[Message<'_>], has_handshake: bool, seed: Option<u8>) -> Vec<Given> {
    let mut next = [1_000_u32, 5_000];
    let mut given = Vec::new();
    if has_handshake {
        let opening = [(true, 999, 0, 2), (false, 4_999, 1_000, 0x12), (true, 1_000, 5_000, 0x10)];
        given.extend(
            opening.map(|(from, sequence, seen, flags)| Given::Packet(START, ETHERNET, ends.segment(from, sequence, seen, flags, &[]), 0)),
        );
    }
    let mut cuts = [0; 2];
    let mut chance = u32::from(seed.unwrap_or_default()) + 1;
    for (time, message) in times(messages).zip(messages) {
        let mut rest = message.bytes;
        while !rest.is_empty() {
            chance = chance.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            let [own, other] = if message.is_client { [0, 1] } else { [1, 0] };
            let is_cut = seed.is_some() && cuts[own] < CUTS;
            let mut most = if is_cut { 1 + (chance >> 16) as usize % 16 } else { rest.len() }.min(rest.len());
            // Neither what is left nor this part of it alone, which may be a whole message where what is left is none. Where
            // a message begins there is a start anyhow: only as a whole one would its part be believed, and it would not.
            let is_begun = rest.len() < message.bytes.len();
            let is_start = |part| looks_like_a_start(spoken, part) && (is_begun || holds_a_message(spoken, part));
            while looks_like_a_start(spoken, &rest[most..]) || most < rest.len() && is_start(&rest[..most]) {
                most += 1;
            }
            let (part, behind) = rest.split_at(most);
            cuts[own] += usize::from(!behind.is_empty());
            given.push(Given::Packet(time, ETHERNET, ends.segment(message.is_client, next[own], next[other], DATA, part), 0));
            next[own] = next[own].wrapping_add(part.len() as u32);
            rest = behind;
        }
    }
    given
}
