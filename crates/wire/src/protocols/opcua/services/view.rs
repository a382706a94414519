//! The view service set (OPC 10000-4, 5).
//!
//! Made by `tools/make_opcua_tables.py`: change that, not this.

use super::*;

pub(super) static BROWSE: Service = Service { name: "Browse", class: Class::Discover, asks: &BROWSE_REQUEST, answers: &BROWSE_RESPONSE };
pub(super) static BROWSE_REQUEST: Structure = Structure {
    name: "BrowseRequest",
    id: 527,
    fields: &[
        part("RequestHeader", &REQUEST_HEADER),
        part("View", &VIEW_DESCRIPTION),
        value("RequestedMaxReferencesPerNode", UInt32),
        parts("NodesToBrowse", &BROWSE_DESCRIPTION),
    ],
};
pub(super) static BROWSE_RESPONSE: Structure = Structure {
    name: "BrowseResponse",
    id: 530,
    fields: &[part("ResponseHeader", &RESPONSE_HEADER), parts("Results", &BROWSE_RESULT), values("DiagnosticInfos", DiagnosticInfo)],
};

pub(super) static BROWSE_NEXT: Service =
    Service { name: "BrowseNext", class: Class::Discover, asks: &BROWSE_NEXT_REQUEST, answers: &BROWSE_NEXT_RESPONSE };
pub(super) static BROWSE_NEXT_REQUEST: Structure = Structure {
    name: "BrowseNextRequest",
    id: 533,
    fields: &[
        part("RequestHeader", &REQUEST_HEADER),
        value("ReleaseContinuationPoints", Boolean),
        values("ContinuationPoints", ByteString),
    ],
};
pub(super) static BROWSE_NEXT_RESPONSE: Structure = Structure {
    name: "BrowseNextResponse",
    id: 536,
    fields: &[part("ResponseHeader", &RESPONSE_HEADER), parts("Results", &BROWSE_RESULT), values("DiagnosticInfos", DiagnosticInfo)],
};

pub(super) static TRANSLATE_BROWSE_PATHS_TO_NODE_IDS: Service = Service {
    name: "TranslateBrowsePathsToNodeIds",
    class: Class::Discover,
    asks: &TRANSLATE_BROWSE_PATHS_TO_NODE_IDS_REQUEST,
    answers: &TRANSLATE_BROWSE_PATHS_TO_NODE_IDS_RESPONSE,
};
pub(super) static TRANSLATE_BROWSE_PATHS_TO_NODE_IDS_REQUEST: Structure = Structure {
    name: "TranslateBrowsePathsToNodeIdsRequest",
    id: 554,
    fields: &[part("RequestHeader", &REQUEST_HEADER), parts("BrowsePaths", &BROWSE_PATH)],
};
pub(super) static TRANSLATE_BROWSE_PATHS_TO_NODE_IDS_RESPONSE: Structure = Structure {
    name: "TranslateBrowsePathsToNodeIdsResponse",
    id: 557,
    fields: &[part("ResponseHeader", &RESPONSE_HEADER), parts("Results", &BROWSE_PATH_RESULT), values("DiagnosticInfos", DiagnosticInfo)],
};

pub(super) static REGISTER_NODES: Service =
    Service { name: "RegisterNodes", class: Class::Discover, asks: &REGISTER_NODES_REQUEST, answers: &REGISTER_NODES_RESPONSE };
pub(super) static REGISTER_NODES_REQUEST: Structure = Structure {
    name: "RegisterNodesRequest",
    id: 560,
    fields: &[part("RequestHeader", &REQUEST_HEADER), values("NodesToRegister", NodeId).is(Role::Node)],
};
pub(super) static REGISTER_NODES_RESPONSE: Structure = Structure {
    name: "RegisterNodesResponse",
    id: 563,
    fields: &[part("ResponseHeader", &RESPONSE_HEADER), values("RegisteredNodeIds", NodeId)],
};

pub(super) static UNREGISTER_NODES: Service =
    Service { name: "UnregisterNodes", class: Class::Discover, asks: &UNREGISTER_NODES_REQUEST, answers: &UNREGISTER_NODES_RESPONSE };
pub(super) static UNREGISTER_NODES_REQUEST: Structure = Structure {
    name: "UnregisterNodesRequest",
    id: 566,
    fields: &[part("RequestHeader", &REQUEST_HEADER), values("NodesToUnregister", NodeId)],
};
pub(super) static UNREGISTER_NODES_RESPONSE: Structure =
    Structure { name: "UnregisterNodesResponse", id: 569, fields: &[part("ResponseHeader", &RESPONSE_HEADER)] };
