//! The node management service set (OPC 10000-4, 5).
//!
//! Made by `tools/make_opcua_tables.py`: change that, not this.

use super::*;

pub(super) static ADD_NODES: Service =
    Service { name: "AddNodes", class: Class::Program, asks: &ADD_NODES_REQUEST, answers: &ADD_NODES_RESPONSE };
pub(super) static ADD_NODES_REQUEST: Structure =
    Structure { name: "AddNodesRequest", id: 488, fields: &[part("RequestHeader", &REQUEST_HEADER), parts("NodesToAdd", &ADD_NODES_ITEM)] };
pub(super) static ADD_NODES_RESPONSE: Structure = Structure {
    name: "AddNodesResponse",
    id: 491,
    fields: &[part("ResponseHeader", &RESPONSE_HEADER), parts("Results", &ADD_NODES_RESULT), values("DiagnosticInfos", DiagnosticInfo)],
};

pub(super) static ADD_REFERENCES: Service =
    Service { name: "AddReferences", class: Class::Program, asks: &ADD_REFERENCES_REQUEST, answers: &ADD_REFERENCES_RESPONSE };
pub(super) static ADD_REFERENCES_REQUEST: Structure = Structure {
    name: "AddReferencesRequest",
    id: 494,
    fields: &[part("RequestHeader", &REQUEST_HEADER), parts("ReferencesToAdd", &ADD_REFERENCES_ITEM)],
};
pub(super) static ADD_REFERENCES_RESPONSE: Structure = Structure {
    name: "AddReferencesResponse",
    id: 497,
    fields: &[
        part("ResponseHeader", &RESPONSE_HEADER),
        values("Results", StatusCode).is(Role::Outcome),
        values("DiagnosticInfos", DiagnosticInfo),
    ],
};

pub(super) static DELETE_NODES: Service =
    Service { name: "DeleteNodes", class: Class::Program, asks: &DELETE_NODES_REQUEST, answers: &DELETE_NODES_RESPONSE };
pub(super) static DELETE_NODES_REQUEST: Structure = Structure {
    name: "DeleteNodesRequest",
    id: 500,
    fields: &[part("RequestHeader", &REQUEST_HEADER), parts("NodesToDelete", &DELETE_NODES_ITEM)],
};
pub(super) static DELETE_NODES_RESPONSE: Structure = Structure {
    name: "DeleteNodesResponse",
    id: 503,
    fields: &[
        part("ResponseHeader", &RESPONSE_HEADER),
        values("Results", StatusCode).is(Role::Outcome),
        values("DiagnosticInfos", DiagnosticInfo),
    ],
};

pub(super) static DELETE_REFERENCES: Service =
    Service { name: "DeleteReferences", class: Class::Program, asks: &DELETE_REFERENCES_REQUEST, answers: &DELETE_REFERENCES_RESPONSE };
pub(super) static DELETE_REFERENCES_REQUEST: Structure = Structure {
    name: "DeleteReferencesRequest",
    id: 506,
    fields: &[part("RequestHeader", &REQUEST_HEADER), parts("ReferencesToDelete", &DELETE_REFERENCES_ITEM)],
};
pub(super) static DELETE_REFERENCES_RESPONSE: Structure = Structure {
    name: "DeleteReferencesResponse",
    id: 509,
    fields: &[
        part("ResponseHeader", &RESPONSE_HEADER),
        values("Results", StatusCode).is(Role::Outcome),
        values("DiagnosticInfos", DiagnosticInfo),
    ],
};
