//! What one message says of itself, gathered by the roles of its fields.

use super::encoding::{Body, Bounds, Cursor, DataValue, Value, Violation};
use super::schema::{Field, Names, Role, Structure};
use super::services::{self, Message};
use super::walk::{walk, Visitor};

/// An endpoint that a server offers (OPC 10000-4, 7.14).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Endpoint<'a> {
    pub(super) url: String,
    pub(super) policy: String,
    pub(super) mode: &'static str,
    /// Types of the user tokens that it takes.
    pub(super) tokens: Vec<&'static str>,
    pub(super) certificate: Option<&'a [u8]>,
}

/// An application (OPC 10000-4, 7.2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Application {
    pub(super) uri: String,
    pub(super) product_uri: String,
    pub(super) name: String,
    pub(super) kind: &'static str,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Told<'a> {
    pub(super) handle: Option<u32>,
    pub(super) result: Option<u32>,
    pub(super) node_ids: Vec<String>,
    pub(super) attribute_ids: Vec<i64>,
    pub(super) object_ids: Vec<String>,
    pub(super) method_ids: Vec<String>,
    pub(super) endpoint_url: Option<String>,
    pub(super) session_name: Option<String>,
    /// The first application told of: of a request the client, of an answer the server.
    pub(super) application: Option<Application>,
    pub(super) endpoints: Vec<Endpoint<'a>>,
    pub(super) user_token_type: Option<&'static str>,
    pub(super) user_name: Option<String>,
    pub(super) clear_text_password: bool,
    pub(super) mode: Option<&'static str>,
    pub(super) certificate: Option<&'a [u8]>,
    pub(super) subscription: Option<u32>,
    /// Operations of the request, and how many of them went wrong.
    pub(super) outcomes: u32,
    pub(super) bad: u32,
    /// The first of those that went wrong.
    pub(super) first_bad: Option<u32>,
    pub(super) violation: Option<&'static str>,
}

/// Reads a message by its table. `signed`: what follows the parameters is a signature.
pub(super) fn tell<'a>(message: &Message, mut cursor: Cursor<'a>, bounds: &Bounds, signed: bool) -> Told<'a> {
    let mut gather = Gather { told: Told::default(), within: Vec::new(), bounds: *bounds, password: (false, false) };
    let walked = walk(message.structure, &mut cursor, bounds, &mut gather);
    let mut told = gather.told;
    let (has_password, is_encrypted) = gather.password;
    told.clear_text_password = has_password && !is_encrypted;
    told.violation = match walked {
        Err(violation) => Some(violation.0),
        // A channel that began before the capture may sign: with 20 or 32 bytes.
        Ok(()) if signed || matches!(cursor.rest().len(), 0 | 20 | 32) => None,
        Ok(()) => Some(Violation::TRAILING_BYTES.0),
    };
    told
}

/// Reads a body; `None`: it is no known message.
pub(super) fn tell_body<'a>(body: &'a [u8], bounds: &Bounds, signed: bool) -> Option<(Message, Told<'a>)> {
    let (message, cursor) = services::message(body)?;
    let told = tell(&message, cursor, bounds, signed);
    Some((message, told))
}

struct Gather<'a> {
    told: Told<'a>,
    within: Vec<&'static str>,
    bounds: Bounds,
    /// A password was there; it was encrypted by itself.
    password: (bool, bool),
}

impl<'a> Gather<'a> {
    fn outcome(&mut self, code: u32) {
        self.told.outcomes += 1;
        if code >> 30 == 2 {
            self.told.bad += 1;
            self.told.first_bad.get_or_insert(code);
        }
    }

    fn text(&self, value: &Value<'a>) -> Option<String> {
        let text = match value {
            Value::String(text) => (*text)?,
            Value::LocalizedText(text) => text.text?,
            _ => return None,
        };
        let text = text.lossy();
        Some(text.chars().take(self.bounds.text_bytes).collect())
    }

    fn role(&mut self, role: Role, value: &Value<'a>) {
        let most = self.bounds.elements;
        match (role, value) {
            (Role::Handle, Value::Unsigned(number)) => self.told.handle = u32::try_from(*number).ok(),
            (Role::Result, Value::StatusCode(code)) => self.told.result = Some(*code),
            (Role::Outcome, Value::StatusCode(code)) => self.outcome(*code),
            (Role::Outcome, Value::DataValue(cursor)) => {
                let status = DataValue::read(&mut cursor.clone()).ok().and_then(|value| value.status);
                self.outcome(status.unwrap_or_default());
            }
            (Role::Node, Value::NodeId(node)) if self.told.node_ids.len() < most => self.told.node_ids.push(node.to_string()),
            (Role::Node, Value::ExpandedNodeId(node)) if self.told.node_ids.len() < most => self.told.node_ids.push(node.to_string()),
            (Role::Attribute, Value::Unsigned(number)) if self.told.attribute_ids.len() < most => {
                self.told.attribute_ids.push(i64::try_from(*number).unwrap_or(i64::MAX));
            }
            (Role::Object, Value::NodeId(node)) if self.told.object_ids.len() < most => self.told.object_ids.push(node.to_string()),
            (Role::Method, Value::NodeId(node)) if self.told.method_ids.len() < most => self.told.method_ids.push(node.to_string()),
            (Role::EndpointUrl, value) => self.told.endpoint_url = self.text(value),
            (Role::SessionName, value) => self.told.session_name = self.text(value),
            (Role::UserName, value) => self.told.user_name = self.text(value),
            (Role::Certificate, Value::ByteString(Some(bytes))) if !bytes.is_empty() => self.told.certificate = Some(bytes),
            (Role::Subscription, Value::Unsigned(number)) => self.told.subscription = u32::try_from(*number).ok(),
            _ => {}
        }
    }

    /// Fields of structures that are told of as a whole.
    fn of_structure(&mut self, name: &'static str, value: &Value<'a>) {
        match self.within.last().copied() {
            Some("ApplicationDescription") => {
                // Endpoints repeat their server's; other servers' are told in lists of servers only.
                let text = self.text(value).unwrap_or_default();
                let application = self.told.application.get_or_insert_default();
                let place = match name {
                    "ApplicationUri" => &mut application.uri,
                    "ProductUri" => &mut application.product_uri,
                    "ApplicationName" => &mut application.name,
                    _ => return,
                };
                if place.is_empty() {
                    *place = text;
                }
            }
            Some("EndpointDescription") => {
                let text = self.text(value).unwrap_or_default();
                let Some(endpoint) = self.told.endpoints.last_mut() else { return };
                match (name, value) {
                    ("EndpointUrl", _) => endpoint.url = text,
                    ("SecurityPolicyUri", _) => endpoint.policy = text,
                    ("ServerCertificate", Value::ByteString(Some(bytes))) if !bytes.is_empty() => endpoint.certificate = Some(bytes),
                    _ => {}
                }
            }
            Some("UserNameIdentityToken") => match (name, value) {
                ("Password", Value::ByteString(Some(bytes))) => self.password.0 = !bytes.is_empty(),
                ("EncryptionAlgorithm", Value::String(Some(text))) => self.password.1 = !text.0.is_empty(),
                _ => {}
            },
            _ => {}
        }
    }
}

/// The name of a user token's type in documents (CONTRACT: Anonymous, UserName, Certificate, IssuedToken).
fn token(number: i32) -> Option<&'static str> {
    ["Anonymous", "UserName", "Certificate", "IssuedToken"].get(usize::try_from(number).ok()?).copied()
}

/// The name of a security mode.
fn mode(number: i32) -> Option<&'static str> {
    [None, Some("None"), Some("Sign"), Some("SignAndEncrypt")].get(usize::try_from(number).ok()?).copied().flatten()
}

impl<'a> Visitor<'a> for Gather<'a> {
    fn begin(&mut self, name: &'static str, structure: &'static Structure) {
        self.within.push(structure.name);
        match structure.name {
            "EndpointDescription" if self.told.endpoints.len() < self.bounds.elements => self.told.endpoints.push(Endpoint::default()),
            "AnonymousIdentityToken" => self.told.user_token_type = token(0),
            "UserNameIdentityToken" => self.told.user_token_type = token(1),
            "X509IdentityToken" => self.told.user_token_type = token(2),
            "IssuedIdentityToken" => self.told.user_token_type = token(3),
            _ => {}
        }
        let _ = name;
    }

    fn end(&mut self) {
        self.within.pop();
    }

    fn begin_list(&mut self, _: &'static Field, _: Option<u32>) {}

    fn end_list(&mut self, _: u32) {}

    fn value(&mut self, field: &'static Field, value: Value<'a>) {
        if let Some(role) = field.role {
            self.role(role, &value);
        }
        self.of_structure(field.name, &value);
        if let (Value::ExtensionObject(object, _), "UserIdentityToken") = (&value, field.name) {
            // No token at all is an anonymous one (OPC 10000-4, 5.7.3.2).
            if object.body == Body::None {
                self.told.user_token_type = token(0);
            }
        }
    }

    fn choice(&mut self, field: &'static Field, number: i32, _: Names) {
        if field.role == Some(Role::Mode) {
            self.told.mode = mode(number);
        }
        match (self.within.last().copied(), field.name) {
            (Some("EndpointDescription"), "SecurityMode") => {
                if let (Some(endpoint), Some(mode)) = (self.told.endpoints.last_mut(), mode(number)) {
                    endpoint.mode = mode;
                }
            }
            (Some("UserTokenPolicy"), "TokenType") => {
                if let (Some(endpoint), Some(token)) = (self.told.endpoints.last_mut(), token(number)) {
                    if !endpoint.tokens.contains(&token) {
                        endpoint.tokens.push(token);
                    }
                }
            }
            (Some("ApplicationDescription"), "ApplicationType") => {
                let kind = ["server", "client", "client and server", "discovery server"];
                let kind = usize::try_from(number).ok().and_then(|number| kind.get(number).copied()).unwrap_or_default();
                let application = self.told.application.get_or_insert_default();
                if application.kind.is_empty() {
                    application.kind = kind;
                }
            }
            _ => {}
        }
    }
}

/// Feeds what names the operation: nodes, attributes, methods and paths, never values, handles or times.
pub(super) fn identity<'a>(message: &Message, mut cursor: Cursor<'a>, bounds: &Bounds, feed: &mut dyn FnMut(&[u8])) {
    let _ = walk(message.structure, &mut cursor, bounds, &mut Identity { feed });
}

struct Identity<'f> {
    feed: &'f mut dyn FnMut(&[u8]),
}

impl<'a> Visitor<'a> for Identity<'_> {
    fn begin(&mut self, _: &'static str, _: &'static Structure) {}

    fn end(&mut self) {}

    fn begin_list(&mut self, _: &'static Field, _: Option<u32>) {}

    fn end_list(&mut self, _: u32) {}

    fn value(&mut self, field: &'static Field, value: Value<'a>) {
        if !field.role.is_some_and(Role::names) {
            return;
        }
        let feed = &mut |bytes: &[u8]| (self.feed)(bytes);
        match value {
            Value::NodeId(node) => node.canonical(feed),
            Value::ExpandedNodeId(node) => node.canonical(feed),
            Value::Unsigned(number) => feed(&number.to_le_bytes()),
            Value::String(text) => super::encoding::node_id::counted(text.map_or(&[], |text| text.0), feed),
            Value::QualifiedName(name) => {
                feed(&name.namespace.to_le_bytes());
                super::encoding::node_id::counted(name.name.map_or(&[], |text| text.0), feed);
            }
            _ => {}
        }
    }

    fn choice(&mut self, field: &'static Field, number: i32, _: Names) {
        if field.role.is_some_and(Role::names) {
            (self.feed)(&number.to_le_bytes());
        }
    }
}
