//! Query service set (OPC 10000-4 §5.10).

use super::builtins::{Boolean, ContinuationPoint, Counter, DiagnosticInfo};
use super::filters::{ContentFilter, ContentFilterResult};
use super::headers::{RequestHeader, ResponseHeader};
use super::nodes::{NodeTypeDescription, ParsingResult, QueryDataSet, ViewDescription};
use super::schema::{field, services, Field, Role, Service, Structure};
use crate::protocols::Class;

services! {
    QUERY_FIRST = QueryFirst(Discover)
        615 {
            View: ViewDescription, NodeTypes: [NodeTypeDescription] as Operations, Filter: ContentFilter, MaxDataSetsToReturn: Counter,
            MaxReferencesToReturn: Counter,
        }
        618 {
            QueryDataSets: [QueryDataSet] as Operations, ContinuationPoint: ContinuationPoint as Continuation,
            ParsingResults: [ParsingResult], DiagnosticInfos: [DiagnosticInfo], FilterResult: ContentFilterResult,
        }
    QUERY_NEXT = QueryNext(Discover)
        621 { ReleaseContinuationPoint: Boolean, ContinuationPoint: ContinuationPoint as Continuation }
        624 { QueryDataSets: [QueryDataSet] as Operations, RevisedContinuationPoint: ContinuationPoint }
}
