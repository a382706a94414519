//! The monitored item service set (OPC 10000-4, 5).
//!
//! Made by `tools/make_opcua_tables.py`: change that, not this.

use super::*;

pub(super) static CREATE_MONITORED_ITEMS: Service = Service {
    name: "CreateMonitoredItems",
    class: Class::Session,
    asks: &CREATE_MONITORED_ITEMS_REQUEST,
    answers: &CREATE_MONITORED_ITEMS_RESPONSE,
};
pub(super) static CREATE_MONITORED_ITEMS_REQUEST: Structure = Structure {
    name: "CreateMonitoredItemsRequest",
    id: 751,
    fields: &[
        part("RequestHeader", &REQUEST_HEADER),
        value("SubscriptionId", UInt32).is(Role::Subscription),
        choice("TimestampsToReturn", TIMESTAMPS_TO_RETURN),
        parts("ItemsToCreate", &MONITORED_ITEM_CREATE_REQUEST),
    ],
};
pub(super) static CREATE_MONITORED_ITEMS_RESPONSE: Structure = Structure {
    name: "CreateMonitoredItemsResponse",
    id: 754,
    fields: &[
        part("ResponseHeader", &RESPONSE_HEADER),
        parts("Results", &MONITORED_ITEM_CREATE_RESULT),
        values("DiagnosticInfos", DiagnosticInfo),
    ],
};

pub(super) static MODIFY_MONITORED_ITEMS: Service = Service {
    name: "ModifyMonitoredItems",
    class: Class::Session,
    asks: &MODIFY_MONITORED_ITEMS_REQUEST,
    answers: &MODIFY_MONITORED_ITEMS_RESPONSE,
};
pub(super) static MODIFY_MONITORED_ITEMS_REQUEST: Structure = Structure {
    name: "ModifyMonitoredItemsRequest",
    id: 763,
    fields: &[
        part("RequestHeader", &REQUEST_HEADER),
        value("SubscriptionId", UInt32).is(Role::Subscription),
        choice("TimestampsToReturn", TIMESTAMPS_TO_RETURN),
        parts("ItemsToModify", &MONITORED_ITEM_MODIFY_REQUEST),
    ],
};
pub(super) static MODIFY_MONITORED_ITEMS_RESPONSE: Structure = Structure {
    name: "ModifyMonitoredItemsResponse",
    id: 766,
    fields: &[
        part("ResponseHeader", &RESPONSE_HEADER),
        parts("Results", &MONITORED_ITEM_MODIFY_RESULT),
        values("DiagnosticInfos", DiagnosticInfo),
    ],
};

pub(super) static SET_MONITORING_MODE: Service = Service {
    name: "SetMonitoringMode",
    class: Class::Session,
    asks: &SET_MONITORING_MODE_REQUEST,
    answers: &SET_MONITORING_MODE_RESPONSE,
};
pub(super) static SET_MONITORING_MODE_REQUEST: Structure = Structure {
    name: "SetMonitoringModeRequest",
    id: 769,
    fields: &[
        part("RequestHeader", &REQUEST_HEADER),
        value("SubscriptionId", UInt32).is(Role::Subscription),
        choice("MonitoringMode", MONITORING_MODE),
        values("MonitoredItemIds", UInt32),
    ],
};
pub(super) static SET_MONITORING_MODE_RESPONSE: Structure = Structure {
    name: "SetMonitoringModeResponse",
    id: 772,
    fields: &[
        part("ResponseHeader", &RESPONSE_HEADER),
        values("Results", StatusCode).is(Role::Outcome),
        values("DiagnosticInfos", DiagnosticInfo),
    ],
};

pub(super) static SET_TRIGGERING: Service =
    Service { name: "SetTriggering", class: Class::Session, asks: &SET_TRIGGERING_REQUEST, answers: &SET_TRIGGERING_RESPONSE };
pub(super) static SET_TRIGGERING_REQUEST: Structure = Structure {
    name: "SetTriggeringRequest",
    id: 775,
    fields: &[
        part("RequestHeader", &REQUEST_HEADER),
        value("SubscriptionId", UInt32).is(Role::Subscription),
        value("TriggeringItemId", UInt32),
        values("LinksToAdd", UInt32),
        values("LinksToRemove", UInt32),
    ],
};
pub(super) static SET_TRIGGERING_RESPONSE: Structure = Structure {
    name: "SetTriggeringResponse",
    id: 778,
    fields: &[
        part("ResponseHeader", &RESPONSE_HEADER),
        values("AddResults", StatusCode).is(Role::Outcome),
        values("AddDiagnosticInfos", DiagnosticInfo),
        values("RemoveResults", StatusCode).is(Role::Outcome),
        values("RemoveDiagnosticInfos", DiagnosticInfo),
    ],
};

pub(super) static DELETE_MONITORED_ITEMS: Service = Service {
    name: "DeleteMonitoredItems",
    class: Class::Session,
    asks: &DELETE_MONITORED_ITEMS_REQUEST,
    answers: &DELETE_MONITORED_ITEMS_RESPONSE,
};
pub(super) static DELETE_MONITORED_ITEMS_REQUEST: Structure = Structure {
    name: "DeleteMonitoredItemsRequest",
    id: 781,
    fields: &[
        part("RequestHeader", &REQUEST_HEADER),
        value("SubscriptionId", UInt32).is(Role::Subscription),
        values("MonitoredItemIds", UInt32),
    ],
};
pub(super) static DELETE_MONITORED_ITEMS_RESPONSE: Structure = Structure {
    name: "DeleteMonitoredItemsResponse",
    id: 784,
    fields: &[
        part("ResponseHeader", &RESPONSE_HEADER),
        values("Results", StatusCode).is(Role::Outcome),
        values("DiagnosticInfos", DiagnosticInfo),
    ],
};
