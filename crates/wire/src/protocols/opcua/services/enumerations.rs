//! Enumerations of the services (OPC 10000-4 §7, OPC 10000-3 §8, OPC 10000-5 §12, OPC 10000-11, OPC 10000-13).
#![expect(non_upper_case_globals, reason = "The tables spell types as the specification does")]

use super::schema::{enumerations, Enumeration, Kind};

enumerations! {
    ApplicationType { 0 Server, 1 Client, 2 ClientAndServer, 3 DiscoveryServer }
    AxisScaleEnumeration { 0 Linear, 1 Log, 2 Ln }
    BrowseDirection { 0 Forward, 1 Inverse, 2 Both, 3 Invalid }
    DataChangeTrigger { 0 Status, 1 StatusValue, 2 StatusValueTimestamp }
    FilterOperator {
        0 Equals, 1 IsNull, 2 GreaterThan, 3 LessThan, 4 GreaterThanOrEqual, 5 LessThanOrEqual, 6 Like, 7 Not, 8 Between, 9 InList,
        10 And, 11 Or, 12 Cast, 13 InView, 14 OfType, 15 RelatedTo, 16 BitwiseAnd, 17 BitwiseOr,
    }
    HistoryUpdateType { 1 Insert, 2 Replace, 3 Update, 4 Delete }
    IdentityCriteriaType {
        1 UserName, 2 Thumbprint, 3 Role, 4 GroupId, 5 Anonymous, 6 AuthenticatedUser, 7 Application, 8 X509Subject,
        9 TrustedApplication,
    }
    MessageSecurityMode { 0 Invalid, 1 None, 2 Sign, 3 SignAndEncrypt }
    MonitoringMode { 0 Disabled, 1 Sampling, 2 Reporting }
    NodeClass { 0 Unspecified, 1 Object, 2 Variable, 4 Method, 8 ObjectType, 16 VariableType, 32 ReferenceType, 64 DataType, 128 View }
    PerformUpdateType { 1 Insert, 2 Replace, 3 Update, 4 Remove }
    SecurityTokenRequestType { 0 Issue, 1 Renew }
    ServerState { 0 Running, 1 Failed, 2 NoConfiguration, 3 Suspended, 4 Shutdown, 5 Test, 6 CommunicationFault, 7 Unknown }
    SortOrderType { 0 Ascending, 1 Descending }
    StructureType { 0 Structure, 1 StructureWithOptionalFields, 2 Union, 3 StructureWithSubtypedValues, 4 UnionWithSubtypedValues }
    TimestampsToReturn { 0 Source, 1 Server, 2 Both, 3 Neither, 4 Invalid }
    UserTokenType { 0 Anonymous, 1 UserName, 2 Certificate, 3 IssuedToken }
}
