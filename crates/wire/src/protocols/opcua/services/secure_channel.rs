//! SecureChannel service set (OPC 10000-4 §5.6).

use super::builtins::{ByteString, UInt32};
use super::enumerations::{MessageSecurityMode, SecurityTokenRequestType};
use super::headers::{ChannelSecurityToken, RequestHeader, ResponseHeader};
use super::schema::{field, services, Field, Role, Service, Structure};
use crate::protocols::Class;

services! {
    OPEN_SECURE_CHANNEL = OpenSecureChannel(Session)
        446 {
            ClientProtocolVersion: UInt32, RequestType: SecurityTokenRequestType, SecurityMode: MessageSecurityMode as Mode,
            ClientNonce: ByteString, RequestedLifetime: UInt32,
        }
        449 { ServerProtocolVersion: UInt32, SecurityToken: ChannelSecurityToken, ServerNonce: ByteString }
    CLOSE_SECURE_CHANNEL = CloseSecureChannel(Session)
        452 {}
        455 {}
}
