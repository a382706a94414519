//! The first bytes of a connection, kept only until they told what they can tell.

use std::net::IpAddr;

use super::{Claim, Hearing, Said, Took};
use crate::flow::Mark;

/// Claims and the frame that completed them.
pub(crate) type Told = (Vec<Claim>, Mark);

/// One direction.
#[derive(Debug, Default)]
struct Heard {
    bytes: Vec<u8>,
    /// Where each frame's bytes end in `bytes`.
    frames: Vec<(usize, Mark)>,
    /// Bytes heard so far, those that were taken too.
    so_far: usize,
    done: bool,
}

/// Both directions of one connection.
#[derive(Debug)]
pub(crate) struct Listening {
    hearing: Hearing,
    ends: [Heard; 2],
}

impl Listening {
    pub(crate) fn new(hearing: Hearing) -> Self {
        Self { hearing, ends: [Heard::default(), Heard::default()] }
    }

    /// Both directions told what they can.
    pub(crate) fn is_done(&self) -> bool {
        self.ends.iter().all(|end| end.done)
    }

    /// Bytes held.
    pub(crate) fn held(&self) -> usize {
        self.ends.iter().map(|end| end.bytes.len()).sum()
    }

    /// The next bytes in order from end `from`, which has address `ips[from]`.
    pub(crate) fn hear(&mut self, from: usize, ips: [IpAddr; 2], bytes: &[u8], mark: Mark) -> Vec<Told> {
        let end = &mut self.ends[from];
        if end.done {
            return Vec::new();
        }
        let room = self.hearing.most - end.so_far;
        let taken = &bytes[..bytes.len().min(room)];
        end.so_far += taken.len();
        end.bytes.extend_from_slice(taken);
        end.frames.push((end.bytes.len(), mark));
        let full = end.so_far >= self.hearing.most;
        self.read(from, ips, full)
    }

    /// Nothing more comes from this end: a gap, or the connection's end.
    pub(crate) fn end(&mut self, from: usize, ips: [IpAddr; 2]) -> Vec<Told> {
        if self.ends[from].done {
            return Vec::new();
        }
        self.read(from, ips, true)
    }

    fn read(&mut self, from: usize, ips: [IpAddr; 2], last: bool) -> Vec<Told> {
        let end = &mut self.ends[from];
        let mut told = Vec::new();
        let mut at = 0;
        while at < end.bytes.len() {
            let mut said = Said { sender: Some(ips[from]), receiver: Some(ips[1 - from]), ..Said::default() };
            let took = (self.hearing.read)(&end.bytes[at..], last, &mut said);
            let length = match took {
                Took::Message(length) | Took::All(length) => length.clamp(1, end.bytes.len() - at),
                Took::More if last => end.bytes.len() - at,
                Took::More => break,
            };
            let mark = end.frames.iter().find(|(ends, _)| *ends >= at + length).map(|(_, mark)| *mark);
            if let Some(mark) = mark.filter(|_| !said.claims.is_empty()) {
                told.push((said.claims, mark));
            }
            at += length;
            if matches!(took, Took::All(_)) {
                end.done = true;
                break;
            }
        }
        end.done |= last;
        if end.done {
            (end.bytes, end.frames) = (Vec::new(), Vec::new());
        } else if at > 0 {
            end.bytes.drain(..at);
            end.frames.retain_mut(|(ends, _)| {
                let stays = *ends > at;
                *ends = ends.saturating_sub(at);
                stays
            });
        }
        told
    }
}
