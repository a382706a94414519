//! A message with all its parameters as JSON, in the specification's words. What proves a session, and passwords, are left out.

use std::fmt::Write;

use super::encoding::{Body, Bounds, Cursor, DataValue, DiagnosticInfo, ExtensionObject, Value, Variant};
use super::names;
use super::schema::{Field, Names, Role, Structure};
use super::services::Message;
use super::walk::{known, walk, Visitor};

/// Bytes told of a ByteString.
const MOST_BYTES: usize = 64;

/// The parameters as one JSON object, and whether something had to be left out of it.
pub(super) fn parameters(message: &Message, mut cursor: Cursor<'_>, bounds: &Bounds) -> (String, bool) {
    let mut json = Json { out: String::from("{"), open: Vec::new(), is_first: true, bounds, is_full: false, passed: 0 };
    // An encoding that breaks off leaves what was read before; the violation is told elsewhere.
    let _ = walk(message.structure, &mut cursor, bounds, &mut json);
    json.close()
}

/// Writes JSON as long as there is room.
struct Json<'b> {
    out: String,
    /// What must be closed.
    open: Vec<char>,
    is_first: bool,
    bounds: &'b Bounds,
    is_full: bool,
    /// Structures and arrays begun since it was full.
    passed: usize,
}

impl Json<'_> {
    fn close(mut self) -> (String, bool) {
        while let Some(end) = self.open.pop() {
            self.out.push(end);
        }
        self.out.push('}');
        (self.out, self.is_full)
    }

    /// Whether there is room for one more; writes what stands before it.
    fn next(&mut self, name: &str) -> bool {
        self.is_full |= self.out.len() >= self.bounds.parameter_bytes;
        if self.is_full {
            return false;
        }
        if !std::mem::take(&mut self.is_first) {
            self.out.push(',');
        }
        if self.open.last() != Some(&']') {
            self.text(name);
            self.out.push(':');
        }
        true
    }

    fn enter(&mut self, name: &str, begin: char, end: char) {
        if self.next(name) {
            self.out.push(begin);
            self.open.push(end);
            self.is_first = true;
        } else {
            self.passed += 1;
        }
    }

    fn leave(&mut self) {
        if self.passed > 0 {
            self.passed -= 1;
        } else if let Some(end) = self.open.pop() {
            self.out.push(end);
            self.is_first = false;
        }
    }

    /// A text, escaped, and cut at its bound.
    fn text(&mut self, text: &str) {
        self.out.push('"');
        let mut room = self.bounds.text_bytes;
        for letter in text.chars() {
            let Some(left) = room.checked_sub(letter.len_utf8()) else {
                self.out.push('…');
                break;
            };
            room = left;
            match letter {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                letter if letter.is_control() => drop(write!(self.out, "\\u{:04x}", letter as u32)),
                letter => self.out.push(letter),
            }
        }
        self.out.push('"');
    }

    fn displayed(&mut self, value: impl std::fmt::Display) {
        let text = value.to_string();
        self.text(&text);
    }

    /// A number; those that JSON does not know are texts.
    fn float(&mut self, value: f64) {
        if value.is_finite() {
            let _ = write!(self.out, "{value}");
        } else if value.is_nan() {
            self.out.push_str("\"NaN\"");
        } else {
            self.out.push_str(if value > 0.0 { "\"Infinity\"" } else { "\"-Infinity\"" });
        }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.out.push('"');
        for byte in bytes.iter().take(MOST_BYTES) {
            let _ = write!(self.out, "{byte:02x}");
        }
        if bytes.len() > MOST_BYTES {
            let _ = write!(self.out, "… ({} bytes)", bytes.len());
        }
        self.out.push('"');
    }

    fn write(&mut self, value: Value<'_>) {
        match value {
            Value::Boolean(value) => self.out.push_str(if value { "true" } else { "false" }),
            Value::Signed(value) => drop(write!(self.out, "{value}")),
            Value::Unsigned(value) => drop(write!(self.out, "{value}")),
            // The shortest text that is this number among those of 32 bits.
            Value::Float(value) if value.is_finite() => drop(write!(self.out, "{value}")),
            Value::Float(value) => self.float(f64::from(value)),
            Value::Double(value) => self.float(value),
            Value::String(Some(text)) | Value::XmlElement(Some(text)) => self.text(&text.lossy()),
            Value::String(None) | Value::XmlElement(None) | Value::ByteString(None) => self.out.push_str("null"),
            Value::DateTime(time) => self.displayed(time),
            Value::Guid(guid) => self.displayed(guid),
            Value::ByteString(Some(bytes)) => self.bytes(bytes),
            Value::NodeId(node) => self.displayed(node),
            Value::ExpandedNodeId(node) => self.displayed(node),
            Value::StatusCode(code) => self.displayed(names::Status(code)),
            Value::QualifiedName(name) => {
                let text = name.name.map(|name| name.lossy().into_owned()).unwrap_or_default();
                self.text(&if name.namespace == 0 { text } else { format!("{}:{text}", name.namespace) });
            }
            Value::LocalizedText(text) => match text.text {
                Some(text) => self.text(&text.lossy()),
                None => self.out.push_str("null"),
            },
            Value::ExtensionObject(object, depth) => self.extension(&object, depth),
            Value::DataValue(mut cursor) => self.data_value(&mut cursor),
            Value::Variant(mut cursor) => match Variant::read(&mut cursor) {
                Ok(variant) => self.variant(&variant),
                Err(_) => self.out.push_str("null"),
            },
            Value::DiagnosticInfo(mut cursor) => self.diagnostic(&mut cursor),
        }
    }

    fn variant(&mut self, variant: &Variant<'_>) {
        match variant {
            Variant::Null => self.out.push_str("null"),
            Variant::Scalar(_, value) => self.write(*value),
            Variant::Array(array) => {
                self.out.push('[');
                for (index, value) in array.values().enumerate() {
                    self.is_full |= self.out.len() >= self.bounds.parameter_bytes || index >= self.bounds.elements;
                    if self.is_full {
                        break;
                    }
                    if index > 0 {
                        self.out.push(',');
                    }
                    self.write(value);
                }
                self.out.push(']');
            }
        }
    }

    /// A value alone where it is good and that is all that is said of it.
    fn data_value(&mut self, cursor: &mut Cursor<'_>) {
        let Ok(value) = DataValue::read(cursor) else {
            self.out.push_str("null");
            return;
        };
        self.out.push('{');
        let mut separator = "";
        if let Some(variant) = &value.value {
            self.out.push_str("\"Value\":");
            self.variant(variant);
            separator = ",";
        }
        if let Some(code) = value.status {
            let _ = write!(self.out, "{separator}\"StatusCode\":");
            self.displayed(names::Status(code));
            separator = ",";
        }
        for (name, time) in [("SourceTimestamp", value.source_time), ("ServerTimestamp", value.server_time)] {
            if let Some(time) = time {
                let _ = write!(self.out, "{separator}\"{name}\":");
                self.displayed(time);
                separator = ",";
            }
        }
        self.out.push('}');
    }

    fn extension(&mut self, object: &ExtensionObject<'_>, depth: u8) {
        if let Some((structure, body)) = known(object).filter(|_| depth < self.bounds.nesting) {
            self.out.push('{');
            self.open.push('}');
            let was_first = std::mem::replace(&mut self.is_first, true);
            let bounds = *self.bounds;
            let _ = walk(structure, &mut Cursor::at_depth(body, depth.saturating_add(1)), &bounds, self);
            self.leave();
            self.is_first = was_first;
            return;
        }
        if object.is_null() {
            self.out.push_str("null");
            return;
        }
        self.out.push_str("{\"TypeId\":");
        self.displayed(object.type_id);
        let (kind, length) = match object.body {
            Body::None => ("none", 0),
            Body::Binary(body) => ("binary", body.len()),
            Body::Xml(body) => ("xml", body.len()),
        };
        let _ = write!(self.out, ",\"Body\":\"{kind}\",\"Length\":{length}}}");
    }

    fn diagnostic(&mut self, cursor: &mut Cursor<'_>) {
        let mut levels = 0;
        while let Ok((level, more)) = DiagnosticInfo::read_level(cursor) {
            self.out.push('{');
            levels += 1;
            let mut separator = "";
            let numbers = [
                ("SymbolicId", level.symbolic_id),
                ("NamespaceUri", level.namespace_uri),
                ("Locale", level.locale),
                ("LocalizedText", level.localized_text),
            ];
            for (name, number) in numbers {
                if let Some(number) = number {
                    let _ = write!(self.out, "{separator}\"{name}\":{number}");
                    separator = ",";
                }
            }
            if let Some(text) = level.additional_info {
                let _ = write!(self.out, "{separator}\"AdditionalInfo\":");
                self.text(&text.lossy());
                separator = ",";
            }
            if let Some(code) = level.inner_status {
                let _ = write!(self.out, "{separator}\"InnerStatusCode\":");
                self.displayed(names::Status(code));
                separator = ",";
            }
            if !more || levels >= self.bounds.nesting {
                break;
            }
            let _ = write!(self.out, "{separator}\"InnerDiagnosticInfo\":");
        }
        match levels {
            0 => self.out.push_str("null"),
            _ => (0..levels).for_each(|_| self.out.push('}')),
        }
    }
}

impl<'a> Visitor<'a> for Json<'_> {
    fn begin(&mut self, name: &'static str, _: &'static Structure) {
        self.enter(name, '{', '}');
    }

    fn end(&mut self) {
        self.leave();
    }

    fn begin_list(&mut self, field: &'static Field, _: Option<u32>) {
        self.enter(field.name, '[', ']');
    }

    fn end_list(&mut self, passed: u32) {
        self.leave();
        self.is_full |= passed > 0;
    }

    fn value(&mut self, field: &'static Field, value: Value<'a>) {
        if field.role == Some(Role::Secret) || !self.next(field.name) {
            return;
        }
        self.write(value);
    }

    fn choice(&mut self, field: &'static Field, number: i32, names: Names) {
        if !self.next(field.name) {
            return;
        }
        match names.iter().find(|(known, _)| *known == number) {
            Some((_, name)) => self.text(name),
            None => drop(write!(self.out, "{number}")),
        }
    }
}
