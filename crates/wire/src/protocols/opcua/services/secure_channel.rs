//! The secure channel service set (OPC 10000-4, 5).
//!
//! Made by `tools/make_opcua_tables.py`: change that, not this.

use super::*;

pub(super) static OPEN_SECURE_CHANNEL: Service = Service {
    name: "OpenSecureChannel",
    class: Class::Session,
    asks: &OPEN_SECURE_CHANNEL_REQUEST,
    answers: &OPEN_SECURE_CHANNEL_RESPONSE,
};
pub(super) static OPEN_SECURE_CHANNEL_REQUEST: Structure = Structure {
    name: "OpenSecureChannelRequest",
    id: 446,
    fields: &[
        part("RequestHeader", &REQUEST_HEADER),
        value("ClientProtocolVersion", UInt32),
        choice("RequestType", SECURITY_TOKEN_REQUEST_TYPE),
        choice("SecurityMode", MESSAGE_SECURITY_MODE).is(Role::Mode),
        value("ClientNonce", ByteString),
        value("RequestedLifetime", UInt32),
    ],
};
pub(super) static OPEN_SECURE_CHANNEL_RESPONSE: Structure = Structure {
    name: "OpenSecureChannelResponse",
    id: 449,
    fields: &[
        part("ResponseHeader", &RESPONSE_HEADER),
        value("ServerProtocolVersion", UInt32),
        part("SecurityToken", &CHANNEL_SECURITY_TOKEN),
        value("ServerNonce", ByteString),
    ],
};

pub(super) static CLOSE_SECURE_CHANNEL: Service = Service {
    name: "CloseSecureChannel",
    class: Class::Session,
    asks: &CLOSE_SECURE_CHANNEL_REQUEST,
    answers: &CLOSE_SECURE_CHANNEL_RESPONSE,
};
pub(super) static CLOSE_SECURE_CHANNEL_REQUEST: Structure =
    Structure { name: "CloseSecureChannelRequest", id: 452, fields: &[part("RequestHeader", &REQUEST_HEADER)] };
pub(super) static CLOSE_SECURE_CHANNEL_RESPONSE: Structure =
    Structure { name: "CloseSecureChannelResponse", id: 455, fields: &[part("ResponseHeader", &RESPONSE_HEADER)] };
