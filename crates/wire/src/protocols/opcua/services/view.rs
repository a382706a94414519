//! View service set (OPC 10000-4 §5.9).

use super::builtins::{Boolean, ContinuationPoint, Counter, DiagnosticInfo, NodeId};
use super::headers::{RequestHeader, ResponseHeader};
use super::nodes::{BrowseDescription, BrowsePath, BrowsePathResult, BrowseResult, ViewDescription};
use super::schema::{field, services, Field, Role, Service, Structure};
use crate::protocols::Class;

services! {
    BROWSE = Browse(Discover)
        527 { View: ViewDescription, RequestedMaxReferencesPerNode: Counter, NodesToBrowse: [BrowseDescription] as Operations }
        530 { Results: [BrowseResult] as Operations, DiagnosticInfos: [DiagnosticInfo] }
    BROWSE_NEXT = BrowseNext(Discover)
        533 { ReleaseContinuationPoints: Boolean, ContinuationPoints: [ContinuationPoint] as Continuation }
        536 { Results: [BrowseResult] as Operations, DiagnosticInfos: [DiagnosticInfo] }
    TRANSLATE_BROWSE_PATHS_TO_NODE_IDS = TranslateBrowsePathsToNodeIds(Discover)
        554 { BrowsePaths: [BrowsePath] as Operations }
        557 { Results: [BrowsePathResult] as Operations, DiagnosticInfos: [DiagnosticInfo] }
    REGISTER_NODES = RegisterNodes(Discover)
        560 { NodesToRegister: [NodeId] as Node }
        563 { RegisteredNodeIds: [NodeId] as Node }
    UNREGISTER_NODES = UnregisterNodes(Discover)
        566 { NodesToUnregister: [NodeId] as Node }
        569 {}
}
