//! The columns of a transaction, with the specification's words.

use super::certificate::Certificate;
use super::chunk::Kind as Type;
use super::encoding::{Bounds, Cursor, Text};
use super::hot::{head, Head};
use super::letter::{flag, Letter};
use super::parameters::parameters;
use super::points::status_word;
use super::security;
use super::told::{told, Endpoint, Told};
use crate::columns::{Field, Kind, Row};

macro_rules! fields {
    ($($name:literal $kind:ident),* $(,)?) => {
        &[$(Field { name: $name, kind: Kind::$kind }),*]
    };
}

pub(super) static OPERATION_FIELDS: &[Field] = fields![
    "opcua.message_type" Text, "opcua.service" Text, "opcua.node_ids" Texts, "opcua.attribute_ids" Integers, "opcua.object_ids" Texts,
    "opcua.method_ids" Texts, "opcua.notification" Text,
];

pub(super) static EVENT_FIELDS: &[Field] = fields![
    "opcua.secure_channel_id" Unsigned, "opcua.token_id" Unsigned, "opcua.request_id" Unsigned, "opcua.request_handle" Unsigned,
    "opcua.sequence_number" Unsigned, "opcua.message_size" Unsigned, "opcua.chunk_count" Unsigned,
    "opcua.response.secure_channel_id" Unsigned, "opcua.response.token_id" Unsigned, "opcua.response.sequence_number" Unsigned,
    "opcua.response.message_size" Unsigned, "opcua.response.chunk_count" Unsigned, "opcua.encrypted" Bool,
    "opcua.security.policy_uri" Text, "opcua.security.mode" Text, "opcua.endpoint_url" Text, "opcua.server_uri" Text,
    "opcua.session_name" Text, "opcua.application.uri" Text, "opcua.application.name" Text, "opcua.application.product_uri" Text,
    "opcua.application.type" Text, "opcua.user_token_type" Text, "user.name" Text, "opcua.clear_text_password" Bool,
    "opcua.subscription_id" Unsigned, "opcua.status_code" Unsigned, "opcua.status" Text, "opcua.reason" Text,
    "opcua.operation_count" Unsigned, "opcua.bad_count" Unsigned, "opcua.endpoints" Texts, "opcua.certificate.thumbprint" Text,
    "opcua.certificate.subject" Text, "opcua.certificate.issuer" Text, "opcua.certificate.san_uri" Text,
    "opcua.certificate.not_after" Signed, "opcua.certificate.key_bits" Unsigned, "opcua.certificate.signature_algorithm" Text,
    "opcua.protocol_version" Unsigned, "opcua.receive_buffer_size" Unsigned, "opcua.send_buffer_size" Unsigned,
    "opcua.max_message_size" Unsigned, "opcua.max_chunk_count" Unsigned, "opcua.parameters" Text, "opcua.response.parameters" Text,
    "opcua.parameters_truncated" Bool,
];

/// What a pair holds, each side read once.
struct Side<'a> {
    letter: Letter<'a>,
    head: Option<Head<'a>>,
    told: Told<'a>,
}

impl<'a> Side<'a> {
    fn read(message: &'a [u8], bounds: &Bounds) -> Option<Self> {
        let letter = Letter::read(message)?;
        let is_service = matches!(letter.kind, Type::Open | Type::Message | Type::Close) && !letter.is(flag::ABORTED);
        let head = is_service.then(|| head(letter.body)).flatten();
        let told = if head.is_some() { told(letter.body, bounds) } else { Told::default() };
        Some(Self { letter, head, told })
    }
}

/// What all transactions of the operation have in common.
pub(super) fn operation(request: Option<&[u8]>, answer: Option<&[u8]>, bounds: &Bounds, row: &mut Row<'_>) {
    let (request, answer) = (request.and_then(|one| Side::read(one, bounds)), answer.and_then(|one| Side::read(one, bounds)));
    let Some(side) = request.as_ref().or(answer.as_ref()) else { return };
    let kind = if side.letter.kind == Type::Acknowledge { Type::Hello } else { side.letter.kind };
    row.set("opcua.message_type", kind.letters());
    row.set_some("opcua.service", service(request.as_ref(), answer.as_ref()));
    let told = &side.told;
    set_texts(row, "opcua.node_ids", &told.node_ids);
    if !told.attribute_ids.is_empty() {
        row.set("opcua.attribute_ids", told.attribute_ids.iter().copied().map(i64::from).collect::<Vec<_>>());
    }
    set_texts(row, "opcua.object_ids", &told.object_ids);
    set_texts(row, "opcua.method_ids", &told.method_ids);
    row.set_some("opcua.notification", answer.as_ref().and_then(|answer| super::notification(&answer.letter)));
}

fn set_texts(row: &mut Row<'_>, name: &str, texts: &[String]) {
    if !texts.is_empty() {
        row.set(name, texts.to_vec());
    }
}

/// The service of a pair: that of the request where the answer is a fault.
fn service(request: Option<&Side<'_>>, answer: Option<&Side<'_>>) -> Option<&'static str> {
    let sides = [request, answer];
    let services = || sides.iter().flatten().filter_map(|side| side.head.as_ref()).map(|head| head.service);
    let named = services().find(|service| !service.is_fault()).map(|service| service.name);
    let fault = services().find(|service| service.is_fault()).map(|service| service.name);
    let kinds = sides.iter().flatten().next().and_then(|side| match side.letter.kind {
        Type::Open => Some("OpenSecureChannel"),
        Type::Close => Some("CloseSecureChannel"),
        _ => None,
    });
    named.or(kinds).or(fault)
}

/// What differs from one transaction to the next. Whether anything is wrong with the encoding is told with the message.
pub(super) fn event(request: Option<&[u8]>, answer: Option<&[u8]>, bounds: &Bounds, row: &mut Row<'_>) {
    let (request, answer) = (request.and_then(|one| Side::read(one, bounds)), answer.and_then(|one| Side::read(one, bounds)));
    let Some(first) = request.as_ref().or(answer.as_ref()) else { return };
    numbers(first, answer.as_ref().filter(|_| request.is_some()), row);
    let is_encrypted = [&request, &answer].into_iter().flatten().any(|side| side.letter.is(flag::ENCRYPTED));
    if is_encrypted {
        row.set("opcua.encrypted", true);
    }
    match first.letter.kind {
        Type::Hello | Type::Acknowledge => hello(request.as_ref(), answer.as_ref(), row),
        Type::ReverseHello => reverse_hello(&first.letter, row),
        Type::Error => error(&first.letter, row),
        Type::Open => {
            row.set_some("opcua.security.policy_uri", security::uri(first.letter.security));
        }
        Type::Message | Type::Close => {}
    }
    if let Some(aborted) = [&request, &answer].into_iter().flatten().find(|side| side.letter.is(flag::ABORTED)) {
        error(&aborted.letter, row);
        return;
    }
    parameters_of(request.as_ref(), answer.as_ref(), bounds, row);
    said(request.as_ref(), answer.as_ref(), row);
}

/// Numbers of channel and message.
fn numbers(first: &Side<'_>, answer: Option<&Side<'_>>, row: &mut Row<'_>) {
    let letter = &first.letter;
    row.set("opcua.message_size", letter.wire).set("opcua.chunk_count", letter.chunks);
    if matches!(letter.kind, Type::Open | Type::Message | Type::Close) {
        // A channel that is asked for has no number yet.
        let channel = if letter.channel == 0 { answer.map_or(0, |answer| answer.letter.channel) } else { letter.channel };
        row.set_some("opcua.secure_channel_id", Some(channel).filter(|channel| *channel != 0));
        if letter.kind != Type::Open {
            row.set("opcua.token_id", letter.token);
        }
        if !letter.is(flag::ENCRYPTED) {
            row.set("opcua.request_id", letter.request).set("opcua.sequence_number", letter.sequence);
            row.set_some("opcua.request_handle", first.head.as_ref().map(|head| head.handle));
        }
    }
    let Some(answer) = answer.map(|side| &side.letter) else { return };
    row.set("opcua.response.message_size", answer.wire).set("opcua.response.chunk_count", answer.chunks);
    if matches!(answer.kind, Type::Open | Type::Message) {
        if letter.channel != 0 && answer.channel != letter.channel {
            row.set("opcua.response.secure_channel_id", answer.channel);
        }
        if answer.kind == Type::Message && answer.token != letter.token {
            row.set("opcua.response.token_id", answer.token);
        }
        if !answer.is(flag::ENCRYPTED) {
            row.set("opcua.response.sequence_number", answer.sequence);
        }
    }
}

/// HEL and ACK: what each side can take (OPC 10000-6, 7.1.2.3).
fn hello(request: Option<&Side<'_>>, answer: Option<&Side<'_>>, row: &mut Row<'_>) {
    // What the server granted counts.
    let Some(side) = answer.or(request) else { return };
    let mut cursor = Cursor::new(side.letter.body);
    let names = [
        "opcua.protocol_version",
        "opcua.receive_buffer_size",
        "opcua.send_buffer_size",
        "opcua.max_message_size",
        "opcua.max_chunk_count",
    ];
    for name in names {
        row.set_some(name, cursor.u32().ok());
    }
    let url = request.and_then(|request| {
        let mut cursor = Cursor::new(request.letter.body);
        cursor.bytes(20).ok()?;
        cursor.counted().ok()?
    });
    row.set_some("opcua.endpoint_url", url.map(|url| Text(url).lossy().into_owned()));
}

/// RHE: the server's URI, and where to find it (OPC 10000-6, 7.1.2.6).
fn reverse_hello(letter: &Letter<'_>, row: &mut Row<'_>) {
    let mut cursor = Cursor::new(letter.body);
    for name in ["opcua.server_uri", "opcua.endpoint_url"] {
        row.set_some(name, cursor.counted().ok().flatten().map(|text| Text(text).lossy().into_owned()));
    }
}

/// ERR, or a message given up: why (OPC 10000-6, 7.1.2.5, 6.7.3).
fn error(letter: &Letter<'_>, row: &mut Row<'_>) {
    let mut cursor = Cursor::new(letter.body);
    if let Ok(code) = cursor.u32() {
        row.set("opcua.status_code", code).set("opcua.status", status_word(code));
    }
    let reason = cursor.counted().ok().flatten().map(|text| Text(text).lossy().into_owned());
    row.set_some("opcua.reason", reason.filter(|reason| !reason.is_empty()));
}

fn parameters_of(request: Option<&Side<'_>>, answer: Option<&Side<'_>>, bounds: &Bounds, row: &mut Row<'_>) {
    let mut is_cut = false;
    for (name, side) in [("opcua.parameters", request), ("opcua.response.parameters", answer)] {
        let Some(side) = side.filter(|side| side.head.is_some()) else { continue };
        let parameters = parameters(side.letter.body, bounds);
        is_cut |= parameters.truncated;
        row.set(name, parameters.text);
    }
    if is_cut {
        row.set("opcua.parameters_truncated", true);
    }
}

fn said(request: Option<&Side<'_>>, answer: Option<&Side<'_>>, row: &mut Row<'_>) {
    if let Some(told) = request.map(|side| &side.told) {
        row.set_some("opcua.security.mode", told.mode);
        if let Some(url) = &told.endpoint_url {
            row.set("opcua.endpoint_url", url.as_str());
        }
        row.set_some("opcua.session_name", told.session_name.as_deref());
        row.set_some("opcua.user_token_type", told.user_token_type);
        row.set_some("user.name", told.user_name.as_deref());
        if told.clear_text_password {
            row.set("opcua.clear_text_password", true);
        }
    }
    let sides = [request, answer].map(|side| side.map(|side| &side.told));
    let of_endpoints = |told: &&Told<'_>| told.endpoints.iter().find_map(|endpoint| endpoint.application.clone());
    let told = || sides.iter().flatten().copied();
    let application = told().find_map(|told| told.applications.first().cloned()).or_else(|| told().find_map(|told| of_endpoints(&told)));
    if let Some(application) = application {
        row.set_some("opcua.application.uri", application.uri).set_some("opcua.application.name", application.name);
        row.set_some("opcua.application.product_uri", application.product_uri).set_some("opcua.application.type", application.kind);
    }
    // A Publish acknowledges reports of one subscription, and brings those of another.
    row.set_some("opcua.subscription_id", sides.iter().rev().flatten().find_map(|told| told.subscription_id));
    let result = answer.and_then(|side| side.head.as_ref()?.result);
    if let Some(code) = result {
        row.set("opcua.status_code", code).set("opcua.status", status_word(code));
    }
    let count = sides.iter().flatten().find_map(|told| told.operation_count);
    row.set_some("opcua.operation_count", count);
    row.set_some("opcua.bad_count", sides[1].filter(|_| count.is_some()).map(|told| told.bad_count));
    if let Some(told) = sides[1].filter(|told| !told.endpoints.is_empty()) {
        let endpoint = |one: &Endpoint<'_>| {
            let policy = one.policy_uri.as_deref().map(security::short).unwrap_or_default();
            let tokens = one.token_types.join("/");
            let parts = [one.url.as_deref().unwrap_or_default(), policy, one.mode.unwrap_or_default(), &tokens];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
        };
        row.set("opcua.endpoints", told.endpoints.iter().map(endpoint).collect::<Vec<_>>());
    }
    certificate(request, answer, row);
}

/// The client's certificate of a channel or a session; else the server's.
fn certificate(request: Option<&Side<'_>>, answer: Option<&Side<'_>>, row: &mut Row<'_>) {
    let of = |side: &Side<'_>| {
        let shown = security::certificate(side.letter.security).or(side.told.certificates.first().copied());
        let offered = || side.told.endpoints.iter().find_map(|endpoint| endpoint.certificate);
        Certificate::read(shown.or_else(offered)?)
    };
    let Some(one) = request.and_then(of).or_else(|| answer.and_then(of)) else { return };
    row.set("opcua.certificate.thumbprint", one.thumbprint).set("opcua.certificate.subject", one.subject);
    row.set("opcua.certificate.issuer", one.issuer).set_some("opcua.certificate.san_uri", one.uri);
    row.set("opcua.certificate.not_after", one.not_after.saturating_mul(1_000_000_000));
    row.set_some("opcua.certificate.key_bits", one.bits.map(|bits| bits as u64));
    row.set("opcua.certificate.signature_algorithm", one.signature);
}
