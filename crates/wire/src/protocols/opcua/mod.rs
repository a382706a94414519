//! OPC UA over TCP: secure conversation and binary encoding (OPC 10000-6, 1.05), all services of OPC 10000-4.

use sha2::{Digest, Sha256};
use smallvec::SmallVec;

use super::{
    Carrier, Claim, Class, Decoder, Descriptor, Facts, Frame, Framing, Joined, Memory, Notation, Operation, PointValue, Side, Weird,
};
use crate::columns::Row;
use crate::limits::Limits;

mod certificate;
mod channel;
mod chunk;
mod describe;
mod letter;
mod nodes;
mod security;
mod services;
#[cfg(test)]
mod tests;
mod words;

use channel::Channel;
use chunk::{Chunk, Kind};
use letter::{flag, Letter};

/// Name of the table of its points.
const NODE: &str = "node";

/// See the module.
pub static DESCRIPTOR: Descriptor = Descriptor {
    name: "opcua",
    title: "OPC UA",
    operation_fields: describe::OPERATION_FIELDS,
    event_fields: describe::EVENT_FIELDS,
    notation: &[Notation { table: NODE, word: "node", prefix: "", digits: 0, offset: 0, boolean: false }],
    unit_word: "",
    words: words::WORDS,
    framings: &[Framing {
        name: "tcp",
        carrier: Carrier::Tcp,
        ports: &[4840],
        longest: 1 << 20,
        probe: chunk::probe,
        agree: |_, _| false,
        decoder: |limits| Box::new(OpcUa::new(limits)),
    }],
    unread: &[],
};

/// A connection.
struct OpcUa {
    channel: Channel,
    /// Bytes of the longest chunk.
    longest: usize,
}

impl OpcUa {
    fn new(limits: &Limits) -> Self {
        Self { channel: Channel::new(limits), longest: limits.chunk_bytes }
    }
}

/// What tells requests of different types apart: numbers of requests are of a channel, and a HEL has none.
fn key(letter: &Letter<'_>) -> u64 {
    match letter.kind {
        Kind::Hello | Kind::Acknowledge => 1 << 32,
        // Its request id may be encrypted.
        Kind::Open => 2 << 32,
        _ => u64::from(letter.request),
    }
}

/// A name for messages whose service is not known.
fn name(letter: &Letter<'_>) -> &'static str {
    match letter.kind {
        Kind::Hello | Kind::Acknowledge => "Hello",
        Kind::ReverseHello => "Reverse Hello",
        Kind::Error => "Error",
        Kind::Open => "OpenSecureChannel",
        Kind::Close => "CloseSecureChannel",
        Kind::Message if letter.is(flag::ENCRYPTED) => "Encrypted Message",
        Kind::Message => "Unknown Service",
    }
}

impl Decoder for OpcUa {
    fn frame(&mut self, _side: Option<Side>, bytes: &[u8]) -> Frame {
        chunk::frame(bytes, self.longest)
    }

    fn plausible(&self, _side: Option<Side>, bytes: &[u8]) -> Option<bool> {
        chunk::plausible(bytes, self.longest)
    }

    fn side(&self, part: &[u8]) -> Option<Side> {
        let chunk = Chunk::read(part)?;
        chunk::side(&chunk).or_else(|| services::side(channel::body(&chunk)?))
    }

    fn join(&mut self, side: Side, part: &[u8], in_order: bool) -> Joined {
        self.channel.take(side, part, in_order)
    }

    fn gap(&mut self, side: Side) {
        self.channel.gap(side);
    }

    fn held(&self) -> usize {
        self.channel.held()
    }

    fn let_go(&mut self) {
        self.channel.let_go();
    }

    fn facts(&mut self, side: Side, message: &[u8]) -> Facts {
        let Some(letter) = Letter::read(message) else { return Facts::default() };
        let mut facts = Facts { key: key(&letter), weird: self.channel.weird(side), ..Facts::default() };
        facts.identity.push(letter.kind.mark());
        match letter.kind {
            Kind::Hello | Kind::Acknowledge => {
                facts.identity[0] = Kind::Hello.mark();
                return facts;
            }
            Kind::Error => {
                (facts.alone, facts.ends_all, facts.failed) = (true, true, true);
                return facts;
            }
            Kind::ReverseHello => {
                facts.alone = true;
                return facts;
            }
            Kind::Open if letter.is(flag::ENCRYPTED) => return facts,
            Kind::Message | Kind::Close if letter.is(flag::ENCRYPTED) => {
                facts.alone = true;
                facts.identity.extend_from_slice(&[flag::ENCRYPTED, side as u8]);
                return facts;
            }
            Kind::Close => facts.alone = true,
            Kind::Open | Kind::Message => {}
        }
        if letter.is(flag::ABORTED) {
            facts.weird.push("message_aborted");
            facts.failed = side == Side::Answer;
            facts.alone = side == Side::Request;
            return facts;
        }
        self.facts_of_service(side, &letter, &mut facts);
        facts
    }

    fn fits(&self, request: &[u8], answer: &[u8]) -> bool {
        self.pair_weird(request, answer).is_empty()
    }

    fn pair_weird(&self, request: &[u8], answer: &[u8]) -> Weird {
        let mut weird = Weird::new();
        let (Some(request), Some(answer)) = (Letter::read(request), Letter::read(answer)) else { return weird };
        let readable = !request.is(flag::ENCRYPTED) && !answer.is(flag::ENCRYPTED);
        if readable && request.request != answer.request {
            weird.push("request_id_mismatch");
        }
        if let (Some(asked), Some(told)) = (services::head(request.body), services::head(answer.body)) {
            if told.id != 0 && told.id != asked.id {
                weird.push("service_mismatch");
            }
            if told.handle != asked.handle {
                weird.push("request_handle_mismatch");
            }
        }
        weird
    }

    fn operation(&self, request: Option<&[u8]>, answer: Option<&[u8]>) -> Operation {
        let mut operation =
            Operation { name: "Unknown Service".to_owned(), class: Class::Other, target: String::new(), unit: None, tells: false };
        let Some(letter) = request.or(answer).and_then(Letter::read) else { return operation };
        operation.name = name(&letter).to_owned();
        if letter.kind != Kind::Error {
            operation.class = Class::Session;
        }
        if let Some(head) = services::head(letter.body) {
            operation.name = head.name.to_owned();
        }
        operation
    }

    fn describe_operation(&self, request: Option<&[u8]>, answer: Option<&[u8]>, row: &mut Row<'_>) {
        describe::operation(request, answer, row);
    }

    fn describe_event(&self, request: Option<&[u8]>, answer: Option<&[u8]>, row: &mut Row<'_>) {
        describe::event(request, answer, row);
    }

    fn status(&self, answer: &[u8]) -> Option<String> {
        let head = services::head(Letter::read(answer)?.body)?;
        (head.result >> 30 == 2).then(|| format!("0x{:08X}", head.result))
    }

    fn lasting<'a>(&self, answer: &'a [u8]) -> &'a [u8] {
        Letter::read(answer).map_or(answer, |letter| letter.body)
    }

    fn points(&self, _: Option<&[u8]>, _: Option<&[u8]>, _: Option<&mut (dyn Memory + 'static)>, _: &mut dyn FnMut(PointValue)) {}

    fn claims(&self, _: Option<&[u8]>, _: Option<&[u8]>, _: &mut dyn FnMut(Claim)) {}
}

impl OpcUa {
    /// Of a readable message that is not aborted.
    fn facts_of_service(&mut self, side: Side, letter: &Letter<'_>, facts: &mut Facts) {
        let Some(head) = services::head(letter.body) else {
            facts.alone = side == Side::Request && !services::is_known(letter.body);
            return;
        };
        facts.failed = side == Side::Answer && head.result >> 30 == 2;
        facts.identity.extend_from_slice(&(head.id as u16).to_le_bytes());
        facts.patient = head.name == "Publish" && side == Side::Request;
    }
}
