//! A whole message as one JSON object, with the specification's names of fields. What is null is left out, so is what opens a session
//! to who knows it: authentication tokens, passwords, tokens of users, arguments of methods that set a password.

use std::fmt::Write;

use super::encoding::plain::base64;
use super::encoding::variant::nests;
use super::encoding::{Array, Body, Bounds, Cursor, DataValue, DiagnosticInfo, ExtensionObject, NodeId, Text, Value, Variant, Violation};
use super::names::status_text;
use super::services::walk::extension;
use super::services::{message, Field, Kind, Role, Structure, Visitor};

/// A message as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    /// One JSON object; `{}` where nothing could be read.
    pub text: String,
    /// Something was more than the bounds let keep. Texts that are cut end in `…`.
    pub truncated: bool,
    /// What is wrong with the encoding; what stood before it is in the text.
    pub violation: Option<Violation>,
}

/// Writes a message as JSON.
pub fn parameters(body: &[u8], bounds: &Bounds) -> Parameters {
    let mut json = Json::new(bounds);
    json.out.push('{');
    message(body, &mut json);
    json.out.push('}');
    Parameters { text: json.out, truncated: json.truncated, violation: json.violation }
}

/// Methods whose arguments are secrets, of types and of the server's own objects: they set passwords and credentials or bring a private
/// key (OPC 10000-18 §5.2, OPC 10000-12 §8.5, §7.10).
const SECRET_METHODS: [&str; 5] = ["AddUser", "ModifyUser", "ChangePassword", "UpdateCredential", "UpdateCertificate"];

/// Stands for ExtensionObjects within Variants, which no field holds.
static WITHIN: Field = Field { name: "", kind: Kind::Builtin(super::encoding::Builtin::ExtensionObject), many: true, role: Role::Plain };

/// Writes JSON as the walk goes.
struct Json<'b> {
    out: String,
    bounds: &'b Bounds,
    truncated: bool,
    violation: Option<Violation>,
    /// Levels open of what is not written.
    muted: u32,
    /// Elements written of each array that is open.
    arrays: Vec<usize>,
    /// The last method named takes secrets.
    secret: bool,
    /// Variants and ExtensionObjects open in each other.
    nested: u8,
    /// Bytes of arrays whose values hold values: each level of them is read again.
    again: usize,
}

/// Bytes that may be read again, by bytes of text to write: bounds the time that arrays nested in each other take.
const AGAIN: usize = 16;

impl<'b> Json<'b> {
    fn new(bounds: &'b Bounds) -> Self {
        Self {
            out: String::new(),
            bounds,
            truncated: false,
            violation: None,
            muted: 0,
            arrays: Vec::new(),
            secret: false,
            nested: 0,
            again: 0,
        }
    }

    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing into a String cannot fail.
        let _written = self.out.write_fmt(text);
    }

    fn full(&mut self) -> bool {
        let full = self.out.len() >= self.bounds.parameter_bytes;
        self.truncated |= full;
        full
    }

    /// Parts from what stands before; a string ends in its quote, so none is taken for an opening.
    fn comma(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with(['{', '[', ':', ',']) {
            self.out.push(',');
        }
    }

    /// Begins a value of this field, named unless it is an element. False: it is not to be written.
    fn begin(&mut self, field: &'static Field) -> bool {
        if self.muted > 0 || self.full() {
            return false;
        }
        if field.many {
            if let Some(written) = self.arrays.last_mut() {
                *written += 1;
                if *written > self.bounds.elements {
                    self.truncated = true;
                    return false;
                }
            }
            self.comma();
        } else {
            self.key(field.name);
        }
        true
    }

    fn key(&mut self, name: &str) {
        self.comma();
        self.put(format_args!("\"{name}\":"));
    }

    /// Opens what has an end. False: all within is not written.
    fn open(&mut self, field: &'static Field, opening: char) {
        if self.muted == 0 && self.begin(field) {
            self.out.push(opening);
        } else {
            self.muted += 1;
        }
    }

    fn close(&mut self, closing: &str) {
        if self.muted > 0 {
            self.muted -= 1;
        } else {
            self.out.push_str(closing);
        }
    }

    fn string(&mut self, text: Text<'_>) {
        let kept = text.0.get(..self.bounds.text_bytes).unwrap_or(text.0);
        let cut = kept.len() < text.0.len();
        self.truncated |= cut;
        let lossy = Text(kept).lossy();
        // A cut within a character leaves half of it: it goes too.
        let whole = if cut { lossy.trim_end_matches('\u{FFFD}') } else { &lossy };
        self.quote(whole);
        if cut {
            self.out.insert(self.out.len() - 1, '…');
        }
    }

    /// A JSON string (RFC 8259 §7).
    fn quote(&mut self, text: &str) {
        self.out.push('"');
        for letter in text.chars() {
            match letter {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                control if control < ' ' || control == '\u{7F}' => self.put(format_args!("\\u{:04x}", u32::from(control))),
                other => self.out.push(other),
            }
        }
        self.out.push('"');
    }

    fn bytes(&mut self, bytes: &[u8]) {
        let kept = bytes.get(..self.bounds.text_bytes).unwrap_or(bytes);
        self.out.push('"');
        let _written = base64(kept, &mut self.out);
        if kept.len() < bytes.len() {
            self.truncated = true;
            self.out.push('…');
        }
        self.out.push('"');
    }

    fn float(&mut self, value: f64, text: std::fmt::Arguments<'_>) {
        if value.is_finite() {
            self.put(text);
        } else if value.is_nan() {
            self.out.push_str("\"NaN\"");
        } else {
            self.out.push_str(if value > 0.0 { "\"Infinity\"" } else { "\"-Infinity\"" });
        }
    }

    fn display(&mut self, text: &impl std::fmt::Display) {
        let text = text.to_string();
        self.string(Text(text.as_bytes()));
    }

    /// Writes a value; null where it is one.
    fn value(&mut self, value: &Value<'_>) {
        match *value {
            Value::Boolean(value) => self.put(format_args!("{value}")),
            Value::Signed(value) => self.put(format_args!("{value}")),
            Value::Unsigned(value) => self.put(format_args!("{value}")),
            Value::Float(value) => self.float(f64::from(value), format_args!("{value:?}")),
            Value::Double(value) => self.float(value, format_args!("{value:?}")),
            Value::String(Some(text)) | Value::XmlElement(Some(text)) => self.string(text),
            Value::ByteString(Some(bytes)) => self.bytes(bytes),
            Value::DateTime(time) => self.put(format_args!("\"{time}\"")),
            Value::Guid(guid) => self.put(format_args!("\"{guid}\"")),
            Value::NodeId(node) if !node.is_null() => self.display(&node),
            Value::ExpandedNodeId(node) if !node.is_null() => self.display(&node),
            Value::StatusCode(code) => self.put(format_args!("\"{}\"", status_text(code))),
            Value::QualifiedName(name) if !name.is_null() => self.display(&name),
            Value::LocalizedText(text) => self.localized(text.locale, text.text),
            Value::ExtensionObject(object, depth) if !object.is_null() => self.object(object, depth),
            Value::DataValue(cursor) => self.data_value(cursor),
            Value::Variant(mut cursor) => match Variant::read(&mut cursor) {
                Ok(variant) => self.variant(&variant),
                Err(_) => self.out.push_str("null"),
            },
            Value::DiagnosticInfo(cursor) => self.diagnostic(cursor),
            _ => self.out.push_str("null"),
        }
    }

    /// A text of no language is the text alone.
    fn localized(&mut self, locale: Option<Text<'_>>, text: Option<Text<'_>>) {
        match (locale.filter(|locale| !locale.0.is_empty()), text) {
            (None, None) => self.out.push_str("null"),
            (None, Some(text)) => self.string(text),
            (Some(locale), text) => {
                self.out.push_str("{\"Locale\":");
                self.string(locale);
                if let Some(text) = text {
                    self.out.push_str(",\"Text\":");
                    self.string(text);
                }
                self.out.push('}');
            }
        }
    }

    /// Levels of nesting beyond the bound are told by a word.
    fn deeper(&mut self) -> bool {
        if self.nested >= self.bounds.nesting {
            self.truncated = true;
            self.out.push_str("\"…\"");
            return false;
        }
        self.nested += 1;
        true
    }

    fn variant(&mut self, variant: &Variant<'_>) {
        match variant {
            Variant::Null => self.out.push_str("null"),
            Variant::Scalar(_, value) => {
                if self.deeper() {
                    self.value(value);
                    self.nested -= 1;
                }
            }
            Variant::Array(array) => {
                if self.again > self.bounds.parameter_bytes.saturating_mul(AGAIN) {
                    self.truncated = true;
                    self.out.push_str("\"…\"");
                } else if self.deeper() {
                    if nests(array.builtin) {
                        self.again = self.again.saturating_add(array.size());
                    }
                    self.array_values(array);
                    self.nested -= 1;
                }
            }
        }
    }

    /// An array in brackets, a matrix in as many as it has dimensions.
    fn array_values(&mut self, array: &Array<'_>) {
        let Some(count) = array.count else { return self.out.push_str("null") };
        let matrix = array.dimensions().len() > 1 && array.fits() && count > 0;
        if array.dimensions().len() > 0 && !array.fits() {
            self.violation.get_or_insert(Violation::BAD_DIMENSIONS);
        }
        // Elements in a row of each dimension, from the last: where they end, brackets do.
        let mut rows: Vec<u64> = Vec::new();
        if matrix {
            for size in array.dimensions().rev().take(usize::from(self.bounds.nesting)) {
                rows.push(rows.last().copied().unwrap_or(1).saturating_mul(u64::from(size)));
            }
            rows.pop();
        }
        self.out.push('[');
        for (index, value) in array.values().enumerate() {
            if index >= self.bounds.elements || self.full() {
                self.truncated = true;
                break;
            }
            let starts = rows.iter().filter(|row| (index as u64).is_multiple_of(**row)).count();
            if index > 0 {
                (0..starts).for_each(|_| self.out.push(']'));
                self.out.push(',');
            }
            (0..starts).for_each(|_| self.out.push('['));
            self.value(&value);
        }
        if !self.out.ends_with('[') {
            rows.iter().for_each(|_| self.out.push(']'));
        }
        self.out.push(']');
    }

    fn data_value(&mut self, mut cursor: Cursor<'_>) {
        let Ok(value) = DataValue::read(&mut cursor) else { return self.out.push_str("null") };
        self.out.push('{');
        if let Some(variant) = value.value {
            self.key("Value");
            self.variant(&variant);
        }
        if let Some(code) = value.status {
            self.key("StatusCode");
            self.value(&Value::StatusCode(code));
        }
        let times = [
            ("SourceTimestamp", value.source_time, "SourcePicoseconds", value.source_picoseconds),
            ("ServerTimestamp", value.server_time, "ServerPicoseconds", value.server_picoseconds),
        ];
        for (name, time, fraction_name, fraction) in times {
            if let Some(time) = time {
                self.key(name);
                self.value(&Value::DateTime(time));
            }
            if let Some(fraction) = fraction {
                self.key(fraction_name);
                self.value(&Value::Unsigned(u64::from(fraction)));
            }
        }
        self.out.push('}');
    }

    fn diagnostic(&mut self, mut cursor: Cursor<'_>) {
        let mut open = 0;
        while let Ok((level, more)) = DiagnosticInfo::read_level(&mut cursor) {
            self.out.push('{');
            open += 1;
            let indices = [
                ("SymbolicId", level.symbolic_id),
                ("NamespaceUri", level.namespace_uri),
                ("Locale", level.locale),
                ("LocalizedText", level.localized_text),
            ];
            for (name, index) in indices {
                if let Some(index) = index {
                    self.key(name);
                    self.value(&Value::Signed(i64::from(index)));
                }
            }
            if let Some(text) = level.additional_info {
                self.key("AdditionalInfo");
                self.string(text);
            }
            if let Some(code) = level.inner_status {
                self.key("InnerStatusCode");
                self.value(&Value::StatusCode(code));
            }
            if !more || self.full() {
                break;
            }
            self.key("InnerDiagnosticInfo");
        }
        (0..open).for_each(|_| self.out.push('}'));
    }

    /// An ExtensionObject within a Variant, opened if it is known.
    fn object(&mut self, object: ExtensionObject<'_>, depth: u8) {
        if !self.deeper() {
            return;
        }
        let known = object.type_id.number().and_then(super::services::structure).is_some();
        if known && matches!(object.body, Body::Binary(_)) {
            let (arrays, secret) = (std::mem::take(&mut self.arrays), self.secret);
            extension(&WITHIN, object, depth, self);
            (self.arrays, self.secret) = (arrays, secret);
            if self.out.ends_with([':', '[', ',']) || self.out.is_empty() {
                // It found the text full and wrote nothing.
                self.out.push_str("null");
            }
        } else {
            self.unknown(object);
        }
        self.nested -= 1;
    }

    /// An ExtensionObject that only its maker can open.
    fn unknown(&mut self, object: ExtensionObject<'_>) {
        self.out.push_str("{\"TypeId\":");
        self.value(&Value::NodeId(object.type_id));
        match object.body {
            Body::None => {}
            Body::Binary(bytes) => {
                self.put(format_args!(",\"Length\":{},\"Body\":", bytes.len()));
                self.bytes(bytes);
            }
            Body::Xml(text) => {
                self.out.push_str(",\"Body\":");
                self.string(Text(text));
            }
        }
        self.out.push('}');
    }
}

/// Whether a value says nothing.
fn is_null(value: &Value<'_>) -> bool {
    match *value {
        Value::String(text) | Value::XmlElement(text) => text.is_none(),
        Value::ByteString(bytes) => bytes.is_none(),
        Value::NodeId(node) => node.is_null(),
        Value::ExpandedNodeId(node) => node.is_null(),
        Value::QualifiedName(name) => name.is_null(),
        Value::LocalizedText(text) => text.text.is_none() && text.locale.is_none(),
        Value::ExtensionObject(object, _) => object.is_null(),
        Value::DateTime(time) => time.0 <= 0,
        Value::Variant(cursor) | Value::DiagnosticInfo(cursor) => cursor.rest().first() == Some(&0),
        _ => false,
    }
}

impl<'a> Visitor<'a> for Json<'_> {
    fn enter(&mut self, field: &'static Field, _structure: &'static Structure) {
        self.open(field, '{');
    }

    fn leave(&mut self, _field: &'static Field, _structure: &'static Structure) {
        self.close("}");
    }

    fn array(&mut self, field: &'static Field, count: Option<u32>) {
        if count.is_none() {
            return;
        }
        let withheld = self.secret && field.name == "InputArguments";
        if self.muted > 0 || withheld || self.full() {
            self.muted += 1;
        } else {
            self.key(field.name);
            self.out.push('[');
        }
        self.arrays.push(0);
    }

    fn array_end(&mut self, _field: &'static Field) {
        self.arrays.pop();
        self.close("]");
    }

    fn body(&mut self, field: &'static Field, type_id: NodeId<'a>, structure: &'static Structure) {
        if self.muted > 0 || !self.begin(field) {
            self.muted += 1;
            return;
        }
        self.put(format_args!("{{\"TypeId\":\"{type_id}\",\"Type\":\"{}\",\"Body\":{{", structure.name));
    }

    fn body_end(&mut self, _field: &'static Field) {
        self.close("}}");
    }

    fn leaf(&mut self, field: &'static Field, value: Value<'a>) {
        if let (Role::Method, Value::NodeId(node)) = (field.role, &value) {
            let name = node.number().and_then(super::names::node_name).unwrap_or_default();
            self.secret = SECRET_METHODS.iter().any(|secret| name.ends_with(secret));
        }
        let null = is_null(&value);
        if matches!(field.role, Role::Password | Role::Secret) || (null && !field.many) || !self.begin(field) {
            return;
        }
        if null {
            return self.out.push_str("null");
        }
        if let (Kind::Enumeration(enumeration), Value::Signed(number)) = (field.kind, &value) {
            if let Some(name) = i32::try_from(*number).ok().and_then(|number| enumeration.text(number)) {
                return self.put(format_args!("\"{name}\""));
            }
        }
        self.value(&value);
    }

    fn violation(&mut self, violation: Violation) {
        self.violation.get_or_insert(violation);
    }
}
