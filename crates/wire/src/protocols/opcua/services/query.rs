//! The query service set (OPC 10000-4, 5).
//!
//! Made by `tools/make_opcua_tables.py`: change that, not this.

use super::*;

pub(super) static QUERY_FIRST: Service =
    Service { name: "QueryFirst", class: Class::Discover, asks: &QUERY_FIRST_REQUEST, answers: &QUERY_FIRST_RESPONSE };
pub(super) static QUERY_FIRST_REQUEST: Structure = Structure {
    name: "QueryFirstRequest",
    id: 615,
    fields: &[
        part("RequestHeader", &REQUEST_HEADER),
        part("View", &VIEW_DESCRIPTION),
        parts("NodeTypes", &NODE_TYPE_DESCRIPTION),
        part("Filter", &CONTENT_FILTER),
        value("MaxDataSetsToReturn", UInt32),
        value("MaxReferencesToReturn", UInt32),
    ],
};
pub(super) static QUERY_FIRST_RESPONSE: Structure = Structure {
    name: "QueryFirstResponse",
    id: 618,
    fields: &[
        part("ResponseHeader", &RESPONSE_HEADER),
        parts("QueryDataSets", &QUERY_DATA_SET),
        value("ContinuationPoint", ByteString),
        parts("ParsingResults", &PARSING_RESULT),
        values("DiagnosticInfos", DiagnosticInfo),
        part("FilterResult", &CONTENT_FILTER_RESULT),
    ],
};

pub(super) static QUERY_NEXT: Service =
    Service { name: "QueryNext", class: Class::Discover, asks: &QUERY_NEXT_REQUEST, answers: &QUERY_NEXT_RESPONSE };
pub(super) static QUERY_NEXT_REQUEST: Structure = Structure {
    name: "QueryNextRequest",
    id: 621,
    fields: &[part("RequestHeader", &REQUEST_HEADER), value("ReleaseContinuationPoint", Boolean), value("ContinuationPoint", ByteString)],
};
pub(super) static QUERY_NEXT_RESPONSE: Structure = Structure {
    name: "QueryNextResponse",
    id: 624,
    fields: &[
        part("ResponseHeader", &RESPONSE_HEADER),
        parts("QueryDataSets", &QUERY_DATA_SET),
        value("RevisedContinuationPoint", ByteString),
    ],
};
