//! Structures within messages, and within values (OPC 10000-4, 7; OPC 10000-5, 12).
//!
//! Made by `tools/make_opcua_tables.py`: change that, not this.

use super::*;

pub(in super::super) static QUALIFIED_NAME: Structure =
    Structure { name: "QualifiedName", id: 0, fields: &[value("NamespaceIndex", Int16), value("Name", String)] };
pub(in super::super) static QUANTITY_DIMENSION: Structure = Structure {
    name: "QuantityDimension",
    id: 32562,
    fields: &[
        value("MassExponent", SByte),
        value("LengthExponent", SByte),
        value("TimeExponent", SByte),
        value("ElectricCurrentExponent", SByte),
        value("AmountOfSubstanceExponent", SByte),
        value("LuminousIntensityExponent", SByte),
        value("AbsoluteTemperatureExponent", SByte),
        value("DimensionlessExponent", SByte),
    ],
};
pub(in super::super) static QUERY_DATA_DESCRIPTION: Structure = Structure {
    name: "QueryDataDescription",
    id: 572,
    fields: &[part("RelativePath", &RELATIVE_PATH), value("AttributeId", UInt32), value("IndexRange", String)],
};
pub(in super::super) static QUERY_DATA_SET: Structure = Structure {
    name: "QueryDataSet",
    id: 579,
    fields: &[value("NodeId", ExpandedNodeId), value("TypeDefinitionNode", ExpandedNodeId), values("Values", Variant)],
};
pub(in super::super) static QUERY_FIRST_RESULT: Structure = Structure {
    name: "QueryFirstResult",
    id: 0,
    fields: &[
        parts("QueryDataSets", &QUERY_DATA_SET),
        value("ContinuationPoint", ByteString),
        parts("ParsingResults", &PARSING_RESULT),
        values("DiagnosticInfos", DiagnosticInfo),
        part("FilterResult", &CONTENT_FILTER_RESULT),
    ],
};
pub(in super::super) static QUERY_NEXT_RESULT: Structure = Structure {
    name: "QueryNextResult",
    id: 0,
    fields: &[parts("QueryDataSets", &QUERY_DATA_SET), value("RevisedContinuationPoint", ByteString)],
};
pub(in super::super) static RANGE: Structure = Structure { name: "Range", id: 886, fields: &[value("Low", Double), value("High", Double)] };
pub(in super::super) static RATIONAL_NUMBER: Structure =
    Structure { name: "RationalNumber", id: 18815, fields: &[value("Numerator", Int32), value("Denominator", UInt32)] };
pub(in super::super) static READ_ANNOTATION_DATA_DETAILS: Structure =
    Structure { name: "ReadAnnotationDataDetails", id: 23500, fields: &[values("ReqTimes", DateTime)] };
pub(in super::super) static READ_AT_TIME_DETAILS: Structure =
    Structure { name: "ReadAtTimeDetails", id: 655, fields: &[values("ReqTimes", DateTime), value("UseSimpleBounds", Boolean)] };
pub(in super::super) static READ_EVENT_DETAILS: Structure = Structure {
    name: "ReadEventDetails",
    id: 646,
    fields: &[value("NumValuesPerNode", UInt32), value("StartTime", DateTime), value("EndTime", DateTime), part("Filter", &EVENT_FILTER)],
};
pub(in super::super) static READ_EVENT_DETAILS2: Structure = Structure {
    name: "ReadEventDetails2",
    id: 32800,
    fields: &[
        value("NumValuesPerNode", UInt32),
        value("StartTime", DateTime),
        value("EndTime", DateTime),
        part("Filter", &EVENT_FILTER),
        value("ReadModified", Boolean),
    ],
};
pub(in super::super) static READ_EVENT_DETAILS_SORTED: Structure = Structure {
    name: "ReadEventDetailsSorted",
    id: 18651,
    fields: &[
        value("NumValuesPerNode", UInt32),
        value("StartTime", DateTime),
        value("EndTime", DateTime),
        part("Filter", &EVENT_FILTER),
        parts("SortClause", &SORT_RULE_ELEMENT),
    ],
};
pub(in super::super) static READ_PROCESSED_DETAILS: Structure = Structure {
    name: "ReadProcessedDetails",
    id: 652,
    fields: &[
        value("StartTime", DateTime),
        value("EndTime", DateTime),
        value("ProcessingInterval", Double),
        values("AggregateType", NodeId),
        part("AggregateConfiguration", &AGGREGATE_CONFIGURATION),
    ],
};
pub(in super::super) static READ_RAW_MODIFIED_DETAILS: Structure = Structure {
    name: "ReadRawModifiedDetails",
    id: 649,
    fields: &[
        value("IsReadModified", Boolean),
        value("StartTime", DateTime),
        value("EndTime", DateTime),
        value("NumValuesPerNode", UInt32),
        value("ReturnBounds", Boolean),
    ],
};
pub(in super::super) static READ_VALUE_ID: Structure = Structure {
    name: "ReadValueId",
    id: 628,
    fields: &[
        value("NodeId", NodeId).is(Role::Node),
        value("AttributeId", UInt32).is(Role::Attribute),
        value("IndexRange", String).is(Role::Range),
        value("DataEncoding", QualifiedName),
    ],
};
pub(in super::super) static REDUNDANT_SERVER_DATA_TYPE: Structure = Structure {
    name: "RedundantServerDataType",
    id: 855,
    fields: &[value("ServerId", String), value("ServiceLevel", Byte), choice("ServerState", SERVER_STATE)],
};
pub(in super::super) static REFERENCE_DESCRIPTION: Structure = Structure {
    name: "ReferenceDescription",
    id: 520,
    fields: &[
        value("ReferenceTypeId", NodeId),
        value("IsForward", Boolean),
        value("NodeId", ExpandedNodeId),
        value("BrowseName", QualifiedName),
        value("DisplayName", LocalizedText),
        choice("NodeClass", NODE_CLASS),
        value("TypeDefinition", ExpandedNodeId),
    ],
};
pub(in super::super) static REFERENCE_TYPE_ATTRIBUTES: Structure = Structure {
    name: "ReferenceTypeAttributes",
    id: 369,
    fields: &[
        value("SpecifiedAttributes", UInt32),
        value("DisplayName", LocalizedText),
        value("Description", LocalizedText),
        value("WriteMask", UInt32),
        value("UserWriteMask", UInt32),
        value("IsAbstract", Boolean),
        value("Symmetric", Boolean),
        value("InverseName", LocalizedText),
    ],
};
pub(in super::super) static REGISTER_NODES_RESULT: Structure =
    Structure { name: "RegisterNodesResult", id: 0, fields: &[values("RegisteredNodeIds", NodeId)] };
pub(in super::super) static REGISTERED_SERVER: Structure = Structure {
    name: "RegisteredServer",
    id: 434,
    fields: &[
        value("ServerUri", String),
        value("ProductUri", String),
        values("ServerNames", LocalizedText),
        choice("ServerType", APPLICATION_TYPE),
        value("GatewayServerUri", String),
        values("DiscoveryUrls", String),
        value("SemaphoreFilePath", String),
        value("IsOnline", Boolean),
    ],
};
pub(in super::super) static RELATIVE_PATH: Structure =
    Structure { name: "RelativePath", id: 542, fields: &[parts("Elements", &RELATIVE_PATH_ELEMENT)] };
pub(in super::super) static RELATIVE_PATH_ELEMENT: Structure = Structure {
    name: "RelativePathElement",
    id: 539,
    fields: &[
        value("ReferenceTypeId", NodeId),
        value("IsInverse", Boolean),
        value("IncludeSubtypes", Boolean),
        value("TargetName", QualifiedName).is(Role::Path),
    ],
};
pub(in super::super) static REQUEST_HEADER: Structure = Structure {
    name: "RequestHeader",
    id: 391,
    fields: &[
        value("AuthenticationToken", NodeId).is(Role::Secret),
        value("Timestamp", DateTime),
        value("RequestHandle", UInt32).is(Role::Handle),
        value("ReturnDiagnostics", UInt32),
        value("AuditEntryId", String),
        value("TimeoutHint", UInt32),
        value("AdditionalHeader", ExtensionObject),
    ],
};
pub(in super::super) static RESPONSE_HEADER: Structure = Structure {
    name: "ResponseHeader",
    id: 394,
    fields: &[
        value("Timestamp", DateTime),
        value("RequestHandle", UInt32).is(Role::Handle),
        value("ServiceResult", StatusCode).is(Role::Result),
        value("ServiceDiagnostics", DiagnosticInfo),
        values("StringTable", String),
        value("AdditionalHeader", ExtensionObject),
    ],
};
pub(in super::super) static ROLE_PERMISSION_TYPE: Structure =
    Structure { name: "RolePermissionType", id: 128, fields: &[value("RoleId", NodeId), value("Permissions", UInt32)] };
pub(in super::super) static SECURITY_SETTINGS_DATA_TYPE: Structure = Structure {
    name: "SecuritySettingsDataType",
    id: 16546,
    fields: &[
        value("Name", String),
        parts("RecordProperties", &KEY_VALUE_PAIR),
        choices("SecurityModes", MESSAGE_SECURITY_MODE),
        values("SecurityPolicyUris", String),
        value("CertificateGroupName", String),
    ],
};
pub(in super::super) static SEMANTIC_CHANGE_STRUCTURE_DATA_TYPE: Structure =
    Structure { name: "SemanticChangeStructureDataType", id: 899, fields: &[value("Affected", NodeId), value("AffectedType", NodeId)] };
pub(in super::super) static SERVER_DIAGNOSTICS_SUMMARY_DATA_TYPE: Structure = Structure {
    name: "ServerDiagnosticsSummaryDataType",
    id: 861,
    fields: &[
        value("ServerViewCount", UInt32),
        value("CurrentSessionCount", UInt32),
        value("CumulatedSessionCount", UInt32),
        value("SecurityRejectedSessionCount", UInt32),
        value("RejectedSessionCount", UInt32),
        value("SessionTimeoutCount", UInt32),
        value("SessionAbortCount", UInt32),
        value("CurrentSubscriptionCount", UInt32),
        value("CumulatedSubscriptionCount", UInt32),
        value("PublishingIntervalCount", UInt32),
        value("SecurityRejectedRequestsCount", UInt32),
        value("RejectedRequestsCount", UInt32),
    ],
};
pub(in super::super) static SERVER_ENDPOINT_DATA_TYPE: Structure = Structure {
    name: "ServerEndpointDataType",
    id: 16545,
    fields: &[
        value("Name", String),
        parts("RecordProperties", &KEY_VALUE_PAIR),
        values("DiscoveryUrls", String),
        value("NetworkName", String),
        value("Port", UInt16),
        values("EndpointUrls", String),
        values("SecuritySettingNames", String),
        value("TransportProfileUri", String),
        values("UserTokenSettingNames", String),
        values("ReverseConnectUrls", String),
    ],
};
pub(in super::super) static SERVER_ON_NETWORK: Structure = Structure {
    name: "ServerOnNetwork",
    id: 12207,
    fields: &[value("RecordId", UInt32), value("ServerName", String), value("DiscoveryUrl", String), values("ServerCapabilities", String)],
};
pub(in super::super) static SERVER_STATUS_DATA_TYPE: Structure = Structure {
    name: "ServerStatusDataType",
    id: 864,
    fields: &[
        value("StartTime", DateTime),
        value("CurrentTime", DateTime),
        choice("State", SERVER_STATE),
        part("BuildInfo", &BUILD_INFO),
        value("SecondsTillShutdown", UInt32),
        value("ShutdownReason", LocalizedText),
    ],
};
pub(in super::super) static SERVICE_CERTIFICATE_DATA_TYPE: Structure = Structure {
    name: "ServiceCertificateDataType",
    id: 23725,
    fields: &[value("Certificate", ByteString), values("Issuers", ByteString), value("ValidFrom", DateTime), value("ValidTo", DateTime)],
};
pub(in super::super) static SERVICE_COUNTER_DATA_TYPE: Structure =
    Structure { name: "ServiceCounterDataType", id: 873, fields: &[value("TotalCount", UInt32), value("ErrorCount", UInt32)] };
pub(in super::super) static SERVICE_FAULT: Structure =
    Structure { name: "ServiceFault", id: 397, fields: &[part("ResponseHeader", &RESPONSE_HEADER)] };
pub(in super::super) static SESSION_DIAGNOSTICS_DATA_TYPE: Structure = Structure {
    name: "SessionDiagnosticsDataType",
    id: 867,
    fields: &[
        value("SessionId", NodeId),
        value("SessionName", String),
        part("ClientDescription", &APPLICATION_DESCRIPTION),
        value("ServerUri", String),
        value("EndpointUrl", String),
        values("LocaleIds", String),
        value("ActualSessionTimeout", Double),
        value("MaxResponseMessageSize", UInt32),
        value("ClientConnectionTime", DateTime),
        value("ClientLastContactTime", DateTime),
        value("CurrentSubscriptionsCount", UInt32),
        value("CurrentMonitoredItemsCount", UInt32),
        value("CurrentPublishRequestsInQueue", UInt32),
        part("TotalRequestCount", &SERVICE_COUNTER_DATA_TYPE),
        value("UnauthorizedRequestCount", UInt32),
        part("ReadCount", &SERVICE_COUNTER_DATA_TYPE),
        part("HistoryReadCount", &SERVICE_COUNTER_DATA_TYPE),
        part("WriteCount", &SERVICE_COUNTER_DATA_TYPE),
        part("HistoryUpdateCount", &SERVICE_COUNTER_DATA_TYPE),
        part("CallCount", &SERVICE_COUNTER_DATA_TYPE),
        part("CreateMonitoredItemsCount", &SERVICE_COUNTER_DATA_TYPE),
        part("ModifyMonitoredItemsCount", &SERVICE_COUNTER_DATA_TYPE),
        part("SetMonitoringModeCount", &SERVICE_COUNTER_DATA_TYPE),
        part("SetTriggeringCount", &SERVICE_COUNTER_DATA_TYPE),
        part("DeleteMonitoredItemsCount", &SERVICE_COUNTER_DATA_TYPE),
        part("CreateSubscriptionCount", &SERVICE_COUNTER_DATA_TYPE),
        part("ModifySubscriptionCount", &SERVICE_COUNTER_DATA_TYPE),
        part("SetPublishingModeCount", &SERVICE_COUNTER_DATA_TYPE),
        part("PublishCount", &SERVICE_COUNTER_DATA_TYPE),
        part("RepublishCount", &SERVICE_COUNTER_DATA_TYPE),
        part("TransferSubscriptionsCount", &SERVICE_COUNTER_DATA_TYPE),
        part("DeleteSubscriptionsCount", &SERVICE_COUNTER_DATA_TYPE),
        part("AddNodesCount", &SERVICE_COUNTER_DATA_TYPE),
        part("AddReferencesCount", &SERVICE_COUNTER_DATA_TYPE),
        part("DeleteNodesCount", &SERVICE_COUNTER_DATA_TYPE),
        part("DeleteReferencesCount", &SERVICE_COUNTER_DATA_TYPE),
        part("BrowseCount", &SERVICE_COUNTER_DATA_TYPE),
        part("BrowseNextCount", &SERVICE_COUNTER_DATA_TYPE),
        part("TranslateBrowsePathsToNodeIdsCount", &SERVICE_COUNTER_DATA_TYPE),
        part("QueryFirstCount", &SERVICE_COUNTER_DATA_TYPE),
        part("QueryNextCount", &SERVICE_COUNTER_DATA_TYPE),
        part("RegisterNodesCount", &SERVICE_COUNTER_DATA_TYPE),
        part("UnregisterNodesCount", &SERVICE_COUNTER_DATA_TYPE),
    ],
};
pub(in super::super) static SESSION_SECURITY_DIAGNOSTICS_DATA_TYPE: Structure = Structure {
    name: "SessionSecurityDiagnosticsDataType",
    id: 870,
    fields: &[
        value("SessionId", NodeId),
        value("ClientUserIdOfSession", String),
        values("ClientUserIdHistory", String),
        value("AuthenticationMechanism", String),
        value("TransportProtocol", String),
        choice("SecurityMode", MESSAGE_SECURITY_MODE),
        value("SecurityPolicyUri", String),
        value("ClientCertificate", ByteString),
    ],
};
pub(in super::super) static SESSIONLESS_INVOKE_REQUEST_TYPE: Structure = Structure {
    name: "SessionlessInvokeRequestType",
    id: 15903,
    fields: &[
        value("UrisVersion", UInt32),
        values("NamespaceUris", String),
        values("ServerUris", String),
        values("LocaleIds", String),
        value("ServiceId", UInt32),
    ],
};
pub(in super::super) static SESSIONLESS_INVOKE_RESPONSE_TYPE: Structure = Structure {
    name: "SessionlessInvokeResponseType",
    id: 21001,
    fields: &[values("NamespaceUris", String), values("ServerUris", String), value("ServiceId", UInt32)],
};
pub(in super::super) static SET_MONITORING_MODE_RESULT: Structure = Structure {
    name: "SetMonitoringModeResult",
    id: 0,
    fields: &[values("Results", StatusCode), values("DiagnosticInfos", DiagnosticInfo)],
};
pub(in super::super) static SET_PUBLISHING_MODE_RESULT: Structure = Structure {
    name: "SetPublishingModeResult",
    id: 0,
    fields: &[values("Results", StatusCode), values("DiagnosticInfos", DiagnosticInfo)],
};
pub(in super::super) static SET_TRIGGERING_RESULT: Structure = Structure {
    name: "SetTriggeringResult",
    id: 0,
    fields: &[
        values("AddResults", StatusCode),
        values("AddDiagnosticInfos", DiagnosticInfo),
        values("RemoveResults", StatusCode),
        values("RemoveDiagnosticInfos", DiagnosticInfo),
    ],
};
pub(in super::super) static SIGNATURE_DATA: Structure =
    Structure { name: "SignatureData", id: 458, fields: &[value("Algorithm", String), value("Signature", ByteString)] };
pub(in super::super) static SIGNED_SOFTWARE_CERTIFICATE: Structure = Structure {
    name: "SignedSoftwareCertificate",
    id: 346,
    fields: &[value("CertificateData", ByteString), value("Signature", ByteString)],
};
pub(in super::super) static SIMPLE_ATTRIBUTE_OPERAND: Structure = Structure {
    name: "SimpleAttributeOperand",
    id: 603,
    fields: &[
        value("TypeDefinitionId", NodeId),
        values("BrowsePath", QualifiedName),
        value("AttributeId", UInt32),
        value("IndexRange", String),
    ],
};
pub(in super::super) static SORT_RULE_ELEMENT: Structure = Structure {
    name: "SortRuleElement",
    id: 18650,
    fields: &[choice("SortOrder", SORT_ORDER_TYPE), part("EventField", &SIMPLE_ATTRIBUTE_OPERAND)],
};
pub(in super::super) static SPAN_CONTEXT_DATA_TYPE: Structure =
    Structure { name: "SpanContextDataType", id: 19754, fields: &[value("TraceId", Guid), value("SpanId", UInt64)] };
pub(in super::super) static STATUS_CHANGE_NOTIFICATION: Structure = Structure {
    name: "StatusChangeNotification",
    id: 820,
    fields: &[value("Status", StatusCode), value("DiagnosticInfo", DiagnosticInfo)],
};
pub(in super::super) static STATUS_CODE: Structure = Structure { name: "StatusCode", id: 0, fields: &[value("value", UInt32)] };
pub(in super::super) static STATUS_RESULT: Structure =
    Structure { name: "StatusResult", id: 301, fields: &[value("StatusCode", StatusCode), value("DiagnosticInfo", DiagnosticInfo)] };
pub(in super::super) static STRUCTURE_DEFINITION: Structure = Structure {
    name: "StructureDefinition",
    id: 122,
    fields: &[
        value("DefaultEncodingId", NodeId),
        value("BaseDataType", NodeId),
        choice("StructureType", STRUCTURE_TYPE),
        parts("Fields", &STRUCTURE_FIELD),
    ],
};
pub(in super::super) static STRUCTURE_FIELD: Structure = Structure {
    name: "StructureField",
    id: 14844,
    fields: &[
        value("Name", String),
        value("Description", LocalizedText),
        value("DataType", NodeId),
        value("ValueRank", Int32),
        values("ArrayDimensions", UInt32),
        value("MaxStringLength", UInt32),
        value("IsOptional", Boolean),
    ],
};
pub(in super::super) static SUBSCRIPTION_ACKNOWLEDGEMENT: Structure =
    Structure { name: "SubscriptionAcknowledgement", id: 823, fields: &[value("SubscriptionId", UInt32), value("SequenceNumber", UInt32)] };
pub(in super::super) static SUBSCRIPTION_DIAGNOSTICS_DATA_TYPE: Structure = Structure {
    name: "SubscriptionDiagnosticsDataType",
    id: 876,
    fields: &[
        value("SessionId", NodeId),
        value("SubscriptionId", UInt32),
        value("Priority", Byte),
        value("PublishingInterval", Double),
        value("MaxKeepAliveCount", UInt32),
        value("MaxLifetimeCount", UInt32),
        value("MaxNotificationsPerPublish", UInt32),
        value("PublishingEnabled", Boolean),
        value("ModifyCount", UInt32),
        value("EnableCount", UInt32),
        value("DisableCount", UInt32),
        value("RepublishRequestCount", UInt32),
        value("RepublishMessageRequestCount", UInt32),
        value("RepublishMessageCount", UInt32),
        value("TransferRequestCount", UInt32),
        value("TransferredToAltClientCount", UInt32),
        value("TransferredToSameClientCount", UInt32),
        value("PublishRequestCount", UInt32),
        value("DataChangeNotificationsCount", UInt32),
        value("EventNotificationsCount", UInt32),
        value("NotificationsCount", UInt32),
        value("LatePublishRequestCount", UInt32),
        value("CurrentKeepAliveCount", UInt32),
        value("CurrentLifetimeCount", UInt32),
        value("UnacknowledgedMessageCount", UInt32),
        value("DiscardedMessageCount", UInt32),
        value("MonitoredItemCount", UInt32),
        value("DisabledMonitoredItemCount", UInt32),
        value("MonitoringQueueOverflowCount", UInt32),
        value("NextSequenceNumber", UInt32),
        value("EventQueueOverflowCount", UInt32),
    ],
};
pub(in super::super) static THREE_D_CARTESIAN_COORDINATES: Structure =
    Structure { name: "ThreeDCartesianCoordinates", id: 18819, fields: &[value("X", Double), value("Y", Double), value("Z", Double)] };
pub(in super::super) static THREE_D_FRAME: Structure = Structure {
    name: "ThreeDFrame",
    id: 18823,
    fields: &[part("CartesianCoordinates", &THREE_D_CARTESIAN_COORDINATES), part("Orientation", &THREE_D_ORIENTATION)],
};
pub(in super::super) static THREE_D_ORIENTATION: Structure =
    Structure { name: "ThreeDOrientation", id: 18821, fields: &[value("A", Double), value("B", Double), value("C", Double)] };
pub(in super::super) static THREE_D_VECTOR: Structure =
    Structure { name: "ThreeDVector", id: 18817, fields: &[value("X", Double), value("Y", Double), value("Z", Double)] };
pub(in super::super) static TIME_ZONE_DATA_TYPE: Structure =
    Structure { name: "TimeZoneDataType", id: 8917, fields: &[value("Offset", Int16), value("DaylightSavingInOffset", Boolean)] };
pub(in super::super) static TRACE_CONTEXT_DATA_TYPE: Structure = Structure {
    name: "TraceContextDataType",
    id: 19755,
    fields: &[value("TraceId", Guid), value("SpanId", UInt64), value("ParentSpanId", UInt64), value("ParentIdentifier", String)],
};
pub(in super::super) static TRANSFER_RESULT: Structure = Structure {
    name: "TransferResult",
    id: 838,
    fields: &[value("StatusCode", StatusCode).is(Role::Outcome), values("AvailableSequenceNumbers", UInt32)],
};
pub(in super::super) static TRANSFER_SUBSCRIPTIONS_RESULT: Structure = Structure {
    name: "TransferSubscriptionsResult",
    id: 0,
    fields: &[parts("Results", &TRANSFER_RESULT), values("DiagnosticInfos", DiagnosticInfo)],
};
pub(in super::super) static TRUST_LIST_DATA_TYPE: Structure = Structure {
    name: "TrustListDataType",
    id: 12680,
    fields: &[
        value("SpecifiedLists", UInt32),
        values("TrustedCertificates", ByteString),
        values("TrustedCrls", ByteString),
        values("IssuerCertificates", ByteString),
        values("IssuerCrls", ByteString),
    ],
};
pub(in super::super) static UNION: Structure = Structure { name: "Union", id: 12766, fields: &[] };
pub(in super::super) static UPDATE_DATA_DETAILS: Structure = Structure {
    name: "UpdateDataDetails",
    id: 682,
    fields: &[
        value("NodeId", NodeId).is(Role::Node),
        choice("PerformInsertReplace", PERFORM_UPDATE_TYPE),
        values("UpdateValues", DataValue),
    ],
};
pub(in super::super) static UPDATE_EVENT_DETAILS: Structure = Structure {
    name: "UpdateEventDetails",
    id: 685,
    fields: &[
        value("NodeId", NodeId).is(Role::Node),
        choice("PerformInsertReplace", PERFORM_UPDATE_TYPE),
        part("Filter", &EVENT_FILTER),
        parts("EventData", &HISTORY_EVENT_FIELD_LIST),
    ],
};
pub(in super::super) static UPDATE_STRUCTURE_DATA_DETAILS: Structure = Structure {
    name: "UpdateStructureDataDetails",
    id: 11300,
    fields: &[
        value("NodeId", NodeId).is(Role::Node),
        choice("PerformInsertReplace", PERFORM_UPDATE_TYPE),
        values("UpdateValues", DataValue),
    ],
};
pub(in super::super) static USER_IDENTITY_TOKEN: Structure =
    Structure { name: "UserIdentityToken", id: 318, fields: &[value("PolicyId", String)] };
pub(in super::super) static USER_MANAGEMENT_DATA_TYPE: Structure = Structure {
    name: "UserManagementDataType",
    id: 24292,
    fields: &[value("UserName", String), value("UserConfiguration", UInt32), value("Description", String)],
};
pub(in super::super) static USER_NAME_IDENTITY_TOKEN: Structure = Structure {
    name: "UserNameIdentityToken",
    id: 324,
    fields: &[
        value("PolicyId", String),
        value("UserName", String).is(Role::UserName),
        value("Password", ByteString).is(Role::Secret),
        value("EncryptionAlgorithm", String),
    ],
};
pub(in super::super) static USER_TOKEN_POLICY: Structure = Structure {
    name: "UserTokenPolicy",
    id: 306,
    fields: &[
        value("PolicyId", String),
        choice("TokenType", USER_TOKEN_TYPE),
        value("IssuedTokenType", String),
        value("IssuerEndpointUrl", String),
        value("SecurityPolicyUri", String),
    ],
};
pub(in super::super) static USER_TOKEN_SETTINGS_DATA_TYPE: Structure = Structure {
    name: "UserTokenSettingsDataType",
    id: 16547,
    fields: &[
        value("Name", String),
        parts("RecordProperties", &KEY_VALUE_PAIR),
        choice("TokenType", USER_TOKEN_TYPE),
        value("IssuedTokenType", String),
        value("IssuerEndpointUrl", String),
        value("SecurityPolicyUri", String),
        value("CertificateGroupName", String),
        value("AuthorizationServiceName", String),
    ],
};
pub(in super::super) static VARIABLE_ATTRIBUTES: Structure = Structure {
    name: "VariableAttributes",
    id: 357,
    fields: &[
        value("SpecifiedAttributes", UInt32),
        value("DisplayName", LocalizedText),
        value("Description", LocalizedText),
        value("WriteMask", UInt32),
        value("UserWriteMask", UInt32),
        value("Value", Variant),
        value("DataType", NodeId),
        value("ValueRank", Int32),
        values("ArrayDimensions", UInt32),
        value("AccessLevel", Byte),
        value("UserAccessLevel", Byte),
        value("MinimumSamplingInterval", Double),
        value("Historizing", Boolean),
    ],
};
pub(in super::super) static VARIABLE_TYPE_ATTRIBUTES: Structure = Structure {
    name: "VariableTypeAttributes",
    id: 366,
    fields: &[
        value("SpecifiedAttributes", UInt32),
        value("DisplayName", LocalizedText),
        value("Description", LocalizedText),
        value("WriteMask", UInt32),
        value("UserWriteMask", UInt32),
        value("Value", Variant),
        value("DataType", NodeId),
        value("ValueRank", Int32),
        values("ArrayDimensions", UInt32),
        value("IsAbstract", Boolean),
    ],
};
pub(in super::super) static VECTOR: Structure = Structure { name: "Vector", id: 18816, fields: &[] };
pub(in super::super) static VIEW_ATTRIBUTES: Structure = Structure {
    name: "ViewAttributes",
    id: 375,
    fields: &[
        value("SpecifiedAttributes", UInt32),
        value("DisplayName", LocalizedText),
        value("Description", LocalizedText),
        value("WriteMask", UInt32),
        value("UserWriteMask", UInt32),
        value("ContainsNoLoops", Boolean),
        value("EventNotifier", Byte),
    ],
};
pub(in super::super) static VIEW_DESCRIPTION: Structure = Structure {
    name: "ViewDescription",
    id: 513,
    fields: &[value("ViewId", NodeId), value("Timestamp", DateTime), value("ViewVersion", UInt32)],
};
pub(in super::super) static WRITE_VALUE: Structure = Structure {
    name: "WriteValue",
    id: 670,
    fields: &[
        value("NodeId", NodeId).is(Role::Node),
        value("AttributeId", UInt32).is(Role::Attribute),
        value("IndexRange", String).is(Role::Range),
        value("Value", DataValue),
    ],
};
pub(in super::super) static X509_IDENTITY_TOKEN: Structure =
    Structure { name: "X509IdentityToken", id: 327, fields: &[value("PolicyId", String), value("CertificateData", ByteString)] };
pub(in super::super) static XV_TYPE: Structure =
    Structure { name: "XVType", id: 12090, fields: &[value("X", Double), value("Value", Float)] };
