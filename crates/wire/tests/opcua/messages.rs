//! Every message class of asyncua, filled and encoded by it, against what its own objects say (tools/make_opcua_messages.py).

use std::collections::BTreeSet;
use std::sync::OnceLock;

use sentinel_wire::protocols::opcua::encoding::Bounds;
use sentinel_wire::protocols::opcua::hot::{head, identity};
use sentinel_wire::protocols::opcua::parameters::parameters;
use sentinel_wire::protocols::opcua::services::SERVICES;
use sentinel_wire::protocols::opcua::told::told;
use sentinel_wire::protocols::Side;
use serde_json::{Map, Value};

/// One message: its class, its bytes and what it says.
pub(crate) struct Message {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) say: Value,
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|digit| digit.to_digit(16)).filter_map(|digit| u8::try_from(digit).ok()).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// All of them, read once.
pub(crate) fn messages() -> &'static [Message] {
    static MESSAGES: OnceLock<Vec<Message>> = OnceLock::new();
    MESSAGES.get_or_init(read_messages)
}

fn read_messages() -> Vec<Message> {
    let lines = include_str!("../opcua_messages.jsonl").lines();
    lines
        .map(|line| {
            let mut row: Map<String, Value> = serde_json::from_str(line).expect("a line is an object");
            let text = |row: &Map<String, Value>, key: &str| row[key].as_str().expect("a text").to_owned();
            Message { name: text(&row, "name"), bytes: unhex(&text(&row, "hex")), say: row.remove("say").expect("what it says") }
        })
        .collect()
}

/// Bounds that nothing here reaches.
pub(crate) const WIDE: Bounds = Bounds { nesting: 100, elements: 1_000_000, text_bytes: 1_000_000, parameter_bytes: 100_000_000 };

/// The first difference, with the way to it.
fn differs(path: &str, want: &Value, have: &Value) -> Option<String> {
    match (want, have) {
        (Value::Object(want), Value::Object(have)) => {
            let keys: BTreeSet<&String> = want.keys().chain(have.keys()).collect();
            keys.into_iter().find_map(|key| {
                let (want, have) = (want.get(key).unwrap_or(&Value::Null), have.get(key).unwrap_or(&Value::Null));
                differs(&format!("{path}.{key}"), want, have)
            })
        }
        (Value::Array(want), Value::Array(have)) if want.len() == have.len() => {
            want.iter().zip(have).enumerate().find_map(|(index, (want, have))| differs(&format!("{path}[{index}]"), want, have))
        }
        (Value::Number(want), Value::Number(have)) if want.as_f64() == have.as_f64() => None,
        _ if want == have => None,
        _ => Some(format!("{path}: {have} not {want}")),
    }
}

#[test]
fn parameters_say_what_the_stack_wrote() {
    let mut wrong = Vec::new();
    for message in messages() {
        let said = parameters(&message.bytes, &WIDE);
        let have: Value = match serde_json::from_str(&said.text) {
            Ok(have) => have,
            Err(error) => {
                wrong.push(format!("{}: no JSON: {error}: {}", message.name, said.text));
                continue;
            }
        };
        if said.violation.is_some() || said.truncated {
            wrong.push(format!("{}: {:?} truncated {}", message.name, said.violation, said.truncated));
        }
        wrong.extend(differs(&message.name, &message.say, &have));
    }
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_service_is_among_them() {
    let seen: BTreeSet<String> = messages().iter().map(|message| message.name.clone()).collect();
    for service in SERVICES.iter().filter(|service| !service.is_fault()) {
        assert!(seen.contains(service.request.name), "{}", service.request.name);
        assert!(seen.contains(service.response.name), "{}", service.response.name);
    }
    assert!(seen.contains("ServiceFault"));
}

#[test]
fn heads_and_what_is_told_agree_with_the_stack() {
    for message in messages() {
        let head = head(&message.bytes).expect("a header");
        let (structure, header) = match head.side {
            Side::Request => (head.service.request, "RequestHeader"),
            Side::Answer => (head.service.response, "ResponseHeader"),
        };
        assert!(message.name.starts_with(structure.name), "{}", message.name);
        let told = told(&message.bytes, &WIDE);
        let handle = message.say[header]["RequestHandle"].as_u64();
        assert_eq!(Some(u64::from(head.handle)), handle, "{}", message.name);
        assert_eq!(told.request_handle, Some(head.handle), "{}", message.name);
        assert_eq!(told.service_result, head.result, "{}", message.name);
        assert!(told.violations.is_empty() && !told.truncated, "{}", message.name);
    }
}

#[test]
fn secrets_are_nowhere() {
    for message in messages() {
        let text = parameters(&message.bytes, &WIDE).text;
        assert!(!text.contains("AuthenticationToken") && !text.contains("\"Password\"") && !text.contains("TokenData"), "{}", message.name);
    }
}

#[test]
fn only_requests_that_name_something_feed_an_identity() {
    let naming = [
        "Read",
        "HistoryRead",
        "Write",
        "HistoryUpdate",
        "Call",
        "Browse",
        "TranslateBrowsePathsToNodeIds",
        "RegisterNodes",
        "AddNodes",
        "AddReferences",
        "DeleteNodes",
        "DeleteReferences",
        "QueryFirst",
        "CreateMonitoredItems",
        "RegisterServer",
        "RegisterServer2",
    ];
    let mut fed_by = BTreeSet::new();
    for message in messages() {
        let head = head(&message.bytes).expect("a header");
        if head.side == Side::Request {
            let mut fed = Vec::new();
            identity(head.service, &message.bytes, &mut |bytes| fed.extend_from_slice(bytes));
            if !fed.is_empty() {
                fed_by.insert(head.service.name);
            }
        }
    }
    assert_eq!(fed_by, BTreeSet::from(naming));
}

/// Whatever stands in the header, and whatever is asked to be done with what is named, names nothing.
#[test]
fn an_identity_holds_nothing_of_the_header() {
    for message in messages().iter().filter(|message| message.name.ends_with("Request")) {
        let head = head(&message.bytes).expect("a header");
        let mut plain = vec![1, 0];
        plain.extend(head.service.request_id.to_le_bytes());
        plain.extend([0, 0]);
        plain.extend([0; 16]);
        plain.extend([0xFF; 4]);
        plain.extend([0; 7]);
        plain.extend(head.rest);
        let fed = |body: &[u8]| {
            let mut fed = Vec::new();
            identity(head.service, body, &mut |bytes| fed.extend_from_slice(bytes));
            fed
        };
        assert_eq!(fed(&message.bytes), fed(&plain), "{}", message.name);
    }
}
