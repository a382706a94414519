//! Nodes read, written and reported, with their values: one point a node, or one an element where its value is an array.

use std::borrow::Cow;

use hashbrown::HashSet;
use sha2::{Digest, Sha256};
use smallvec::SmallVec;

use super::chunk::word;
use super::claims::NAMESPACE_ARRAY;
use super::encoding::plain::cut;
use super::encoding::variant::nests;
use super::encoding::{Body, Cursor, DataValue, NodeId, Read, Text, Value, Variant};
use super::hot::head;
use super::names;
use super::nodes::{Item, Nodes};
use super::values::{self, Target};
use super::NODE;
use crate::protocols::{PointValue, Said};
use crate::secret;

/// Attributes of nodes (OPC 10000-6, A.1).
const DISPLAY_NAME: u32 = 4;
const VALUE: u32 = 13;
/// Elements of an array that are points of their own; longer ones are told as a whole.
const MOST_ELEMENTS: u32 = 16;
/// Bytes of a text that are kept.
pub(super) const MOST_TEXT: usize = 256;
/// Services whose pairs tell of points, or of what stands for one.
pub(super) const SERVICES: &[&str] =
    &["Read", "Write", "Publish", "Republish", "HistoryRead", "CreateMonitoredItems", "ModifyMonitoredItems", "DeleteMonitoredItems"];

/// Where values come from, and where points go.
pub(super) struct Points<'m, 'p> {
    pub(super) nodes: &'m mut Nodes,
    pub(super) point: &'p mut dyn FnMut(PointValue),
}

/// How a value came to be known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Read,
    Written,
    /// Out of a server's history.
    Past,
}

/// The first index that a numeric range names, where it is of one dimension (OPC 10000-4, 7.27).
fn first_of(range: Option<Text<'_>>) -> u32 {
    let text = range.map(|range| range.lossy().into_owned()).unwrap_or_default();
    text.split(':').next().and_then(|first| first.parse().ok()).unwrap_or_default()
}

impl Points<'_, '_> {
    /// Takes the bodies of a pair. What breaks off is told as far as it goes.
    pub(super) fn take(&mut self, service: &str, request: Option<&[u8]>, answer: Option<&[u8]>) {
        let _ = match (service, request, answer) {
            ("Read", Some(request), Some(answer)) => values::read(request, answer, &mut |target, value| self.read(&target, &value)),
            ("Write", Some(request), answer) => values::written(request, answer, &mut |target, value, status| {
                // What the server refused was not written.
                if target.attribute == VALUE && status.is_none_or(|status| status >> 30 != 2) {
                    self.node_value(&target, &value, How::Written);
                }
            }),
            ("Publish", _, Some(answer)) => self.reported(None, answer),
            ("Republish", Some(request), Some(answer)) => self.reported(head(request).and_then(|head| word(head.rest, 0)), answer),
            ("HistoryRead", Some(request), Some(answer)) => {
                values::history(request, answer, &mut |target, value| self.node_value(&target, &value, How::Past))
            }
            _ => self.items(service, request, answer),
        };
    }

    /// Which node each item of a client watches.
    fn items(&mut self, service: &str, request: Option<&[u8]>, answer: Option<&[u8]>) -> Read<()> {
        let (Some(request), Some(_)) = (request, answer) else { return Ok(()) };
        match service {
            "CreateMonitoredItems" => values::created_items(request, answer, &mut |made| {
                let Some((_, item)) = made.answer.filter(|(status, _)| status >> 30 != 2) else { return };
                if let Some(node) = self.number(&made.target.node) {
                    let attribute = made.target.attribute;
                    self.nodes.watch(made.subscription, item, Item { node, attribute, handle: made.client_handle });
                }
            }),
            "ModifyMonitoredItems" => values::modified_items(request, answer, &mut |changed| {
                if let Some(item) = self.nodes.item(changed.subscription, changed.item) {
                    self.nodes.watch(changed.subscription, changed.item, Item { handle: changed.client_handle, ..item });
                }
            }),
            "DeleteMonitoredItems" => {
                values::deleted_items(request, answer, &mut |subscription, item, _| self.nodes.forget(subscription, item))
            }
            "DeleteSubscriptions" => {
                let mut gone = HashSet::default();
                let told = values::deleted_subscriptions(request, answer, &mut |subscription, status| {
                    if status.is_none_or(|status| status >> 30 != 2) {
                        gone.insert(subscription);
                    }
                });
                self.nodes.forget_all(&gone);
                told
            }
            _ => Ok(()),
        }
    }

    /// What a Publish brings, by the client's handles.
    fn reported(&mut self, subscription: Option<u32>, answer: &[u8]) -> Read<()> {
        // Of a Publish the subscription stands before the values.
        let subscription = subscription.or_else(|| head(answer).and_then(|head| word(head.rest, 0))).unwrap_or_default();
        let told = values::published(answer, &mut |handle, value| {
            if let Some((number, VALUE)) = self.nodes.behind(subscription, handle) {
                self.value(number, 0, &value, How::Read);
            }
        });
        told.map(|_| ())
    }

    fn read(&mut self, target: &Target<'_>, value: &DataValue<'_>) {
        match target.attribute {
            VALUE => self.node_value(target, value, How::Read),
            DISPLAY_NAME => self.label(&target.node, value),
            _ => {}
        }
    }

    fn node_value(&mut self, target: &Target<'_>, value: &DataValue<'_>, how: How) {
        if let Some(number) = self.number(&target.node) {
            self.value(number, first_of(target.index_range), value, how);
        }
    }

    pub(super) fn number(&mut self, node: &NodeId<'_>) -> Option<u32> {
        let mut identifier: SmallVec<[u8; 64]> = SmallVec::new();
        node.canonical(&mut |bytes| identifier.extend_from_slice(bytes));
        let known = self.nodes.count();
        let number = self.nodes.number(&identifier, || node.to_string())?;
        // Of the standard's own nodes it is known what they are.
        if let (true, Some(name)) = (number >= known, node.number().and_then(names::node_name)) {
            self.nodes.set_label(number, name);
            if node.number() == Some(NAMESPACE_ARRAY) {
                self.nodes.set_namespace_array(number);
            }
        }
        Some(number)
    }

    /// A node's DisplayName, as its server gave it.
    fn label(&mut self, node: &NodeId<'_>, value: &DataValue<'_>) {
        let Some(Variant::Scalar(_, Value::LocalizedText(text))) = value.value else { return };
        if let (Some(number), Some(text)) = (self.number(node), text.text) {
            self.nodes.set_label(number, &cut(text.lossy(), MOST_TEXT));
        }
    }

    /// A value of a node; `first`: the index of its first element, where a part of it was asked for.
    fn value(&mut self, number: u32, first: u32, value: &DataValue<'_>, how: How) {
        if first == 0 && how == How::Read {
            self.nodes.take_namespaces(number, value);
        }
        let mut one = PointValue::plain(0, NODE, number, None, how == How::Written);
        one.past = how == How::Past;
        let status = value.status.unwrap_or_default();
        one.status = (status >> 30 != 0).then(|| status_word(status));
        one.source_time = value.source_time.and_then(super::encoding::DateTime::nanos);
        match value.value {
            Some(Variant::Scalar(_, value)) => {
                let (bits, said) = said(&value);
                one.number = Some(bits ^ i64::from(status).rotate_left(32));
                one.said = said;
            }
            Some(Variant::Array(array)) if array.count.is_some_and(|count| count <= MOST_ELEMENTS) && array.dimensions().len() < 2 => {
                for (place, value) in (0_u32..).zip(array.values()) {
                    // A range may begin at any number that 32 bits hold.
                    let Some(address) = first.checked_add(place).and_then(|index| self.nodes.element(number, index)) else { return };
                    let (bits, said) = said(&value);
                    let bits = bits ^ i64::from(status).rotate_left(32);
                    (self.point)(PointValue { address, number: Some(bits), said, ..one.clone() });
                }
                return;
            }
            Some(Variant::Array(array)) => {
                let shape: Vec<String> = array.dimensions().map(|size| size.to_string()).collect();
                let shape = if shape.is_empty() { array.count.unwrap_or_default().to_string() } else { shape.join("×") };
                let digest = digest(array.bytes());
                one.number = Some(digest as i64 ^ i64::from(status).rotate_left(32));
                one.said = Said::Text(format!("{shape} of {}, digest {digest:016x}", array.builtin.name()));
            }
            Some(Variant::Null) | None if one.status.is_some() => {
                one.number = Some(i64::from(status).rotate_left(32));
                one.said = Said::Missing;
            }
            Some(Variant::Null) | None => {}
        }
        (self.point)(one);
    }
}

/// The same in every run: people see it.
fn digest(bytes: &[u8]) -> u64 {
    let digest = Sha256::digest(bytes);
    digest.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}

/// The name of a status that is not good.
pub(super) fn status_word(code: u32) -> &'static str {
    names::status_name(code).unwrap_or(["Good", "Uncertain", "Bad", "Bad"][(code >> 30) as usize])
}

/// All bits of a value, and what it says. Of a text the bits are a hash by a secret of this process: nobody can choose another text
/// that would pass for it.
fn said(value: &Value<'_>) -> (i64, Said) {
    let text: Cow<'_, str> = match *value {
        Value::Boolean(value) => return (i64::from(value), Said::Integer(i64::from(value))),
        Value::Signed(value) => return (value, Said::Integer(value)),
        Value::Unsigned(value) => {
            let bits = value as i64;
            let said = i64::try_from(value).map_or(Said::Number { raw: bits, value: value as f64 }, Said::Integer);
            return (bits, said);
        }
        Value::Float(value) => return (i64::from(value.to_bits()), number(f64::from(value), i64::from(value.to_bits()))),
        Value::Double(value) => return (value.to_bits() as i64, number(value, value.to_bits() as i64)),
        Value::String(text) | Value::XmlElement(text) => text.map(Text::lossy).unwrap_or_default(),
        Value::DateTime(time) => time.to_string().into(),
        Value::Guid(guid) => guid.to_string().into(),
        Value::ByteString(bytes) => {
            let bytes = bytes.unwrap_or_default();
            format!("{} bytes, digest {:016x}", bytes.len(), digest(bytes)).into()
        }
        Value::NodeId(node) => node.to_string().into(),
        Value::ExpandedNodeId(node) => node.to_string().into(),
        Value::StatusCode(code) => names::status_text(code).into(),
        Value::QualifiedName(name) => name.to_string().into(),
        Value::LocalizedText(text) => text.text.map(Text::lossy).unwrap_or_default(),
        Value::ExtensionObject(object, _) => match object.body {
            Body::None => "empty structure".into(),
            Body::Binary(body) | Body::Xml(body) => {
                format!("structure {}, {} bytes, digest {:016x}", object.type_id, body.len(), digest(body)).into()
            }
        },
        Value::Variant(mut cursor) if is_plain(cursor) => match Variant::read(&mut cursor) {
            Ok(Variant::Scalar(_, value)) => return said(&value),
            _ => Cow::default(),
        },
        Value::DataValue(cursor) | Value::Variant(cursor) | Value::DiagnosticInfo(cursor) => {
            format!("value within a value, digest {:016x}", digest(cursor.rest())).into()
        }
    };
    let text = cut(text, MOST_TEXT).into_owned();
    (secret::hash(&text) as i64, Said::Text(text))
}

/// Whether a Variant within an array of them is empty or holds one value that holds no other.
fn is_plain(mut cursor: Cursor<'_>) -> bool {
    match Variant::read(&mut cursor) {
        Ok(Variant::Scalar(builtin, _)) => !nests(builtin),
        Ok(Variant::Null) => true,
        _ => false,
    }
}

/// A number that a column of numbers can hold; others are told as text.
fn number(value: f64, bits: i64) -> Said {
    if value.is_finite() {
        Said::Number { raw: bits, value }
    } else {
        Said::Text(value.to_string())
    }
}
