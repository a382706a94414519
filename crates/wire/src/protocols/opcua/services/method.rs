//! Method service set (OPC 10000-4 §5.12).

use super::builtins::DiagnosticInfo;
use super::headers::{RequestHeader, ResponseHeader};
use super::nodes::{CallMethodRequest, CallMethodResult};
use super::schema::{field, services, Field, Role, Service, Structure};
use crate::protocols::Class;

services! {
    CALL = Call(Control)
        712 { MethodsToCall: [CallMethodRequest] as Operations }
        715 { Results: [CallMethodResult] as Operations, DiagnosticInfos: [DiagnosticInfo] }
}
