//! The columns of a transaction, with the specification's words.

use super::letter::{flag, Letter};
use super::{security, services};
use crate::columns::{Field, Kind, Row};

macro_rules! fields {
    ($($name:literal $kind:ident),* $(,)?) => {
        &[$(Field { name: $name, kind: Kind::$kind }),*]
    };
}

pub(super) static OPERATION_FIELDS: &[Field] = fields![
    "opcua.message_type" Text, "opcua.service" Text, "opcua.node_ids" Texts, "opcua.attribute_ids" Integers, "opcua.object_ids" Texts,
    "opcua.method_ids" Texts,
];

pub(super) static EVENT_FIELDS: &[Field] = fields![
    "opcua.secure_channel_id" Unsigned, "opcua.token_id" Unsigned, "opcua.request_id" Unsigned, "opcua.request_handle" Unsigned,
    "opcua.sequence_number" Unsigned, "opcua.message_size" Unsigned, "opcua.chunk_count" Unsigned,
    "opcua.response.secure_channel_id" Unsigned, "opcua.response.token_id" Unsigned, "opcua.response.sequence_number" Unsigned,
    "opcua.response.message_size" Unsigned, "opcua.response.chunk_count" Unsigned, "opcua.encrypted" Bool,
    "opcua.security.policy_uri" Text, "opcua.status_code" Unsigned,
];

pub(super) fn operation(request: Option<&[u8]>, answer: Option<&[u8]>, row: &mut Row<'_>) {
    let (request, answer) = (request.and_then(Letter::read), answer.and_then(Letter::read));
    let Some(letter) = request.as_ref().or(answer.as_ref()) else { return };
    let kind = match letter.kind { super::Kind::Acknowledge => super::Kind::Hello, other => other };
    row.set("opcua.message_type", kind.letters());
    row.set_some("opcua.service", services::head(letter.body).map(|one| one.name));
}

pub(super) fn event(request: Option<&[u8]>, answer: Option<&[u8]>, row: &mut Row<'_>) {
    let (request, answer) = (request.and_then(Letter::read), answer.and_then(Letter::read));
    let Some(letter) = request.as_ref().or(answer.as_ref()) else { return };
    let channel = answer.as_ref().filter(|_| letter.channel == 0).unwrap_or(letter).channel;
    if channel != 0 { row.set("opcua.secure_channel_id", channel); }
    if matches!(letter.kind, super::Kind::Message | super::Kind::Close) { row.set("opcua.token_id", letter.token); }
    if !letter.is(flag::ENCRYPTED) && matches!(letter.kind, super::Kind::Message | super::Kind::Close | super::Kind::Open) {
        row.set("opcua.request_id", letter.request).set("opcua.sequence_number", letter.sequence);
    }
    row.set_some("opcua.request_handle", services::head(letter.body).map(|one| one.handle));
    row.set("opcua.message_size", letter.wire).set("opcua.chunk_count", letter.chunks);
    if letter.is(flag::ENCRYPTED) { row.set("opcua.encrypted", true); }
    row.set_some("opcua.security.policy_uri", security::uri(letter.security));
    row.set_some("opcua.status_code", answer.as_ref().and_then(|one| services::head(one.body)).map(|one| one.result));
}
