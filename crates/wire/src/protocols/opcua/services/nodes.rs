//! Nodes: their making, their references and what reads and writes name (OPC 10000-4 §5.8, §5.9, §5.11, §7).
#![expect(non_upper_case_globals, reason = "The tables spell types as the specification does")]

use super::builtins::{
    Boolean, Byte, ContinuationPoint, DataValue, DiagnosticInfo, Duration, ExpandedNodeId, ExtensionObject, Int32, IntegerId,
    LocalizedText, NodeId, NumericRange, QualifiedName, StatusCode, String, UInt32, UtcTime, Variant,
};
use super::enumerations::{BrowseDirection, NodeClass};
use super::schema::{field, structures, Field, Kind, Role, Structure};

structures! {
    ReadValueId {
        NodeId: NodeId as Node, AttributeId: IntegerId as Attribute, IndexRange: NumericRange as IndexRange,
        DataEncoding: QualifiedName,
    }
    WriteValue { NodeId: NodeId as Node, AttributeId: IntegerId as Attribute, IndexRange: NumericRange as IndexRange, Value: DataValue }
    AddNodesItem {
        ParentNodeId: ExpandedNodeId as Node, ReferenceTypeId: NodeId, RequestedNewNodeId: ExpandedNodeId, BrowseName: QualifiedName,
        NodeClass: NodeClass, NodeAttributes: ExtensionObject, TypeDefinition: ExpandedNodeId,
    }
    AddNodesResult { StatusCode: StatusCode as Result, AddedNodeId: NodeId as Node }
    AddReferencesItem {
        SourceNodeId: NodeId as Node, ReferenceTypeId: NodeId, IsForward: Boolean, TargetServerUri: String,
        TargetNodeId: ExpandedNodeId, TargetNodeClass: NodeClass,
    }
    DeleteNodesItem { NodeId: NodeId as Node, DeleteTargetReferences: Boolean }
    DeleteReferencesItem {
        SourceNodeId: NodeId as Node, ReferenceTypeId: NodeId, IsForward: Boolean, TargetNodeId: ExpandedNodeId,
        DeleteBidirectional: Boolean,
    }
    ViewDescription { ViewId: NodeId, Timestamp: UtcTime, ViewVersion: UInt32 }
    BrowseDescription {
        NodeId: NodeId as Node, BrowseDirection: BrowseDirection, ReferenceTypeId: NodeId, IncludeSubtypes: Boolean,
        NodeClassMask: UInt32, ResultMask: UInt32,
    }
    ReferenceDescription {
        ReferenceTypeId: NodeId, IsForward: Boolean, NodeId: ExpandedNodeId, BrowseName: QualifiedName, DisplayName: LocalizedText,
        NodeClass: NodeClass, TypeDefinition: ExpandedNodeId,
    }
    BrowseResult {
        StatusCode: StatusCode as Result, ContinuationPoint: ContinuationPoint as Continuation, References: [ReferenceDescription],
    }
    RelativePathElement { ReferenceTypeId: NodeId, IsInverse: Boolean, IncludeSubtypes: Boolean, TargetName: QualifiedName }
    RelativePath { Elements: [RelativePathElement] }
    BrowsePath { StartingNode: NodeId as Node, RelativePath: RelativePath }
    BrowsePathTarget { TargetId: ExpandedNodeId as Node, RemainingPathIndex: UInt32 }
    BrowsePathResult { StatusCode: StatusCode as Result, Targets: [BrowsePathTarget] }
    CallMethodRequest { ObjectId: NodeId as Object, MethodId: NodeId as Method, InputArguments: [Variant] }
    CallMethodResult {
        StatusCode: StatusCode as Result, InputArgumentResults: [StatusCode], InputArgumentDiagnosticInfos: [DiagnosticInfo],
        OutputArguments: [Variant],
    }
    QueryDataDescription { RelativePath: RelativePath, AttributeId: IntegerId, IndexRange: NumericRange }
    NodeTypeDescription { TypeDefinitionNode: ExpandedNodeId, IncludeSubTypes: Boolean, DataToReturn: [QueryDataDescription] }
    QueryDataSet { NodeId: ExpandedNodeId, TypeDefinitionNode: ExpandedNodeId, Values: [Variant] }
    NodeReference { NodeId: NodeId, ReferenceTypeId: NodeId, IsForward: Boolean, ReferencedNodeIds: [NodeId] }
    ParsingResult { StatusCode: StatusCode, DataStatusCodes: [StatusCode], DataDiagnosticInfos: [DiagnosticInfo] }
    ObjectAttributes {
        SpecifiedAttributes: UInt32, DisplayName: LocalizedText, Description: LocalizedText, WriteMask: UInt32, UserWriteMask: UInt32,
        EventNotifier: Byte,
    }
    VariableAttributes {
        SpecifiedAttributes: UInt32, DisplayName: LocalizedText, Description: LocalizedText, WriteMask: UInt32, UserWriteMask: UInt32,
        Value: Variant, DataType: NodeId, ValueRank: Int32, ArrayDimensions: [UInt32], AccessLevel: Byte, UserAccessLevel: Byte,
        MinimumSamplingInterval: Duration, Historizing: Boolean,
    }
    MethodAttributes {
        SpecifiedAttributes: UInt32, DisplayName: LocalizedText, Description: LocalizedText, WriteMask: UInt32, UserWriteMask: UInt32,
        Executable: Boolean, UserExecutable: Boolean,
    }
    ObjectTypeAttributes {
        SpecifiedAttributes: UInt32, DisplayName: LocalizedText, Description: LocalizedText, WriteMask: UInt32, UserWriteMask: UInt32,
        IsAbstract: Boolean,
    }
    VariableTypeAttributes {
        SpecifiedAttributes: UInt32, DisplayName: LocalizedText, Description: LocalizedText, WriteMask: UInt32, UserWriteMask: UInt32,
        Value: Variant, DataType: NodeId, ValueRank: Int32, ArrayDimensions: [UInt32], IsAbstract: Boolean,
    }
    ReferenceTypeAttributes {
        SpecifiedAttributes: UInt32, DisplayName: LocalizedText, Description: LocalizedText, WriteMask: UInt32, UserWriteMask: UInt32,
        IsAbstract: Boolean, Symmetric: Boolean, InverseName: LocalizedText,
    }
    DataTypeAttributes {
        SpecifiedAttributes: UInt32, DisplayName: LocalizedText, Description: LocalizedText, WriteMask: UInt32, UserWriteMask: UInt32,
        IsAbstract: Boolean, DataTypeDefinition: ExtensionObject,
    }
    ViewAttributes {
        SpecifiedAttributes: UInt32, DisplayName: LocalizedText, Description: LocalizedText, WriteMask: UInt32, UserWriteMask: UInt32,
        ContainsNoLoops: Boolean, EventNotifier: Byte,
    }
    GenericAttributeValue { AttributeId: IntegerId, Value: Variant }
    GenericAttributes {
        SpecifiedAttributes: UInt32, DisplayName: LocalizedText, Description: LocalizedText, WriteMask: UInt32, UserWriteMask: UInt32,
        AttributeValues: [GenericAttributeValue],
    }
}
