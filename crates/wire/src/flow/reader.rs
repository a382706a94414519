//! Cuts one direction's bytes into messages and stays in step: after a gap or a bad message reading resumes at the next
//! plausible header, inside the run and at each segment start.

use smallvec::SmallVec;

use super::stream::Fill;
use super::Mark;
use crate::protocols::{Decoder, Frame, Side};

/// Bytes passed over behind a gap that are kept, for the case that the gap's bytes come late.
const SUFFIX: usize = 512;

/// A whole message with where it came from.
#[derive(Debug)]
pub(crate) struct Message<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) mark: Mark,
    /// The receiver had acknowledged it before it was captured.
    pub(crate) acknowledged: bool,
}

/// What a reader finds.
pub(crate) trait Found {
    fn message(&mut self, decoder: &mut dyn Decoder, message: &Message<'_>);
    /// No message begins here: the violation's name and some of the bytes.
    fn lost(&mut self, name: &'static str, mark: Mark, bytes: &[u8]);
}

#[derive(Debug, Clone, Copy)]
struct Origin {
    /// Offset in the buffer where this segment's bytes end.
    end: usize,
    mark: Mark,
    acknowledged: bool,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    buffer: Vec<u8>,
    origins: SmallVec<[Origin; 2]>,
    out_of_step: bool,
    /// The buffer begins where a segment began.
    begins_segment: bool,
    /// The hole behind which bytes are passed over, and those bytes.
    passed: Option<(u64, Vec<u8>)>,
    /// Set when `passed` is complete: to be kept with its hole.
    pub(crate) suffix: Option<(u64, Vec<u8>)>,
}

impl Reader {
    /// Whether nothing of this direction is in it: any other flow may have it.
    pub(crate) fn is_idle(&self) -> bool {
        self.buffer.is_empty() && self.origins.is_empty() && !self.out_of_step && self.passed.is_none() && self.suffix.is_none()
    }

    /// The next bytes in order.
    pub(crate) fn bytes(
        &mut self,
        side: Option<Side>,
        bytes: &[u8],
        mark: Mark,
        acknowledged: bool,
        decoder: &mut dyn Decoder,
        found: &mut dyn Found,
    ) {
        if self.buffer.is_empty() && !self.out_of_step {
            let used = whole_messages(side, bytes, mark, acknowledged, decoder, found);
            if used == bytes.len() {
                return;
            }
            self.append(&bytes[used..], mark, acknowledged);
        } else {
            if !self.out_of_step && decoder.checksum().is_none() && self.is_new_start(side, bytes, decoder) {
                if let Some(origin) = self.origins.first().copied() {
                    found.lost("bad_length", origin.mark, &self.buffer);
                }
                self.clear();
                let used = whole_messages(side, bytes, mark, acknowledged, decoder, found);
                debug_assert_eq!(used, bytes.len(), "is_new_start looked at all of it");
                return;
            }
            self.append(bytes, mark, acknowledged);
        }
        self.read(side, decoder, found);
    }

    /// Bytes are missing. Gives the unfinished message before them, if the reader was in step.
    pub(crate) fn gap(&mut self, hole: u64) -> Option<Vec<u8>> {
        let unfinished = (!self.out_of_step).then(|| self.buffer.clone());
        self.clear();
        self.out_of_step = true;
        self.passed = Some((hole, Vec::new()));
        unfinished
    }

    /// Bytes kept of messages that are not whole.
    pub(crate) fn held(&self) -> usize {
        self.buffer.len()
    }

    /// Gives those up, and looks for the next message.
    pub(crate) fn let_go(&mut self) {
        self.clear();
        self.out_of_step = true;
    }

    fn clear(&mut self) {
        self.buffer.clear();
        self.origins.clear();
        self.begins_segment = false;
    }

    fn append(&mut self, bytes: &[u8], mark: Mark, acknowledged: bool) {
        self.begins_segment |= self.buffer.is_empty();
        self.buffer.extend_from_slice(bytes);
        self.origins.push(Origin { end: self.buffer.len(), mark, acknowledged });
    }

    /// A message is unfinished, but this segment is made of whole plausible messages, and read as its continuation it
    /// would not end with one: the length before was a lie.
    fn is_new_start(&self, side: Option<Side>, bytes: &[u8], decoder: &mut dyn Decoder) -> bool {
        if decoder.plausible(side, bytes) != Some(true) {
            return false;
        }
        if chain_end(side, bytes, decoder) != Some(bytes.len()) {
            return false;
        }
        let joined: Vec<u8> = self.buffer.iter().chain(bytes).copied().collect();
        chain_end(side, &joined, decoder) != Some(joined.len())
    }

    fn read(&mut self, side: Option<Side>, decoder: &mut dyn Decoder, found: &mut dyn Found) {
        let mut start = 0;
        while start < self.buffer.len() {
            if self.out_of_step {
                match self.next_header(start, side, decoder) {
                    (at, true) => {
                        self.pass(start, at);
                        start = at;
                        self.out_of_step = false;
                        self.suffix = self.passed.take().or(self.suffix.take());
                    }
                    (at, false) => {
                        self.pass(start, at);
                        start = at;
                        break;
                    }
                }
            }
            match decoder.frame(side, &self.buffer[start..]) {
                Frame::Message(length) if length > 0 && start + length <= self.buffer.len() => {
                    let (mark, acknowledged) = self.origin(start, start + length);
                    let message = Message { bytes: &self.buffer[start..start + length], mark, acknowledged };
                    found.message(decoder, &message);
                    start += length;
                }
                Frame::Message(_) | Frame::More => {
                    let Some(name) = decoder.checksum().filter(|_| self.goes_on_behind(start, side, decoder)) else { break };
                    self.lose(name, start, found);
                    start += 1;
                }
                Frame::Lost(name) => {
                    self.lose(name, start, found);
                    start += 1;
                }
            }
        }
        self.drop_front(start);
    }

    /// No message begins at `start`.
    fn lose(&mut self, name: &'static str, start: usize, found: &mut dyn Found) {
        let (mark, _) = self.origin(start, start + 1);
        found.lost(name, mark, &self.buffer[start..]);
        self.out_of_step = true;
        self.pass(start, start + 1);
    }

    /// A message at `start` is unfinished, but what follows somewhere in it is whole messages to the last byte: then its length
    /// was a lie. Only right checksums can tell.
    fn goes_on_behind(&self, start: usize, side: Option<Side>, decoder: &mut dyn Decoder) -> bool {
        (start + 1..self.buffer.len()).any(|at| {
            let rest = &self.buffer[at..];
            decoder.plausible(side, rest) == Some(true) && chain_end(side, rest, decoder).is_some()
        })
    }

    /// The first offset from `start` where a message may begin, and true; or where to wait for more, and false.
    fn next_header(&self, start: usize, side: Option<Side>, decoder: &mut dyn Decoder) -> (usize, bool) {
        let mut unfinished = None;
        for at in start..self.buffer.len() {
            let rest = &self.buffer[at..];
            let is_start = at == 0 && self.begins_segment || self.origins.iter().any(|origin| origin.end == at);
            match decoder.plausible(side, rest) {
                Some(true) => return (at, true),
                Some(false) if is_start && is_whole(side, rest, decoder) => return (at, true),
                Some(false) => {}
                // Among bytes that are no messages much looks like the start of one; a right checksum later on outranks it.
                None if decoder.checksum().is_some() => unfinished = unfinished.or(Some(at)),
                None => return (at, false),
            }
        }
        (unfinished.unwrap_or(self.buffer.len()), false)
    }

    fn pass(&mut self, from: usize, to: usize) {
        if let Some((_, passed)) = &mut self.passed {
            let room = SUFFIX.saturating_sub(passed.len());
            passed.extend_from_slice(&self.buffer[from..to.min(from + room)]);
        }
    }

    /// The latest frame among those that brought bytes `from..to`.
    fn origin(&self, from: usize, to: usize) -> (Mark, bool) {
        let mut begin = 0;
        let mut latest: Option<Origin> = None;
        for origin in &self.origins {
            if begin < to && origin.end > from && latest.is_none_or(|one| one.mark.order <= origin.mark.order) {
                latest = Some(*origin);
            }
            begin = origin.end;
        }
        latest.map_or((Mark::default(), false), |origin| (origin.mark, origin.acknowledged))
    }

    fn drop_front(&mut self, count: usize) {
        if count == self.buffer.len() {
            self.clear();
            return;
        }
        self.begins_segment = count == 0 && self.begins_segment || self.origins.iter().any(|origin| origin.end == count);
        self.buffer.drain(..count);
        self.origins.retain(|origin| origin.end > count);
        for origin in &mut self.origins {
            origin.end -= count;
        }
    }
}

/// Reads whole messages from the start of one segment; gives how many bytes they took. Stops at anything else.
fn whole_messages(
    side: Option<Side>,
    bytes: &[u8],
    mark: Mark,
    acknowledged: bool,
    decoder: &mut dyn Decoder,
    found: &mut dyn Found,
) -> usize {
    let mut used = 0;
    while used < bytes.len() {
        match decoder.frame(side, &bytes[used..]) {
            Frame::Message(length) if length > 0 && used + length <= bytes.len() => {
                found.message(decoder, &Message { bytes: &bytes[used..used + length], mark, acknowledged });
                used += length;
            }
            _ => break,
        }
    }
    used
}

/// Where a chain of whole messages from the start ends, if it does not break.
fn chain_end(side: Option<Side>, bytes: &[u8], decoder: &mut dyn Decoder) -> Option<usize> {
    let mut used = 0;
    while used < bytes.len() {
        match decoder.frame(side, &bytes[used..]) {
            Frame::Message(length) if length > 0 && used + length <= bytes.len() => used += length,
            _ => return None,
        }
    }
    Some(used)
}

/// The name of what is wrong with a message that never ends.
fn unfinished(decoder: &dyn Decoder) -> &'static str {
    decoder.checksum().unwrap_or("bad_length")
}

/// Whether a message begins here and is whole. Where checksums tell messages apart, one alone may agree by chance with any
/// of many lengths: then all that is there has to be messages.
fn is_whole(side: Option<Side>, bytes: &[u8], decoder: &mut dyn Decoder) -> bool {
    if decoder.checksum().is_some() {
        return chain_end(side, bytes, decoder).is_some();
    }
    matches!(decoder.frame(side, bytes), Frame::Message(length) if length <= bytes.len())
}

/// Reads a datagram: messages from its first byte on; behind anything else, from the next plausible header on. `is_cut`: the
/// capture holds less of it than was on the wire.
pub(crate) fn datagram(side: Side, bytes: &[u8], is_cut: bool, mark: Mark, decoder: &mut dyn Decoder, found: &mut dyn Found) {
    let mut at = 0;
    let mut in_step = true;
    while at < bytes.len() {
        let rest = &bytes[at..];
        if !in_step && decoder.plausible(Some(side), rest) != Some(true) {
            at += 1;
            continue;
        }
        in_step = true;
        match decoder.frame(Some(side), rest) {
            Frame::Message(length) if length > 0 && length <= rest.len() => {
                found.message(decoder, &Message { bytes: &rest[..length], mark, acknowledged: false });
                at += length;
            }
            Frame::Lost(name) => {
                found.lost(name, mark, rest);
                in_step = false;
                at += 1;
            }
            Frame::Message(_) | Frame::More if is_cut => return,
            Frame::Message(_) | Frame::More => {
                found.lost(unfinished(decoder), mark, rest);
                return;
            }
        }
    }
}

/// Reads a run outside the order. Gives the unfinished message at its end if the run goes on in a hole that is left.
pub(crate) fn aside(
    side: Option<Side>,
    bytes: &[u8],
    mark: Mark,
    fill: Option<Fill>,
    decoder: &mut dyn Decoder,
    found: &mut dyn Found,
) -> Option<(u64, Vec<u8>)> {
    let (prefix, suffix, rest) = fill.map_or((None, Vec::new(), None), |fill| (fill.prefix, fill.suffix, fill.rest));
    let in_step = prefix.is_some();
    let own_end = prefix.as_ref().map_or(0, Vec::len) + bytes.len();
    let joined: Vec<u8> = prefix.into_iter().flatten().chain(bytes.iter().copied()).chain(suffix).collect();
    let mut at = 0;
    let mut stepping = in_step;
    while at < own_end {
        if !stepping {
            let whole = at == 0 && is_whole(side, &joined, decoder);
            if !whole && decoder.plausible(side, &joined[at..]) != Some(true) {
                at += 1;
                continue;
            }
            stepping = true;
        }
        match decoder.frame(side, &joined[at..]) {
            Frame::Message(length) if length > 0 && at + length <= joined.len() => {
                found.message(decoder, &Message { bytes: &joined[at..at + length], mark, acknowledged: true });
                at += length;
            }
            Frame::Lost(name) => {
                found.lost(name, mark, &joined[at..]);
                stepping = false;
                at += 1;
            }
            _ => break,
        }
    }
    rest.map(|hole| (hole, if stepping { joined[at.min(own_end)..own_end].to_vec() } else { Vec::new() })).filter(|_| stepping)
}
