//! Enumerations: number and name of each value (OPC 10000-4, 7; OPC 10000-5, 12).
//!
//! Made by `tools/make_opcua_tables.py`: change that, not this.

use super::schema::Names;

pub(super) static ACTION_STATE: Names = &[(0, "Idle"), (1, "Executing"), (2, "Done")];
pub(super) static APPLICATION_TYPE: Names = &[(0, "Server"), (1, "Client"), (2, "ClientAndServer"), (3, "DiscoveryServer")];
pub(super) static AXIS_SCALE_ENUMERATION: Names = &[(0, "Linear"), (1, "Log"), (2, "Ln")];
pub(super) static BROWSE_DIRECTION: Names = &[(0, "Forward"), (1, "Inverse"), (2, "Both"), (3, "Invalid")];
pub(super) static CONFIGURATION_UPDATE_TYPE: Names = &[(1, "Insert"), (2, "Replace"), (3, "InsertOrReplace"), (4, "Delete")];
pub(super) static DATA_CHANGE_TRIGGER: Names = &[(0, "Status"), (1, "StatusValue"), (2, "StatusValueTimestamp")];
pub(super) static FILTER_OPERATOR: Names = &[
    (0, "Equals"),
    (1, "IsNull"),
    (2, "GreaterThan"),
    (3, "LessThan"),
    (4, "GreaterThanOrEqual"),
    (5, "LessThanOrEqual"),
    (6, "Like"),
    (7, "Not"),
    (8, "Between"),
    (9, "InList"),
    (10, "And"),
    (11, "Or"),
    (12, "Cast"),
    (13, "InView"),
    (14, "OfType"),
    (15, "RelatedTo"),
    (16, "BitwiseAnd"),
    (17, "BitwiseOr"),
];
pub(super) static HISTORY_UPDATE_TYPE: Names = &[(1, "Insert"), (2, "Replace"), (3, "Update"), (4, "Delete")];
pub(super) static IDENTITY_CRITERIA_TYPE: Names = &[
    (1, "UserName"),
    (2, "Thumbprint"),
    (3, "Role"),
    (4, "GroupId"),
    (5, "Anonymous"),
    (6, "AuthenticatedUser"),
    (7, "Application"),
    (8, "X509Subject"),
    (9, "TrustedApplication"),
];
pub(super) static MESSAGE_SECURITY_MODE: Names = &[(0, "Invalid"), (1, "None"), (2, "Sign"), (3, "SignAndEncrypt")];
pub(super) static MONITORING_MODE: Names = &[(0, "Disabled"), (1, "Sampling"), (2, "Reporting")];
pub(super) static NODE_CLASS: Names = &[
    (0, "Unspecified"),
    (1, "Object"),
    (2, "Variable"),
    (4, "Method"),
    (8, "ObjectType"),
    (16, "VariableType"),
    (32, "ReferenceType"),
    (64, "DataType"),
    (128, "View"),
];
pub(super) static PERFORM_UPDATE_TYPE: Names = &[(1, "Insert"), (2, "Replace"), (3, "Update"), (4, "Remove")];
pub(super) static PUB_SUB_STATE: Names = &[(0, "Disabled"), (1, "Paused"), (2, "Operational"), (3, "Error"), (4, "PreOperational")];
pub(super) static SECURITY_TOKEN_REQUEST_TYPE: Names = &[(0, "Issue"), (1, "Renew")];
pub(super) static SERVER_STATE: Names = &[
    (0, "Running"),
    (1, "Failed"),
    (2, "NoConfiguration"),
    (3, "Suspended"),
    (4, "Shutdown"),
    (5, "Test"),
    (6, "CommunicationFault"),
    (7, "Unknown"),
];
pub(super) static SORT_ORDER_TYPE: Names = &[(0, "Ascending"), (1, "Descending")];
pub(super) static STRUCTURE_TYPE: Names = &[
    (0, "Structure"),
    (1, "StructureWithOptionalFields"),
    (2, "Union"),
    (3, "StructureWithSubtypedValues"),
    (4, "UnionWithSubtypedValues"),
];
pub(super) static TIMESTAMPS_TO_RETURN: Names = &[(0, "Source"), (1, "Server"), (2, "Both"), (3, "Neither"), (4, "Invalid")];
pub(super) static USER_TOKEN_TYPE: Names = &[(0, "Anonymous"), (1, "UserName"), (2, "Certificate"), (3, "IssuedToken")];
