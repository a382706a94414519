//! Discovery service set (OPC 10000-4 §5.5).

use super::builtins::{Counter, DiagnosticInfo, ExtensionObject, LocaleId, StatusCode, String, UInt32, UtcTime};
use super::endpoints::{ApplicationDescription, EndpointDescription, RegisteredServer, ServerOnNetwork};
use super::headers::{RequestHeader, ResponseHeader};
use super::schema::{field, services, Field, Role, Service, Structure};
use crate::protocols::Class;

services! {
    FIND_SERVERS = FindServers(Discover)
        422 { EndpointUrl: String as EndpointUrl, LocaleIds: [LocaleId], ServerUris: [String] }
        425 { Servers: [ApplicationDescription] as Operations }
    FIND_SERVERS_ON_NETWORK = FindServersOnNetwork(Discover)
        12208 { StartingRecordId: Counter, MaxRecordsToReturn: UInt32, ServerCapabilityFilter: [String] }
        12209 { LastCounterResetTime: UtcTime, Servers: [ServerOnNetwork] as Operations }
    GET_ENDPOINTS = GetEndpoints(Discover)
        428 { EndpointUrl: String as EndpointUrl, LocaleIds: [LocaleId], ProfileUris: [String] }
        431 { Endpoints: [EndpointDescription] as Operations }
    REGISTER_SERVER = RegisterServer(Other)
        437 { Server: RegisteredServer }
        440 {}
    REGISTER_SERVER2 = RegisterServer2(Other)
        12211 { Server: RegisteredServer, DiscoveryConfiguration: [ExtensionObject] }
        12212 { ConfigurationResults: [StatusCode] as Result, DiagnosticInfos: [DiagnosticInfo] }
}
