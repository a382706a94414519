//! Structures within messages, and within values (OPC 10000-4, 7; OPC 10000-5, 12).
//!
//! Made by `tools/make_opcua_tables.py`: change that, not this.

use super::*;

pub(in super::super) static EU_INFORMATION: Structure = Structure {
    name: "EUInformation",
    id: 889,
    fields: &[
        value("NamespaceUri", String),
        value("UnitId", Int32),
        value("DisplayName", LocalizedText),
        value("Description", LocalizedText),
    ],
};
pub(in super::super) static ELEMENT_OPERAND: Structure = Structure { name: "ElementOperand", id: 594, fields: &[value("Index", UInt32)] };
pub(in super::super) static ENDPOINT_CONFIGURATION: Structure = Structure {
    name: "EndpointConfiguration",
    id: 333,
    fields: &[
        value("OperationTimeout", Int32),
        value("UseBinaryEncoding", Boolean),
        value("MaxStringLength", Int32),
        value("MaxByteStringLength", Int32),
        value("MaxArrayLength", Int32),
        value("MaxMessageSize", Int32),
        value("MaxBufferSize", Int32),
        value("ChannelLifetime", Int32),
        value("SecurityTokenLifetime", Int32),
    ],
};
pub(in super::super) static ENDPOINT_DATA_TYPE: Structure = Structure {
    name: "EndpointDataType",
    id: 16544,
    fields: &[
        value("Name", String),
        parts("RecordProperties", &KEY_VALUE_PAIR),
        values("DiscoveryUrls", String),
        value("NetworkName", String),
        value("Port", UInt16),
    ],
};
pub(in super::super) static ENDPOINT_DESCRIPTION: Structure = Structure {
    name: "EndpointDescription",
    id: 314,
    fields: &[
        value("EndpointUrl", String),
        part("Server", &APPLICATION_DESCRIPTION),
        value("ServerCertificate", ByteString),
        choice("SecurityMode", MESSAGE_SECURITY_MODE),
        value("SecurityPolicyUri", String),
        parts("UserIdentityTokens", &USER_TOKEN_POLICY),
        value("TransportProfileUri", String),
        value("SecurityLevel", Byte),
    ],
};
pub(in super::super) static ENDPOINT_TYPE: Structure = Structure {
    name: "EndpointType",
    id: 15671,
    fields: &[
        value("EndpointUrl", String),
        choice("SecurityMode", MESSAGE_SECURITY_MODE),
        value("SecurityPolicyUri", String),
        value("TransportProfileUri", String),
    ],
};
pub(in super::super) static ENDPOINT_URL_LIST_DATA_TYPE: Structure =
    Structure { name: "EndpointUrlListDataType", id: 11957, fields: &[values("EndpointUrlList", String)] };
pub(in super::super) static ENUM_DEFINITION: Structure =
    Structure { name: "EnumDefinition", id: 123, fields: &[parts("Fields", &ENUM_FIELD)] };
pub(in super::super) static ENUM_FIELD: Structure = Structure {
    name: "EnumField",
    id: 14845,
    fields: &[value("Value", Int64), value("DisplayName", LocalizedText), value("Description", LocalizedText), value("Name", String)],
};
pub(in super::super) static ENUM_VALUE_TYPE: Structure = Structure {
    name: "EnumValueType",
    id: 8251,
    fields: &[value("Value", Int64), value("DisplayName", LocalizedText), value("Description", LocalizedText)],
};
pub(in super::super) static EPHEMERAL_KEY_TYPE: Structure =
    Structure { name: "EphemeralKeyType", id: 17549, fields: &[value("PublicKey", ByteString), value("Signature", ByteString)] };
pub(in super::super) static EVENT_FIELD_LIST: Structure =
    Structure { name: "EventFieldList", id: 919, fields: &[value("ClientHandle", UInt32), values("EventFields", Variant)] };
pub(in super::super) static EVENT_FILTER: Structure = Structure {
    name: "EventFilter",
    id: 727,
    fields: &[parts("SelectClauses", &SIMPLE_ATTRIBUTE_OPERAND), part("WhereClause", &CONTENT_FILTER)],
};
pub(in super::super) static EVENT_FILTER_RESULT: Structure = Structure {
    name: "EventFilterResult",
    id: 736,
    fields: &[
        values("SelectClauseResults", StatusCode),
        values("SelectClauseDiagnosticInfos", DiagnosticInfo),
        part("WhereClauseResult", &CONTENT_FILTER_RESULT),
    ],
};
pub(in super::super) static EVENT_NOTIFICATION_LIST: Structure =
    Structure { name: "EventNotificationList", id: 916, fields: &[parts("Events", &EVENT_FIELD_LIST)] };
pub(in super::super) static FILTER_OPERAND: Structure = Structure { name: "FilterOperand", id: 591, fields: &[] };
pub(in super::super) static FIND_SERVERS_ON_NETWORK_RESULT: Structure = Structure {
    name: "FindServersOnNetworkResult",
    id: 0,
    fields: &[value("LastCounterResetTime", DateTime), parts("Servers", &SERVER_ON_NETWORK)],
};
pub(in super::super) static FRAME: Structure = Structure { name: "Frame", id: 18822, fields: &[] };
pub(in super::super) static HISTORY_DATA: Structure =
    Structure { name: "HistoryData", id: 658, fields: &[values("DataValues", DataValue)] };
pub(in super::super) static HISTORY_EVENT: Structure =
    Structure { name: "HistoryEvent", id: 661, fields: &[parts("Events", &HISTORY_EVENT_FIELD_LIST)] };
pub(in super::super) static HISTORY_EVENT_FIELD_LIST: Structure =
    Structure { name: "HistoryEventFieldList", id: 922, fields: &[values("EventFields", Variant)] };
pub(in super::super) static HISTORY_MODIFIED_DATA: Structure = Structure {
    name: "HistoryModifiedData",
    id: 11227,
    fields: &[values("DataValues", DataValue), parts("ModificationInfos", &MODIFICATION_INFO)],
};
pub(in super::super) static HISTORY_MODIFIED_EVENT: Structure = Structure {
    name: "HistoryModifiedEvent",
    id: 32825,
    fields: &[parts("Events", &HISTORY_EVENT_FIELD_LIST), parts("ModificationInfos", &MODIFICATION_INFO)],
};
pub(in super::super) static HISTORY_READ_DETAILS: Structure = Structure { name: "HistoryReadDetails", id: 643, fields: &[] };
pub(in super::super) static HISTORY_READ_RESULT: Structure = Structure {
    name: "HistoryReadResult",
    id: 640,
    fields: &[
        value("StatusCode", StatusCode).is(Role::Outcome),
        value("ContinuationPoint", ByteString),
        value("HistoryData", ExtensionObject),
    ],
};
pub(in super::super) static HISTORY_READ_VALUE_ID: Structure = Structure {
    name: "HistoryReadValueId",
    id: 637,
    fields: &[
        value("NodeId", NodeId).is(Role::Node),
        value("IndexRange", String).is(Role::Range),
        value("DataEncoding", QualifiedName),
        value("ContinuationPoint", ByteString),
    ],
};
pub(in super::super) static HISTORY_UPDATE_DETAILS: Structure = Structure { name: "HistoryUpdateDetails", id: 679, fields: &[] };
pub(in super::super) static HISTORY_UPDATE_RESULT: Structure = Structure {
    name: "HistoryUpdateResult",
    id: 697,
    fields: &[
        value("StatusCode", StatusCode).is(Role::Outcome),
        values("OperationResults", StatusCode),
        values("DiagnosticInfos", DiagnosticInfo),
    ],
};
pub(in super::super) static IDENTITY_MAPPING_RULE_TYPE: Structure = Structure {
    name: "IdentityMappingRuleType",
    id: 15736,
    fields: &[choice("CriteriaType", IDENTITY_CRITERIA_TYPE), value("Criteria", String)],
};
pub(in super::super) static ISSUED_IDENTITY_TOKEN: Structure = Structure {
    name: "IssuedIdentityToken",
    id: 940,
    fields: &[value("PolicyId", String), value("TokenData", ByteString).is(Role::Secret), value("EncryptionAlgorithm", String)],
};
pub(in super::super) static JSON_ACTION_NETWORK_MESSAGE: Structure = Structure {
    name: "JsonActionNetworkMessage",
    id: 0,
    fields: &[
        value("MessageId", String),
        value("MessageType", String),
        value("PublisherId", String),
        value("Timestamp", DateTime),
        value("ResponseAddress", String),
        value("CorrelationData", ByteString),
        value("RequestorId", String),
        value("TimeoutHint", Double),
        values("Messages", ExtensionObject),
    ],
};
pub(in super::super) static JSON_ACTION_REQUEST_MESSAGE: Structure = Structure {
    name: "JsonActionRequestMessage",
    id: 0,
    fields: &[
        value("DataSetWriterId", UInt16),
        value("ActionTargetId", UInt16),
        value("DataSetWriterName", String),
        value("WriterGroupName", String),
        part("MetaDataVersion", &CONFIGURATION_VERSION_DATA_TYPE),
        value("MinorVersion", UInt32),
        value("Timestamp", DateTime),
        value("MessageType", String),
        value("RequestId", UInt16),
        choice("ActionState", ACTION_STATE),
        value("Payload", ExtensionObject),
    ],
};
pub(in super::super) static JSON_ACTION_RESPONSE_MESSAGE: Structure = Structure {
    name: "JsonActionResponseMessage",
    id: 0,
    fields: &[
        value("DataSetWriterId", UInt16),
        value("ActionTargetId", UInt16),
        value("DataSetWriterName", String),
        value("WriterGroupName", String),
        part("MetaDataVersion", &CONFIGURATION_VERSION_DATA_TYPE),
        value("MinorVersion", UInt32),
        value("Timestamp", DateTime),
        value("Status", StatusCode),
        value("MessageType", String),
        value("RequestId", UInt16),
        choice("ActionState", ACTION_STATE),
        value("Payload", ExtensionObject),
    ],
};
pub(in super::super) static JSON_APPLICATION_DESCRIPTION_MESSAGE: Structure = Structure {
    name: "JsonApplicationDescriptionMessage",
    id: 0,
    fields: &[
        value("MessageId", String),
        value("MessageType", String),
        value("PublisherId", String),
        value("Timestamp", DateTime),
        part("Description", &APPLICATION_DESCRIPTION),
        values("ServerCapabilities", String),
    ],
};
pub(in super::super) static JSON_NETWORK_MESSAGE: Structure = Structure {
    name: "JsonNetworkMessage",
    id: 0,
    fields: &[
        value("MessageId", String),
        value("MessageType", String),
        value("PublisherId", String),
        value("WriterGroupName", String),
        value("DataSetClassId", String),
        values("Messages", ExtensionObject),
    ],
};
pub(in super::super) static JSON_SERVER_ENDPOINTS_MESSAGE: Structure = Structure {
    name: "JsonServerEndpointsMessage",
    id: 0,
    fields: &[
        value("MessageId", String),
        value("MessageType", String),
        value("PublisherId", String),
        value("Timestamp", DateTime),
        part("Description", &APPLICATION_DESCRIPTION),
        parts("Endpoints", &ENDPOINT_DESCRIPTION),
    ],
};
pub(in super::super) static JSON_STATUS_MESSAGE: Structure = Structure {
    name: "JsonStatusMessage",
    id: 0,
    fields: &[
        value("MessageId", String),
        value("MessageType", String),
        value("PublisherId", String),
        value("Timestamp", DateTime),
        value("IsCyclic", Boolean),
        choice("Status", PUB_SUB_STATE),
        value("NextReportTime", DateTime),
    ],
};
pub(in super::super) static KEY_VALUE_PAIR: Structure =
    Structure { name: "KeyValuePair", id: 14846, fields: &[value("Key", QualifiedName), value("Value", Variant)] };
pub(in super::super) static LINEAR_CONVERSION_DATA_TYPE: Structure = Structure {
    name: "LinearConversionDataType",
    id: 32561,
    fields: &[value("InitialAddend", Float), value("Multiplicand", Float), value("Divisor", Float), value("FinalAddend", Float)],
};
pub(in super::super) static LITERAL_OPERAND: Structure = Structure { name: "LiteralOperand", id: 597, fields: &[value("Value", Variant)] };
pub(in super::super) static MDNS_DISCOVERY_CONFIGURATION: Structure = Structure {
    name: "MdnsDiscoveryConfiguration",
    id: 12901,
    fields: &[value("MdnsServerName", String), values("ServerCapabilities", String)],
};
pub(in super::super) static METHOD_ATTRIBUTES: Structure = Structure {
    name: "MethodAttributes",
    id: 360,
    fields: &[
        value("SpecifiedAttributes", UInt32),
        value("DisplayName", LocalizedText),
        value("Description", LocalizedText),
        value("WriteMask", UInt32),
        value("UserWriteMask", UInt32),
        value("Executable", Boolean),
        value("UserExecutable", Boolean),
    ],
};
pub(in super::super) static MODEL_CHANGE_STRUCTURE_DATA_TYPE: Structure = Structure {
    name: "ModelChangeStructureDataType",
    id: 879,
    fields: &[value("Affected", NodeId), value("AffectedType", NodeId), value("Verb", Byte)],
};
pub(in super::super) static MODIFICATION_INFO: Structure = Structure {
    name: "ModificationInfo",
    id: 11226,
    fields: &[value("ModificationTime", DateTime), choice("UpdateType", HISTORY_UPDATE_TYPE), value("UserName", String)],
};
pub(in super::super) static MODIFY_SUBSCRIPTION_RESULT: Structure = Structure {
    name: "ModifySubscriptionResult",
    id: 0,
    fields: &[value("RevisedPublishingInterval", Double), value("RevisedLifetimeCount", UInt32), value("RevisedMaxKeepAliveCount", UInt32)],
};
pub(in super::super) static MONITORED_ITEM_CREATE_REQUEST: Structure = Structure {
    name: "MonitoredItemCreateRequest",
    id: 745,
    fields: &[
        part("ItemToMonitor", &READ_VALUE_ID),
        choice("MonitoringMode", MONITORING_MODE),
        part("RequestedParameters", &MONITORING_PARAMETERS),
    ],
};
pub(in super::super) static MONITORED_ITEM_CREATE_RESULT: Structure = Structure {
    name: "MonitoredItemCreateResult",
    id: 748,
    fields: &[
        value("StatusCode", StatusCode).is(Role::Outcome),
        value("MonitoredItemId", UInt32),
        value("RevisedSamplingInterval", Double),
        value("RevisedQueueSize", UInt32),
        value("FilterResult", ExtensionObject),
    ],
};
pub(in super::super) static MONITORED_ITEM_MODIFY_REQUEST: Structure = Structure {
    name: "MonitoredItemModifyRequest",
    id: 757,
    fields: &[value("MonitoredItemId", UInt32), part("RequestedParameters", &MONITORING_PARAMETERS)],
};
pub(in super::super) static MONITORED_ITEM_MODIFY_RESULT: Structure = Structure {
    name: "MonitoredItemModifyResult",
    id: 760,
    fields: &[
        value("StatusCode", StatusCode).is(Role::Outcome),
        value("RevisedSamplingInterval", Double),
        value("RevisedQueueSize", UInt32),
        value("FilterResult", ExtensionObject),
    ],
};
pub(in super::super) static MONITORED_ITEM_NOTIFICATION: Structure =
    Structure { name: "MonitoredItemNotification", id: 808, fields: &[value("ClientHandle", UInt32), value("Value", DataValue)] };
pub(in super::super) static MONITORING_FILTER: Structure = Structure { name: "MonitoringFilter", id: 721, fields: &[] };
pub(in super::super) static MONITORING_FILTER_RESULT: Structure = Structure { name: "MonitoringFilterResult", id: 733, fields: &[] };
pub(in super::super) static MONITORING_PARAMETERS: Structure = Structure {
    name: "MonitoringParameters",
    id: 742,
    fields: &[
        value("ClientHandle", UInt32),
        value("SamplingInterval", Double),
        value("Filter", ExtensionObject),
        value("QueueSize", UInt32),
        value("DiscardOldest", Boolean),
    ],
};
pub(in super::super) static NAME_VALUE_PAIR: Structure =
    Structure { name: "NameValuePair", id: 19756, fields: &[value("Name", String), value("Value", Variant)] };
pub(in super::super) static NETWORK_GROUP_DATA_TYPE: Structure = Structure {
    name: "NetworkGroupDataType",
    id: 11958,
    fields: &[value("ServerUri", String), parts("NetworkPaths", &ENDPOINT_URL_LIST_DATA_TYPE)],
};
pub(in super::super) static NODE_ATTRIBUTES: Structure = Structure {
    name: "NodeAttributes",
    id: 351,
    fields: &[
        value("SpecifiedAttributes", UInt32),
        value("DisplayName", LocalizedText),
        value("Description", LocalizedText),
        value("WriteMask", UInt32),
        value("UserWriteMask", UInt32),
    ],
};
pub(in super::super) static NODE_REFERENCE: Structure = Structure {
    name: "NodeReference",
    id: 582,
    fields: &[value("NodeId", NodeId), value("ReferenceTypeId", NodeId), value("IsForward", Boolean), values("ReferencedNodeIds", NodeId)],
};
pub(in super::super) static NODE_TYPE_DESCRIPTION: Structure = Structure {
    name: "NodeTypeDescription",
    id: 575,
    fields: &[
        value("TypeDefinitionNode", ExpandedNodeId).is(Role::Node),
        value("IncludeSubTypes", Boolean),
        parts("DataToReturn", &QUERY_DATA_DESCRIPTION),
    ],
};
pub(in super::super) static NOTIFICATION_DATA: Structure = Structure { name: "NotificationData", id: 947, fields: &[] };
pub(in super::super) static NOTIFICATION_MESSAGE: Structure = Structure {
    name: "NotificationMessage",
    id: 805,
    fields: &[value("SequenceNumber", UInt32), value("PublishTime", DateTime), values("NotificationData", ExtensionObject)],
};
pub(in super::super) static OBJECT_ATTRIBUTES: Structure = Structure {
    name: "ObjectAttributes",
    id: 354,
    fields: &[
        value("SpecifiedAttributes", UInt32),
        value("DisplayName", LocalizedText),
        value("Description", LocalizedText),
        value("WriteMask", UInt32),
        value("UserWriteMask", UInt32),
        value("EventNotifier", Byte),
    ],
};
pub(in super::super) static OBJECT_TYPE_ATTRIBUTES: Structure = Structure {
    name: "ObjectTypeAttributes",
    id: 363,
    fields: &[
        value("SpecifiedAttributes", UInt32),
        value("DisplayName", LocalizedText),
        value("Description", LocalizedText),
        value("WriteMask", UInt32),
        value("UserWriteMask", UInt32),
        value("IsAbstract", Boolean),
    ],
};
pub(in super::super) static OPEN_SECURE_CHANNEL_RESULT: Structure = Structure {
    name: "OpenSecureChannelResult",
    id: 0,
    fields: &[value("ServerProtocolVersion", UInt32), part("SecurityToken", &CHANNEL_SECURITY_TOKEN), value("ServerNonce", ByteString)],
};
pub(in super::super) static OPTION_SET: Structure =
    Structure { name: "OptionSet", id: 12765, fields: &[value("Value", ByteString), value("ValidBits", ByteString)] };
pub(in super::super) static ORIENTATION: Structure = Structure { name: "Orientation", id: 18820, fields: &[] };
pub(in super::super) static PARSING_RESULT: Structure = Structure {
    name: "ParsingResult",
    id: 612,
    fields: &[value("StatusCode", StatusCode), values("DataStatusCodes", StatusCode), values("DataDiagnosticInfos", DiagnosticInfo)],
};
pub(in super::super) static PROGRAM_DIAGNOSTIC2_DATA_TYPE: Structure = Structure {
    name: "ProgramDiagnostic2DataType",
    id: 24034,
    fields: &[
        value("CreateSessionId", NodeId),
        value("CreateClientName", String),
        value("InvocationCreationTime", DateTime),
        value("LastTransitionTime", DateTime),
        value("LastMethodCall", String),
        value("LastMethodSessionId", NodeId),
        parts("LastMethodInputArguments", &ARGUMENT),
        parts("LastMethodOutputArguments", &ARGUMENT),
        values("LastMethodInputValues", Variant),
        values("LastMethodOutputValues", Variant),
        value("LastMethodCallTime", DateTime),
        value("LastMethodReturnStatus", StatusCode),
    ],
};
pub(in super::super) static PROGRAM_DIAGNOSTIC_DATA_TYPE: Structure = Structure {
    name: "ProgramDiagnosticDataType",
    id: 896,
    fields: &[
        value("CreateSessionId", NodeId),
        value("CreateClientName", String),
        value("InvocationCreationTime", DateTime),
        value("LastTransitionTime", DateTime),
        value("LastMethodCall", String),
        value("LastMethodSessionId", NodeId),
        parts("LastMethodInputArguments", &ARGUMENT),
        parts("LastMethodOutputArguments", &ARGUMENT),
        value("LastMethodCallTime", DateTime),
        part("LastMethodReturnStatus", &STATUS_RESULT),
    ],
};
pub(in super::super) static PUBLISH_RESULT: Structure = Structure {
    name: "PublishResult",
    id: 0,
    fields: &[
        value("SubscriptionId", UInt32),
        values("AvailableSequenceNumbers", UInt32),
        value("MoreNotifications", Boolean),
        part("NotificationMessage", &NOTIFICATION_MESSAGE),
        values("Results", StatusCode),
        values("DiagnosticInfos", DiagnosticInfo),
    ],
};
