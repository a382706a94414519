//! What is asked of history, told of it and done to it (OPC 10000-11 §6).
#![expect(non_upper_case_globals, reason = "The tables spell types as the specification does")]

use super::builtins::{
    Boolean, ByteString, ContinuationPoint, Counter, DataValue, DiagnosticInfo, Duration, ExtensionObject, NodeId, NumericRange,
    QualifiedName, StatusCode, String, UtcTime, Variant,
};
use super::enumerations::{HistoryUpdateType, PerformUpdateType, SortOrderType};
use super::filters::{AggregateConfiguration, EventFilter, SimpleAttributeOperand};
use super::schema::{field, structures, Field, Kind, Role, Structure};

structures! {
    HistoryReadValueId {
        NodeId: NodeId as Node, IndexRange: NumericRange as IndexRange, DataEncoding: QualifiedName,
        ContinuationPoint: ContinuationPoint as Continuation,
    }
    HistoryReadResult {
        StatusCode: StatusCode as Result, ContinuationPoint: ContinuationPoint as Continuation, HistoryData: ExtensionObject,
    }
    ReadEventDetails { NumValuesPerNode: Counter, StartTime: UtcTime, EndTime: UtcTime, Filter: EventFilter }
    ReadEventDetails2 { NumValuesPerNode: Counter, StartTime: UtcTime, EndTime: UtcTime, Filter: EventFilter, ReadModified: Boolean }
    SortRuleElement { SortOrder: SortOrderType, EventField: SimpleAttributeOperand }
    ReadEventDetailsSorted {
        NumValuesPerNode: Counter, StartTime: UtcTime, EndTime: UtcTime, Filter: EventFilter, SortClause: [SortRuleElement],
    }
    ReadRawModifiedDetails {
        IsReadModified: Boolean, StartTime: UtcTime, EndTime: UtcTime, NumValuesPerNode: Counter, ReturnBounds: Boolean,
    }
    ReadProcessedDetails {
        StartTime: UtcTime, EndTime: UtcTime, ProcessingInterval: Duration, AggregateType: [NodeId],
        AggregateConfiguration: AggregateConfiguration,
    }
    ReadAtTimeDetails { ReqTimes: [UtcTime], UseSimpleBounds: Boolean }
    ReadAnnotationDataDetails { ReqTimes: [UtcTime] }
    HistoryData { DataValues: [DataValue] }
    ModificationInfo { ModificationTime: UtcTime, UpdateType: HistoryUpdateType, UserName: String }
    HistoryModifiedData { DataValues: [DataValue], ModificationInfos: [ModificationInfo] }
    HistoryEventFieldList { EventFields: [Variant] }
    HistoryEvent { Events: [HistoryEventFieldList] }
    HistoryModifiedEvent { Events: [HistoryEventFieldList], ModificationInfos: [ModificationInfo] }
    UpdateDataDetails { NodeId: NodeId as Node, PerformInsertReplace: PerformUpdateType, UpdateValues: [DataValue] }
    UpdateStructureDataDetails { NodeId: NodeId as Node, PerformInsertReplace: PerformUpdateType, UpdateValues: [DataValue] }
    UpdateEventDetails {
        NodeId: NodeId as Node, PerformInsertReplace: PerformUpdateType, Filter: EventFilter, EventData: [HistoryEventFieldList],
    }
    DeleteRawModifiedDetails { NodeId: NodeId as Node, IsDeleteModified: Boolean, StartTime: UtcTime, EndTime: UtcTime }
    DeleteAtTimeDetails { NodeId: NodeId as Node, ReqTimes: [UtcTime] }
    DeleteEventDetails { NodeId: NodeId as Node, EventIds: [ByteString] }
    HistoryUpdateResult { StatusCode: StatusCode as Result, OperationResults: [StatusCode], DiagnosticInfos: [DiagnosticInfo] }
    Annotation { Message: String, UserName: String, AnnotationTime: UtcTime }
}
