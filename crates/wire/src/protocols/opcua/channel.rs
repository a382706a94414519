//! A secure channel as far as it can be followed from outside: what protects it, its numbers, and messages put together out of
//! chunks (OPC 10000-6, 6.7). One flow carries one channel after the other.

use super::chunk::{word, Chunk, Kind, Part, HEADER, LONGEST_HELLO};
use super::letter::{flag, Letter};
use super::security::Policy;
use super::service;
use crate::limits::Limits;
use crate::protocols::{Joined, Side, Weird};

/// Sequence numbers start again below this one, once they come so near to their end (OPC 10000-6, 6.7.2.4).
const WRAP: u32 = 1_024;

/// Letters kept of the name of a policy; the attack: a name of megabytes.
const MOST_POLICY: usize = 64;

/// What keeps messages from being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protection {
    /// Not known: the channel began before the capture.
    Unknown,
    /// A policy that protects: whether it signs only is told by the first message. Bytes of a signature.
    Undecided(usize),
    /// Nothing is protected.
    Nothing,
    /// Signed, and readable. Bytes of a signature.
    Signed(usize),
    /// Encrypted.
    Secret,
}

/// A chunk without its headers.
struct Piece<'a> {
    channel: u32,
    token: u32,
    security: &'a [u8],
    /// Sequence number and request id; `None` where they are encrypted.
    numbers: Option<(u32, u32)>,
    body: &'a [u8],
}

/// A message of which chunks are missing yet.
#[derive(Debug)]
struct Assembly {
    kind: Kind,
    flags: u8,
    channel: u32,
    token: u32,
    numbers: Option<(u32, u32)>,
    chunks: u32,
    wire: u32,
    security: Vec<u8>,
    body: Vec<u8>,
}

/// One direction.
#[derive(Debug, Default)]
struct Direction {
    assembly: Option<Assembly>,
    /// The last sequence number, unless bytes are missing behind it.
    last: Option<u32>,
    /// Violations of chunks, told with the next message.
    weird: Weird,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Channel {
    protection: Protection,
    id: Option<u32>,
    /// The token in use and the one before, where the server was heard to issue them.
    tokens: Option<[u32; 2]>,
    sides: [Direction; 2],
    /// The policy in use, where it was heard.
    policy: String,
    /// Bytes of a message that are kept.
    most: usize,
}

impl Channel {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            protection: Protection::Unknown,
            id: None,
            tokens: None,
            sides: Default::default(),
            policy: String::new(),
            most: limits.message_bytes,
        }
    }

    /// Bytes held of messages that are not whole.
    pub(super) fn held(&self) -> usize {
        self.sides.iter().filter_map(|one| one.assembly.as_ref()).map(|one| one.body.len() + one.security.len()).sum()
    }

    /// Gives up messages that are not whole.
    pub(super) fn let_go(&mut self) {
        for side in [Side::Request, Side::Answer] {
            self.give_up(side);
        }
    }

    /// Whether messages may end in a signature of which nobody has told: the channel began before the capture.
    pub(super) fn may_sign(&self) -> bool {
        self.protection == Protection::Unknown
    }

    /// Policy and mode, where messages are protected and both are known.
    pub(super) fn protected_by(&self) -> Option<(&str, &'static str)> {
        let mode = match self.protection {
            Protection::Signed(_) => "Sign",
            Protection::Secret => "SignAndEncrypt",
            Protection::Unknown | Protection::Undecided(_) | Protection::Nothing => return None,
        };
        Some((self.policy.as_str(), mode)).filter(|(policy, _)| !policy.is_empty())
    }

    /// Violations of chunks since the last message of this side.
    pub(super) fn weird(&mut self, side: Side) -> Weird {
        std::mem::take(&mut self.side(side).weird)
    }

    /// Bytes of this side are missing.
    pub(super) fn gap(&mut self, side: Side) {
        self.side(side).last = None;
        self.give_up(side);
    }

    /// The server issued a token for its channel.
    pub(super) fn issued(&mut self, channel: u32, token: u32) {
        let before = self.tokens.filter(|_| self.id == Some(channel)).map_or(token, |[current, _]| current);
        self.id = Some(channel);
        self.tokens = Some([token, before]);
    }

    fn side(&mut self, side: Side) -> &mut Direction {
        &mut self.sides[usize::from(side == Side::Answer)]
    }

    fn note(&mut self, side: Side, name: &'static str) {
        let weird = &mut self.side(side).weird;
        if !weird.contains(&name) {
            weird.push(name);
        }
    }

    fn give_up(&mut self, side: Side) {
        if self.side(side).assembly.take().is_some() {
            self.note(side, "unfinished_message");
        }
    }

    /// Takes a chunk; gives the message that it completes.
    pub(super) fn take(&mut self, side: Side, bytes: &[u8], in_order: bool) -> Joined {
        let Some(chunk) = Chunk::read(bytes) else { return Joined::Waits };
        let wire = bytes.len() as u32;
        if !matches!(chunk.kind, Kind::Open | Kind::Message | Kind::Close) {
            if chunk.kind == Kind::Hello {
                *self = Self { most: self.most, sides: std::mem::take(&mut self.sides), ..Self::new(&Limits::default()) };
                self.sides.iter_mut().for_each(|one| one.last = None);
                if bytes.len() > LONGEST_HELLO {
                    self.note(side, "bad_length");
                }
            }
            let (flags, body) = (0, chunk.fields());
            let letter =
                Letter { kind: chunk.kind, flags, channel: 0, token: 0, sequence: 0, request: 0, chunks: 1, wire, security: &[], body };
            return Joined::Message(letter.kept(), wire);
        }
        let begun = self.side(side).assembly.as_ref().map(|one| one.numbers.is_some());
        let piece = if chunk.kind == Kind::Open { self.open(&chunk) } else { self.message(&chunk, begun) };
        let Some(piece) = piece else {
            self.note(side, "bad_encoding");
            return Joined::Waits;
        };
        self.check(side, &chunk, &piece, in_order);
        self.join(side, &chunk, &piece, in_order)
    }

    /// An OPN: its security header is readable, its body only where the policy is None.
    fn open<'a>(&mut self, chunk: &Chunk<'a>) -> Option<Piece<'a>> {
        let fields = chunk.fields();
        let channel = word(fields, 0)?;
        let (security, rest) = security_header(fields)?;
        let policy = Policy::of(security);
        if let Some(uri) = super::security::uri(security) {
            self.policy = super::security::short(uri).chars().take(MOST_POLICY).collect();
        }
        match policy {
            Some(Policy::None) => self.protection = Protection::Nothing,
            // A renewal changes nothing of what was found out.
            _ if matches!(self.protection, Protection::Signed(_) | Protection::Secret) => {}
            Some(policy) => self.protection = Protection::Undecided(policy.signature()),
            None => self.protection = Protection::Unknown,
        }
        // A policy that protects encrypts this exchange, whatever the mode (OPC 10000-6, 6.7.2.3).
        let numbers = if policy == Some(Policy::None) { Some((word(rest, 0)?, word(rest, 4)?)) } else { None };
        let body = if numbers.is_some() { rest.get(8..)? } else { &[] };
        Some(Piece { channel, token: 0, security, numbers, body })
    }

    /// A MSG or CLO. `begun`: whether the message that it may go on with is readable; where none is, its body names a service.
    fn message<'a>(&mut self, chunk: &Chunk<'a>, begun: Option<bool>) -> Option<Piece<'a>> {
        let fields = chunk.fields();
        let (channel, token) = (word(fields, 0)?, word(fields, 4)?);
        let rest = fields.get(HEADER..)?;
        let body = rest.get(8..).unwrap_or_default();
        let hidden = Piece { channel, token, security: &[], numbers: None, body: &[] };
        if begun == Some(false) {
            return Some(hidden);
        }
        if begun.is_none() && chunk.part != Part::Abort {
            let readable = is_known(body);
            self.protection = match self.protection {
                Protection::Unknown if readable => Protection::Unknown,
                Protection::Undecided(signature) if readable => Protection::Signed(signature),
                Protection::Undecided(_) => Protection::Secret,
                other => other,
            };
            if self.protection == Protection::Unknown && !readable {
                return Some(hidden);
            }
        }
        if matches!(self.protection, Protection::Secret | Protection::Undecided(_)) {
            return Some(hidden);
        }
        let signature = if let Protection::Signed(length) = self.protection { length } else { 0 };
        let body = body.get(..body.len().saturating_sub(signature)).unwrap_or_default();
        Some(Piece { channel, token, security: &[], numbers: Some((word(rest, 0)?, word(rest, 4)?)), body })
    }

    /// Numbers against those before.
    fn check(&mut self, side: Side, chunk: &Chunk<'_>, piece: &Piece<'_>, in_order: bool) {
        if chunk.kind == Kind::Open {
            if side == Side::Answer {
                if self.id != Some(piece.channel) {
                    self.tokens = None;
                }
                self.id = Some(piece.channel);
            }
        } else {
            if *self.id.get_or_insert(piece.channel) != piece.channel {
                self.note(side, "wrong_channel");
            }
            if in_order && self.tokens.is_some_and(|tokens| !tokens.contains(&piece.token)) {
                self.note(side, "unknown_token");
            }
        }
        if !in_order {
            return;
        }
        let Some((sequence, _)) = piece.numbers else {
            // An encrypted OPN takes a number of a signed channel, as every chunk does (OPC 10000-6, 6.7.2.4).
            let last = &mut self.side(side).last;
            *last = last.and_then(|last| last.checked_add(1));
            return;
        };
        if let Some(last) = self.side(side).last.replace(sequence) {
            let begins_again = last > u32::MAX - WRAP && sequence < WRAP;
            if sequence <= last && !begins_again {
                self.note(side, "sequence_reuse");
            } else if sequence != last.wrapping_add(1) && !begins_again {
                self.note(side, "sequence_gap");
            }
        }
    }

    fn join(&mut self, side: Side, chunk: &Chunk<'_>, piece: &Piece<'_>, in_order: bool) -> Joined {
        let most = self.most;
        let goes_on =
            |one: &Assembly| one.kind == chunk.kind && one.numbers.map(|(_, request)| request) == piece.numbers.map(|(_, request)| request);
        if !in_order && chunk.part != Part::Final {
            self.note(side, "chunk_out_of_order");
            return Joined::Waits;
        }
        if in_order && self.side(side).assembly.as_ref().is_some_and(|one| !goes_on(one)) {
            self.give_up(side);
        }
        let known = self.side(side).assembly.take_if(|_| in_order);
        let is_start = known.is_none();
        let mut flags = if piece.numbers.is_none() { flag::ENCRYPTED } else { 0 };
        if matches!(self.protection, Protection::Signed(_)) && chunk.kind != Kind::Open {
            flags |= flag::SIGNED;
        }
        if chunk.part == Part::Abort {
            flags |= flag::ABORTED;
        } else if is_start && piece.numbers.is_some() && !is_known(piece.body) {
            // Where the channel is readable, what names no service is the rest of a message, or malformed.
            self.note(side, "unknown_service");
        }
        if is_start && chunk.part != Part::Intermediate {
            let (sequence, request) = piece.numbers.unwrap_or_default();
            let body = piece.body.get(..piece.body.len().min(most)).unwrap_or_default();
            let (kind, wire) = (chunk.kind, chunk.bytes.len() as u32);
            let (channel, token, security) = (piece.channel, piece.token, piece.security);
            let letter = Letter { kind, flags, channel, token, sequence, request, chunks: 1, wire, security, body };
            return Joined::Message(letter.kept(), wire);
        }
        let mut assembly = known.unwrap_or_else(|| Assembly {
            kind: chunk.kind,
            flags,
            channel: piece.channel,
            token: piece.token,
            numbers: piece.numbers,
            chunks: 0,
            wire: 0,
            security: piece.security.to_vec(),
            body: Vec::new(),
        });
        assembly.chunks = assembly.chunks.saturating_add(1);
        assembly.wire = assembly.wire.saturating_add(chunk.bytes.len() as u32);
        if chunk.part == Part::Abort {
            assembly.flags |= flag::ABORTED;
            assembly.body.clear();
        }
        let room = most.saturating_sub(assembly.body.len());
        if piece.body.len() > room {
            assembly.flags |= flag::CUT;
        }
        assembly.body.extend_from_slice(&piece.body[..piece.body.len().min(room)]);
        if chunk.part == Part::Intermediate {
            self.side(side).assembly = Some(assembly);
            return Joined::Waits;
        }
        if assembly.flags & flag::CUT != 0 {
            self.note(side, "message_too_long");
        }
        let (sequence, request) = assembly.numbers.unwrap_or_default();
        let Assembly { kind, flags, channel, token, chunks, wire, ref security, ref body, .. } = assembly;
        let letter = Letter { kind, flags, channel, token, sequence, request, chunks, wire, security, body };
        Joined::Message(letter.kept(), wire)
    }
}

/// Whether a body begins with the type of a message.
fn is_known(body: &[u8]) -> bool {
    service(body).is_some()
}

/// The body of a chunk where it may be read without knowing its channel.
pub(super) fn body<'a>(chunk: &Chunk<'a>) -> Option<&'a [u8]> {
    let fields = chunk.fields();
    match chunk.kind {
        Kind::Message | Kind::Close => fields.get(16..),
        Kind::Open => {
            let (_, rest) = security_header(fields)?;
            rest.get(8..)
        }
        _ => None,
    }
}

/// The security header of an OPN, behind the channel's number: policy URI, certificate, thumbprint, each with its length; and
/// what follows it.
fn security_header(fields: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = fields.get(4..)?;
    let mut end = 0_usize;
    for _ in 0..3 {
        // A null string has the length -1.
        let length = usize::try_from(word(rest, end)? as i32).unwrap_or_default();
        end = end.checked_add(4)?.checked_add(length).filter(|end| *end <= rest.len())?;
    }
    rest.split_at_checked(end)
}
