//! The client.

use std::str::FromStr;

use opcua::client::{ClientBuilder, IdentityToken};
use opcua::core::ResponseMessage;
use opcua::crypto::SecurityPolicy;
use opcua::types::*;

use crate::line::{values, FIXED};
use crate::log::Asker;

fn node(name: &str) -> NodeId {
    NodeId::new(2, name)
}

fn value(name: &str) -> ReadValueId {
    ReadValueId::from(node(name))
}

fn array<T>(all: impl IntoIterator<Item = T>) -> Option<Vec<T>> {
    Some(all.into_iter().collect())
}

async fn read(ask: &Asker<'_>, nodes: Vec<ReadValueId>, max_age: f64, times: TimestampsToReturn) {
    ask.ask(ReadRequest { request_header: ask.header(), max_age, timestamps_to_return: times, nodes_to_read: Some(nodes) }).await;
}

async fn write(ask: &Asker<'_>, values: impl IntoIterator<Item = (String, Variant)>) {
    let values = values.into_iter().map(|(name, content)| WriteValue::value_attr(node(&name), content));
    ask.ask(WriteRequest { request_header: ask.header(), nodes_to_write: array(values) }).await;
}

async fn attributes(ask: &Asker<'_>) {
    use TimestampsToReturn::{Both, Neither, Server, Source};
    let names: Vec<String> = values().iter().map(|(name, _)| *name).chain(FIXED).map(|name| format!("Types.{name}")).collect();
    for some in names.chunks(12) {
        read(ask, some.iter().map(|name| value(name)).collect(), 0.0, Both).await;
    }
    let all = (1..=27).map(|attribute| ReadValueId { attribute_id: attribute, ..value("Line.Pump.Speed") });
    read(ask, all.collect(), 0.0, Source).await;
    read(ask, [2254u32, 2255, 2256, 2258, 2260].map(|id| NodeId::new(0, id).into()).to_vec(), 100.0, Server).await;
    read(ask, vec![value("Nobody")], 0.0, Neither).await;
    for (name, content) in values() {
        write(ask, [(format!("Types.{name}"), content)]).await;
    }
    let bad = [
        ("Types.Double", Variant::from("no number")),
        ("Types.Fixed", 43i32.into()),
        ("Nobody", 1i32.into()),
        ("Types.Double", 20.25.into()),
    ];
    write(ask, bad.map(|(name, content)| (name.to_owned(), content))).await;
}

async fn views(ask: &Asker<'_>) {
    let browse = |id: NodeId| BrowseDescription {
        node_id: id,
        browse_direction: BrowseDirection::Both,
        reference_type_id: ReferenceTypeId::HierarchicalReferences.into(),
        include_subtypes: true,
        node_class_mask: 0,
        result_mask: 63,
    };
    for most in [0, 3] {
        let request = BrowseRequest {
            request_header: ask.header(),
            view: ViewDescription::default(),
            requested_max_references_per_node: most,
            nodes_to_browse: array([browse(node("Line")), browse(node("Nobody"))]),
        };
        let Some(ResponseMessage::Browse(found)) = ask.ask(request).await else { continue };
        let points = found.results.into_iter().flatten().map(|one| one.continuation_point);
        let points: Vec<ByteString> = points.filter(|point| !point.is_null_or_empty()).collect();
        for release in [false, true] {
            if !points.is_empty() {
                let continuation_points = Some(points.clone());
                let request_header = ask.header();
                ask.ask(BrowseNextRequest { request_header, release_continuation_points: release, continuation_points }).await;
            }
        }
    }
    let elements = ["Line", "Pump", "Speed"].map(|name| RelativePathElement {
        reference_type_id: ReferenceTypeId::HierarchicalReferences.into(),
        is_inverse: false,
        include_subtypes: true,
        target_name: QualifiedName::new(2, name),
    });
    let path = BrowsePath { starting_node: ObjectId::ObjectsFolder.into(), relative_path: RelativePath { elements: array(elements) } };
    ask.ask(TranslateBrowsePathsToNodeIdsRequest { request_header: ask.header(), browse_paths: array([path]) }).await;
    let nodes = array([node("Line.Pump.Speed")]);
    ask.ask(RegisterNodesRequest { request_header: ask.header(), nodes_to_register: nodes.clone() }).await;
    ask.ask(UnregisterNodesRequest { request_header: ask.header(), nodes_to_unregister: nodes }).await;
}

async fn calls(ask: &Asker<'_>) {
    let call = |object: &str, given: Vec<Variant>| CallMethodRequest {
        object_id: node(object),
        method_id: node("Line.Add"),
        input_arguments: Some(given),
    };
    let all = [
        call("Line.Pump", vec![1.5.into(), (-2.25).into()]),
        call("Line.Pump", vec![1.5.into()]),
        call("Line.Pump", vec!["one".into(), 1.5.into()]),
        call("Nobody", vec![1.5.into(), 1.5.into()]),
    ];
    ask.ask(CallRequest { request_header: ask.header(), methods_to_call: array(all) }).await;
}

async fn history(ask: &Asker<'_>) {
    let end = DateTime::now();
    let details = ReadRawModifiedDetails {
        is_read_modified: false,
        start_time: DateTime::from(end.ticks() - 3_000_000_000),
        end_time: end,
        num_values_per_node: 5,
        return_bounds: true,
    };
    let request = HistoryReadRequest {
        request_header: ask.header(),
        history_read_details: ExtensionObject::from_message(details),
        timestamps_to_return: TimestampsToReturn::Source,
        release_continuation_points: false,
        nodes_to_read: array([HistoryReadValueId { node_id: node("Line.Pump.Speed"), ..Default::default() }]),
    };
    ask.ask(request).await;
}

/// So many Publish requests, one by one, each with thanks for what the one before brought.
async fn publish(ask: &Asker<'_>, times: u32, thanks: &mut Option<SubscriptionAcknowledgement>) {
    for _ in 0..times {
        let request = PublishRequest { request_header: ask.header(), subscription_acknowledgements: array(thanks.take()) };
        let Some(ResponseMessage::Publish(told)) = ask.ask(request).await else { continue };
        let (subscription_id, sequence_number) = (told.subscription_id, told.notification_message.sequence_number);
        let brings = told.notification_message.notification_data.is_some_and(|all| !all.is_empty());
        *thanks = brings.then_some(SubscriptionAcknowledgement { subscription_id, sequence_number });
    }
}

async fn subscription(ask: &Asker<'_>) {
    let request = CreateSubscriptionRequest {
        request_header: ask.header(),
        requested_publishing_interval: 100.0,
        requested_lifetime_count: 60,
        requested_max_keep_alive_count: 3,
        max_notifications_per_publish: 0,
        publishing_enabled: true,
        priority: 7,
    };
    let Some(ResponseMessage::CreateSubscription(made)) = ask.ask(request).await else { return };
    let subscription_id = made.subscription_id;
    let names = ["Line.Pump.Speed", "Line.Pump.State", "Line.Pump.Trend", "Nobody"].map(String::from);
    let tags = (0..25).map(|tag| format!("Line.Tag{tag:02}"));
    let items = names.into_iter().chain(tags).zip(201..).map(|(name, handle)| {
        let wanted = MonitoringParameters {
            client_handle: handle,
            sampling_interval: 50.0,
            queue_size: 3,
            discard_oldest: true,
            ..Default::default()
        };
        MonitoredItemCreateRequest::new(value(&name), MonitoringMode::Reporting, wanted)
    });
    let request = CreateMonitoredItemsRequest {
        request_header: ask.header(),
        subscription_id,
        timestamps_to_return: TimestampsToReturn::Both,
        items_to_create: array(items),
    };
    let Some(ResponseMessage::CreateMonitoredItems(made)) = ask.ask(request).await else { return };
    let ids: Vec<u32> = made.results.into_iter().flatten().map(|one| one.monitored_item_id).filter(|one| *one > 0).collect();
    let mut thanks = None;
    publish(ask, 5, &mut thanks).await;
    if let [first, second, third, ..] = ids[..] {
        let (monitoring_mode, monitored_item_ids) = (MonitoringMode::Sampling, array([third]));
        ask.ask(SetMonitoringModeRequest { request_header: ask.header(), subscription_id, monitoring_mode, monitored_item_ids }).await;
        let (links_to_add, links_to_remove) = (array([third]), array([second]));
        let request_header = ask.header();
        ask.ask(SetTriggeringRequest { request_header, subscription_id, triggering_item_id: first, links_to_add, links_to_remove }).await;
    }
    let request = ModifySubscriptionRequest {
        request_header: ask.header(),
        subscription_id,
        requested_publishing_interval: 150.0,
        requested_lifetime_count: 90,
        requested_max_keep_alive_count: 2,
        max_notifications_per_publish: 10,
        priority: 3,
    };
    ask.ask(request).await;
    ask.ask(DeleteMonitoredItemsRequest { request_header: ask.header(), subscription_id, monitored_item_ids: Some(ids) }).await;
    publish(ask, 3, &mut thanks).await; // keep-alives
    let subscription_ids = array([subscription_id]);
    let request_header = ask.header();
    ask.ask(SetPublishingModeRequest { request_header, publishing_enabled: false, subscription_ids: subscription_ids.clone() }).await;
    ask.ask(DeleteSubscriptionsRequest { request_header: ask.header(), subscription_ids }).await;
}

/// Asks for everything, once.
pub async fn run(url: &str, log: &str, folder: &str, policy: &str, mode: &str) {
    let known = SecurityPolicy::from_str(&format!("http://opcfoundation.org/UA/SecurityPolicy#{policy}")).expect("a policy");
    let asked = match mode {
        "None" => MessageSecurityMode::None,
        "Sign" => MessageSecurityMode::Sign,
        _ => MessageSecurityMode::SignAndEncrypt,
    };
    let mut client = ClientBuilder::new()
        .application_name("Line viewer")
        .application_uri("urn:plant:async-opcua:client")
        .pki_dir(format!("{folder}/pki-client"))
        .create_sample_keypair(true)
        .trust_server_certs(true)
        .verify_server_certs(false)
        .session_retry_limit(1)
        .channel_lifetime(4000)
        .client()
        .expect("a client");
    let endpoint = (url, known.to_str(), asked, UserTokenPolicy::anonymous());
    let (session, events) = client.connect_to_matching_endpoint(endpoint, IdentityToken::Anonymous).await.expect("a session");
    let running = events.spawn();
    assert!(session.wait_for_connection().await);
    let ask = Asker::new(&session, url, log, policy, mode);
    attributes(&ask).await;
    views(&ask).await;
    calls(&ask).await;
    history(&ask).await;
    subscription(&ask).await;
    // What ends the session is the stack's own.
    let _ = session.disconnect().await;
    let _ = running.await;
}
