//! The session service set (OPC 10000-4, 5).
//!
//! Made by `tools/make_opcua_tables.py`: change that, not this.

use super::*;

pub(super) static CREATE_SESSION: Service =
    Service { name: "CreateSession", class: Class::Session, asks: &CREATE_SESSION_REQUEST, answers: &CREATE_SESSION_RESPONSE };
pub(super) static CREATE_SESSION_REQUEST: Structure = Structure {
    name: "CreateSessionRequest",
    id: 461,
    fields: &[
        part("RequestHeader", &REQUEST_HEADER),
        part("ClientDescription", &APPLICATION_DESCRIPTION),
        value("ServerUri", String),
        value("EndpointUrl", String).is(Role::EndpointUrl),
        value("SessionName", String).is(Role::SessionName),
        value("ClientNonce", ByteString),
        value("ClientCertificate", ByteString).is(Role::Certificate),
        value("RequestedSessionTimeout", Double),
        value("MaxResponseMessageSize", UInt32),
    ],
};
pub(super) static CREATE_SESSION_RESPONSE: Structure = Structure {
    name: "CreateSessionResponse",
    id: 464,
    fields: &[
        part("ResponseHeader", &RESPONSE_HEADER),
        value("SessionId", NodeId),
        value("AuthenticationToken", NodeId).is(Role::Secret),
        value("RevisedSessionTimeout", Double),
        value("ServerNonce", ByteString),
        value("ServerCertificate", ByteString).is(Role::Certificate),
        parts("ServerEndpoints", &ENDPOINT_DESCRIPTION),
        parts("ServerSoftwareCertificates", &SIGNED_SOFTWARE_CERTIFICATE),
        part("ServerSignature", &SIGNATURE_DATA),
        value("MaxRequestMessageSize", UInt32),
    ],
};

pub(super) static ACTIVATE_SESSION: Service =
    Service { name: "ActivateSession", class: Class::Session, asks: &ACTIVATE_SESSION_REQUEST, answers: &ACTIVATE_SESSION_RESPONSE };
pub(super) static ACTIVATE_SESSION_REQUEST: Structure = Structure {
    name: "ActivateSessionRequest",
    id: 467,
    fields: &[
        part("RequestHeader", &REQUEST_HEADER),
        part("ClientSignature", &SIGNATURE_DATA),
        parts("ClientSoftwareCertificates", &SIGNED_SOFTWARE_CERTIFICATE),
        values("LocaleIds", String),
        value("UserIdentityToken", ExtensionObject),
        part("UserTokenSignature", &SIGNATURE_DATA),
    ],
};
pub(super) static ACTIVATE_SESSION_RESPONSE: Structure = Structure {
    name: "ActivateSessionResponse",
    id: 470,
    fields: &[
        part("ResponseHeader", &RESPONSE_HEADER),
        value("ServerNonce", ByteString),
        values("Results", StatusCode),
        values("DiagnosticInfos", DiagnosticInfo),
    ],
};

pub(super) static CLOSE_SESSION: Service =
    Service { name: "CloseSession", class: Class::Session, asks: &CLOSE_SESSION_REQUEST, answers: &CLOSE_SESSION_RESPONSE };
pub(super) static CLOSE_SESSION_REQUEST: Structure = Structure {
    name: "CloseSessionRequest",
    id: 473,
    fields: &[part("RequestHeader", &REQUEST_HEADER), value("DeleteSubscriptions", Boolean)],
};
pub(super) static CLOSE_SESSION_RESPONSE: Structure =
    Structure { name: "CloseSessionResponse", id: 476, fields: &[part("ResponseHeader", &RESPONSE_HEADER)] };

pub(super) static CANCEL: Service = Service { name: "Cancel", class: Class::Session, asks: &CANCEL_REQUEST, answers: &CANCEL_RESPONSE };
pub(super) static CANCEL_REQUEST: Structure =
    Structure { name: "CancelRequest", id: 479, fields: &[part("RequestHeader", &REQUEST_HEADER), value("RequestHandle", UInt32)] };
pub(super) static CANCEL_RESPONSE: Structure =
    Structure { name: "CancelResponse", id: 482, fields: &[part("ResponseHeader", &RESPONSE_HEADER), value("CancelCount", UInt32)] };
