//! Applications, endpoints and how users prove themselves (OPC 10000-4 §7).
#![expect(non_upper_case_globals, reason = "The tables spell types as the specification does")]

use super::builtins::{
    ApplicationInstanceCertificate, Boolean, Byte, ByteString, Int32, LocalizedText, NodeId, StatusCode, String, UInt32,
};
use super::enumerations::{ApplicationType, IdentityCriteriaType, MessageSecurityMode, UserTokenType};
use super::schema::{field, structures, Field, Kind, Role, Structure};

structures! {
    ApplicationDescription {
        ApplicationUri: String as ApplicationUri, ProductUri: String as ProductUri, ApplicationName: LocalizedText as ApplicationName,
        ApplicationType: ApplicationType as ApplicationType, GatewayServerUri: String, DiscoveryProfileUri: String,
        DiscoveryUrls: [String],
    }
    ServerOnNetwork { RecordId: UInt32, ServerName: String, DiscoveryUrl: String, ServerCapabilities: [String] }
    UserTokenPolicy {
        PolicyId: String, TokenType: UserTokenType as TokenType, IssuedTokenType: String, IssuerEndpointUrl: String,
        SecurityPolicyUri: String,
    }
    EndpointDescription {
        EndpointUrl: String as EndpointUrl, Server: ApplicationDescription,
        ServerCertificate: ApplicationInstanceCertificate as Certificate, SecurityMode: MessageSecurityMode as Mode,
        SecurityPolicyUri: String as PolicyUri, UserIdentityTokens: [UserTokenPolicy], TransportProfileUri: String,
        SecurityLevel: Byte,
    }
    EndpointConfiguration {
        OperationTimeout: Int32, UseBinaryEncoding: Boolean, MaxStringLength: Int32, MaxByteStringLength: Int32, MaxArrayLength: Int32,
        MaxMessageSize: Int32, MaxBufferSize: Int32, ChannelLifetime: Int32, SecurityTokenLifetime: Int32,
    }
    RegisteredServer {
        ServerUri: String as ApplicationUri, ProductUri: String as ProductUri, ServerNames: [LocalizedText] as ApplicationName,
        ServerType: ApplicationType as ApplicationType, GatewayServerUri: String, DiscoveryUrls: [String] as EndpointUrl,
        SemaphoreFilePath: String, IsOnline: Boolean,
    }
    DiscoveryConfiguration {}
    MdnsDiscoveryConfiguration { MdnsServerName: String, ServerCapabilities: [String] }
    SignedSoftwareCertificate { CertificateData: ByteString, Signature: ByteString }
    UserIdentityToken { PolicyId: String }
    AnonymousIdentityToken { PolicyId: String }
    UserNameIdentityToken {
        PolicyId: String, UserName: String as UserName, Password: ByteString as Password,
        EncryptionAlgorithm: String as EncryptionAlgorithm,
    }
    X509IdentityToken { PolicyId: String, CertificateData: ByteString as Certificate }
    IssuedIdentityToken { PolicyId: String, TokenData: ByteString as Secret, EncryptionAlgorithm: String }
    EndpointType { EndpointUrl: String, SecurityMode: MessageSecurityMode, SecurityPolicyUri: String, TransportProfileUri: String }
    EndpointUrlListDataType { EndpointUrlList: [String] }
    NetworkGroupDataType { ServerUri: String, NetworkPaths: [EndpointUrlListDataType] }
    IdentityMappingRuleType { CriteriaType: IdentityCriteriaType, Criteria: String }
    UserManagementDataType { UserName: String, UserConfiguration: UInt32, Description: String }
    TrustListDataType {
        SpecifiedLists: UInt32, TrustedCertificates: [ByteString], TrustedCrls: [ByteString], IssuerCertificates: [ByteString],
        IssuerCrls: [ByteString],
    }
    TransactionErrorType { TargetId: NodeId, Error: StatusCode, Message: LocalizedText }
}
