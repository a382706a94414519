//! Structures of the standard's own variables and properties (OPC 10000-3 §8, OPC 10000-5 §12, OPC 10000-8 §5, OPC 10000-10 §5).
#![expect(non_upper_case_globals, reason = "The tables spell types as the specification does")]

use super::builtins::{
    Boolean, Byte, ByteString, DiagnosticInfo, Double, Duration, ExpandedNodeId, Float, Int16, Int32, Int64, LocaleId, LocalizedText,
    NodeId, QualifiedName, SByte, StatusCode, String, UInt32, UtcTime, Variant,
};
use super::endpoints::ApplicationDescription;
use super::enumerations::{AxisScaleEnumeration, MessageSecurityMode, ServerState, StructureType};
use super::schema::{field, structures, Field, Kind, Role, Structure};

structures! {
    Argument { Name: String, DataType: NodeId, ValueRank: Int32, ArrayDimensions: [UInt32], Description: LocalizedText }
    EnumValueType { Value: Int64, DisplayName: LocalizedText, Description: LocalizedText }
    EnumField { Value: Int64, DisplayName: LocalizedText, Description: LocalizedText, Name: String }
    EnumDefinition { Fields: [EnumField] }
    StructureField {
        Name: String, Description: LocalizedText, DataType: NodeId, ValueRank: Int32, ArrayDimensions: [UInt32],
        MaxStringLength: UInt32, IsOptional: Boolean,
    }
    StructureDefinition { DefaultEncodingId: NodeId, BaseDataType: NodeId, StructureType: StructureType, Fields: [StructureField] }
    RolePermissionType { RoleId: NodeId, Permissions: UInt32 }
    OptionSet { Value: ByteString, ValidBits: ByteString }
    TimeZoneDataType { Offset: Int16, DaylightSavingInOffset: Boolean }
    DecimalDataType { Scale: Int16, Value: ByteString }
    StatusResult { StatusCode: StatusCode, DiagnosticInfo: DiagnosticInfo }
    BuildInfo {
        ProductUri: String, ManufacturerName: String, ProductName: String, SoftwareVersion: String, BuildNumber: String,
        BuildDate: UtcTime,
    }
    RedundantServerDataType { ServerId: String, ServiceLevel: Byte, ServerState: ServerState }
    SamplingIntervalDiagnosticsDataType {
        SamplingInterval: Duration, MonitoredItemCount: UInt32, MaxMonitoredItemCount: UInt32, DisabledMonitoredItemCount: UInt32,
    }
    ServerDiagnosticsSummaryDataType {
        ServerViewCount: UInt32, CurrentSessionCount: UInt32, CumulatedSessionCount: UInt32, SecurityRejectedSessionCount: UInt32,
        RejectedSessionCount: UInt32, SessionTimeoutCount: UInt32, SessionAbortCount: UInt32, CurrentSubscriptionCount: UInt32,
        CumulatedSubscriptionCount: UInt32, PublishingIntervalCount: UInt32, SecurityRejectedRequestsCount: UInt32,
        RejectedRequestsCount: UInt32,
    }
    ServerStatusDataType {
        StartTime: UtcTime, CurrentTime: UtcTime, State: ServerState, BuildInfo: BuildInfo, SecondsTillShutdown: UInt32,
        ShutdownReason: LocalizedText,
    }
    SessionSecurityDiagnosticsDataType {
        SessionId: NodeId, ClientUserIdOfSession: String, ClientUserIdHistory: [String], AuthenticationMechanism: String,
        Encoding: Byte, TransportProtocol: String, SecurityMode: MessageSecurityMode, SecurityPolicyUri: String,
        ClientCertificate: ByteString,
    }
    ServiceCounterDataType { TotalCount: UInt32, ErrorCount: UInt32 }
    SessionDiagnosticsDataType {
        SessionId: NodeId, SessionName: String, ClientDescription: ApplicationDescription, ServerUri: String, EndpointUrl: String,
        LocaleIds: [LocaleId], ActualSessionTimeout: Duration, MaxResponseMessageSize: UInt32, ClientConnectionTime: UtcTime,
        ClientLastContactTime: UtcTime, CurrentSubscriptionsCount: UInt32, CurrentMonitoredItemsCount: UInt32,
        CurrentPublishRequestsInQueue: UInt32, TotalRequestCount: ServiceCounterDataType, UnauthorizedRequestCount: UInt32,
        ReadCount: ServiceCounterDataType, HistoryReadCount: ServiceCounterDataType, WriteCount: ServiceCounterDataType,
        HistoryUpdateCount: ServiceCounterDataType, CallCount: ServiceCounterDataType,
        CreateMonitoredItemsCount: ServiceCounterDataType, ModifyMonitoredItemsCount: ServiceCounterDataType,
        SetMonitoringModeCount: ServiceCounterDataType, SetTriggeringCount: ServiceCounterDataType,
        DeleteMonitoredItemsCount: ServiceCounterDataType, CreateSubscriptionCount: ServiceCounterDataType,
        ModifySubscriptionCount: ServiceCounterDataType, SetPublishingModeCount: ServiceCounterDataType,
        PublishCount: ServiceCounterDataType, RepublishCount: ServiceCounterDataType,
        TransferSubscriptionsCount: ServiceCounterDataType, DeleteSubscriptionsCount: ServiceCounterDataType,
        AddNodesCount: ServiceCounterDataType, AddReferencesCount: ServiceCounterDataType, DeleteNodesCount: ServiceCounterDataType,
        DeleteReferencesCount: ServiceCounterDataType, BrowseCount: ServiceCounterDataType, BrowseNextCount: ServiceCounterDataType,
        TranslateBrowsePathsToNodeIdsCount: ServiceCounterDataType, QueryFirstCount: ServiceCounterDataType,
        QueryNextCount: ServiceCounterDataType, RegisterNodesCount: ServiceCounterDataType,
        UnregisterNodesCount: ServiceCounterDataType,
    }
    SubscriptionDiagnosticsDataType {
        SessionId: NodeId, SubscriptionId: UInt32, Priority: Byte, PublishingInterval: Duration, MaxKeepAliveCount: UInt32,
        MaxLifetimeCount: UInt32, MaxNotificationsPerPublish: UInt32, PublishingEnabled: Boolean, ModifyCount: UInt32,
        EnableCount: UInt32, DisableCount: UInt32, RepublishRequestCount: UInt32, RepublishMessageRequestCount: UInt32,
        RepublishMessageCount: UInt32, TransferRequestCount: UInt32, TransferredToAltClientCount: UInt32,
        TransferredToSameClientCount: UInt32, PublishRequestCount: UInt32, DataChangeNotificationsCount: UInt32,
        EventNotificationsCount: UInt32, NotificationsCount: UInt32, LatePublishRequestCount: UInt32, CurrentKeepAliveCount: UInt32,
        CurrentLifetimeCount: UInt32, UnacknowledgedMessageCount: UInt32, DiscardedMessageCount: UInt32, MonitoredItemCount: UInt32,
        DisabledMonitoredItemCount: UInt32, MonitoringQueueOverflowCount: UInt32, NextSequenceNumber: UInt32,
        EventQueueOverflowCount: UInt32,
    }
    ModelChangeStructureDataType { Affected: NodeId, AffectedType: NodeId, Verb: Byte }
    SemanticChangeStructureDataType { Affected: NodeId, AffectedType: NodeId }
    Range { Low: Double, High: Double }
    EUInformation { NamespaceUri: String, UnitId: Int32, DisplayName: LocalizedText, Description: LocalizedText }
    ComplexNumberType { Real: Float, Imaginary: Float }
    DoubleComplexNumberType { Real: Double, Imaginary: Double }
    AxisInformation {
        EngineeringUnits: EUInformation, EURange: Range, Title: LocalizedText, AxisScaleType: AxisScaleEnumeration,
        AxisSteps: [Double],
    }
    XVType { X: Double, Value: Float }
    ProgramDiagnosticDataType {
        CreateSessionId: NodeId, CreateClientName: String, InvocationCreationTime: UtcTime, LastTransitionTime: UtcTime,
        LastMethodCall: String, LastMethodSessionId: NodeId, LastMethodInputArguments: [Argument],
        LastMethodOutputArguments: [Argument], LastMethodCallTime: UtcTime, LastMethodReturnStatus: StatusResult,
    }
    ProgramDiagnostic2DataType {
        CreateSessionId: NodeId, CreateClientName: String, InvocationCreationTime: UtcTime, LastTransitionTime: UtcTime,
        LastMethodCall: String, LastMethodSessionId: NodeId, LastMethodInputArguments: [Argument],
        LastMethodOutputArguments: [Argument], LastMethodInputValues: [Variant], LastMethodOutputValues: [Variant],
        LastMethodCallTime: UtcTime, LastMethodReturnStatus: StatusCode,
    }
    RationalNumber { Numerator: Int32, Denominator: UInt32 }
    ThreeDVector { X: Double, Y: Double, Z: Double }
    ThreeDCartesianCoordinates { X: Double, Y: Double, Z: Double }
    ThreeDOrientation { A: Double, B: Double, C: Double }
    ThreeDFrame { CartesianCoordinates: ThreeDCartesianCoordinates, Orientation: ThreeDOrientation }
    AliasNameDataType { AliasName: QualifiedName, ReferencedNodes: [ExpandedNodeId] }
    CurrencyUnitType { NumericCode: Int16, Exponent: SByte, AlphabeticCode: String, Currency: LocalizedText }
}
