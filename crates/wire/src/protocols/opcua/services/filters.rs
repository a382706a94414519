//! Filters of monitored items, events and queries, and what servers say of them (OPC 10000-4 §7.7, §7.22).
#![expect(non_upper_case_globals, reason = "The tables spell types as the specification does")]

use super::builtins::{
    Boolean, Byte, DiagnosticInfo, Double, Duration, ExtensionObject, IntegerId, NodeId, NumericRange, QualifiedName, StatusCode, String,
    UInt32, UtcTime, Variant,
};
use super::enumerations::{DataChangeTrigger, FilterOperator};
use super::nodes::RelativePath;
use super::schema::{field, structures, Field, Kind, Role, Structure};

structures! {
    ContentFilterElement { FilterOperator: FilterOperator, FilterOperands: [ExtensionObject] }
    ContentFilter { Elements: [ContentFilterElement] }
    ElementOperand { Index: UInt32 }
    LiteralOperand { Value: Variant }
    AttributeOperand { NodeId: NodeId, Alias: String, BrowsePath: RelativePath, AttributeId: IntegerId, IndexRange: NumericRange }
    SimpleAttributeOperand { TypeDefinitionId: NodeId, BrowsePath: [QualifiedName], AttributeId: IntegerId, IndexRange: NumericRange }
    ContentFilterElementResult { StatusCode: StatusCode, OperandStatusCodes: [StatusCode], OperandDiagnosticInfos: [DiagnosticInfo] }
    ContentFilterResult { ElementResults: [ContentFilterElementResult], ElementDiagnosticInfos: [DiagnosticInfo] }
    DataChangeFilter { Trigger: DataChangeTrigger, DeadbandType: UInt32, DeadbandValue: Double }
    EventFilter { SelectClauses: [SimpleAttributeOperand], WhereClause: ContentFilter }
    AggregateConfiguration {
        UseServerCapabilitiesDefaults: Boolean, TreatUncertainAsBad: Boolean, PercentDataBad: Byte, PercentDataGood: Byte,
        UseSlopedExtrapolation: Boolean,
    }
    AggregateFilter {
        StartTime: UtcTime, AggregateType: NodeId, ProcessingInterval: Duration, AggregateConfiguration: AggregateConfiguration,
    }
    EventFilterResult {
        SelectClauseResults: [StatusCode], SelectClauseDiagnosticInfos: [DiagnosticInfo], WhereClauseResult: ContentFilterResult,
    }
    AggregateFilterResult {
        RevisedStartTime: UtcTime, RevisedProcessingInterval: Duration, RevisedAggregateConfiguration: AggregateConfiguration,
    }
}
