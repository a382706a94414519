//! What one message says that documents, claims and the security ledger need.

use super::encoding::plain::cut;
use super::encoding::{Bounds, NodeId, Text, Value, Violation};
use super::services::{message, Field, Kind, Role, Service, Structure, Visitor};
use crate::protocols::Side;

/// An application that a message describes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Application {
    /// Who it is.
    pub uri: Option<String>,
    /// How it is called.
    pub name: Option<String>,
    /// What it is an instance of.
    pub product_uri: Option<String>,
    /// `Server`, `Client`, `ClientAndServer`, `DiscoveryServer`.
    pub kind: Option<&'static str>,
}

/// An endpoint that a server offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Endpoint<'a> {
    /// Where it listens.
    pub url: Option<String>,
    /// How messages are secured.
    pub policy_uri: Option<String>,
    /// `None`, `Sign`, `SignAndEncrypt`.
    pub mode: Option<&'static str>,
    /// `Anonymous`, `UserName`, `Certificate`, `IssuedToken`.
    pub token_types: Vec<&'static str>,
    /// Who proves to be the server, DER.
    pub certificate: Option<&'a [u8]>,
    /// The server.
    pub application: Option<Application>,
}

/// What one message says. A null text, node or array is absent; lists stand in the order of the message.
#[derive(Debug, Default)]
pub struct Told<'a> {
    /// Its service, unless it is of none that the specification knows.
    pub service: Option<&'static Service>,
    /// Who sent it.
    pub side: Option<Side>,
    /// The handle that joins request and response.
    pub request_handle: Option<u32>,
    /// How it went as a whole, in an answer.
    pub service_result: Option<u32>,
    /// Nodes asked or told about.
    pub node_ids: Vec<String>,
    /// Their attributes.
    pub attribute_ids: Vec<u32>,
    /// Objects whose methods are called.
    pub object_ids: Vec<String>,
    /// Methods called.
    pub method_ids: Vec<String>,
    /// Where the client thinks the server is.
    pub endpoint_url: Option<String>,
    /// How the client names its session.
    pub session_name: Option<String>,
    /// Applications described outside of endpoints: the client of CreateSession, the servers of FindServers and RegisterServer.
    pub applications: Vec<Application>,
    /// `Anonymous`, `UserName`, `Certificate`, `IssuedToken`.
    pub user_token_type: Option<&'static str>,
    /// Who the user is.
    pub user_name: Option<String>,
    /// A password stood in the message unencrypted. It is not kept.
    pub clear_text_password: bool,
    /// Endpoints that a server offers.
    pub endpoints: Vec<Endpoint<'a>>,
    /// Certificates outside of endpoints, DER: of client, server or user.
    pub certificates: Vec<&'a [u8]>,
    /// `None`, `Sign`, `SignAndEncrypt`: asked for in OpenSecureChannel.
    pub mode: Option<&'static str>,
    /// Elements of its main array; `None`: it has none, or null.
    pub operation_count: Option<u32>,
    /// How many of the results refuse.
    pub bad_count: u32,
    /// The first result that refuses.
    pub first_bad: Option<u32>,
    /// The subscription it is about.
    pub subscription_id: Option<u32>,
    /// What is wrong with its encoding.
    pub violations: Vec<Violation>,
    /// Something was more than the bounds let keep.
    pub truncated: bool,
}

/// Reads a message and keeps what it says.
pub fn told<'a>(body: &'a [u8], bounds: &Bounds) -> Told<'a> {
    let mut gather =
        Gather { told: Told::default(), bounds, structures: 0, endpoint: false, application: 0, encrypted: false, password: false };
    if let Some((service, side)) = message(body, &mut gather) {
        gather.told.service = Some(service);
        gather.told.side = Some(side);
    }
    gather.told
}

/// Fills [`Told`] by the roles of fields.
struct Gather<'b, 'a> {
    told: Told<'a>,
    bounds: &'b Bounds,
    /// Structures open: arrays of operations stand in none.
    structures: u32,
    /// Within an EndpointDescription.
    endpoint: bool,
    /// Within the description of an application, so many structures open.
    application: u32,
    /// The password is encrypted, by what stands in its token.
    encrypted: bool,
    /// There is one.
    password: bool,
}

impl<'a> Gather<'_, 'a> {
    fn text(&mut self, text: Option<Text<'_>>) -> Option<String> {
        text.map(|text| {
            let kept = text.0.get(..self.bounds.text_bytes).unwrap_or(text.0);
            self.told.truncated |= kept.len() < text.0.len();
            Text(kept).lossy().into_owned()
        })
    }

    fn name_of(field: &'static Field, number: i64) -> Option<&'static str> {
        match field.kind {
            Kind::Enumeration(enumeration) => enumeration.text(i32::try_from(number).ok()?),
            _ => None,
        }
    }

    /// The application that is being described.
    fn application(&mut self) -> Option<&mut Application> {
        if self.application == 0 {
            return None;
        }
        if self.endpoint {
            return self.told.endpoints.last_mut()?.application.as_mut();
        }
        self.told.applications.last_mut()
    }

    fn room(&mut self, used: usize) -> bool {
        let room = used < self.bounds.elements;
        self.told.truncated |= !room;
        room
    }

    fn string(&mut self, role: Role, text: Option<Text<'a>>) {
        match role {
            Role::EndpointUrl => {
                let url = self.text(text);
                if self.endpoint {
                    if let Some(endpoint) = self.told.endpoints.last_mut() {
                        endpoint.url = url;
                    }
                } else if self.application == 0 && self.told.endpoint_url.is_none() {
                    self.told.endpoint_url = url;
                }
            }
            Role::PolicyUri if self.endpoint => {
                let uri = self.text(text);
                if let Some(endpoint) = self.told.endpoints.last_mut() {
                    endpoint.policy_uri = uri;
                }
            }
            Role::SessionName => self.told.session_name = self.text(text),
            Role::UserName => self.told.user_name = self.text(text),
            Role::EncryptionAlgorithm => self.encrypted |= text.is_some_and(|text| !text.0.is_empty()),
            Role::ApplicationUri | Role::ProductUri | Role::ApplicationName => {
                let text = self.text(text);
                let Some(application) = self.application() else { return };
                match role {
                    Role::ApplicationUri => application.uri = text,
                    Role::ProductUri => application.product_uri = text,
                    _ => application.name = text,
                }
            }
            _ => {}
        }
    }

    fn bytes(&mut self, role: Role, bytes: Option<&'a [u8]>) {
        let Some(bytes) = bytes else { return };
        match role {
            Role::Certificate if self.endpoint => {
                if let Some(endpoint) = self.told.endpoints.last_mut() {
                    endpoint.certificate = Some(bytes);
                }
            }
            Role::Certificate if !bytes.is_empty() && self.room(self.told.certificates.len()) => self.told.certificates.push(bytes),
            Role::Password => {
                self.password = !bytes.is_empty();
                self.encrypted |= SECRETS.iter().any(|secret| bytes.starts_with(secret));
            }
            _ => {}
        }
    }

    fn number(&mut self, field: &'static Field, value: Value<'a>) {
        match (field.role, value) {
            (Role::Handle, Value::Unsigned(handle)) => self.told.request_handle = u32::try_from(handle).ok(),
            (Role::Subscription, Value::Unsigned(id)) if self.told.subscription_id.is_none() => {
                self.told.subscription_id = u32::try_from(id).ok();
            }
            (Role::Attribute, Value::Unsigned(id)) if self.room(self.told.attribute_ids.len()) => {
                self.told.attribute_ids.extend(u32::try_from(id).ok());
            }
            (Role::ServiceResult, Value::StatusCode(code)) => self.told.service_result = Some(code),
            (Role::Result, Value::StatusCode(code)) => self.outcome(code),
            (Role::Mode, Value::Signed(mode)) => {
                let name = Self::name_of(field, mode);
                match self.told.endpoints.last_mut() {
                    Some(endpoint) if self.endpoint => endpoint.mode = name,
                    _ => self.told.mode = name,
                }
            }
            (Role::TokenType, Value::Signed(kind)) if self.endpoint => {
                let name = Self::name_of(field, kind);
                let Some(endpoint) = self.told.endpoints.last_mut() else { return };
                if let Some(name) = name.filter(|name| !endpoint.token_types.contains(name)) {
                    endpoint.token_types.push(name);
                }
            }
            (Role::ApplicationType, Value::Signed(kind)) => {
                let name = Self::name_of(field, kind);
                if let Some(application) = self.application() {
                    application.kind = name;
                }
            }
            _ => {}
        }
    }

    fn outcome(&mut self, code: u32) {
        if code >= BAD {
            self.told.bad_count += 1;
            self.told.first_bad.get_or_insert(code);
        }
    }

    /// A result that stands in a DataValue.
    fn value_status(&mut self, field: &'static Field, value: Value<'a>) {
        let Value::DataValue(mut cursor) = value else { return };
        if field.role == Role::Operations {
            let status = super::encoding::DataValue::read(&mut cursor).ok().and_then(|value| value.status);
            self.outcome(status.unwrap_or_default());
        }
    }
}

/// StatusCodes from here on refuse.
const BAD: u32 = 0x8000_0000;

/// How encrypted secrets begin that need no algorithm beside them: ExtensionObjects of RsaEncryptedSecret and EccEncryptedSecret, by the
/// numbers of their types (OPC 10000-4 §7.40.2).
const SECRETS: [&[u8]; 2] = [&[1, 0, 0x89, 0x44], &[1, 0, 0x8A, 0x44]];

impl<'a> Visitor<'a> for Gather<'_, 'a> {
    fn enter(&mut self, _field: &'static Field, structure: &'static Structure) {
        self.structures += 1;
        if self.application > 0 {
            self.application += 1;
            return;
        }
        match structure.name {
            "EndpointDescription" if self.room(self.told.endpoints.len()) => {
                self.endpoint = true;
                self.told.endpoints.push(Endpoint::default());
            }
            "ApplicationDescription" | "RegisteredServer" => {
                if !self.endpoint {
                    if self.room(self.told.applications.len()) {
                        self.told.applications.push(Application::default());
                        self.application = 1;
                    }
                } else if let Some(endpoint) = self.told.endpoints.last_mut() {
                    endpoint.application = Some(Application::default());
                    self.application = 1;
                }
            }
            _ => {}
        }
    }

    fn leave(&mut self, _field: &'static Field, structure: &'static Structure) {
        self.structures = self.structures.saturating_sub(1);
        self.application = self.application.saturating_sub(1);
        self.endpoint &= structure.name != "EndpointDescription";
    }

    fn array(&mut self, field: &'static Field, count: Option<u32>) {
        let main =
            matches!(field.role, Role::Operations | Role::Result | Role::Node | Role::Subscription | Role::Item | Role::Continuation);
        if main && self.structures == 0 {
            if let Some(count) = count {
                self.told.operation_count = Some(self.told.operation_count.unwrap_or(0).saturating_add(count));
            }
        }
        if count.is_some() {
            // What stands in the array is no longer at the top, unless it is the main one itself.
            self.structures += 1;
        }
    }

    fn array_end(&mut self, _field: &'static Field) {
        self.structures = self.structures.saturating_sub(1);
    }

    fn body(&mut self, field: &'static Field, _type_id: NodeId<'a>, structure: &'static Structure) {
        self.structures += 1;
        if field.name == "UserIdentityToken" {
            self.told.user_token_type = match structure.name {
                "AnonymousIdentityToken" => Some("Anonymous"),
                "UserNameIdentityToken" => Some("UserName"),
                "X509IdentityToken" => Some("Certificate"),
                "IssuedIdentityToken" => Some("IssuedToken"),
                _ => None,
            };
        }
    }

    fn body_end(&mut self, _field: &'static Field) {
        self.structures = self.structures.saturating_sub(1);
        self.told.clear_text_password |= self.password && !self.encrypted;
        self.password = false;
    }

    fn leaf(&mut self, field: &'static Field, value: Value<'a>) {
        if field.name == "UserIdentityToken" {
            // A null token is an anonymous user (OPC 10000-4 §5.7.3.2).
            if let Value::ExtensionObject(object, _) = value {
                let anonymous = object.is_null() || object.type_id == NodeId::standard(321);
                self.told.user_token_type = anonymous.then_some("Anonymous");
            }
        }
        if field.role == Role::Plain {
            return;
        }
        let (role, bounds) = (field.role, self.bounds.elements);
        match value {
            Value::NodeId(node) if !node.is_null() => self.node(role, bounds, &node),
            Value::ExpandedNodeId(node) if !node.is_null() => self.node(role, bounds, &node),
            Value::String(text) => self.string(role, text),
            Value::LocalizedText(text) => self.string(role, text.text),
            Value::ByteString(bytes) => self.bytes(role, bytes),
            Value::DataValue(_) => self.value_status(field, value),
            _ => self.number(field, value),
        }
    }

    fn violation(&mut self, violation: Violation) {
        if !self.told.violations.contains(&violation) {
            self.told.violations.push(violation);
        }
    }
}

impl Gather<'_, '_> {
    fn node(&mut self, role: Role, bound: usize, node: &impl std::fmt::Display) {
        let list = match role {
            Role::Node => &mut self.told.node_ids,
            Role::Object => &mut self.told.object_ids,
            Role::Method => &mut self.told.method_ids,
            _ => return,
        };
        if list.len() < bound {
            let text = node.to_string();
            self.told.truncated |= text.len() > self.bounds.text_bytes;
            list.push(cut(text.into(), self.bounds.text_bytes).into_owned());
        } else {
            self.told.truncated = true;
        }
    }
}
