//! The discovery service set (OPC 10000-4, 5).
//!
//! Made by `tools/make_opcua_tables.py`: change that, not this.

use super::*;

pub(super) static FIND_SERVERS: Service =
    Service { name: "FindServers", class: Class::Discover, asks: &FIND_SERVERS_REQUEST, answers: &FIND_SERVERS_RESPONSE };
pub(super) static FIND_SERVERS_REQUEST: Structure = Structure {
    name: "FindServersRequest",
    id: 422,
    fields: &[
        part("RequestHeader", &REQUEST_HEADER),
        value("EndpointUrl", String).is(Role::EndpointUrl),
        values("LocaleIds", String),
        values("ServerUris", String),
    ],
};
pub(super) static FIND_SERVERS_RESPONSE: Structure = Structure {
    name: "FindServersResponse",
    id: 425,
    fields: &[part("ResponseHeader", &RESPONSE_HEADER), parts("Servers", &APPLICATION_DESCRIPTION)],
};

pub(super) static FIND_SERVERS_ON_NETWORK: Service = Service {
    name: "FindServersOnNetwork",
    class: Class::Discover,
    asks: &FIND_SERVERS_ON_NETWORK_REQUEST,
    answers: &FIND_SERVERS_ON_NETWORK_RESPONSE,
};
pub(super) static FIND_SERVERS_ON_NETWORK_REQUEST: Structure = Structure {
    name: "FindServersOnNetworkRequest",
    id: 12208,
    fields: &[
        part("RequestHeader", &REQUEST_HEADER),
        value("StartingRecordId", UInt32),
        value("MaxRecordsToReturn", UInt32),
        values("ServerCapabilityFilter", String),
    ],
};
pub(super) static FIND_SERVERS_ON_NETWORK_RESPONSE: Structure = Structure {
    name: "FindServersOnNetworkResponse",
    id: 12209,
    fields: &[part("ResponseHeader", &RESPONSE_HEADER), value("LastCounterResetTime", DateTime), parts("Servers", &SERVER_ON_NETWORK)],
};

pub(super) static GET_ENDPOINTS: Service =
    Service { name: "GetEndpoints", class: Class::Discover, asks: &GET_ENDPOINTS_REQUEST, answers: &GET_ENDPOINTS_RESPONSE };
pub(super) static GET_ENDPOINTS_REQUEST: Structure = Structure {
    name: "GetEndpointsRequest",
    id: 428,
    fields: &[
        part("RequestHeader", &REQUEST_HEADER),
        value("EndpointUrl", String).is(Role::EndpointUrl),
        values("LocaleIds", String),
        values("ProfileUris", String),
    ],
};
pub(super) static GET_ENDPOINTS_RESPONSE: Structure = Structure {
    name: "GetEndpointsResponse",
    id: 431,
    fields: &[part("ResponseHeader", &RESPONSE_HEADER), parts("Endpoints", &ENDPOINT_DESCRIPTION)],
};

pub(super) static REGISTER_SERVER: Service =
    Service { name: "RegisterServer", class: Class::Other, asks: &REGISTER_SERVER_REQUEST, answers: &REGISTER_SERVER_RESPONSE };
pub(super) static REGISTER_SERVER_REQUEST: Structure = Structure {
    name: "RegisterServerRequest",
    id: 437,
    fields: &[part("RequestHeader", &REQUEST_HEADER), part("Server", &REGISTERED_SERVER)],
};
pub(super) static REGISTER_SERVER_RESPONSE: Structure =
    Structure { name: "RegisterServerResponse", id: 440, fields: &[part("ResponseHeader", &RESPONSE_HEADER)] };

pub(super) static REGISTER_SERVER2: Service =
    Service { name: "RegisterServer2", class: Class::Other, asks: &REGISTER_SERVER2_REQUEST, answers: &REGISTER_SERVER2_RESPONSE };
pub(super) static REGISTER_SERVER2_REQUEST: Structure = Structure {
    name: "RegisterServer2Request",
    id: 12211,
    fields: &[
        part("RequestHeader", &REQUEST_HEADER),
        part("Server", &REGISTERED_SERVER),
        values("DiscoveryConfiguration", ExtensionObject),
    ],
};
pub(super) static REGISTER_SERVER2_RESPONSE: Structure = Structure {
    name: "RegisterServer2Response",
    id: 12212,
    fields: &[
        part("ResponseHeader", &RESPONSE_HEADER),
        values("ConfigurationResults", StatusCode),
        values("DiagnosticInfos", DiagnosticInfo),
    ],
};
