//! The method service set (OPC 10000-4, 5).
//!
//! Made by `tools/make_opcua_tables.py`: change that, not this.

use super::*;

pub(super) static CALL: Service = Service { name: "Call", class: Class::Control, asks: &CALL_REQUEST, answers: &CALL_RESPONSE };
pub(super) static CALL_REQUEST: Structure = Structure {
    name: "CallRequest",
    id: 712,
    fields: &[part("RequestHeader", &REQUEST_HEADER), parts("MethodsToCall", &CALL_METHOD_REQUEST)],
};
pub(super) static CALL_RESPONSE: Structure = Structure {
    name: "CallResponse",
    id: 715,
    fields: &[part("ResponseHeader", &RESPONSE_HEADER), parts("Results", &CALL_METHOD_RESULT), values("DiagnosticInfos", DiagnosticInfo)],
};
