//! Subscription service set (OPC 10000-4 §5.14).

use super::builtins::{Boolean, Byte, Counter, DiagnosticInfo, Duration, IntegerId, StatusCode};
use super::headers::{RequestHeader, ResponseHeader};
use super::items::{NotificationMessage, SubscriptionAcknowledgement, TransferResult};
use super::schema::{field, services, Field, Role, Service, Structure};
use crate::protocols::Class;

services! {
    CREATE_SUBSCRIPTION = CreateSubscription(Session)
        787 {
            RequestedPublishingInterval: Duration, RequestedLifetimeCount: Counter, RequestedMaxKeepAliveCount: Counter,
            MaxNotificationsPerPublish: Counter, PublishingEnabled: Boolean, Priority: Byte,
        }
        790 {
            SubscriptionId: IntegerId as Subscription, RevisedPublishingInterval: Duration, RevisedLifetimeCount: Counter,
            RevisedMaxKeepAliveCount: Counter,
        }
    MODIFY_SUBSCRIPTION = ModifySubscription(Session)
        793 {
            SubscriptionId: IntegerId as Subscription, RequestedPublishingInterval: Duration, RequestedLifetimeCount: Counter,
            RequestedMaxKeepAliveCount: Counter, MaxNotificationsPerPublish: Counter, Priority: Byte,
        }
        796 { RevisedPublishingInterval: Duration, RevisedLifetimeCount: Counter, RevisedMaxKeepAliveCount: Counter }
    SET_PUBLISHING_MODE = SetPublishingMode(Session)
        799 { PublishingEnabled: Boolean, SubscriptionIds: [IntegerId] as Subscription }
        802 { Results: [StatusCode] as Result, DiagnosticInfos: [DiagnosticInfo] }
    PUBLISH = Publish(Read)
        826 { SubscriptionAcknowledgements: [SubscriptionAcknowledgement] as Operations }
        829 {
            SubscriptionId: IntegerId as Subscription, AvailableSequenceNumbers: [Counter], MoreNotifications: Boolean,
            NotificationMessage: NotificationMessage, Results: [StatusCode] as Result, DiagnosticInfos: [DiagnosticInfo],
        }
    REPUBLISH = Republish(Read)
        832 { SubscriptionId: IntegerId as Subscription, RetransmitSequenceNumber: Counter }
        835 { NotificationMessage: NotificationMessage }
    TRANSFER_SUBSCRIPTIONS = TransferSubscriptions(Session)
        841 { SubscriptionIds: [IntegerId] as Subscription, SendInitialValues: Boolean }
        844 { Results: [TransferResult] as Operations, DiagnosticInfos: [DiagnosticInfo] }
    DELETE_SUBSCRIPTIONS = DeleteSubscriptions(Session)
        847 { SubscriptionIds: [IntegerId] as Subscription }
        850 { Results: [StatusCode] as Result, DiagnosticInfos: [DiagnosticInfo] }
}
