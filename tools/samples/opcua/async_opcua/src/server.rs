//! The server.

use std::sync::Arc;
use std::time::Duration;

use opcua::crypto::SecurityPolicy;
use opcua::server::address_space::{MethodBuilder, ObjectBuilder, VariableBuilder};
use opcua::server::diagnostics::NamespaceMetadata;
use opcua::server::node_manager::memory::{simple_node_manager, SimpleNodeManager};
use opcua::server::{ServerBuilder, ServerUserToken, ANONYMOUS_USER_TOKEN_ID};
use opcua::types::*;

use crate::line::{values, FIXED, NAMESPACE};

fn node(at: u16, name: &str) -> NodeId {
    NodeId::new(at, name)
}

fn fill(manager: &SimpleNodeManager, at: u16) {
    let space = manager.address_space();
    let mut space = space.write();
    let object = |space: &mut opcua::server::address_space::AddressSpace, id: &str, name: &str, parent: NodeId| {
        ObjectBuilder::new(&node(at, id), QualifiedName::new(at, name), name).organized_by(parent).insert(space);
    };
    object(&mut space, "Line", "Line", ObjectId::ObjectsFolder.into());
    object(&mut space, "Types", "Types", node(at, "Line"));
    object(&mut space, "Line.Pump", "Pump", node(at, "Line"));
    let mut variable = |id: String, name: &str, parent: &str, value: DataValue, is_writable: bool| {
        let content = value.value.clone().unwrap_or_default();
        let kind = content.data_type().and_then(|id| id.try_resolve(&NamespaceMap::default()).map(|id| id.into_owned()));
        let rank = match &content {
            Variant::Array(array) => array.dimensions.as_ref().map_or(1, |all| all.len() as i32),
            _ => -1,
        };
        let built = VariableBuilder::new(&NodeId::new(at, id), QualifiedName::new(at, name), name)
            .data_type(kind.unwrap_or_else(|| DataTypeId::BaseDataType.into()))
            .value_rank(rank)
            .value(value)
            .component_of(node(at, parent));
        let built = if is_writable { built.writable() } else { built };
        built.insert(&mut *space);
    };
    for (name, value) in values() {
        variable(format!("Types.{name}"), name, "Types", DataValue::new_now(value), true);
    }
    let status = [StatusCode::Good, StatusCode::BadSensorFailure, StatusCode::UncertainLastUsableValue];
    for (name, status) in FIXED.into_iter().zip(status) {
        let mut value = DataValue::new_now(1.25);
        value.status = Some(status);
        variable(format!("Types.{name}"), name, "Types", value, false);
    }
    variable("Line.Pump.Speed".into(), "Speed", "Line.Pump", DataValue::new_now(1000.5), true);
    variable("Line.Pump.State".into(), "State", "Line.Pump", DataValue::new_now("RUN"), true);
    variable("Line.Pump.Trend".into(), "Trend", "Line.Pump", DataValue::new_now(vec![0.0, 0.0, 0.0]), true);
    for tag in 0..30 {
        let name = format!("Tag{tag:02}");
        variable(format!("Line.{name}"), &name, "Line", DataValue::new_now(f64::from(tag) * 1.5), false);
    }
    let number = DataTypeId::Double;
    MethodBuilder::new(&node(at, "Line.Add"), QualifiedName::new(at, "Add"), "Add")
        .component_of(node(at, "Line.Pump"))
        .executable(true)
        .user_executable(true)
        .input_args(&mut *space, &node(at, "Line.Add.In"), &[("one", number).into(), ("other", number).into()])
        .output_args(&mut *space, &node(at, "Line.Add.Out"), &[("sum", number).into()])
        .insert(&mut *space);
    manager.inner().add_method_callback(node(at, "Line.Add"), |given| match given {
        [Variant::Double(one), Variant::Double(other)] => Ok(vec![Variant::from(one + other)]),
        [_, _] => Err(StatusCode::BadTypeMismatch),
        _ => Err(StatusCode::BadArgumentsMissing),
    });
}

/// Serves until it is ended.
pub async fn run(host: &str, port: &str, folder: &str) {
    let users: &[&str] = &[ANONYMOUS_USER_TOKEN_ID, "operator"];
    let namespace = NamespaceMetadata { namespace_uri: NAMESPACE.into(), ..Default::default() };
    let mut builder = ServerBuilder::new()
        .application_name("Line server (async-opcua)")
        .application_uri("urn:plant:async-opcua:server")
        .product_uri("urn:plant:line")
        .create_sample_keypair(true)
        .trust_client_certs(true)
        .host(host)
        .port(port.parse().expect("a port"))
        .pki_dir(format!("{folder}/pki"))
        .discovery_urls(vec![format!("opc.tcp://{host}:{port}/line")])
        .add_user_token("operator", ServerUserToken::user_pass("operator", "pump-4711"))
        .with_node_manager(simple_node_manager(namespace, "line"))
        .add_endpoint("none", ("/line", SecurityPolicy::None, MessageSecurityMode::None, users));
    for policy in [SecurityPolicy::Basic256Sha256, SecurityPolicy::Aes128Sha256RsaOaep, SecurityPolicy::Aes256Sha256RsaPss] {
        for mode in [MessageSecurityMode::Sign, MessageSecurityMode::SignAndEncrypt] {
            builder = builder.add_endpoint(format!("{policy:?}-{mode:?}"), ("/line", policy, mode, users));
        }
    }
    let (server, handle) = builder.build().expect("a server");
    let manager: Arc<SimpleNodeManager> = handle.node_managers().get_of_type().expect("the line");
    let at = handle.get_namespace_index(NAMESPACE).expect("an index");
    fill(&manager, at);
    let subscriptions = handle.subscriptions().clone();
    tokio::spawn(async move {
        for n in 0u32.. {
            tokio::time::sleep(Duration::from_millis(200)).await;
            let step = f64::from(n);
            for (name, value) in [
                ("Line.Pump.Speed", Variant::from(1000.5 + step * 0.25)),
                ("Line.Pump.State", Variant::from(["RUN", "STOP", "STÖRUNG"][n as usize % 3])),
                ("Line.Pump.Trend", Variant::from(vec![step, -step * 0.5, step * step * 0.125])),
            ] {
                let _ = manager.set_value(&subscriptions, &node(at, name), None, DataValue::new_now(value));
            }
        }
    });
    println!("listening");
    server.run().await.expect("to serve");
}
