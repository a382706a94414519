//! What clients and servers say of themselves, and how well they protect what they say: names, software, certificates,
//! policies offered and used.

use super::certificate::Certificate;
use super::chunk::Kind;
use super::encoding::{Bounds, Cursor, DataValue, NodeId, Read, Value, Variant};
use super::head::Head;
use super::letter::{flag, Letter};
use super::security;
use super::told::{tell_body, Application, Endpoint, Told};
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
const NAMESPACE_ARRAY: u32 = 2255;
const SERVER_STATUS: u32 = 2256;
const BUILD_INFO_NODE: u32 = 2260;

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
        self.tell(side, "application_name", application.name.clone(), source);
        self.tell(side, "application_uri", application.uri.clone(), source);
        self.tell(side, "product_uri", application.product_uri.clone(), source);
        self.tell(side, "application_type", application.kind, source);
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
        let policy = security::short(&endpoint.policy);
        self.tell(Side::Answer, "security_offered", format!("{policy} {}", endpoint.mode).trim(), ENDPOINTS);
        for token in &endpoint.tokens {
            self.tell(Side::Answer, "login_offered", *token, ENDPOINTS);
        }
        self.tell(Side::Answer, "endpoint_url", endpoint.url.clone(), ENDPOINTS);
    }
}

/// What a pair says.
pub(super) fn of(request: Option<&Letter<'_>>, answer: Option<&Letter<'_>>, bounds: &Bounds, claim: &mut dyn FnMut(Claim)) {
    let mut claims = Claims { claim };
    let letter = request.or(answer);
    if letter.is_some_and(|letter| letter.kind == Kind::Open) {
        channel(request, answer, bounds, &mut claims);
        return;
    }
    let asked = request.filter(|letter| !letter.is(flag::ENCRYPTED)).and_then(|letter| Head::read(letter.body));
    let Some(name) = asked.as_ref().and_then(|head| head.service()).map(|service| service.name) else { return };
    if name == "Read" {
        if let (Some(asked), Some(told)) = (&asked, answer.and_then(|letter| Head::read(letter.body))) {
            let _ = read(asked.parameters, told.parameters, &mut claims);
        }
        return;
    }
    match name {
        "CreateSession" => {
            let (asked, told) = (told(request, bounds), told(answer, bounds));
            if let Some(application) = &asked.application {
                claims.application(Side::Request, application, SESSION);
            }
            endpoints(&told, &mut claims);
            for (side, certificate) in [(Side::Request, asked.certificate), (Side::Answer, told.certificate)] {
                if let Some(der) = certificate {
                    claims.certificate(side, der);
                }
            }
        }
        "GetEndpoints" => endpoints(&told(answer, bounds), &mut claims),
        "ActivateSession" => {
            let asked = told(request, bounds);
            let used = if request.is_some_and(|letter| letter.is(flag::SIGNED)) { "Sign" } else { "" };
            claims.tell(Side::Request, "login_used", asked.user_token_type.unwrap_or_default(), SESSION);
            claims.tell(Side::Answer, "login_accepted", asked.user_token_type.unwrap_or_default(), SESSION);
            if asked.clear_text_password {
                claims.tell(Side::Request, "clear_text_password", "sent", SESSION);
            }
            claims.tell(Side::Request, "security_mode_used", used, SESSION);
        }
        _ => {}
    }
}

fn told<'a>(letter: Option<&Letter<'a>>, bounds: &Bounds) -> Told<'a> {
    letter.and_then(|letter| Some(tell_body(letter.body, bounds, true)?.1)).unwrap_or_default()
}

fn endpoints(told: &Told<'_>, claims: &mut Claims<'_>) {
    if let Some(application) = &told.application {
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
        let mode = if letter.is(flag::ENCRYPTED) { "" } else { told(request, bounds).mode.unwrap_or_default() };
        let used = if policy == mode { policy.to_owned() } else { format!("{policy} {mode}").trim().to_owned() };
        claims.tell(side, "security_used", used, CHANNEL);
        if let Some(der) = security::certificate(letter.security) {
            claims.certificate(side, der);
        }
    }
}

/// What a server says of itself in variables that every server has.
fn read(request: Option<Cursor<'_>>, answer: Option<Cursor<'_>>, claims: &mut Claims<'_>) -> Read<()> {
    let (Some(mut request), Some(mut answer)) = (request, answer) else { return Ok(()) };
    request.bytes(8 + 4)?;
    let nodes = request.count(14)?.unwrap_or_default();
    let results = answer.count(1)?.unwrap_or_default();
    for _ in 0..nodes.min(results) {
        let node = NodeId::read(&mut request)?;
        let attribute = request.u32()?;
        request.counted()?;
        request.bytes(2)?;
        request.counted()?;
        let value = DataValue::read(&mut answer)?;
        let (Some(number), 13, Some(value)) = (node.number(), attribute, value.value) else { continue };
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
            (SERVER_STATUS | BUILD_INFO_NODE, Variant::Scalar(_, Value::ExtensionObject(object, depth))) => {
                if let Some((structure, body)) = super::walk::known(&object) {
                    let mut cursor = Cursor::at_depth(body, depth);
                    if structure.name == "ServerStatusDataType" {
                        // Start time, current time, state.
                        cursor.bytes(8 + 8 + 4)?;
                    } else if structure.name != "BuildInfo" {
                        continue;
                    }
                    for attribute in ["product_uri", "vendor", "model", "firmware", "build_number"] {
                        if let Some(text) = cursor.counted()? {
                            claims.tell(Side::Answer, attribute, String::from_utf8_lossy(text), BUILD_INFO);
                        }
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether a read of these nodes may say what its server is.
pub(super) fn tells(request: &Head<'_>) -> bool {
    let asked = |mut cursor: Cursor<'_>| -> Read<bool> {
        cursor.bytes(8 + 4)?;
        for _ in 0..cursor.count(14)?.unwrap_or_default() {
            let node = NodeId::read(&mut cursor)?;
            cursor.u32()?;
            cursor.counted()?;
            cursor.bytes(2)?;
            cursor.counted()?;
            let Some(number) = node.number() else { continue };
            if matches!(number, NAMESPACE_ARRAY | SERVER_STATUS | BUILD_INFO_NODE) || STANDARD.iter().any(|(known, _)| *known == number) {
                return Ok(true);
            }
        }
        Ok(false)
    };
    request.parameters.is_some_and(|cursor| asked(cursor).unwrap_or(false))
}
