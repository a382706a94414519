//! The client.

use std::str::FromStr;
use std::time::Duration;

use opcua::client::{ClientBuilder, DataChangeCallback, HistoryReadAction, IdentityToken, Session};
use opcua::crypto::SecurityPolicy;
use opcua::types::*;

use crate::line::{values, FIXED};

fn node(name: &str) -> NodeId {
    NodeId::new(2, name)
}

fn value(name: &str) -> ReadValueId {
    ReadValueId::from(node(name))
}

/// What a service says is the other side's to tell.
fn told<T, E>(_: Result<T, E>) {}

async fn attributes(session: &Session) {
    let names: Vec<String> = values().iter().map(|(name, _)| *name).chain(FIXED).map(|name| format!("Types.{name}")).collect();
    for some in names.chunks(12) {
        let nodes: Vec<ReadValueId> = some.iter().map(|name| value(name)).collect();
        told(session.read(&nodes, TimestampsToReturn::Both, 0.0).await);
    }
    let all: Vec<ReadValueId> = (1..=27).map(|attribute| ReadValueId { attribute_id: attribute, ..value("Line.Pump.Speed") }).collect();
    told(session.read(&all, TimestampsToReturn::Source, 0.0).await);
    let known: Vec<ReadValueId> = [2254u32, 2255, 2256, 2258, 2260].into_iter().map(|id| NodeId::new(0, id).into()).collect();
    told(session.read(&known, TimestampsToReturn::Server, 100.0).await);
    told(session.read(&[value("Nobody")], TimestampsToReturn::Neither, 0.0).await);
    for (name, content) in values() {
        let written = WriteValue::value_attr(node(&format!("Types.{name}")), content);
        told(session.write(&[written]).await);
    }
    let bad = [
        ("Types.Double", Variant::from("no number")),
        ("Types.Fixed", 43i32.into()),
        ("Nobody", 1i32.into()),
        ("Types.Double", 20.25.into()),
    ];
    told(session.write(&bad.map(|(name, content)| WriteValue::value_attr(node(name), content))).await);
}

async fn views(session: &Session) {
    let browse = |id: NodeId| BrowseDescription {
        node_id: id,
        browse_direction: BrowseDirection::Both,
        reference_type_id: ReferenceTypeId::HierarchicalReferences.into(),
        include_subtypes: true,
        node_class_mask: 0,
        result_mask: 63,
    };
    for most in [0, 3] {
        let Ok(found) = session.browse(&[browse(node("Line")), browse(node("Nobody"))], most, None).await else { continue };
        let points: Vec<ByteString> =
            found.iter().map(|one| one.continuation_point.clone()).filter(|one| !one.is_null_or_empty()).collect();
        if !points.is_empty() {
            told(session.browse_next(false, &points).await);
            told(session.browse_next(true, &points).await);
        }
    }
    let elements = ["Line", "Pump", "Speed"].map(|name| RelativePathElement {
        reference_type_id: ReferenceTypeId::HierarchicalReferences.into(),
        is_inverse: false,
        include_subtypes: true,
        target_name: QualifiedName::new(2, name),
    });
    let path =
        BrowsePath { starting_node: ObjectId::ObjectsFolder.into(), relative_path: RelativePath { elements: Some(elements.to_vec()) } };
    told(session.translate_browse_paths_to_node_ids(&[path]).await);
    told(session.register_nodes(&[node("Line.Pump.Speed")]).await);
    told(session.unregister_nodes(&[node("Line.Pump.Speed")]).await);
}

async fn calls(session: &Session) {
    let call = |object: &str, given: Vec<Variant>| CallMethodRequest {
        object_id: node(object),
        method_id: node("Line.Add"),
        input_arguments: Some(given),
    };
    let all = vec![
        call("Line.Pump", vec![1.5.into(), (-2.25).into()]),
        call("Line.Pump", vec![1.5.into()]),
        call("Line.Pump", vec!["one".into(), 1.5.into()]),
        call("Nobody", vec![1.5.into(), 1.5.into()]),
    ];
    told(session.call(all).await);
}

async fn history(session: &Session) {
    let end = DateTime::now();
    let details = ReadRawModifiedDetails {
        is_read_modified: false,
        start_time: DateTime::from(end.ticks() - 3_000_000_000),
        end_time: end,
        num_values_per_node: 5,
        return_bounds: true,
    };
    let nodes = [HistoryReadValueId { node_id: node("Line.Pump.Speed"), ..Default::default() }];
    told(session.history_read(HistoryReadAction::ReadRawModifiedDetails(details), TimestampsToReturn::Source, false, &nodes).await);
}

async fn subscription(session: &Session) {
    let nothing = DataChangeCallback::new(|_, _| {});
    let Ok(id) = session.create_subscription(Duration::from_millis(100), 60, 3, 0, 7, true, nothing).await else { return };
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
    let Ok(made) = session.create_monitored_items(id, TimestampsToReturn::Both, items.collect()).await else { return };
    let ids: Vec<u32> = made.iter().map(|one| one.result.monitored_item_id).filter(|one| *one > 0).collect();
    tokio::time::sleep(Duration::from_millis(700)).await;
    if let [first, second, third, ..] = ids[..] {
        told(session.set_monitoring_mode(id, MonitoringMode::Sampling, &[third]).await);
        told(session.set_triggering(id, first, &[third], &[second]).await);
    }
    told(session.modify_subscription(id, Duration::from_millis(150), 90, 2, 10, 3).await);
    told(session.delete_monitored_items(id, &ids).await);
    tokio::time::sleep(Duration::from_millis(900)).await;
    told(session.set_publishing_mode(&[id], false).await);
    told(session.delete_subscription(id).await);
}

/// Asks for everything, once.
pub async fn run(url: &str, folder: &str, policy: &str, mode: &str) {
    let policy = SecurityPolicy::from_str(policy).expect("a policy");
    let mode = match mode {
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
    let endpoint = (url, policy.to_str(), mode, UserTokenPolicy::anonymous());
    let (session, events) = client.connect_to_matching_endpoint(endpoint, IdentityToken::Anonymous).await.expect("a session");
    let running = events.spawn();
    assert!(session.wait_for_connection().await);
    attributes(&session).await;
    views(&session).await;
    calls(&session).await;
    history(&session).await;
    subscription(&session).await;
    told(session.disconnect().await);
    told(running.await);
}
