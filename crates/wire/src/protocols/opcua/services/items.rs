//! Monitored items and what subscriptions tell (OPC 10000-4 §5.13, §5.14, §7.25).
#![expect(non_upper_case_globals, reason = "The tables spell types as the specification does")]

use super::builtins::{Boolean, Counter, DataValue, DiagnosticInfo, Duration, ExtensionObject, IntegerId, StatusCode, UtcTime, Variant};
use super::enumerations::MonitoringMode;
use super::nodes::ReadValueId;
use super::schema::{field, structures, Field, Kind, Role, Structure};

structures! {
    MonitoringParameters {
        ClientHandle: IntegerId as ClientHandle, SamplingInterval: Duration, Filter: ExtensionObject, QueueSize: Counter,
        DiscardOldest: Boolean,
    }
    MonitoredItemCreateRequest { ItemToMonitor: ReadValueId, MonitoringMode: MonitoringMode, RequestedParameters: MonitoringParameters }
    MonitoredItemCreateResult {
        StatusCode: StatusCode as Result, MonitoredItemId: IntegerId as Item, RevisedSamplingInterval: Duration,
        RevisedQueueSize: Counter, FilterResult: ExtensionObject,
    }
    MonitoredItemModifyRequest { MonitoredItemId: IntegerId as Item, RequestedParameters: MonitoringParameters }
    MonitoredItemModifyResult {
        StatusCode: StatusCode as Result, RevisedSamplingInterval: Duration, RevisedQueueSize: Counter, FilterResult: ExtensionObject,
    }
    SubscriptionAcknowledgement { SubscriptionId: IntegerId as Subscription, SequenceNumber: Counter }
    TransferResult { StatusCode: StatusCode as Result, AvailableSequenceNumbers: [Counter] }
    NotificationMessage { SequenceNumber: Counter, PublishTime: UtcTime, NotificationData: [ExtensionObject] }
    MonitoredItemNotification { ClientHandle: IntegerId as ClientHandle, Value: DataValue }
    DataChangeNotification { MonitoredItems: [MonitoredItemNotification], DiagnosticInfos: [DiagnosticInfo] }
    EventFieldList { ClientHandle: IntegerId as ClientHandle, EventFields: [Variant] }
    EventNotificationList { Events: [EventFieldList] }
    StatusChangeNotification { Status: StatusCode, DiagnosticInfo: DiagnosticInfo }
}
