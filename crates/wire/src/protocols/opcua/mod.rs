//! OPC UA over TCP: secure conversation and binary encoding (OPC 10000-6, 1.05), all services of OPC 10000-4.

use std::any::Any;
use std::hash::BuildHasher;

use foldhash::quality::FixedState;
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
mod claims;
mod describe;
mod encoding;
mod enumerations;
mod head;
mod letter;
mod names;
mod nodes;
mod parameters;
mod points;
mod schema;
mod security;
mod services;
mod structures;
#[cfg(test)]
mod tests;
mod told;
mod walk;
mod words;

use channel::Channel;
use chunk::{Chunk, Kind};
use encoding::{Body, Bounds, Cursor, ExtensionObject, Read};
use head::Head;
use letter::{flag, Letter};
use nodes::Nodes;

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
    bounds: Bounds,
    /// Identities of the last requests by the hash of their bytes: polls ask the same again and again.
    identities: Identities,
}

/// Requests whose identity is remembered.
const IDENTITIES: usize = 64;

type Identities = Vec<(u64, [u8; 16])>;

impl OpcUa {
    fn new(limits: &Limits) -> Self {
        let bounds = Bounds {
            nesting: u8::try_from(limits.nesting).unwrap_or(u8::MAX),
            elements: limits.elements,
            text_bytes: limits.parameter_bytes / 16,
            parameter_bytes: limits.parameter_bytes,
        };
        Self { channel: Channel::new(limits), longest: limits.chunk_bytes, bounds, identities: Vec::new() }
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
        chunk::side(&chunk).or_else(|| services::message(channel::body(&chunk)?).map(|(message, _)| message.side))
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
        if let (Some(asked), Some(told)) = (Head::read(request.body), Head::read(answer.body)) {
            let is_other = |service: &schema::Service| asked.service().is_some_and(|own| !std::ptr::eq(own, service));
            if told.service().is_some_and(is_other) {
                weird.push("service_mismatch");
            }
            // A fault may come before the server has read that far.
            if told.handle != asked.handle && told.service().is_some() {
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
        operation.tells = letter.kind == Kind::Open;
        let Some(head) = Head::read(letter.body).filter(|_| !letter.is(flag::ENCRYPTED)) else { return operation };
        let Some(service) = head.service() else {
            operation.name = "ServiceFault".to_owned();
            return operation;
        };
        operation.name = service.name.to_owned();
        operation.class = service.class;
        operation.tells = match service.name {
            "CreateSession" | "ActivateSession" | "GetEndpoints" | "OpenSecureChannel" => true,
            "Read" => claims::tells(&head),
            _ => false,
        };
        let told = told::tell(&head.message, head.body, &self.bounds, true);
        operation.target = target(&told);
        if let Some(kind) = answer.as_ref().and_then(|answer| notification(&Head::read(answer.body)?)) {
            operation.target = kind.to_owned();
        }
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
            return Some(names::status(chunk::word(letter.body, 0)?).to_owned());
        }
        let head = Head::read(letter.body)?;
        let code = if head.is_bad() { Some(head.result) } else { refused(&head, &self.bounds) };
        code.map(|code| names::status(code).to_owned())
    }

    fn command(&self, request: &[u8]) -> u64 {
        let Some(head) = Letter::read(request).and_then(|letter| Head::read(letter.body)) else { return 0 };
        FixedState::default().hash_one(head.parameters.map(|cursor| cursor.rest()))
    }

    fn lasting<'a>(&self, answer: &'a [u8]) -> &'a [u8] {
        let Some(letter) = Letter::read(answer) else { return answer };
        Head::read(letter.body).and_then(|head| head.parameters).map_or(letter.body, |cursor| cursor.rest())
    }

    fn memory_first(&self, request: Option<&[u8]>, answer: Option<&[u8]>) -> Option<Box<dyn Memory>> {
        let letter = request.or(answer).and_then(Letter::read).filter(|letter| !letter.is(flag::ENCRYPTED))?;
        let service = Head::read(letter.body)?.service()?;
        points::SERVICES.contains(&service.name).then(|| Box::<Nodes>::default() as Box<dyn Memory>)
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
        let (asked, told) = (request.and_then(Letter::read), answer.and_then(Letter::read));
        let (asked, told) = (asked.and_then(|one| Head::read(one.body)), told.and_then(|one| Head::read(one.body)));
        let service = asked.as_ref().or(told.as_ref()).and_then(Head::service);
        let Some(service) = service else { return };
        let pair = points::Pair {
            service: service.name,
            request: asked.and_then(|head| head.parameters),
            answer: told.filter(|head| head.service().is_some()).and_then(|head| head.parameters),
        };
        points::Points { nodes, point }.take(&pair);
    }

    fn claims(&self, request: Option<&[u8]>, answer: Option<&[u8]>, claim: &mut dyn FnMut(Claim)) {
        let (request, answer) = (request.and_then(Letter::read), answer.and_then(Letter::read));
        claims::of(request.as_ref(), answer.as_ref(), &self.bounds, claim);
    }
}

impl OpcUa {
    /// Of a readable message that is not aborted.
    fn facts_of_service(&mut self, side: Side, letter: &Letter<'_>, facts: &mut Facts) {
        let Some(head) = Head::read(letter.body) else {
            if services::is_known(letter.body) {
                facts.weird.push("bad_length");
            } else {
                facts.alone = side == Side::Request;
            }
            return;
        };
        if head.parameters.is_none() {
            facts.weird.push("bad_length");
        }
        if head.message.side != side {
            facts.weird.push("wrong_direction");
        }
        if letter.kind == Kind::Open && side == Side::Answer {
            self.token(&head);
        }
        let Some(service) = head.service() else {
            facts.failed = true;
            return;
        };
        facts.identity.extend_from_slice(&(service.asks.id as u16).to_le_bytes());
        match (service.name, side) {
            ("Publish", Side::Request) => facts.patient = true,
            ("Publish", Side::Answer) => {
                facts.answer_tells = true;
                facts.identity.extend_from_slice(notification(&head).unwrap_or_default().as_bytes());
            }
            (_, Side::Request) => self.identify(&head, &mut facts.identity),
            (_, Side::Answer) => {}
        }
        let told = match (side, service.class) {
            // What these read in bulk is checked where it is told.
            (_, Class::Read) if letter.wire > CHECKED => None,
            _ => Some(told::tell(&head.message, head.body, &self.bounds, letter.is(flag::SIGNED))),
        };
        if let Some(violation) = told.as_ref().and_then(|told| told.violation).filter(|_| !letter.is(flag::CUT)) {
            facts.weird.push(violation);
        }
        let all_bad = told.as_ref().is_some_and(|told| told.outcomes > 0 && told.outcomes == told.bad);
        facts.failed = side == Side::Answer && (head.is_bad() || all_bad);
    }

    /// The token that an OPN brings (OPC 10000-4, 5.6.2).
    fn token(&mut self, head: &Head<'_>) {
        let read = || -> Option<(u32, u32)> {
            let mut cursor = head.parameters?;
            cursor.u32().ok()?;
            Some((cursor.u32().ok()?, cursor.u32().ok()?))
        };
        if let Some((channel, token)) = read() {
            self.channel.issued(channel, token);
        }
    }

    /// What names the operation besides the service.
    fn identify(&mut self, head: &Head<'_>, identity: &mut SmallVec<[u8; 16]>) {
        let Some(parameters) = head.parameters else { return };
        let hash = FixedState::default().hash_one((head.message.structure.id, parameters.rest()));
        if let Some((_, known)) = self.identities.iter().find(|(of, _)| *of == hash) {
            identity.extend_from_slice(known);
            return;
        }
        let mut digest = Sha256::new();
        told::identity(&head.message, head.body, &self.bounds, &mut |bytes| digest.update(bytes));
        let digest = digest.finalize();
        let Some(short) = digest.first_chunk::<16>() else { return };
        identity.extend_from_slice(short);
        if self.identities.len() >= IDENTITIES {
            self.identities.remove(0);
        }
        self.identities.push((hash, *short));
    }
}

/// Messages of the class read beyond so many bytes are not checked before they are told.
const CHECKED: u32 = 4_096;

/// Why every operation of an answer went wrong, if each did.
fn refused(head: &Head<'_>, bounds: &Bounds) -> Option<u32> {
    let told = told::tell(&head.message, head.body, bounds, true);
    told.first_bad.filter(|_| told.bad == told.outcomes)
}

/// What an operation aims at, short.
fn target(told: &told::Told<'_>) -> String {
    /// Nodes that are named.
    const SHOWN: usize = 3;
    let calls: Vec<String> = told.object_ids.iter().zip(&told.method_ids).map(|(object, method)| format!("{method} of {object}")).collect();
    let all = if calls.is_empty() { &told.node_ids } else { &calls };
    let mut text = all.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if all.len() > SHOWN {
        text.push_str(&format!(" and {} more", all.len() - SHOWN));
    }
    text
}

/// What a Publish brings; `None`: it is no answer to one, or was refused.
fn notification(head: &Head<'_>) -> Option<&'static str> {
    if head.service()?.name != "Publish" || head.message.side != Side::Answer || head.is_bad() {
        return None;
    }
    let read = |mut cursor: Cursor<'_>| -> Read<&'static str> {
        cursor.u32()?;
        let available = cursor.count(4)?.unwrap_or_default();
        cursor.bytes(4 * available as usize)?;
        cursor.bytes(1 + 4 + 8)?;
        let mut kind = "keep-alive";
        for _ in 0..cursor.count(3)?.unwrap_or_default() {
            let object = ExtensionObject::read(&mut cursor)?;
            if object.body == Body::None {
                continue;
            }
            match object.type_id.number() {
                Some(811) => return Ok("data"),
                Some(916) => kind = "event",
                Some(820) if kind != "event" => kind = "status",
                _ => {}
            }
        }
        Ok(kind)
    };
    head.parameters.and_then(|cursor| read(cursor).ok())
}
