//! What clients and servers say of themselves, and how well they protect what they say: names, software, certificates,
//! policies offered and used.

use super::certificate::Certificate;
use super::chunk::Kind;
use super::encoding::{Body, Bounds, Cursor, ExtensionObject, Read, Value, Variant};
use super::hot::{head, Head};
use super::letter::{flag, Letter};
use super::told::{told, Application, Endpoint, Told};
use super::{security, values};
use crate::protocols::{Claim, Side};

/// Sources, in the words of which people read them.
const SESSION: &str = "opcua session";
const ENDPOINTS: &str = "opcua endpoint description";
const CHANNEL: &str = "opcua secure channel";
const CERTIFICATE: &str = "opcua certificate";
const BUILD_INFO: &str = "opcua build info";
const NAMESPACES: &str = "opcua namespace array";

/// Claims told of one list; the attack: a server that offers a thousand endpoints.
const MOST: usize = 32;

/// Variables of every server that say what it is (OPC 10000-5, 8.3.2, 8.4): their node, attribute of the claim, source.
const STANDARD: &[(u32, &str)] =
    &[(2263, "vendor"), (2261, "model"), (2264, "firmware"), (2262, "product_uri"), (2265, "build_number"), (2254, "server_uri")];
pub(super) const NAMESPACE_ARRAY: u32 = 2255;
const SERVER_STATUS: u32 = 2256;
const BUILD_INFO_NODE: u32 = 2260;
/// Their binary encodings.
const BUILD_INFO_ENCODING: u32 = 340;
const SERVER_STATUS_ENCODING: u32 = 864;
/// The attribute of a node that is its value.
const VALUE: u32 = 13;

/// Collects claims.
struct Claims<'c> {
    claim: &'c mut dyn FnMut(Claim),
}

impl Claims<'_> {
    fn tell(&mut self, side: Side, attribute: &'static str, value: impl Into<String>, source: &'static str) {
        let value = value.into();
        if !value.is_empty() {
            (self.claim)(Claim { side, unit: None, attribute, value, source });
        }
    }

    fn application(&mut self, side: Side, application: &Application, source: &'static str) {
        for (attribute, value) in
            [("application_name", &application.name), ("application_uri", &application.uri), ("product_uri", &application.product_uri)]
        {
            self.tell(side, attribute, value.clone().unwrap_or_default(), source);
        }
        self.tell(side, "application_type", application.kind.unwrap_or_default(), source);
    }

    fn certificate(&mut self, side: Side, der: &[u8]) {
        let Some(one) = Certificate::read(der) else { return };
        let issuer = if one.self_signed { "itself".to_owned() } else { one.issuer.clone() };
        self.tell(side, "certificate_subject", one.subject.clone(), CERTIFICATE);
        self.tell(side, "certificate_issuer", issuer, CERTIFICATE);
        self.tell(side, "certificate_thumbprint", one.thumbprint.clone(), CERTIFICATE);
        self.tell(side, "certificate_expires", one.last_day(), CERTIFICATE);
        self.tell(side, "certificate_key", one.key_text(), CERTIFICATE);
        self.tell(side, "certificate_signature", one.signature.clone(), CERTIFICATE);
        self.tell(side, "application_uri", one.uri.unwrap_or_default(), CERTIFICATE);
    }

    fn endpoint(&mut self, endpoint: &Endpoint<'_>) {
        let policy = endpoint.policy_uri.as_deref().map(security::short).unwrap_or_default();
        self.tell(Side::Answer, "security_offered", protection(policy, endpoint.mode.unwrap_or_default()), ENDPOINTS);
        for token in &endpoint.token_types {
            self.tell(Side::Answer, "login_offered", *token, ENDPOINTS);
        }
        self.tell(Side::Answer, "endpoint_url", endpoint.url.clone().unwrap_or_default(), ENDPOINTS);
    }
}

/// Policy and mode in one text: both are `None` together.
fn protection(policy: &str, mode: &str) -> String {
    if policy == mode {
        policy.to_owned()
    } else {
        format!("{policy} {mode}").trim().to_owned()
    }
}

/// How a channel protects its messages, once that is known of both sides.
pub(super) fn protection_used(policy: &str, mode: &str, claim: &mut dyn FnMut(Claim)) {
    let mut claims = Claims { claim };
    for side in [Side::Request, Side::Answer] {
        claims.tell(side, "security_used", protection(policy, mode), CHANNEL);
    }
}

/// What a pair says.
pub(super) fn of(request: Option<&Letter<'_>>, answer: Option<&Letter<'_>>, bounds: &Bounds, claim: &mut dyn FnMut(Claim)) {
    let mut claims = Claims { claim };
    let letter = request.or(answer);
    if letter.is_some_and(|letter| letter.kind == Kind::Message) {
        login(request, bounds, &mut claims);
    }
    if !answer.is_some_and(is_granted) {
        return;
    }
    if letter.is_some_and(|letter| letter.kind == Kind::Open) {
        channel(request, answer, bounds, &mut claims);
        return;
    }
    let [request_body, answer_body] = [request, answer].map(|letter| letter.map(|letter| letter.body));
    let Some(name) = request_body.and_then(head).map(|head| head.service.name) else { return };
    if name == "Read" {
        if let (Some(request), Some(answer)) = (request_body, answer_body) {
            read(request, answer, &mut claims);
        }
        return;
    }
    match name {
        "CreateSession" => {
            let (asked, said) = (said(request, bounds), said(answer, bounds));
            if let Some(application) = asked.applications.first() {
                claims.application(Side::Request, application, SESSION);
            }
            endpoints(&said, &mut claims);
            for (side, told) in [(Side::Request, &asked), (Side::Answer, &said)] {
                if let Some(der) = told.certificates.first() {
                    claims.certificate(side, der);
                }
            }
        }
        "GetEndpoints" => endpoints(&said(answer, bounds), &mut claims),
        "ActivateSession" => {
            let asked = said(request, bounds);
            claims.tell(Side::Answer, "login_accepted", asked.user_token_type.unwrap_or_default(), SESSION);
            if asked.clear_text_password {
                claims.tell(Side::Answer, "clear_text_password", "accepted", SESSION);
            }
        }
        _ => {}
    }
}

/// Whether an answer grants what was asked. What an OPN's says may be encrypted; an ERR refuses.
fn is_granted(answer: &Letter<'_>) -> bool {
    match answer.kind {
        Kind::Error => false,
        _ if answer.is(flag::ABORTED) => false,
        _ if answer.is(flag::ENCRYPTED) => true,
        _ => head(answer.body).is_some_and(|head| !head.service.is_fault() && head.result.is_some_and(|code| code >> 30 != 2)),
    }
}

/// How a client says who its user is: a password in clear was read by all who listen, whether the server takes it or not.
fn login(request: Option<&Letter<'_>>, bounds: &Bounds, claims: &mut Claims<'_>) {
    let Some(request) = request.filter(|request| head(request.body).is_some_and(|head| head.service.name == "ActivateSession")) else {
        return;
    };
    let asked = said(Some(request), bounds);
    claims.tell(Side::Request, "login_used", asked.user_token_type.unwrap_or_default(), SESSION);
    if asked.clear_text_password {
        claims.tell(Side::Request, "clear_text_password", "sent", SESSION);
    }
}

fn said<'a>(letter: Option<&Letter<'a>>, bounds: &Bounds) -> Told<'a> {
    letter.map(|letter| told(letter.body, bounds)).unwrap_or_default()
}

fn endpoints(told: &Told<'_>, claims: &mut Claims<'_>) {
    if let Some(application) = told.endpoints.iter().find_map(|endpoint| endpoint.application.as_ref()) {
        claims.application(Side::Answer, application, ENDPOINTS);
    }
    for endpoint in told.endpoints.iter().take(MOST) {
        claims.endpoint(endpoint);
    }
    if let Some(der) = told.endpoints.iter().find_map(|endpoint| endpoint.certificate) {
        claims.certificate(Side::Answer, der);
    }
}

/// OPN: the policy in use, and the certificates that both sides show.
fn channel(request: Option<&Letter<'_>>, answer: Option<&Letter<'_>>, bounds: &Bounds, claims: &mut Claims<'_>) {
    for (side, letter) in [(Side::Request, request), (Side::Answer, answer)] {
        let Some(letter) = letter else { continue };
        let policy = security::uri(letter.security).map(security::short).unwrap_or_default();
        let mode = if letter.is(flag::ENCRYPTED) { "" } else { said(request, bounds).mode.unwrap_or_default() };
        // Where the mode is hidden, the first message tells it.
        if policy == "None" || !mode.is_empty() {
            claims.tell(side, "security_used", protection(policy, mode), CHANNEL);
        }
        if let Some(der) = security::certificate(letter.security) {
            claims.certificate(side, der);
        }
    }
}

/// What a server says of itself in variables that every server has.
fn read(request: &[u8], answer: &[u8], claims: &mut Claims<'_>) {
    let _ = values::read(request, answer, &mut |target, value| {
        let (Some(number), VALUE, Some(value)) = (target.node.number(), target.attribute, value.value) else { return };
        if let Some((_, attribute)) = STANDARD.iter().find(|(known, _)| *known == number) {
            if let Variant::Scalar(_, Value::String(Some(text))) = value {
                claims.tell(Side::Answer, attribute, text.lossy(), BUILD_INFO);
            }
        }
        match (number, value) {
            (NAMESPACE_ARRAY, Variant::Array(array)) => {
                for value in array.values().skip(1).take(MOST) {
                    if let Value::String(Some(text)) = value {
                        claims.tell(Side::Answer, "namespace", text.lossy(), NAMESPACES);
                    }
                }
            }
            (SERVER_STATUS | BUILD_INFO_NODE, Variant::Scalar(_, Value::ExtensionObject(object, _))) => {
                // It may end early: what was told before counts.
                let _ = build_info(&object, claims);
            }
            _ => {}
        }
    });
}

/// BuildInfo, alone or within a ServerStatusDataType (OPC 10000-5, 12.4, 12.10).
fn build_info(object: &ExtensionObject<'_>, claims: &mut Claims<'_>) -> Read<()> {
    let Body::Binary(body) = object.body else { return Ok(()) };
    let mut cursor = Cursor::new(body);
    match object.type_id.number() {
        Some(BUILD_INFO_ENCODING) => {}
        // Start time, current time, state.
        Some(SERVER_STATUS_ENCODING) => drop(cursor.bytes(8 + 8 + 4)?),
        _ => return Ok(()),
    }
    for attribute in ["product_uri", "vendor", "model", "firmware", "build_number"] {
        if let Some(text) = cursor.counted()? {
            claims.tell(Side::Answer, attribute, String::from_utf8_lossy(text), BUILD_INFO);
        }
    }
    Ok(())
}

/// Whether a read of these nodes may say what its server is.
pub(super) fn tells(request: &Head<'_>) -> bool {
    values::asked(request.rest).any(|target| {
        let known = |number: u32| {
            matches!(number, NAMESPACE_ARRAY | SERVER_STATUS | BUILD_INFO_NODE) || STANDARD.iter().any(|(known, _)| *known == number)
        };
        target.node.number().is_some_and(known)
    })
}
