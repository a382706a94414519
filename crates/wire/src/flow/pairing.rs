//! Requests and answers of one flow, paired by key *and* order.
//!
//! The rule: the oldest waiting request with the answer's key that the answer fits. A request that the server had
//! already acknowledged when it was captured never waits for a later answer: it belongs to the unsolicited answer before
//! it, else it stands alone. Where requests may still come late, an answer without one waits for it.
//!
//! Where a client may ask again under the same key, and an answer fits two requests, the older one counts as given up if it
//! had waited alone for longer than the newer one has until now, and either that was long, or its answer may be among bytes
//! that were lost. Who has several requests on the way sends them quickly.

use std::collections::VecDeque;

use super::Mark;
use crate::protocols::{self, Decoder, Facts, Side, Weird};

/// Keys of past transactions that tell a late or a second answer from an unsolicited one.
const PAST: usize = 16;

/// Nanoseconds that a client waits at least before it gives a request up.
const PATIENCE: i64 = 100_000_000;

/// A message that is kept until its transaction ends.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    /// Rising number within the process, to find it again.
    pub(crate) serial: u64,
    pub(crate) facts: Facts,
    pub(crate) bytes: protocols::Kept,
    /// Its length on the wire in bytes.
    pub(crate) wire: u32,
    pub(crate) mark: Mark,
}

/// Why a request has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unanswered {
    Timeout,
    Closed,
    Gap,
    CaptureEnd,
}

impl Unanswered {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Closed => "closed",
            Self::Gap => "gap",
            Self::CaptureEnd => "capture_end",
        }
    }
}

/// A message where it lies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) bytes: &'a [u8],
    /// See [`Kept::wire`].
    pub(crate) wire: u32,
    pub(crate) mark: Mark,
}

impl Kept {
    pub(crate) fn part(&self) -> Part<'_> {
        Part { facts: &self.facts, bytes: &self.bytes, wire: self.wire, mark: self.mark }
    }
}

/// A request with its answer, or one of them alone, as it is told: nothing is copied for it.
#[derive(Debug)]
pub(crate) struct Pair<'a> {
    pub(crate) request: Option<Part<'a>>,
    pub(crate) answer: Option<Part<'a>>,
    pub(crate) weird: Weird,
    pub(crate) unanswered: Option<Unanswered>,
    /// See [`Transaction::fits`].
    pub(crate) fits: bool,
}

/// What an answer is to.
#[derive(Debug)]
pub(crate) enum Answers {
    /// The request that waits at this place.
    To {
        /// See [`Pairing::waits_at`].
        at: usize,
        /// See [`Transaction::fits`].
        fits: bool,
    },
    /// None that waits, and there will be none.
    Nothing(Weird),
    /// A request that may yet be captured.
    Later,
}

/// A request with its answer, or one of them alone, with nobody else's bytes.
#[derive(Debug)]
pub(crate) struct Transaction {
    pub(crate) request: Option<Kept>,
    pub(crate) answer: Option<Kept>,
    pub(crate) weird: Weird,
    pub(crate) unanswered: Option<Unanswered>,
    /// The answer was found to be what the request asked for: together they violate nothing.
    pub(crate) fits: bool,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Pairing {
    waiting: VecDeque<Kept>,
    orphans: VecDeque<Kept>,
    answered: VecDeque<u64>,
    expired: VecDeque<u64>,
    pub(crate) paired_once: bool,
    /// Number of the newest request that waited when the server's bytes last had a gap.
    doubted: Option<u64>,
    /// Bytes of all messages that wait.
    bytes: usize,
}

fn remember(past: &mut VecDeque<u64>, key: u64) {
    if past.len() == PAST {
        past.pop_front();
    }
    past.push_back(key);
}

/// A message that is a transaction by itself.
pub(crate) fn by_itself(message: Part<'_>, side: Side) -> Pair<'_> {
    let (request, answer) = match side {
        Side::Request => (Some(message), None),
        Side::Answer => (None, Some(message)),
    };
    Pair { request, answer, weird: Weird::new(), unanswered: None, fits: false }
}

impl Pairing {
    /// A request. Gives a transaction that ends now, if one does; else it waits.
    pub(crate) fn request(&mut self, request: Kept, acknowledged: bool, decoder: &dyn Decoder, most: usize) -> Option<Transaction> {
        if acknowledged {
            let fits = |one: &Kept| one.facts.key == request.facts.key && decoder.fits(&request.bytes, &one.bytes);
            if let Some(answer) = self.orphans.iter().position(fits).and_then(|at| self.orphans.remove(at)) {
                self.bytes -= answer.bytes.len();
                remember(&mut self.answered, request.facts.key);
                self.paired_once = true;
                return Some(Transaction {
                    request: Some(request),
                    answer: Some(answer),
                    weird: Weird::new(),
                    unanswered: None,
                    fits: true,
                });
            }
            return Some(unanswered(request, Unanswered::Gap));
        }
        self.bytes += request.bytes.len();
        let evicted = if self.waiting.len() >= most { self.waiting.pop_front() } else { None };
        if self.waiting.capacity() == 0 {
            // One at a time is what most have.
            self.waiting.reserve_exact(1);
        }
        self.waiting.push_back(request);
        evicted.map(|oldest| {
            self.bytes -= oldest.bytes.len();
            remember(&mut self.expired, oldest.facts.key);
            crowded_out(unanswered(oldest, Unanswered::Gap))
        })
    }

    /// Bytes of all messages that wait.
    pub(crate) fn held(&self) -> usize {
        self.bytes
    }

    /// Ends all that waits, for want of room.
    pub(crate) fn let_go(&mut self) -> Vec<Transaction> {
        self.waiting.iter().for_each(|one| remember(&mut self.expired, one.facts.key));
        self.end(Unanswered::Gap).into_iter().map(crowded_out).collect()
    }

    /// An answer. `may_come_late`: the client's bytes have a hole, so its request may yet be captured.
    /// `is_newest_missing`: the server had more of the client than was captured when it answered.
    pub(crate) fn answer(&mut self, answer: Part<'_>, may_come_late: bool, is_newest_missing: bool, decoder: &dyn Decoder) -> Answers {
        let key = answer.facts.key;
        let same = |one: &Kept| one.facts.key == key;
        // Without a number the answer may as well be to the request that is missing.
        let is_unsure = is_newest_missing && decoder.asks_again();
        let best = self.best(answer, decoder);
        let fits = best.is_some();
        let best = best.or_else(|| self.waiting.iter().position(same));
        if let Some(at) = best.filter(|_| !is_unsure) {
            return Answers::To { at, fits };
        }
        let mut weird = Weird::new();
        if let Some(at) = self.expired.iter().position(|one| *one == key) {
            self.expired.remove(at);
            weird.push("late_answer");
        } else if may_come_late {
            return Answers::Later;
        } else if self.answered.contains(&key) {
            weird.push("answered_twice");
        } else if self.paired_once || !self.waiting.is_empty() {
            weird.push("unsolicited_answer");
        }
        Answers::Nothing(weird)
    }

    /// The request that waits at a place.
    pub(crate) fn waits_at(&self, at: usize) -> Option<Part<'_>> {
        self.waiting.get(at).map(Kept::part)
    }

    /// That request has its answer.
    pub(crate) fn is_answered(&mut self, at: usize) {
        if let Some(request) = self.waiting.remove(at) {
            self.bytes -= request.bytes.len();
            remember(&mut self.answered, request.facts.key);
            self.paired_once = true;
        }
    }

    /// An answer waits for its request; gives the oldest such if there are too many.
    pub(crate) fn wait_for_request(&mut self, answer: Kept, most: usize) -> Option<Transaction> {
        self.bytes += answer.bytes.len();
        self.orphans.push_back(answer);
        let oldest = (self.orphans.len() > most).then(|| self.orphans.pop_front()).flatten()?;
        self.bytes -= oldest.bytes.len();
        Some(alone(oldest))
    }

    /// Where the request waits that this answer fits.
    fn best(&self, answer: Part<'_>, decoder: &dyn Decoder) -> Option<usize> {
        let fits = |one: &Kept| one.facts.key == answer.facts.key && decoder.fits(&one.bytes, answer.bytes);
        let mut alike = self.waiting.iter().enumerate().filter(|(_, one)| fits(one));
        let (mut best, mut older) = alike.next()?;
        if decoder.asks_again() {
            for (at, newer) in alike {
                let alone = newer.mark.time.saturating_sub(older.mark.time);
                let is_doubted = self.doubted.is_some_and(|doubted| older.serial <= doubted);
                if (is_doubted || alone >= PATIENCE) && answer.mark.time.saturating_sub(newer.mark.time) < alone {
                    best = at;
                }
                older = newer;
            }
        }
        Some(best)
    }

    /// The message with this number has waited long enough.
    pub(crate) fn expire(&mut self, serial: u64, answers_missing: bool) -> Option<Transaction> {
        if let Some(at) = self.waiting.iter().position(|one| one.serial == serial) {
            let request = self.waiting.remove(at)?;
            self.bytes -= request.bytes.len();
            remember(&mut self.expired, request.facts.key);
            let why = if answers_missing { Unanswered::Gap } else { Unanswered::Timeout };
            return Some(unanswered(request, why));
        }
        let at = self.orphans.iter().position(|one| one.serial == serial)?;
        let answer = self.orphans.remove(at)?;
        self.bytes -= answer.bytes.len();
        Some(alone(answer))
    }

    /// Bytes of the server are missing: any of those that wait may have had its answer.
    pub(crate) fn doubt(&mut self) {
        self.doubted = self.waiting.back().map(|one| one.serial).or(self.doubted);
    }

    /// Who asks was taken for who answers: everything that waits, in the order of its frames, with what it is in truth. The
    /// past is forgotten: it was read from the wrong side.
    pub(crate) fn turn(&mut self) -> Vec<(Side, Kept)> {
        let Self { waiting, orphans, .. } = std::mem::take(self);
        let answers = waiting.into_iter().map(|one| (Side::Answer, one));
        let mut all: Vec<(Side, Kept)> = answers.chain(orphans.into_iter().map(|one| (Side::Request, one))).collect();
        all.sort_by_key(|(_, one)| one.mark.order);
        all
    }

    /// Requests are missing behind those that wait, and nothing but order would tell whose answer comes next.
    pub(crate) fn abandon(&mut self) -> Vec<Transaction> {
        let bytes: usize = self.waiting.iter().map(|one| one.bytes.len()).sum();
        self.bytes -= bytes;
        self.waiting.drain(..).map(|request| unanswered(request, Unanswered::Gap)).collect()
    }

    /// The flow or the capture ended: everything that waits, in the order of its frames.
    pub(crate) fn end(&mut self, why: Unanswered) -> Vec<Transaction> {
        let mut ended: Vec<(u64, Transaction)> = Vec::new();
        self.bytes = 0;
        for request in self.waiting.drain(..) {
            let order = request.mark.order;
            ended.push((order, unanswered(request, why)));
        }
        ended.extend(self.orphans.drain(..).map(|answer| (answer.mark.order, alone(answer))));
        ended.sort_by_key(|(order, _)| *order);
        ended.into_iter().map(|(_, transaction)| transaction).collect()
    }
}

impl Transaction {
    pub(crate) fn pair(&self) -> Pair<'_> {
        Pair {
            request: self.request.as_ref().map(Kept::part),
            answer: self.answer.as_ref().map(Kept::part),
            weird: self.weird.clone(),
            unanswered: self.unanswered,
            fits: self.fits,
        }
    }
}

fn unanswered(request: Kept, why: Unanswered) -> Transaction {
    let why = (!request.facts.silent).then_some(why);
    Transaction { request: Some(request), answer: None, weird: Weird::new(), unanswered: why, fits: false }
}

/// There was no room for it to wait any longer.
fn crowded_out(mut transaction: Transaction) -> Transaction {
    transaction.weird.push("too_many_waiting");
    transaction
}

fn alone(answer: Kept) -> Transaction {
    Transaction { request: None, answer: Some(answer), weird: Weird::new(), unanswered: None, fits: false }
}
