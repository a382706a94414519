//! Values and monitored items read from pairs, against what the stack's own objects say.

use sentinel_wire::protocols::opcua::encoding::{DataValue, Variant};
use sentinel_wire::protocols::opcua::names::status_text;
use sentinel_wire::protocols::opcua::values::{self, PublishKind, Target};
use serde_json::Value;

use super::messages::{messages, Message};

/// The messages of a class, in their order.
fn of(class: &str) -> Vec<&'static Message> {
    messages().iter().filter(|message| message.name == class).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The node as documents say it; a null one is absent there.
fn assert_target(target: &Target<'_>, said: &Value) {
    let node = said["NodeId"].as_str().unwrap_or("i=0");
    assert_eq!(if target.node.is_null() { "i=0".to_owned() } else { target.node.to_string() }, node);
    assert_eq!(Some(u64::from(target.attribute)), said["AttributeId"].as_u64().or(Some(13)));
    assert_eq!(target.index_range.map(|text| text.lossy().into_owned()).as_deref(), said["IndexRange"].as_str());
}

/// Number, status and time of a value.
fn assert_value(value: &DataValue<'_>, said: &Value) {
    assert_eq!(value.status.map(status_text).as_deref(), said["StatusCode"].as_str());
    let time = value.source_time.map(|time| time.to_string());
    assert_eq!(time.as_deref(), said["SourceTimestamp"].as_str());
    if let (Some(Variant::Scalar(_, scalar)), Some(number)) = (&value.value, said["Value"].as_f64()) {
        let have = scalar.number().expect("a number");
        assert!((have - number).abs() <= number.abs() * 1e-6, "{have} not {number}");
    }
}

#[test]
fn read_and_written_and_history() {
    let mut seen = [0; 3];
    for (request, answer) in of("ReadRequest").iter().zip(of("ReadResponse")) {
        let mut pairs = list(&request.say["NodesToRead"]).iter().zip(list(&answer.say["Results"]));
        let read = values::read(&request.bytes, &answer.bytes, &mut |target, value| {
            let (node, said) = pairs.next().expect("as many");
            assert_target(&target, node);
            assert_value(&value, said);
            seen[0] += 1;
        });
        assert!(read.is_ok() && pairs.next().is_none());
    }
    for (request, answer) in of("WriteRequest").iter().zip(of("WriteResponse")) {
        let (mut asked, codes) = (list(&request.say["NodesToWrite"]).iter().enumerate(), list(&answer.say["Results"]));
        let read = values::written(&request.bytes, Some(&answer.bytes), &mut |target, value, status| {
            let (index, said) = asked.next().expect("as many");
            assert_target(&target, said);
            assert_value(&value, &said["Value"]);
            assert_eq!(status.map(status_text).as_deref(), codes.get(index).and_then(Value::as_str));
            seen[1] += 1;
        });
        assert!(read.is_ok() && asked.next().is_none());
    }
    for (request, answer) in of("HistoryReadRequest").iter().zip(of("HistoryReadResponse")) {
        let results = list(&request.say["NodesToRead"]).iter().zip(list(&answer.say["Results"]));
        let mut told =
            results.flat_map(|(node, result)| list(&result["HistoryData"]["Body"]["DataValues"]).iter().map(move |value| (node, value)));
        let read = values::history(&request.bytes, &answer.bytes, &mut |target, value| {
            let (node, said) = told.next().expect("as many");
            assert_target(&target, node);
            assert_value(&value, said);
            seen[2] += 1;
        });
        assert!(read.is_ok() && told.next().is_none());
    }
    assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
}

#[test]
fn notifications() {
    let mut seen = 0;
    for class in ["PublishResponse", "RepublishResponse"] {
        for answer in of(class) {
            let message = &answer.say["NotificationMessage"];
            let data = list(&message["NotificationData"]);
            let mut items = data.iter().flat_map(|one| list(&one["Body"]["MonitoredItems"]));
            let published = values::published(&answer.bytes, &mut |handle, value| {
                let said = items.next().expect("as many");
                assert_eq!(said["ClientHandle"].as_u64(), Some(u64::from(handle)));
                assert_value(&value, &said["Value"]);
                seen += 1;
            });
            let published = published.expect("whole").expect("a notification");
            assert!(items.next().is_none());
            assert_eq!(Some(u64::from(published.sequence)), message["SequenceNumber"].as_u64());
            assert_eq!(published.subscription.map(u64::from), answer.say["SubscriptionId"].as_u64());
            assert_eq!(published.more, answer.say["MoreNotifications"].as_bool().unwrap_or(false));
            let kinds: Vec<&str> = data.iter().filter_map(|one| one["Type"].as_str()).collect();
            let want = match kinds {
                kinds if kinds.contains(&"DataChangeNotification") => PublishKind::Data,
                kinds if kinds.contains(&"EventNotificationList") => PublishKind::Event,
                kinds if kinds.is_empty() => PublishKind::KeepAlive,
                _ => PublishKind::Status,
            };
            assert_eq!(values::publish_kind(&answer.bytes), Some(want));
        }
    }
    assert!(seen > 0);
}

#[test]
fn monitored_items_from_making_to_end() {
    let mut seen = 0;
    for (request, answer) in of("CreateMonitoredItemsRequest").iter().zip(of("CreateMonitoredItemsResponse")) {
        let (mut asked, results) = (list(&request.say["ItemsToCreate"]).iter().enumerate(), list(&answer.say["Results"]));
        let read = values::created_items(&request.bytes, Some(&answer.bytes), &mut |created| {
            let (index, said) = asked.next().expect("as many");
            assert_target(&created.target, &said["ItemToMonitor"]);
            assert_eq!(Some(u64::from(created.client_handle)), said["RequestedParameters"]["ClientHandle"].as_u64());
            assert_eq!(Some(u64::from(created.subscription)), request.say["SubscriptionId"].as_u64());
            let result = created.answer.map(|(status, item)| (status_text(status), u64::from(item)));
            let text = |said: &Value| said["StatusCode"].as_str().unwrap_or_default().to_owned();
            assert_eq!(result, results.get(index).map(|said| (text(said), said["MonitoredItemId"].as_u64().unwrap_or_default())));
            seen += 1;
        });
        assert!(read.is_ok() && asked.next().is_none());
    }
    for (request, answer) in of("ModifyMonitoredItemsRequest").iter().zip(of("ModifyMonitoredItemsResponse")) {
        let (mut asked, results) = (list(&request.say["ItemsToModify"]).iter().enumerate(), list(&answer.say["Results"]));
        let read = values::modified_items(&request.bytes, Some(&answer.bytes), &mut |modified| {
            let (index, said) = asked.next().expect("as many");
            assert_eq!(Some(u64::from(modified.item)), said["MonitoredItemId"].as_u64());
            assert_eq!(Some(u64::from(modified.client_handle)), said["RequestedParameters"]["ClientHandle"].as_u64());
            assert_eq!(modified.status.map(status_text).as_deref(), results.get(index).and_then(|said| said["StatusCode"].as_str()));
        });
        assert!(read.is_ok() && asked.next().is_none());
    }
    for (request, answer) in of("DeleteMonitoredItemsRequest").iter().zip(of("DeleteMonitoredItemsResponse")) {
        let (mut asked, results) = (list(&request.say["MonitoredItemIds"]).iter().enumerate(), list(&answer.say["Results"]));
        let read = values::deleted_items(&request.bytes, Some(&answer.bytes), &mut |_, item, status| {
            let (index, said) = asked.next().expect("as many");
            assert_eq!(Some(u64::from(item)), said.as_u64());
            assert_eq!(status.map(status_text).as_deref(), results.get(index).and_then(Value::as_str));
        });
        assert!(read.is_ok() && asked.next().is_none());
    }
    assert!(seen > 0);
}

#[test]
fn subscriptions_that_end() {
    for (request, answer) in of("DeleteSubscriptionsRequest").iter().zip(of("DeleteSubscriptionsResponse")) {
        let (mut asked, results) = (list(&request.say["SubscriptionIds"]).iter().enumerate(), list(&answer.say["Results"]));
        let read = values::deleted_subscriptions(&request.bytes, Some(&answer.bytes), &mut |id, status| {
            let (index, said) = asked.next().expect("as many");
            assert_eq!(Some(u64::from(id)), said.as_u64());
            assert_eq!(status.map(status_text).as_deref(), results.get(index).and_then(Value::as_str));
        });
        assert!(read.is_ok() && asked.next().is_none());
    }
}

#[test]
fn other_messages_tell_nothing() {
    let browse = of("BrowseRequest")[0];
    assert!(matches!(values::published(&browse.bytes, &mut |_, _| unreachable!("no notification")), Ok(None)));
    assert!(values::read(&browse.bytes, &browse.bytes, &mut |_, _| unreachable!("no Read")).is_ok());
    assert!(values::created_items(&browse.bytes, None, &mut |_| unreachable!("no item")).is_ok());
}
