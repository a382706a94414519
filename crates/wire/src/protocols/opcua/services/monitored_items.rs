//! MonitoredItem service set (OPC 10000-4 §5.13).

use super::builtins::{DiagnosticInfo, IntegerId, StatusCode};
use super::enumerations::{MonitoringMode, TimestampsToReturn};
use super::headers::{RequestHeader, ResponseHeader};
use super::items::{MonitoredItemCreateRequest, MonitoredItemCreateResult, MonitoredItemModifyRequest, MonitoredItemModifyResult};
use super::schema::{field, services, Field, Role, Service, Structure};
use crate::protocols::Class;

services! {
    CREATE_MONITORED_ITEMS = CreateMonitoredItems(Session)
        751 {
            SubscriptionId: IntegerId as Subscription, TimestampsToReturn: TimestampsToReturn,
            ItemsToCreate: [MonitoredItemCreateRequest] as Operations,
        }
        754 { Results: [MonitoredItemCreateResult] as Operations, DiagnosticInfos: [DiagnosticInfo] }
    MODIFY_MONITORED_ITEMS = ModifyMonitoredItems(Session)
        763 {
            SubscriptionId: IntegerId as Subscription, TimestampsToReturn: TimestampsToReturn,
            ItemsToModify: [MonitoredItemModifyRequest] as Operations,
        }
        766 { Results: [MonitoredItemModifyResult] as Operations, DiagnosticInfos: [DiagnosticInfo] }
    SET_MONITORING_MODE = SetMonitoringMode(Session)
        769 { SubscriptionId: IntegerId as Subscription, MonitoringMode: MonitoringMode, MonitoredItemIds: [IntegerId] as Item }
        772 { Results: [StatusCode] as Result, DiagnosticInfos: [DiagnosticInfo] }
    SET_TRIGGERING = SetTriggering(Session)
        775 {
            SubscriptionId: IntegerId as Subscription, TriggeringItemId: IntegerId as Item, LinksToAdd: [IntegerId] as Item,
            LinksToRemove: [IntegerId] as Item,
        }
        778 {
            AddResults: [StatusCode] as Result, AddDiagnosticInfos: [DiagnosticInfo], RemoveResults: [StatusCode] as Result,
            RemoveDiagnosticInfos: [DiagnosticInfo],
        }
    DELETE_MONITORED_ITEMS = DeleteMonitoredItems(Session)
        781 { SubscriptionId: IntegerId as Subscription, MonitoredItemIds: [IntegerId] as Item }
        784 { Results: [StatusCode] as Result, DiagnosticInfos: [DiagnosticInfo] }
}
