//! Structures within messages, and within values (OPC 10000-4, 7; OPC 10000-5, 12).
//!
//! Made by `tools/make_opcua_tables.py`: change that, not this.

use super::*;

pub(in super::super) static ACTIVATE_SESSION_RESULT: Structure = Structure {
    name: "ActivateSessionResult",
    id: 0,
    fields: &[value("ServerNonce", ByteString), values("Results", StatusCode), values("DiagnosticInfos", DiagnosticInfo)],
};
pub(in super::super) static ADD_NODES_ITEM: Structure = Structure {
    name: "AddNodesItem",
    id: 378,
    fields: &[
        value("ParentNodeId", ExpandedNodeId).is(Role::Node),
        value("ReferenceTypeId", NodeId),
        value("RequestedNewNodeId", ExpandedNodeId),
        value("BrowseName", QualifiedName).is(Role::Path),
        choice("NodeClass", NODE_CLASS),
        value("NodeAttributes", ExtensionObject),
        value("TypeDefinition", ExpandedNodeId),
    ],
};
pub(in super::super) static ADD_NODES_RESULT: Structure = Structure {
    name: "AddNodesResult",
    id: 485,
    fields: &[value("StatusCode", StatusCode).is(Role::Outcome), value("AddedNodeId", NodeId)],
};
pub(in super::super) static ADD_REFERENCES_ITEM: Structure = Structure {
    name: "AddReferencesItem",
    id: 381,
    fields: &[
        value("SourceNodeId", NodeId).is(Role::Node),
        value("ReferenceTypeId", NodeId),
        value("IsForward", Boolean),
        value("TargetServerUri", String),
        value("TargetNodeId", ExpandedNodeId).is(Role::Named),
        choice("TargetNodeClass", NODE_CLASS),
    ],
};
pub(in super::super) static ADDITIONAL_PARAMETERS_TYPE: Structure =
    Structure { name: "AdditionalParametersType", id: 17537, fields: &[parts("Parameters", &KEY_VALUE_PAIR)] };
pub(in super::super) static AGGREGATE_CONFIGURATION: Structure = Structure {
    name: "AggregateConfiguration",
    id: 950,
    fields: &[
        value("UseServerCapabilitiesDefaults", Boolean),
        value("TreatUncertainAsBad", Boolean),
        value("PercentDataBad", Byte),
        value("PercentDataGood", Byte),
        value("UseSlopedExtrapolation", Boolean),
    ],
};
pub(in super::super) static AGGREGATE_FILTER: Structure = Structure {
    name: "AggregateFilter",
    id: 730,
    fields: &[
        value("StartTime", DateTime),
        value("AggregateType", NodeId),
        value("ProcessingInterval", Double),
        part("AggregateConfiguration", &AGGREGATE_CONFIGURATION),
    ],
};
pub(in super::super) static AGGREGATE_FILTER_RESULT: Structure = Structure {
    name: "AggregateFilterResult",
    id: 739,
    fields: &[
        value("RevisedStartTime", DateTime),
        value("RevisedProcessingInterval", Double),
        part("RevisedAggregateConfiguration", &AGGREGATE_CONFIGURATION),
    ],
};
pub(in super::super) static ALIAS_NAME_DATA_TYPE: Structure = Structure {
    name: "AliasNameDataType",
    id: 23499,
    fields: &[value("AliasName", QualifiedName), values("ReferencedNodes", ExpandedNodeId)],
};
pub(in super::super) static ALIAS_NAME_VERBOSE_DATA_TYPE: Structure = Structure {
    name: "AliasNameVerboseDataType",
    id: 24262,
    fields: &[
        value("AliasName", QualifiedName),
        values("ReferencedNodes", ExpandedNodeId),
        values("ServerUris", String),
        value("AliasNameCategoryId", NodeId),
    ],
};
pub(in super::super) static ANNOTATION: Structure = Structure {
    name: "Annotation",
    id: 893,
    fields: &[value("Message", String), value("UserName", String), value("AnnotationTime", DateTime)],
};
pub(in super::super) static ANNOTATION_DATA_TYPE: Structure = Structure {
    name: "AnnotationDataType",
    id: 32560,
    fields: &[value("Annotation", String), value("Discipline", String), value("Uri", String)],
};
pub(in super::super) static ANONYMOUS_IDENTITY_TOKEN: Structure =
    Structure { name: "AnonymousIdentityToken", id: 321, fields: &[value("PolicyId", String)] };
pub(in super::super) static APPLICATION_CONFIGURATION_DATA_TYPE: Structure = Structure {
    name: "ApplicationConfigurationDataType",
    id: 23754,
    fields: &[
        value("ConfigurationVersion", UInt32),
        parts("ConfigurationProperties", &KEY_VALUE_PAIR),
        part("ApplicationIdentity", &APPLICATION_IDENTITY_DATA_TYPE),
        parts("CertificateGroups", &CERTIFICATE_GROUP_DATA_TYPE),
        parts("ServerEndpoints", &SERVER_ENDPOINT_DATA_TYPE),
        parts("ClientEndpoints", &ENDPOINT_DATA_TYPE),
        parts("SecuritySettings", &SECURITY_SETTINGS_DATA_TYPE),
        parts("UserTokenSettings", &USER_TOKEN_SETTINGS_DATA_TYPE),
        parts("AuthorizationServices", &AUTHORIZATION_SERVICE_CONFIGURATION_DATA_TYPE),
    ],
};
pub(in super::super) static APPLICATION_DESCRIPTION: Structure = Structure {
    name: "ApplicationDescription",
    id: 310,
    fields: &[
        value("ApplicationUri", String),
        value("ProductUri", String),
        value("ApplicationName", LocalizedText),
        choice("ApplicationType", APPLICATION_TYPE),
        value("GatewayServerUri", String),
        value("DiscoveryProfileUri", String),
        values("DiscoveryUrls", String),
    ],
};
pub(in super::super) static APPLICATION_IDENTITY_DATA_TYPE: Structure = Structure {
    name: "ApplicationIdentityDataType",
    id: 16543,
    fields: &[
        value("Name", String),
        parts("RecordProperties", &KEY_VALUE_PAIR),
        value("ApplicationUri", String),
        values("ApplicationNames", LocalizedText),
        parts("AdditionalServers", &APPLICATION_DESCRIPTION),
    ],
};
pub(in super::super) static ARGUMENT: Structure = Structure {
    name: "Argument",
    id: 298,
    fields: &[
        value("Name", String),
        value("DataType", NodeId),
        value("ValueRank", Int32),
        values("ArrayDimensions", UInt32),
        value("Description", LocalizedText),
    ],
};
pub(in super::super) static ATTRIBUTE_OPERAND: Structure = Structure {
    name: "AttributeOperand",
    id: 600,
    fields: &[
        value("NodeId", NodeId),
        value("Alias", String),
        part("BrowsePath", &RELATIVE_PATH),
        value("AttributeId", UInt32),
        value("IndexRange", String),
    ],
};
pub(in super::super) static AUTHORIZATION_SERVICE_CONFIGURATION_DATA_TYPE: Structure = Structure {
    name: "AuthorizationServiceConfigurationDataType",
    id: 23755,
    fields: &[
        value("Name", String),
        parts("RecordProperties", &KEY_VALUE_PAIR),
        value("ServiceUri", String),
        parts("ServiceCertificates", &SERVICE_CERTIFICATE_DATA_TYPE),
        value("IssuerEndpointSettings", String),
    ],
};
pub(in super::super) static AXIS_INFORMATION: Structure = Structure {
    name: "AxisInformation",
    id: 12089,
    fields: &[
        part("EngineeringUnits", &EU_INFORMATION),
        part("EURange", &RANGE),
        value("Title", LocalizedText),
        choice("AxisScaleType", AXIS_SCALE_ENUMERATION),
        values("AxisSteps", Double),
    ],
};
pub(in super::super) static BASE_CONFIGURATION_DATA_TYPE: Structure = Structure {
    name: "BaseConfigurationDataType",
    id: 16538,
    fields: &[value("ConfigurationVersion", UInt32), parts("ConfigurationProperties", &KEY_VALUE_PAIR)],
};
pub(in super::super) static BASE_CONFIGURATION_RECORD_DATA_TYPE: Structure = Structure {
    name: "BaseConfigurationRecordDataType",
    id: 16539,
    fields: &[value("Name", String), parts("RecordProperties", &KEY_VALUE_PAIR)],
};
pub(in super::super) static BIT_FIELD_DEFINITION: Structure = Structure {
    name: "BitFieldDefinition",
    id: 32422,
    fields: &[
        value("Name", String),
        value("Description", LocalizedText),
        value("Reserved", Boolean),
        value("StartingBitPosition", UInt32),
        value("EndingBitPosition", UInt32),
    ],
};
pub(in super::super) static BROWSE_DESCRIPTION: Structure = Structure {
    name: "BrowseDescription",
    id: 516,
    fields: &[
        value("NodeId", NodeId).is(Role::Node),
        choice("BrowseDirection", BROWSE_DIRECTION).is(Role::Named),
        value("ReferenceTypeId", NodeId),
        value("IncludeSubtypes", Boolean),
        value("NodeClassMask", UInt32),
        value("ResultMask", UInt32),
    ],
};
pub(in super::super) static BROWSE_NEXT_RESULT: Structure =
    Structure { name: "BrowseNextResult", id: 0, fields: &[parts("Results", &BROWSE_RESULT), values("DiagnosticInfos", DiagnosticInfo)] };
pub(in super::super) static BROWSE_PATH: Structure = Structure {
    name: "BrowsePath",
    id: 545,
    fields: &[value("StartingNode", NodeId).is(Role::Node), part("RelativePath", &RELATIVE_PATH)],
};
pub(in super::super) static BROWSE_PATH_RESULT: Structure = Structure {
    name: "BrowsePathResult",
    id: 551,
    fields: &[value("StatusCode", StatusCode).is(Role::Outcome), parts("Targets", &BROWSE_PATH_TARGET)],
};
pub(in super::super) static BROWSE_PATH_TARGET: Structure =
    Structure { name: "BrowsePathTarget", id: 548, fields: &[value("TargetId", ExpandedNodeId), value("RemainingPathIndex", UInt32)] };
pub(in super::super) static BROWSE_RESULT: Structure = Structure {
    name: "BrowseResult",
    id: 524,
    fields: &[
        value("StatusCode", StatusCode).is(Role::Outcome),
        value("ContinuationPoint", ByteString),
        parts("References", &REFERENCE_DESCRIPTION),
    ],
};
pub(in super::super) static BUILD_INFO: Structure = Structure {
    name: "BuildInfo",
    id: 340,
    fields: &[
        value("ProductUri", String),
        value("ManufacturerName", String),
        value("ProductName", String),
        value("SoftwareVersion", String),
        value("BuildNumber", String),
        value("BuildDate", DateTime),
    ],
};
pub(in super::super) static CALL_METHOD_REQUEST: Structure = Structure {
    name: "CallMethodRequest",
    id: 706,
    fields: &[value("ObjectId", NodeId).is(Role::Object), value("MethodId", NodeId).is(Role::Method), values("InputArguments", Variant)],
};
pub(in super::super) static CALL_METHOD_RESULT: Structure = Structure {
    name: "CallMethodResult",
    id: 709,
    fields: &[
        value("StatusCode", StatusCode).is(Role::Outcome),
        values("InputArgumentResults", StatusCode),
        values("InputArgumentDiagnosticInfos", DiagnosticInfo),
        values("OutputArguments", Variant),
    ],
};
pub(in super::super) static CANCEL_RESULT: Structure = Structure { name: "CancelResult", id: 0, fields: &[value("CancelCount", UInt32)] };
pub(in super::super) static CARTESIAN_COORDINATES: Structure = Structure { name: "CartesianCoordinates", id: 18818, fields: &[] };
pub(in super::super) static CERTIFICATE_GROUP_DATA_TYPE: Structure = Structure {
    name: "CertificateGroupDataType",
    id: 16540,
    fields: &[
        value("Name", String),
        parts("RecordProperties", &KEY_VALUE_PAIR),
        value("Purpose", NodeId),
        values("CertificateTypes", NodeId),
        values("IsCertificateAssigned", Boolean),
        value("ValidationOptions", UInt32),
    ],
};
pub(in super::super) static CHANNEL_SECURITY_TOKEN: Structure = Structure {
    name: "ChannelSecurityToken",
    id: 443,
    fields: &[value("ChannelId", UInt32), value("TokenId", UInt32), value("CreatedAt", DateTime), value("RevisedLifetime", UInt32)],
};
pub(in super::super) static COMPLEX_NUMBER_TYPE: Structure =
    Structure { name: "ComplexNumberType", id: 12181, fields: &[value("Real", Float), value("Imaginary", Float)] };
pub(in super::super) static CONFIGURATION_UPDATE_TARGET_TYPE: Structure = Structure {
    name: "ConfigurationUpdateTargetType",
    id: 16541,
    fields: &[value("Path", String), choice("UpdateType", CONFIGURATION_UPDATE_TYPE)],
};
pub(in super::super) static CONFIGURATION_VERSION_DATA_TYPE: Structure =
    Structure { name: "ConfigurationVersionDataType", id: 14847, fields: &[value("MajorVersion", UInt32), value("MinorVersion", UInt32)] };
pub(in super::super) static CONTENT_FILTER: Structure =
    Structure { name: "ContentFilter", id: 588, fields: &[parts("Elements", &CONTENT_FILTER_ELEMENT)] };
pub(in super::super) static CONTENT_FILTER_ELEMENT: Structure = Structure {
    name: "ContentFilterElement",
    id: 585,
    fields: &[choice("FilterOperator", FILTER_OPERATOR), values("FilterOperands", ExtensionObject)],
};
pub(in super::super) static CONTENT_FILTER_ELEMENT_RESULT: Structure = Structure {
    name: "ContentFilterElementResult",
    id: 606,
    fields: &[value("StatusCode", StatusCode), values("OperandStatusCodes", StatusCode), values("OperandDiagnosticInfos", DiagnosticInfo)],
};
pub(in super::super) static CONTENT_FILTER_RESULT: Structure = Structure {
    name: "ContentFilterResult",
    id: 609,
    fields: &[parts("ElementResults", &CONTENT_FILTER_ELEMENT_RESULT), values("ElementDiagnosticInfos", DiagnosticInfo)],
};
pub(in super::super) static CREATE_SESSION_RESULT: Structure = Structure {
    name: "CreateSessionResult",
    id: 0,
    fields: &[
        value("SessionId", NodeId),
        value("AuthenticationToken", NodeId),
        value("RevisedSessionTimeout", Double),
        value("ServerNonce", ByteString),
        value("ServerCertificate", ByteString),
        parts("ServerEndpoints", &ENDPOINT_DESCRIPTION),
        parts("ServerSoftwareCertificates", &SIGNED_SOFTWARE_CERTIFICATE),
        part("ServerSignature", &SIGNATURE_DATA),
        value("MaxRequestMessageSize", UInt32),
    ],
};
pub(in super::super) static CREATE_SUBSCRIPTION_RESULT: Structure = Structure {
    name: "CreateSubscriptionResult",
    id: 0,
    fields: &[
        value("SubscriptionId", UInt32),
        value("RevisedPublishingInterval", Double),
        value("RevisedLifetimeCount", UInt32),
        value("RevisedMaxKeepAliveCount", UInt32),
    ],
};
pub(in super::super) static DATA_CHANGE_FILTER: Structure = Structure {
    name: "DataChangeFilter",
    id: 724,
    fields: &[choice("Trigger", DATA_CHANGE_TRIGGER), value("DeadbandType", UInt32), value("DeadbandValue", Double)],
};
pub(in super::super) static DATA_CHANGE_NOTIFICATION: Structure = Structure {
    name: "DataChangeNotification",
    id: 811,
    fields: &[parts("MonitoredItems", &MONITORED_ITEM_NOTIFICATION), values("DiagnosticInfos", DiagnosticInfo)],
};
pub(in super::super) static DATA_TYPE_ATTRIBUTES: Structure = Structure {
    name: "DataTypeAttributes",
    id: 372,
    fields: &[
        value("SpecifiedAttributes", UInt32),
        value("DisplayName", LocalizedText),
        value("Description", LocalizedText),
        value("WriteMask", UInt32),
        value("UserWriteMask", UInt32),
        value("IsAbstract", Boolean),
    ],
};
pub(in super::super) static DATA_TYPE_DEFINITION: Structure = Structure { name: "DataTypeDefinition", id: 121, fields: &[] };
pub(in super::super) static DECIMAL_DATA_TYPE: Structure =
    Structure { name: "DecimalDataType", id: 17863, fields: &[value("Scale", Int16), value("Value", ByteString)] };
pub(in super::super) static DELETE_AT_TIME_DETAILS: Structure =
    Structure { name: "DeleteAtTimeDetails", id: 691, fields: &[value("NodeId", NodeId).is(Role::Node), values("ReqTimes", DateTime)] };
pub(in super::super) static DELETE_EVENT_DETAILS: Structure =
    Structure { name: "DeleteEventDetails", id: 694, fields: &[value("NodeId", NodeId).is(Role::Node), values("EventIds", ByteString)] };
pub(in super::super) static DELETE_NODES_ITEM: Structure = Structure {
    name: "DeleteNodesItem",
    id: 384,
    fields: &[value("NodeId", NodeId).is(Role::Node), value("DeleteTargetReferences", Boolean)],
};
pub(in super::super) static DELETE_RAW_MODIFIED_DETAILS: Structure = Structure {
    name: "DeleteRawModifiedDetails",
    id: 688,
    fields: &[
        value("NodeId", NodeId).is(Role::Node),
        value("IsDeleteModified", Boolean),
        value("StartTime", DateTime),
        value("EndTime", DateTime),
    ],
};
pub(in super::super) static DELETE_REFERENCES_ITEM: Structure = Structure {
    name: "DeleteReferencesItem",
    id: 387,
    fields: &[
        value("SourceNodeId", NodeId).is(Role::Node),
        value("ReferenceTypeId", NodeId),
        value("IsForward", Boolean),
        value("TargetNodeId", ExpandedNodeId).is(Role::Named),
        value("DeleteBidirectional", Boolean),
    ],
};
pub(in super::super) static DELETE_REFERENCES_RESULT: Structure = Structure {
    name: "DeleteReferencesResult",
    id: 0,
    fields: &[values("Results", StatusCode), values("DiagnosticInfos", DiagnosticInfo)],
};
pub(in super::super) static DISCOVERY_CONFIGURATION: Structure = Structure { name: "DiscoveryConfiguration", id: 12900, fields: &[] };
pub(in super::super) static DOUBLE_COMPLEX_NUMBER_TYPE: Structure =
    Structure { name: "DoubleComplexNumberType", id: 12182, fields: &[value("Real", Double), value("Imaginary", Double)] };
