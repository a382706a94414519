//! Session service set (OPC 10000-4 §5.7).

use super::builtins::{
    ApplicationInstanceCertificate, Boolean, ByteString, DiagnosticInfo, Duration, ExtensionObject, IntegerId, LocaleId, NodeId,
    SessionAuthenticationToken, StatusCode, String, UInt32,
};
use super::endpoints::{ApplicationDescription, EndpointDescription, SignedSoftwareCertificate};
use super::headers::{RequestHeader, ResponseHeader, SignatureData};
use super::schema::{field, services, Field, Role, Service, Structure};
use crate::protocols::Class;

services! {
    CREATE_SESSION = CreateSession(Session)
        461 {
            ClientDescription: ApplicationDescription, ServerUri: String, EndpointUrl: String as EndpointUrl,
            SessionName: String as SessionName, ClientNonce: ByteString,
            ClientCertificate: ApplicationInstanceCertificate as Certificate, RequestedSessionTimeout: Duration,
            MaxResponseMessageSize: UInt32,
        }
        464 {
            SessionId: NodeId, AuthenticationToken: SessionAuthenticationToken as Secret, RevisedSessionTimeout: Duration,
            ServerNonce: ByteString, ServerCertificate: ApplicationInstanceCertificate as Certificate,
            ServerEndpoints: [EndpointDescription], ServerSoftwareCertificates: [SignedSoftwareCertificate],
            ServerSignature: SignatureData, MaxRequestMessageSize: UInt32,
        }
    ACTIVATE_SESSION = ActivateSession(Session)
        467 {
            ClientSignature: SignatureData, ClientSoftwareCertificates: [SignedSoftwareCertificate], LocaleIds: [LocaleId],
            UserIdentityToken: ExtensionObject, UserTokenSignature: SignatureData,
        }
        470 { ServerNonce: ByteString, Results: [StatusCode] as Result, DiagnosticInfos: [DiagnosticInfo] }
    CLOSE_SESSION = CloseSession(Session)
        473 { DeleteSubscriptions: Boolean }
        476 {}
    CANCEL = Cancel(Session)
        479 { RequestHandle: IntegerId }
        482 { CancelCount: UInt32 }
}
