//! Nodes read, written and reported, with their values: one point a node, or one an element where its value is an array.

use sha2::{Digest, Sha256};
use smallvec::SmallVec;

use super::encoding::{Body, Cursor, DataValue, ExtensionObject, NodeId, Read, Text, Value, Variant};
use super::names;
use super::nodes::{Item, Nodes};
use super::NODE;
use crate::protocols::{PointValue, Said};

/// Attributes of nodes (OPC 10000-6, A.1).
const DISPLAY_NAME: u32 = 4;
const VALUE: u32 = 13;
/// Elements of an array that are points of their own; longer ones are told as a whole.
const MOST_ELEMENTS: u32 = 16;
/// Bytes of a text that are kept.
const MOST_TEXT: usize = 256;
/// Types of what a Publish reports, and of history.
const DATA_CHANGE: u32 = 811;
const HISTORY_DATA: u32 = 658;
const HISTORY_MODIFIED_DATA: u32 = 11_227;

/// Services whose pairs tell of points, or of what stands for one.
pub(super) const SERVICES: &[&str] =
    &["Read", "Write", "Publish", "Republish", "HistoryRead", "CreateMonitoredItems", "ModifyMonitoredItems", "DeleteMonitoredItems"];

/// Where values come from, and where points go.
pub(super) struct Points<'m, 'p> {
    pub(super) nodes: &'m mut Nodes,
    pub(super) point: &'p mut dyn FnMut(PointValue),
}

/// A pair's bodies behind their headers.
pub(super) struct Pair<'a> {
    pub(super) service: &'static str,
    pub(super) request: Option<Cursor<'a>>,
    pub(super) answer: Option<Cursor<'a>>,
}

/// The first index that a numeric range names, where it is of one dimension (OPC 10000-4, 7.27).
fn first_of(range: Option<Text<'_>>) -> u32 {
    let text = range.map(|range| range.lossy().into_owned()).unwrap_or_default();
    text.split(':').next().and_then(|first| first.parse().ok()).unwrap_or_default()
}

impl Points<'_, '_> {
    /// Takes a pair. What breaks off is told as far as it goes.
    pub(super) fn take(&mut self, pair: &Pair<'_>) {
        let (request, answer) = (pair.request, pair.answer);
        let _ = match (pair.service, request, answer) {
            ("Read", Some(request), answer) => self.read(request, answer),
            ("Write", Some(request), answer) => self.written(request, answer),
            ("Publish", _, Some(answer)) => self.published(answer),
            ("Republish", Some(request), Some(answer)) => self.republished(request, answer),
            ("HistoryRead", Some(request), Some(answer)) => self.history(request, answer),
            ("CreateMonitoredItems", Some(request), Some(answer)) => self.items_made(request, answer),
            ("ModifyMonitoredItems", Some(request), Some(_)) => self.items_changed(request),
            ("DeleteMonitoredItems", Some(request), Some(_)) => self.items_gone(request),
            ("DeleteSubscriptions", Some(request), Some(_)) => self.subscriptions_gone(request),
            _ => Ok(()),
        };
    }

    fn number(&mut self, node: &NodeId<'_>) -> Option<u32> {
        let mut identifier: SmallVec<[u8; 64]> = SmallVec::new();
        node.canonical(&mut |bytes| identifier.extend_from_slice(bytes));
        self.nodes.number(&identifier, || node.to_string())
    }

    fn element(&mut self, number: u32, index: u32) -> Option<u32> {
        let mut identifier: SmallVec<[u8; 64]> = SmallVec::from_slice(b"element");
        identifier.extend_from_slice(&number.to_le_bytes());
        identifier.extend_from_slice(&index.to_le_bytes());
        let name = format!("{}[{index}]", self.nodes.name(number).unwrap_or_default());
        self.nodes.number(&identifier, || name)
    }

    /// NodesToRead with their results (OPC 10000-4, 5.11.2).
    fn read(&mut self, mut request: Cursor<'_>, answer: Option<Cursor<'_>>) -> Read<()> {
        request.bytes(8 + 4)?;
        let nodes = request.count(14)?.unwrap_or_default();
        let mut results = answer;
        let mut left = results.as_mut().and_then(|results| results.count(1).ok().flatten()).unwrap_or_default();
        for _ in 0..nodes {
            let node = NodeId::read(&mut request)?;
            let attribute = request.u32()?;
            let range = request.counted()?.map(Text);
            request.bytes(2)?;
            request.counted()?;
            let mut value = None;
            if let (Some(results), true) = (results.as_mut(), left > 0) {
                left -= 1;
                value = Some(DataValue::read(results)?);
            }
            match attribute {
                VALUE => {
                    if let Some(number) = self.number(&node) {
                        self.value(number, first_of(range), value.as_ref(), false);
                    }
                }
                DISPLAY_NAME => self.label(&node, value.as_ref()),
                _ => {}
            }
        }
        Ok(())
    }

    /// A node's DisplayName, as its server gave it.
    fn label(&mut self, node: &NodeId<'_>, value: Option<&DataValue<'_>>) {
        let Some(Variant::Scalar(_, Value::LocalizedText(text))) = value.and_then(|value| value.value) else { return };
        if let (Some(number), Some(text)) = (self.number(node), text.text) {
            self.nodes.set_label(number, &cut(&text.lossy()));
        }
    }

    /// NodesToWrite (OPC 10000-4, 5.11.4): what the server refused was not written.
    fn written(&mut self, mut request: Cursor<'_>, answer: Option<Cursor<'_>>) -> Read<()> {
        let nodes = request.count(11)?.unwrap_or_default();
        let mut results = answer;
        let mut left = results.as_mut().and_then(|results| results.count(4).ok().flatten()).unwrap_or_default();
        for _ in 0..nodes {
            let node = NodeId::read(&mut request)?;
            let attribute = request.u32()?;
            let range = request.counted()?.map(Text);
            let value = DataValue::read(&mut request)?;
            let mut is_refused = false;
            if let (Some(results), true) = (results.as_mut(), left > 0) {
                left -= 1;
                is_refused = results.u32()? >> 30 == 2;
            }
            if attribute == VALUE && !is_refused {
                if let Some(number) = self.number(&node) {
                    self.value(number, first_of(range), Some(&value), true);
                }
            }
        }
        Ok(())
    }

    /// What a Publish reports (OPC 10000-4, 5.14.5).
    fn published(&mut self, mut answer: Cursor<'_>) -> Read<()> {
        let subscription = answer.u32()?;
        let available = answer.count(4)?.unwrap_or_default();
        answer.bytes(4 * available as usize)?;
        answer.boolean()?;
        self.notifications(subscription, answer)
    }

    fn republished(&mut self, mut request: Cursor<'_>, answer: Cursor<'_>) -> Read<()> {
        let subscription = request.u32()?;
        self.notifications(subscription, answer)
    }

    /// A NotificationMessage (OPC 10000-4, 7.26).
    fn notifications(&mut self, subscription: u32, mut message: Cursor<'_>) -> Read<()> {
        message.bytes(4 + 8)?;
        for _ in 0..message.count(3)?.unwrap_or_default() {
            let object = ExtensionObject::read(&mut message)?;
            let (Some(DATA_CHANGE), Body::Binary(body)) = (object.type_id.number(), object.body) else { continue };
            let mut items = Cursor::new(body);
            for _ in 0..items.count(5)?.unwrap_or_default() {
                let handle = items.u32()?;
                let value = DataValue::read(&mut items)?;
                if let Some((number, VALUE)) = self.nodes.behind(subscription, handle) {
                    self.value(number, 0, Some(&value), false);
                }
            }
        }
        Ok(())
    }

    /// Past values (OPC 10000-4, 5.11.3; OPC 10000-11, 6.6).
    fn history(&mut self, mut request: Cursor<'_>, mut answer: Cursor<'_>) -> Read<()> {
        ExtensionObject::read(&mut request)?;
        request.bytes(4 + 1)?;
        let nodes = request.count(14)?.unwrap_or_default();
        let results = answer.count(8)?.unwrap_or_default();
        for _ in 0..nodes.min(results) {
            let node = NodeId::read(&mut request)?;
            let range = request.counted()?.map(Text);
            request.bytes(2)?;
            request.counted()?;
            request.counted()?;
            answer.u32()?;
            answer.counted()?;
            let object = ExtensionObject::read(&mut answer)?;
            let (Some(HISTORY_DATA | HISTORY_MODIFIED_DATA), Body::Binary(body)) = (object.type_id.number(), object.body) else { continue };
            let Some(number) = self.number(&node) else { continue };
            let mut values = Cursor::new(body);
            for _ in 0..values.count(1)?.unwrap_or_default() {
                let value = DataValue::read(&mut values)?;
                self.value(number, first_of(range), Some(&value), false);
            }
        }
        Ok(())
    }

    /// Which node each item of a client watches (OPC 10000-4, 5.13.2).
    fn items_made(&mut self, mut request: Cursor<'_>, mut answer: Cursor<'_>) -> Read<()> {
        let subscription = request.u32()?;
        request.u32()?;
        let items = request.count(32)?.unwrap_or_default();
        let results = answer.count(19)?.unwrap_or_default();
        for _ in 0..items.min(results) {
            let node = NodeId::read(&mut request)?;
            let attribute = request.u32()?;
            request.counted()?;
            request.bytes(2)?;
            request.counted()?;
            request.u32()?;
            let handle = request.u32()?;
            skip_parameters(&mut request)?;
            let status = answer.u32()?;
            let item = answer.u32()?;
            answer.bytes(8 + 4)?;
            ExtensionObject::read(&mut answer)?;
            if status >> 30 != 2 {
                if let Some(node) = self.number(&node) {
                    self.nodes.watch(subscription, item, Item { node, attribute, handle });
                }
            }
        }
        Ok(())
    }

    /// A client may give an item another handle (OPC 10000-4, 5.13.3).
    fn items_changed(&mut self, mut request: Cursor<'_>) -> Read<()> {
        let subscription = request.u32()?;
        request.u32()?;
        for _ in 0..request.count(24)?.unwrap_or_default() {
            let number = request.u32()?;
            let handle = request.u32()?;
            skip_parameters(&mut request)?;
            if let Some(item) = self.nodes.item(subscription, number) {
                self.nodes.watch(subscription, number, Item { handle, ..item });
            }
        }
        Ok(())
    }

    fn items_gone(&mut self, mut request: Cursor<'_>) -> Read<()> {
        let subscription = request.u32()?;
        for _ in 0..request.count(4)?.unwrap_or_default() {
            self.nodes.forget(subscription, request.u32()?);
        }
        Ok(())
    }

    fn subscriptions_gone(&mut self, mut request: Cursor<'_>) -> Read<()> {
        for _ in 0..request.count(4)?.unwrap_or_default() {
            self.nodes.forget_all(request.u32()?);
        }
        Ok(())
    }

    /// A value of a node; `first`: the index of its first element, where a part of it was asked for.
    fn value(&mut self, number: u32, first: u32, value: Option<&DataValue<'_>>, written: bool) {
        let mut one = PointValue::plain(0, NODE, number, None, written);
        let Some(value) = value else {
            (self.point)(one);
            return;
        };
        let status = value.status.unwrap_or_default();
        one.status = (status >> 30 != 0).then(|| names::status(status));
        one.source_time = value.source_time.and_then(super::encoding::DateTime::nanos);
        match value.value {
            Some(Variant::Scalar(_, value)) => {
                let (bits, said) = said(&value);
                one.number = Some(bits ^ i64::from(status).rotate_left(32));
                one.said = said;
            }
            Some(Variant::Array(array)) if array.count.is_some_and(|count| count <= MOST_ELEMENTS) && array.dimensions().len() < 2 => {
                for (index, value) in (first..).zip(array.values()) {
                    let Some(address) = self.element(number, index) else { return };
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

/// MonitoringParameters behind the handle: interval, filter, queue (OPC 10000-4, 7.21).
fn skip_parameters(cursor: &mut Cursor<'_>) -> Read<()> {
    cursor.bytes(8)?;
    ExtensionObject::read(cursor)?;
    cursor.bytes(4 + 1)?;
    Ok(())
}

/// The same in every run: people see it.
fn digest(bytes: &[u8]) -> u64 {
    let digest = Sha256::digest(bytes);
    digest.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}

/// A text of at most [`MOST_TEXT`] bytes.
fn cut(text: &str) -> String {
    let mut end = text.len().min(MOST_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}

/// All bits of a value, and what it says.
fn said(value: &Value<'_>) -> (i64, Said) {
    let text = match *value {
        Value::Boolean(value) => return (i64::from(value), Said::Integer(i64::from(value))),
        Value::Signed(value) => return (value, Said::Integer(value)),
        Value::Unsigned(value) => {
            let bits = value as i64;
            let said = i64::try_from(value).map_or(Said::Number { raw: bits, value: value as f64 }, Said::Integer);
            return (bits, said);
        }
        Value::Float(value) => return (i64::from(value.to_bits()), number(f64::from(value), i64::from(value.to_bits()))),
        Value::Double(value) => return (value.to_bits() as i64, number(value, value.to_bits() as i64)),
        Value::String(text) | Value::XmlElement(text) => text.map(|text| text.lossy().into_owned()).unwrap_or_default(),
        Value::DateTime(time) => time.to_string(),
        Value::Guid(guid) => guid.to_string(),
        Value::ByteString(bytes) => {
            let bytes = bytes.unwrap_or_default();
            format!("{} bytes, digest {:016x}", bytes.len(), digest(bytes))
        }
        Value::NodeId(node) => node.to_string(),
        Value::ExpandedNodeId(node) => node.to_string(),
        Value::StatusCode(code) => names::status(code).to_owned(),
        Value::QualifiedName(name) => name.to_string(),
        Value::LocalizedText(text) => text.text.map(|text| text.lossy().into_owned()).unwrap_or_default(),
        Value::ExtensionObject(object, _) => match object.body {
            Body::None => "empty structure".to_owned(),
            Body::Binary(body) | Body::Xml(body) => {
                format!("structure {}, {} bytes, digest {:016x}", object.type_id, body.len(), digest(body))
            }
        },
        Value::DataValue(cursor) | Value::Variant(cursor) | Value::DiagnosticInfo(cursor) => {
            format!("value within a value, digest {:016x}", digest(cursor.rest()))
        }
    };
    let text = cut(&text);
    (digest(text.as_bytes()) as i64, Said::Text(text))
}

/// A number that a column of numbers can hold; others are told as text.
fn number(value: f64, bits: i64) -> Said {
    if value.is_finite() {
        Said::Number { raw: bits, value }
    } else {
        Said::Text(value.to_string())
    }
}
