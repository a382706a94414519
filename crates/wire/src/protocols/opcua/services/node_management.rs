//! NodeManagement service set (OPC 10000-4 §5.8).

use super::builtins::{DiagnosticInfo, StatusCode};
use super::headers::{RequestHeader, ResponseHeader};
use super::nodes::{AddNodesItem, AddNodesResult, AddReferencesItem, DeleteNodesItem, DeleteReferencesItem};
use super::schema::{field, services, Field, Role, Service, Structure};
use crate::protocols::Class;

services! {
    ADD_NODES = AddNodes(Program)
        488 { NodesToAdd: [AddNodesItem] as Operations }
        491 { Results: [AddNodesResult] as Operations, DiagnosticInfos: [DiagnosticInfo] }
    ADD_REFERENCES = AddReferences(Program)
        494 { ReferencesToAdd: [AddReferencesItem] as Operations }
        497 { Results: [StatusCode] as Result, DiagnosticInfos: [DiagnosticInfo] }
    DELETE_NODES = DeleteNodes(Program)
        500 { NodesToDelete: [DeleteNodesItem] as Operations }
        503 { Results: [StatusCode] as Result, DiagnosticInfos: [DiagnosticInfo] }
    DELETE_REFERENCES = DeleteReferences(Program)
        506 { ReferencesToDelete: [DeleteReferencesItem] as Operations }
        509 { Results: [StatusCode] as Result, DiagnosticInfos: [DiagnosticInfo] }
}
