//! Attribute service set (OPC 10000-4 §5.11).

use super::builtins::{Boolean, DataValue, DiagnosticInfo, Duration, ExtensionObject, StatusCode};
use super::enumerations::TimestampsToReturn;
use super::headers::{RequestHeader, ResponseHeader};
use super::history::{HistoryReadResult, HistoryReadValueId, HistoryUpdateResult};
use super::nodes::{ReadValueId, WriteValue};
use super::schema::{field, services, Field, Role, Service, Structure};
use crate::protocols::Class;

services! {
    READ = Read(Read)
        631 { MaxAge: Duration, TimestampsToReturn: TimestampsToReturn, NodesToRead: [ReadValueId] as Operations }
        634 { Results: [DataValue] as Operations, DiagnosticInfos: [DiagnosticInfo] }
    HISTORY_READ = HistoryRead(Read)
        664 {
            HistoryReadDetails: ExtensionObject, TimestampsToReturn: TimestampsToReturn, ReleaseContinuationPoints: Boolean,
            NodesToRead: [HistoryReadValueId] as Operations,
        }
        667 { Results: [HistoryReadResult] as Operations, DiagnosticInfos: [DiagnosticInfo] }
    WRITE = Write(Write)
        673 { NodesToWrite: [WriteValue] as Operations }
        676 { Results: [StatusCode] as Result, DiagnosticInfos: [DiagnosticInfo] }
    HISTORY_UPDATE = HistoryUpdate(Write)
        700 { HistoryUpdateDetails: [ExtensionObject] as Operations }
        703 { Results: [HistoryUpdateResult] as Operations, DiagnosticInfos: [DiagnosticInfo] }
}
