//! The attribute service set (OPC 10000-4, 5).
//!
//! Made by `tools/make_opcua_tables.py`: change that, not this.

use super::*;

pub(super) static READ: Service = Service { name: "Read", class: Class::Read, asks: &READ_REQUEST, answers: &READ_RESPONSE };
pub(super) static READ_REQUEST: Structure = Structure {
    name: "ReadRequest",
    id: 631,
    fields: &[
        part("RequestHeader", &REQUEST_HEADER),
        value("MaxAge", Double),
        choice("TimestampsToReturn", TIMESTAMPS_TO_RETURN),
        parts("NodesToRead", &READ_VALUE_ID),
    ],
};
pub(super) static READ_RESPONSE: Structure = Structure {
    name: "ReadResponse",
    id: 634,
    fields: &[
        part("ResponseHeader", &RESPONSE_HEADER),
        values("Results", DataValue).is(Role::Outcome),
        values("DiagnosticInfos", DiagnosticInfo),
    ],
};

pub(super) static HISTORY_READ: Service =
    Service { name: "HistoryRead", class: Class::Read, asks: &HISTORY_READ_REQUEST, answers: &HISTORY_READ_RESPONSE };
pub(super) static HISTORY_READ_REQUEST: Structure = Structure {
    name: "HistoryReadRequest",
    id: 664,
    fields: &[
        part("RequestHeader", &REQUEST_HEADER),
        value("HistoryReadDetails", ExtensionObject),
        choice("TimestampsToReturn", TIMESTAMPS_TO_RETURN),
        value("ReleaseContinuationPoints", Boolean),
        parts("NodesToRead", &HISTORY_READ_VALUE_ID),
    ],
};
pub(super) static HISTORY_READ_RESPONSE: Structure = Structure {
    name: "HistoryReadResponse",
    id: 667,
    fields: &[part("ResponseHeader", &RESPONSE_HEADER), parts("Results", &HISTORY_READ_RESULT), values("DiagnosticInfos", DiagnosticInfo)],
};

pub(super) static WRITE: Service = Service { name: "Write", class: Class::Write, asks: &WRITE_REQUEST, answers: &WRITE_RESPONSE };
pub(super) static WRITE_REQUEST: Structure =
    Structure { name: "WriteRequest", id: 673, fields: &[part("RequestHeader", &REQUEST_HEADER), parts("NodesToWrite", &WRITE_VALUE)] };
pub(super) static WRITE_RESPONSE: Structure = Structure {
    name: "WriteResponse",
    id: 676,
    fields: &[
        part("ResponseHeader", &RESPONSE_HEADER),
        values("Results", StatusCode).is(Role::Outcome),
        values("DiagnosticInfos", DiagnosticInfo),
    ],
};

pub(super) static HISTORY_UPDATE: Service =
    Service { name: "HistoryUpdate", class: Class::Write, asks: &HISTORY_UPDATE_REQUEST, answers: &HISTORY_UPDATE_RESPONSE };
pub(super) static HISTORY_UPDATE_REQUEST: Structure = Structure {
    name: "HistoryUpdateRequest",
    id: 700,
    fields: &[part("RequestHeader", &REQUEST_HEADER), values("HistoryUpdateDetails", ExtensionObject)],
};
pub(super) static HISTORY_UPDATE_RESPONSE: Structure = Structure {
    name: "HistoryUpdateResponse",
    id: 703,
    fields: &[
        part("ResponseHeader", &RESPONSE_HEADER),
        parts("Results", &HISTORY_UPDATE_RESULT),
        values("DiagnosticInfos", DiagnosticInfo),
    ],
};
