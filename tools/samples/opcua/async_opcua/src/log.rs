//! Every call's own account, in the form of `../../README.md`: the request that goes to the stack, the answer that it gives.

use std::fs::File;
use std::io::Write;
use std::sync::Mutex;
use std::time::Duration;

use opcua::client::services::Cancel;
use opcua::client::Session;
use opcua::core::{RequestMessage, ResponseMessage};
use opcua::types::*;
use serde_json::{json, Map, Value};

/// A value as the log has it; `Null`: it is left out.
pub trait Plain {
    /// See the trait.
    fn plain(&self) -> Value;
}

macro_rules! as_it_is {
    ($($kind:ty),*) => { $(impl Plain for $kind { fn plain(&self) -> Value { json!(self) } })* };
}
as_it_is!(bool, i8, u8, i16, u16, i32, u32, i64, u64, String);

macro_rules! numbered {
    ($($kind:ty),*) => { $(impl Plain for $kind { fn plain(&self) -> Value { json!(*self as i32) } })* };
}
numbered!(TimestampsToReturn, BrowseDirection, NodeClass, MonitoringMode, ServerState);

macro_rules! spoken {
    ($($kind:ty),*) => { $(impl Plain for $kind { fn plain(&self) -> Value { json!(self.to_string()) } })* };
}
spoken!(NodeId, Guid);

/// `nodes_to_read` → `NodesToRead`.
fn member(name: &str) -> String {
    name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

fn object(members: Vec<(&str, Value)>) -> Value {
    Value::Object(members.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (member(name), value)).collect())
}

macro_rules! structures {
    ($($kind:ident: $($member:ident)*;)*) => { $(
        impl Plain for $kind {
            fn plain(&self) -> Value { object(vec![$((stringify!($member), self.$member.plain())),*]) }
        }
    )* };
}
structures! {
    ResponseHeader: timestamp request_handle service_result service_diagnostics string_table additional_header;
    ReadRequest: request_header max_age timestamps_to_return nodes_to_read;
    ReadResponse: response_header results diagnostic_infos;
    ReadValueId: node_id attribute_id index_range data_encoding;
    WriteRequest: request_header nodes_to_write;
    WriteResponse: response_header results diagnostic_infos;
    WriteValue: node_id attribute_id index_range value;
    BrowseRequest: request_header view requested_max_references_per_node nodes_to_browse;
    BrowseResponse: response_header results diagnostic_infos;
    ViewDescription: view_id timestamp view_version;
    BrowseDescription: node_id browse_direction reference_type_id include_subtypes node_class_mask result_mask;
    BrowseResult: status_code continuation_point references;
    ReferenceDescription: reference_type_id is_forward node_id browse_name display_name node_class type_definition;
    BrowseNextRequest: request_header release_continuation_points continuation_points;
    BrowseNextResponse: response_header results diagnostic_infos;
    TranslateBrowsePathsToNodeIdsRequest: request_header browse_paths;
    TranslateBrowsePathsToNodeIdsResponse: response_header results diagnostic_infos;
    BrowsePath: starting_node relative_path;
    RelativePath: elements;
    RelativePathElement: reference_type_id is_inverse include_subtypes target_name;
    BrowsePathResult: status_code targets;
    BrowsePathTarget: target_id remaining_path_index;
    RegisterNodesRequest: request_header nodes_to_register;
    RegisterNodesResponse: response_header registered_node_ids;
    UnregisterNodesRequest: request_header nodes_to_unregister;
    UnregisterNodesResponse: response_header;
    CallRequest: request_header methods_to_call;
    CallResponse: response_header results diagnostic_infos;
    CallMethodRequest: object_id method_id input_arguments;
    CallMethodResult: status_code input_argument_results input_argument_diagnostic_infos output_arguments;
    HistoryReadRequest: request_header history_read_details timestamps_to_return release_continuation_points nodes_to_read;
    HistoryReadResponse: response_header results diagnostic_infos;
    HistoryReadValueId: node_id index_range data_encoding continuation_point;
    HistoryReadResult: status_code continuation_point history_data;
    CreateSubscriptionRequest: request_header requested_publishing_interval requested_lifetime_count requested_max_keep_alive_count
        max_notifications_per_publish publishing_enabled priority;
    CreateSubscriptionResponse: response_header subscription_id revised_publishing_interval revised_lifetime_count
        revised_max_keep_alive_count;
    ModifySubscriptionRequest: request_header subscription_id requested_publishing_interval requested_lifetime_count
        requested_max_keep_alive_count max_notifications_per_publish priority;
    ModifySubscriptionResponse: response_header revised_publishing_interval revised_lifetime_count revised_max_keep_alive_count;
    SetPublishingModeRequest: request_header publishing_enabled subscription_ids;
    SetPublishingModeResponse: response_header results diagnostic_infos;
    DeleteSubscriptionsRequest: request_header subscription_ids;
    DeleteSubscriptionsResponse: response_header results diagnostic_infos;
    CreateMonitoredItemsRequest: request_header subscription_id timestamps_to_return items_to_create;
    CreateMonitoredItemsResponse: response_header results diagnostic_infos;
    MonitoredItemCreateRequest: item_to_monitor monitoring_mode requested_parameters;
    MonitoringParameters: client_handle sampling_interval filter queue_size discard_oldest;
    MonitoredItemCreateResult: status_code monitored_item_id revised_sampling_interval revised_queue_size filter_result;
    SetMonitoringModeRequest: request_header subscription_id monitoring_mode monitored_item_ids;
    SetMonitoringModeResponse: response_header results diagnostic_infos;
    SetTriggeringRequest: request_header subscription_id triggering_item_id links_to_add links_to_remove;
    SetTriggeringResponse: response_header add_results add_diagnostic_infos remove_results remove_diagnostic_infos;
    DeleteMonitoredItemsRequest: request_header subscription_id monitored_item_ids;
    DeleteMonitoredItemsResponse: response_header results diagnostic_infos;
    PublishRequest: request_header subscription_acknowledgements;
    PublishResponse: response_header subscription_id available_sequence_numbers more_notifications notification_message results
        diagnostic_infos;
    SubscriptionAcknowledgement: subscription_id sequence_number;
    NotificationMessage: sequence_number publish_time notification_data;
    MonitoredItemNotification: client_handle value;
    DataChangeNotification: monitored_items diagnostic_infos;
    ReadRawModifiedDetails: is_read_modified start_time end_time num_values_per_node return_bounds;
    HistoryData: data_values;
    ServerStatusDataType: start_time current_time state build_info seconds_till_shutdown shutdown_reason;
    BuildInfo: product_uri manufacturer_name product_name software_version build_number build_date;
    Range: low high;
    Argument: name data_type value_rank array_dimensions description;
    EUInformation: namespace_uri unit_id display_name description;
    ServiceFault: response_header;
    DiagnosticInfo: symbolic_id locale localized_text additional_info inner_status_code inner_diagnostic_info;
}

impl Plain for RequestHeader {
    fn plain(&self) -> Value {
        object(vec![
            ("authentication_token", self.authentication_token.plain()),
            ("timestamp", self.timestamp.plain()),
            ("request_handle", self.request_handle.plain()),
            ("return_diagnostics", json!(self.return_diagnostics.bits())),
            ("audit_entry_id", self.audit_entry_id.plain()),
            ("timeout_hint", self.timeout_hint.plain()),
        ])
    }
}

impl<T: Plain> Plain for Option<T> {
    fn plain(&self) -> Value {
        self.as_ref().map_or(Value::Null, Plain::plain)
    }
}

impl<T: Plain> Plain for Vec<T> {
    fn plain(&self) -> Value {
        self.iter().map(Plain::plain).collect()
    }
}

impl<T: Plain> Plain for Box<T> {
    fn plain(&self) -> Value {
        self.as_ref().plain()
    }
}

impl Plain for f64 {
    fn plain(&self) -> Value {
        match self {
            _ if self.is_nan() => json!("NaN"),
            _ if self.is_infinite() => json!(if *self > 0.0 { "Infinity" } else { "-Infinity" }),
            _ => json!(self),
        }
    }
}

impl Plain for UAString {
    fn plain(&self) -> Value {
        self.value().plain()
    }
}

impl Plain for ExpandedNodeId {
    fn plain(&self) -> Value {
        json!(self.to_string().trim_start_matches("svr=0;"))
    }
}

impl Plain for XmlElement {
    fn plain(&self) -> Value {
        json!(self.to_string())
    }
}

impl Plain for ByteString {
    fn plain(&self) -> Value {
        let hexadecimal = |bytes: &Vec<u8>| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        self.value.as_ref().map_or(Value::Null, |bytes| json!(hexadecimal(bytes)))
    }
}

impl Plain for DateTime {
    fn plain(&self) -> Value {
        let ticks = self.as_chrono().timestamp_subsec_nanos() / 100;
        json!(format!("{}.{ticks:07}Z", self.as_chrono().format("%Y-%m-%dT%H:%M:%S")))
    }
}

impl Plain for StatusCode {
    fn plain(&self) -> Value {
        json!(self.bits())
    }
}

impl Plain for NumericRange {
    fn plain(&self) -> Value {
        match self {
            Self::None => Value::Null,
            range => json!(range.to_string()),
        }
    }
}

impl Plain for QualifiedName {
    fn plain(&self) -> Value {
        match (self.namespace_index, self.name.is_null()) {
            (0, true) => Value::Null,
            _ => object(vec![("namespace_index", json!(self.namespace_index)), ("name", self.name.plain())]),
        }
    }
}

impl Plain for LocalizedText {
    fn plain(&self) -> Value {
        object(vec![("locale", self.locale.plain()), ("text", self.text.plain())])
    }
}

impl Plain for DataValue {
    fn plain(&self) -> Value {
        object(vec![
            ("value", self.value.plain()),
            ("status_code", self.status.plain()),
            ("source_timestamp", self.source_timestamp.plain()),
            ("source_picoseconds", self.source_picoseconds.plain()),
            ("server_timestamp", self.server_timestamp.plain()),
            ("server_picoseconds", self.server_picoseconds.plain()),
        ])
    }
}

/// The value alone, and its type's name.
fn content(value: &Variant) -> (&'static str, Value) {
    macro_rules! each {
        ($($kind:ident)*) => {
            match value {
                Variant::Empty => ("Null", Value::Null),
                Variant::Float(number) => ("Float", f64::from(*number).plain()),
                $(Variant::$kind(one) => (stringify!($kind), one.plain()),)*
                Variant::Array(array) => (kind_of(array.value_type), array.values.iter().map(|one| content(one).1).collect()),
            }
        };
    }
    each!(Boolean SByte Byte Int16 UInt16 Int32 UInt32 Int64 UInt64 Double String DateTime Guid StatusCode ByteString XmlElement
        QualifiedName LocalizedText NodeId ExpandedNodeId ExtensionObject Variant DataValue DiagnosticInfo)
}

fn kind_of(kind: VariantScalarTypeId) -> &'static str {
    macro_rules! names {
        ($($kind:ident)*) => { match kind { $(VariantScalarTypeId::$kind => stringify!($kind)),* } };
    }
    names!(Boolean SByte Byte Int16 UInt16 Int32 UInt32 Int64 UInt64 Float Double String DateTime Guid ByteString XmlElement NodeId
        ExpandedNodeId StatusCode QualifiedName LocalizedText ExtensionObject DataValue Variant DiagnosticInfo)
}

impl Plain for Variant {
    fn plain(&self) -> Value {
        let (kind, value) = content(self);
        let mut told = object(vec![("type", json!(kind)), ("value", value)]);
        if let (Self::Array(array), Some(members)) = (self, told.as_object_mut()) {
            if let Some(dimensions) = array.dimensions.as_ref().filter(|all| all.len() > 1) {
                members.insert("Dimensions".to_owned(), json!(dimensions));
            }
        }
        told
    }
}

impl Plain for ExtensionObject {
    fn plain(&self) -> Value {
        macro_rules! first_of {
            ($($kind:ident)*) => {
                $(if let Some(one) = self.inner_as::<$kind>() { return named(stringify!($kind), one.plain()); })*
            };
        }
        first_of!(DataChangeNotification ReadRawModifiedDetails HistoryData ServerStatusDataType BuildInfo Range Argument EUInformation);
        self.type_name().map_or(Value::Null, |name| json!({ "$type": name.rsplit(':').next() }))
    }
}

fn named(name: &str, structure: Value) -> Value {
    let mut told = Map::from_iter([("$type".to_owned(), json!(name))]);
    if let Value::Object(members) = structure {
        told.extend(members);
    }
    Value::Object(told)
}

/// Name and content of an answer.
fn answer(response: &ResponseMessage) -> (&'static str, Value) {
    macro_rules! each {
        ($($service:ident $kind:ident)*) => {
            match response {
                $(ResponseMessage::$service(one) => (stringify!($kind), one.plain()),)*
                _ => panic!("an answer that was not asked for"),
            }
        };
    }
    each!(Read ReadResponse Write WriteResponse Browse BrowseResponse BrowseNext BrowseNextResponse
        TranslateBrowsePathsToNodeIds TranslateBrowsePathsToNodeIdsResponse RegisterNodes RegisterNodesResponse
        UnregisterNodes UnregisterNodesResponse Call CallResponse HistoryRead HistoryReadResponse
        CreateSubscription CreateSubscriptionResponse ModifySubscription ModifySubscriptionResponse
        SetPublishingMode SetPublishingModeResponse DeleteSubscriptions DeleteSubscriptionsResponse
        CreateMonitoredItems CreateMonitoredItemsResponse SetMonitoringMode SetMonitoringModeResponse
        SetTriggering SetTriggeringResponse DeleteMonitoredItems DeleteMonitoredItemsResponse Publish PublishResponse
        ServiceFault ServiceFault)
}

/// A session whose calls are told.
pub struct Asker<'s> {
    session: &'s Session,
    log: Mutex<File>,
    /// What all lines say.
    ends: Map<String, Value>,
}

fn now() -> Value {
    let text = chrono::Utc::now().format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
    json!(text)
}

/// The local end of the connection to a server's port, as the kernel has it: the stack keeps it to itself.
fn local_end(port: u16) -> Option<String> {
    let table = std::fs::read_to_string("/proc/self/net/tcp").ok()?;
    let (remote, established) = (format!(":{port:04X}"), "01");
    let mut lines = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let line = lines.find(|line| line.get(2).is_some_and(|end| end.ends_with(&remote)) && line.get(3) == Some(&established))?;
    let (address, port) = line.get(1)?.split_once(':')?;
    let address = std::net::Ipv4Addr::from(u32::from_str_radix(address, 16).ok()?.to_le_bytes());
    Some(format!("{address}:{}", u16::from_str_radix(port, 16).ok()?))
}

impl<'s> Asker<'s> {
    /// A session over a channel to this URL.
    pub fn new(session: &'s Session, url: &str, log: &str, policy: &str, mode: &str) -> Self {
        let server = url.trim_start_matches("opc.tcp://").split('/').next().expect("an address");
        let port = server.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        let client = local_end(port).expect("a connection");
        let ends = json!({"client": client, "server": server, "policy": policy, "mode": mode});
        let ends = ends.as_object().expect("an object").clone();
        Self { session, log: Mutex::new(File::create(log).expect("a log")), ends }
    }

    /// A header for the next request.
    pub fn header(&self) -> RequestHeader {
        Cancel::new(0, self.session).header().clone()
    }

    /// Sends a request; a ServiceFault too is an answer. `None`: there was none.
    pub async fn ask<R: Plain + Into<RequestMessage>>(&self, request: R) -> Option<ResponseMessage> {
        let mut line = self.ends.clone();
        let name = std::any::type_name::<R>().rsplit(':').next().unwrap_or_default().trim_end_matches("Request");
        line.extend([("start".to_owned(), now()), ("service".to_owned(), json!(name)), ("request".to_owned(), request.plain())]);
        let response = self.session.channel().send(request, Duration::from_secs(4)).await.ok();
        if let Some((kind, content)) = response.as_ref().map(answer) {
            line.extend([("end".to_owned(), now()), ("answer".to_owned(), json!(kind)), ("response".to_owned(), content)]);
        }
        let mut log = self.log.lock().expect("the log");
        writeln!(log, "{}", Value::Object(line)).expect("room");
        response
    }
}
