//! The subscription service set (OPC 10000-4, 5).
//!
//! Made by `tools/make_opcua_tables.py`: change that, not this.

use super::*;

pub(super) static CREATE_SUBSCRIPTION: Service = Service {
    name: "CreateSubscription",
    class: Class::Session,
    asks: &CREATE_SUBSCRIPTION_REQUEST,
    answers: &CREATE_SUBSCRIPTION_RESPONSE,
};
pub(super) static CREATE_SUBSCRIPTION_REQUEST: Structure = Structure {
    name: "CreateSubscriptionRequest",
    id: 787,
    fields: &[
        part("RequestHeader", &REQUEST_HEADER),
        value("RequestedPublishingInterval", Double),
        value("RequestedLifetimeCount", UInt32),
        value("RequestedMaxKeepAliveCount", UInt32),
        value("MaxNotificationsPerPublish", UInt32),
        value("PublishingEnabled", Boolean),
        value("Priority", Byte),
    ],
};
pub(super) static CREATE_SUBSCRIPTION_RESPONSE: Structure = Structure {
    name: "CreateSubscriptionResponse",
    id: 790,
    fields: &[
        part("ResponseHeader", &RESPONSE_HEADER),
        value("SubscriptionId", UInt32).is(Role::Subscription),
        value("RevisedPublishingInterval", Double),
        value("RevisedLifetimeCount", UInt32),
        value("RevisedMaxKeepAliveCount", UInt32),
    ],
};

pub(super) static MODIFY_SUBSCRIPTION: Service = Service {
    name: "ModifySubscription",
    class: Class::Session,
    asks: &MODIFY_SUBSCRIPTION_REQUEST,
    answers: &MODIFY_SUBSCRIPTION_RESPONSE,
};
pub(super) static MODIFY_SUBSCRIPTION_REQUEST: Structure = Structure {
    name: "ModifySubscriptionRequest",
    id: 793,
    fields: &[
        part("RequestHeader", &REQUEST_HEADER),
        value("SubscriptionId", UInt32).is(Role::Subscription),
        value("RequestedPublishingInterval", Double),
        value("RequestedLifetimeCount", UInt32),
        value("RequestedMaxKeepAliveCount", UInt32),
        value("MaxNotificationsPerPublish", UInt32),
        value("Priority", Byte),
    ],
};
pub(super) static MODIFY_SUBSCRIPTION_RESPONSE: Structure = Structure {
    name: "ModifySubscriptionResponse",
    id: 796,
    fields: &[
        part("ResponseHeader", &RESPONSE_HEADER),
        value("RevisedPublishingInterval", Double),
        value("RevisedLifetimeCount", UInt32),
        value("RevisedMaxKeepAliveCount", UInt32),
    ],
};

pub(super) static SET_PUBLISHING_MODE: Service = Service {
    name: "SetPublishingMode",
    class: Class::Session,
    asks: &SET_PUBLISHING_MODE_REQUEST,
    answers: &SET_PUBLISHING_MODE_RESPONSE,
};
pub(super) static SET_PUBLISHING_MODE_REQUEST: Structure = Structure {
    name: "SetPublishingModeRequest",
    id: 799,
    fields: &[part("RequestHeader", &REQUEST_HEADER), value("PublishingEnabled", Boolean), values("SubscriptionIds", UInt32)],
};
pub(super) static SET_PUBLISHING_MODE_RESPONSE: Structure = Structure {
    name: "SetPublishingModeResponse",
    id: 802,
    fields: &[
        part("ResponseHeader", &RESPONSE_HEADER),
        values("Results", StatusCode).is(Role::Outcome),
        values("DiagnosticInfos", DiagnosticInfo),
    ],
};

pub(super) static PUBLISH: Service = Service { name: "Publish", class: Class::Read, asks: &PUBLISH_REQUEST, answers: &PUBLISH_RESPONSE };
pub(super) static PUBLISH_REQUEST: Structure = Structure {
    name: "PublishRequest",
    id: 826,
    fields: &[part("RequestHeader", &REQUEST_HEADER), parts("SubscriptionAcknowledgements", &SUBSCRIPTION_ACKNOWLEDGEMENT)],
};
pub(super) static PUBLISH_RESPONSE: Structure = Structure {
    name: "PublishResponse",
    id: 829,
    fields: &[
        part("ResponseHeader", &RESPONSE_HEADER),
        value("SubscriptionId", UInt32).is(Role::Subscription),
        values("AvailableSequenceNumbers", UInt32),
        value("MoreNotifications", Boolean),
        part("NotificationMessage", &NOTIFICATION_MESSAGE),
        values("Results", StatusCode).is(Role::Outcome),
        values("DiagnosticInfos", DiagnosticInfo),
    ],
};

pub(super) static REPUBLISH: Service =
    Service { name: "Republish", class: Class::Read, asks: &REPUBLISH_REQUEST, answers: &REPUBLISH_RESPONSE };
pub(super) static REPUBLISH_REQUEST: Structure = Structure {
    name: "RepublishRequest",
    id: 832,
    fields: &[
        part("RequestHeader", &REQUEST_HEADER),
        value("SubscriptionId", UInt32).is(Role::Subscription),
        value("RetransmitSequenceNumber", UInt32),
    ],
};
pub(super) static REPUBLISH_RESPONSE: Structure = Structure {
    name: "RepublishResponse",
    id: 835,
    fields: &[part("ResponseHeader", &RESPONSE_HEADER), part("NotificationMessage", &NOTIFICATION_MESSAGE)],
};

pub(super) static TRANSFER_SUBSCRIPTIONS: Service = Service {
    name: "TransferSubscriptions",
    class: Class::Session,
    asks: &TRANSFER_SUBSCRIPTIONS_REQUEST,
    answers: &TRANSFER_SUBSCRIPTIONS_RESPONSE,
};
pub(super) static TRANSFER_SUBSCRIPTIONS_REQUEST: Structure = Structure {
    name: "TransferSubscriptionsRequest",
    id: 841,
    fields: &[part("RequestHeader", &REQUEST_HEADER), values("SubscriptionIds", UInt32), value("SendInitialValues", Boolean)],
};
pub(super) static TRANSFER_SUBSCRIPTIONS_RESPONSE: Structure = Structure {
    name: "TransferSubscriptionsResponse",
    id: 844,
    fields: &[part("ResponseHeader", &RESPONSE_HEADER), parts("Results", &TRANSFER_RESULT), values("DiagnosticInfos", DiagnosticInfo)],
};

pub(super) static DELETE_SUBSCRIPTIONS: Service = Service {
    name: "DeleteSubscriptions",
    class: Class::Session,
    asks: &DELETE_SUBSCRIPTIONS_REQUEST,
    answers: &DELETE_SUBSCRIPTIONS_RESPONSE,
};
pub(super) static DELETE_SUBSCRIPTIONS_REQUEST: Structure = Structure {
    name: "DeleteSubscriptionsRequest",
    id: 847,
    fields: &[part("RequestHeader", &REQUEST_HEADER), values("SubscriptionIds", UInt32)],
};
pub(super) static DELETE_SUBSCRIPTIONS_RESPONSE: Structure = Structure {
    name: "DeleteSubscriptionsResponse",
    id: 850,
    fields: &[
        part("ResponseHeader", &RESPONSE_HEADER),
        values("Results", StatusCode).is(Role::Outcome),
        values("DiagnosticInfos", DiagnosticInfo),
    ],
};
