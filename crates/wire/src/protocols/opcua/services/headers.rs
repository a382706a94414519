//! Headers of requests and responses (OPC 10000-4 §7.32, §7.33), and what may stand in them.
#![expect(non_upper_case_globals, reason = "The tables spell types as the specification does")]

use super::builtins::{
    ByteString, DiagnosticInfo, ExtensionObject, IntegerId, QualifiedName, SessionAuthenticationToken, StatusCode, String, UInt32, UtcTime,
    Variant,
};
use super::schema::{field, structures, Field, Kind, Role, Structure};

structures! {
    RequestHeader {
        AuthenticationToken: SessionAuthenticationToken as Secret, Timestamp: UtcTime, RequestHandle: IntegerId as Handle,
        ReturnDiagnostics: UInt32, AuditEntryId: String, TimeoutHint: UInt32, AdditionalHeader: ExtensionObject,
    }
    ResponseHeader {
        Timestamp: UtcTime, RequestHandle: IntegerId as Handle, ServiceResult: StatusCode as ServiceResult,
        ServiceDiagnostics: DiagnosticInfo, StringTable: [String], AdditionalHeader: ExtensionObject,
    }
    SignatureData { Algorithm: String, Signature: ByteString }
    ChannelSecurityToken { ChannelId: UInt32, TokenId: UInt32, CreatedAt: UtcTime, RevisedLifetime: UInt32 }
    AdditionalParametersType { Parameters: [KeyValuePair] }
    KeyValuePair { Key: QualifiedName, Value: Variant }
    EphemeralKeyType { PublicKey: ByteString, Signature: ByteString }
}
