//! OPC UA over TCP: secure conversation and binary encoding (OPC 10000-6, 1.05), all services of OPC 10000-4.

use std::any::Any;
use std::cell::Cell;

use super::{
    Carrier, Claim, Class, Decoder, Descriptor, Facts, Frame, Framing, Joined, Memory, Notation, Operation, PointValue, Side, Weird,
};
use crate::columns::Row;
use crate::limits::Limits;
use crate::secret;

mod certificate;
mod channel;
mod chunk;
mod claims;
mod describe;
pub mod encoding;
pub mod hot;
mod identities;
mod letter;
mod nameplates;
pub mod names;
mod nodes;
pub mod parameters;
mod points;
mod security;
pub mod services;
#[cfg(test)]
mod tests;
pub mod told;
pub mod values;
mod words;

use channel::Channel;
use chunk::{Chunk, Kind};
use encoding::{Bounds, Cursor, Violation};
use hot::{head, Head};
use letter::{flag, Letter};
use nodes::Nodes;
use points::status_word;
use services::Service;
use told::{told, Told};

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
    bounds: Bounds,
    /// How the channel protects its messages was told of both sides.
    is_protection_told: Cell<bool>,
}

impl OpcUa {
    fn new(limits: &Limits) -> Self {
        let bounds = Bounds {
            nesting: u8::try_from(limits.nesting).unwrap_or(u8::MAX),
            elements: limits.elements,
            text_bytes: limits.parameter_bytes / 16,
            parameter_bytes: limits.parameter_bytes,
        };
        Self { channel: Channel::new(limits), longest: limits.chunk_bytes, bounds, is_protection_told: Cell::new(false) }
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
        chunk::side(&chunk).or_else(|| service(channel::body(&chunk)?).map(|(_, side)| side))
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
        if answer.is(flag::ABORTED) {
            return weird;
        }
        if let (Some(asked), Some(told)) = (head(request.body), head(answer.body)) {
            if told.service.is_fault() {
                // It may come before the server has read as far as the handle.
                return weird;
            }
            if !std::ptr::eq(asked.service, told.service) {
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
        let (request, answer) = (request.and_then(Letter::read), answer.and_then(Letter::read));
        let Some(letter) = request.as_ref().or(answer.as_ref()) else { return operation };
        operation.name = name(letter).to_owned();
        operation.class = match letter.kind {
            Kind::Error | Kind::Message => Class::Other,
            _ => Class::Session,
        };
        operation.tells = letter.kind == Kind::Open || letter.is(flag::ENCRYPTED);
        let Some(head) = head(letter.body).filter(|_| !letter.is(flag::ENCRYPTED)) else { return operation };
        operation.name = head.service.name.to_owned();
        operation.class = head.service.class;
        operation.tells = match head.service.name {
            "CreateSession" | "ActivateSession" | "GetEndpoints" | "OpenSecureChannel" => true,
            "Read" if head.side == Side::Request => claims::tells(&head),
            _ => false,
        };
        let kind = answer.as_ref().and_then(notification);
        operation.target = kind.map_or_else(|| target(&told(letter.body, &self.bounds)), str::to_owned);
        operation
    }

    fn describe_operation(&self, request: Option<&[u8]>, answer: Option<&[u8]>, row: &mut Row<'_>) {
        describe::operation(request, answer, &self.bounds, row);
    }

    fn describe_event(&self, request: Option<&[u8]>, answer: Option<&[u8]>, row: &mut Row<'_>) {
        describe::event(request, answer, &self.bounds, row);
    }

    fn status(&self, answer: &[u8]) -> Option<String> {
        let letter = Letter::read(answer)?;
        if letter.kind == Kind::Error || letter.is(flag::ABORTED) {
            return Some(status_word(chunk::word(letter.body, 0)?).to_owned());
        }
        let result = head(letter.body)?.result?;
        let told = || told(letter.body, &self.bounds);
        let code = if is_bad(result) { Some(result) } else { Some(told()).filter(all_bad).and_then(|told| told.first_bad) };
        code.map(|code| status_word(code).to_owned())
    }

    fn command(&self, request: &[u8]) -> u64 {
        let Some(head) = Letter::read(request).and_then(|letter| head(letter.body)) else { return 0 };
        secret::hash(head.rest)
    }

    fn lasting<'a>(&self, answer: &'a [u8]) -> &'a [u8] {
        let Some(letter) = Letter::read(answer) else { return answer };
        head(letter.body).map_or(letter.body, |head| head.rest)
    }

    fn memory_first(&self, request: Option<&[u8]>, answer: Option<&[u8]>) -> Option<Box<dyn Memory>> {
        let letter = request.or(answer).and_then(Letter::read).filter(|letter| !letter.is(flag::ENCRYPTED))?;
        let service = head(letter.body)?.service;
        let tells = points::SERVICES.contains(&service.name) || nameplates::SERVICES.contains(&service.request_id);
        tells.then(|| Box::<Nodes>::default() as Box<dyn Memory>)
    }

    fn points(
        &self,
        request: Option<&[u8]>,
        answer: Option<&[u8]>,
        memory: Option<&mut (dyn Memory + 'static)>,
        point: &mut dyn FnMut(PointValue),
    ) {
        let memory: Option<&mut dyn Any> = memory.map(|memory| memory as &mut dyn Any);
        let Some(nodes) = memory.and_then(|memory| memory.downcast_mut::<Nodes>()) else { return };
        let (request, answer) = (request.and_then(Letter::read), answer.and_then(Letter::read));
        let [request, answer] = [&request, &answer].map(|letter| letter.as_ref().map(|letter| letter.body));
        let Some(head) = request.or(answer).and_then(head) else { return };
        match (request, answer) {
            (Some(request), Some(answer)) if nameplates::SERVICES.contains(&head.service.request_id) => nodes.look(request, answer),
            _ => points::Points { nodes, point }.take(head.service.name, request, answer),
        }
    }

    fn claims(&self, request: Option<&[u8]>, answer: Option<&[u8]>, claim: &mut dyn FnMut(Claim)) {
        let (request, answer) = (request.and_then(Letter::read), answer.and_then(Letter::read));
        let is_opening = request.as_ref().or(answer.as_ref()).is_some_and(|letter| letter.kind == Kind::Open);
        if is_opening {
            self.is_protection_told.set(false);
        } else if !self.is_protection_told.replace(true) {
            if let Some((policy, mode)) = self.channel.protected_by() {
                claims::protection_used(policy, mode, claim);
            }
        }
        claims::of(request.as_ref(), answer.as_ref(), &self.bounds, claim);
    }
}

impl OpcUa {
    /// Of a readable message that is not aborted.
    fn facts_of_service(&mut self, side: Side, letter: &Letter<'_>, facts: &mut Facts) {
        let Some(head) = head(letter.body) else {
            if service(letter.body).is_some() {
                facts.weird.push("bad_length");
            }
            return;
        };
        if head.side != side {
            facts.weird.push("wrong_direction");
        }
        if letter.kind == Kind::Open && side == Side::Answer {
            self.token(&head);
        }
        if head.service.is_fault() {
            facts.failed = true;
            return;
        }
        facts.identity.extend_from_slice(&head.service.request_id.to_le_bytes());
        match (head.service.name, side) {
            ("Publish", Side::Request) => facts.patient = true,
            ("Publish", Side::Answer) => {
                facts.answer_tells = true;
                facts.identity.extend_from_slice(notification(letter).unwrap_or_default().as_bytes());
            }
            (_, Side::Request) => facts.identity.extend_from_slice(&identities::identity(&head, letter.body)),
            (_, Side::Answer) => {}
        }
        facts.failed = side == Side::Answer && head.result.is_some_and(is_bad);
        if head.service.class == Class::Read {
            self.check(letter, &hot::violations(letter.body), facts);
            facts.failed |= side == Side::Answer && hot::all_refused(&head);
            return;
        }
        let told = told(letter.body, &self.bounds);
        self.check(letter, &told.violations, facts);
        if told.clear_text_password {
            facts.weird.push("clear_text_password");
        }
        facts.failed |= side == Side::Answer && all_bad(&told);
    }

    fn check(&self, letter: &Letter<'_>, violations: &[Violation], facts: &mut Facts) {
        for violation in violations {
            let is_signature = *violation == Violation::TRAILING_BYTES && !letter.is(flag::SIGNED) && self.channel.may_sign();
            if !is_signature && !letter.is(flag::CUT) {
                facts.weird.push(violation.0);
            }
        }
    }

    /// The token that an OPN brings (OPC 10000-4, 5.6.2).
    fn token(&mut self, head: &Head<'_>) {
        let read = || -> Option<(u32, u32)> {
            let mut cursor = Cursor::new(head.rest);
            cursor.u32().ok()?;
            Some((cursor.u32().ok()?, cursor.u32().ok()?))
        };
        if let Some((channel, token)) = read() {
            self.channel.issued(channel, token);
        }
    }
}

/// What a body is, by its type alone.
fn service(body: &[u8]) -> Option<(&'static Service, Side)> {
    services::open(&mut Cursor::new(body)).ok()?.1
}

/// Whether a status code refuses (OPC 10000-4, 7.39).
fn is_bad(code: u32) -> bool {
    code >> 30 == 2
}

/// Whether every operation of an answer went wrong. What a Publish acknowledges is not what it is for.
fn all_bad(told: &Told<'_>) -> bool {
    let is_report = told.service.is_some_and(|service| service.name == "Publish");
    !is_report && told.bad_count > 0 && told.operation_count == Some(told.bad_count)
}

/// What an operation aims at, short: each node once, those of the standard by their names.
fn target(told: &Told<'_>) -> String {
    /// Nodes that are named.
    const SHOWN: usize = 3;
    let calls = told.object_ids.iter().zip(&told.method_ids).map(|(object, method)| format!("{} of {}", word(method), word(object)));
    let mut all: Vec<String> = calls.collect();
    if all.is_empty() {
        all = told.node_ids.iter().map(|node| word(node).to_owned()).collect();
    }
    all.dedup();
    let mut text = all.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if all.len() > SHOWN {
        text.push_str(&format!(" and {} more", all.len() - SHOWN));
    } else if let ([_], true) = (all.as_slice(), told.attribute_ids.len() > 1) {
        text.push_str(&format!(", {} attributes", told.attribute_ids.len()));
    }
    text
}

/// The standard's name of a node, or its identifier.
fn word(node: &str) -> &str {
    node.strip_prefix("i=").and_then(|number| names::node_name(number.parse().ok()?)).unwrap_or(node)
}

/// What a Publish brings; `None`: it is no answer to one, or was refused.
fn notification(answer: &Letter<'_>) -> Option<&'static str> {
    let head = head(answer.body)?;
    if head.service.name != "Publish" || head.side != Side::Answer || head.result.is_some_and(is_bad) {
        return None;
    }
    values::publish_kind(answer.body).map(values::PublishKind::name)
}
