//! What documents are told, against what the stack's own objects say.

use sentinel_wire::protocols::opcua::encoding::Bounds;
use sentinel_wire::protocols::opcua::hot::identity;
use sentinel_wire::protocols::opcua::parameters::parameters;
use sentinel_wire::protocols::opcua::services::SERVICES;
use sentinel_wire::protocols::opcua::told::{told, Told};
use serde_json::Value;

use super::messages::{messages, Message, WIDE};

/// Asks for each message of a class; there must be some.
fn each(class: &str, mut ask: impl FnMut(&Message, &Told<'_>)) {
    let messages: Vec<&Message> = messages().iter().filter(|message| message.name == class).collect();
    assert!(!messages.is_empty(), "{class}");
    for message in messages {
        ask(message, &told(&message.bytes, &WIDE));
    }
}

fn texts<'v>(values: impl IntoIterator<Item = &'v Value>) -> Vec<String> {
    values.into_iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
}

fn array<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn nodes_attributes_and_counts() {
    for (class, name) in [("ReadRequest", "NodesToRead"), ("WriteRequest", "NodesToWrite")] {
        each(class, |message, told| {
            let items = array(&message.say, name);
            assert_eq!(told.node_ids, texts(items.iter().map(|item| &item["NodeId"])));
            assert_eq!(told.attribute_ids.len(), items.len());
            assert_eq!(told.operation_count.map(|count| count as usize), Some(items.len()));
        });
    }
    each("CallRequest", |message, told| {
        let calls = array(&message.say, "MethodsToCall");
        assert_eq!(told.object_ids, texts(calls.iter().map(|call| &call["ObjectId"])));
        assert_eq!(told.method_ids, texts(calls.iter().map(|call| &call["MethodId"])));
        assert!(told.node_ids.is_empty());
    });
    each("CreateMonitoredItemsRequest", |message, told| {
        let items = array(&message.say, "ItemsToCreate");
        assert_eq!(told.node_ids, texts(items.iter().map(|item| &item["ItemToMonitor"]["NodeId"])));
        assert_eq!(told.subscription_id.map(u64::from), message.say["SubscriptionId"].as_u64());
    });
}

#[test]
fn results_that_refuse_are_counted() {
    let bad = |text: &Value| text.as_str().is_some_and(|text| text.starts_with("Bad") || text.starts_with("0x8"));
    each("ReadResponse", |message, told| {
        let results = array(&message.say, "Results");
        assert_eq!(told.bad_count as usize, results.iter().filter(|result| bad(&result["StatusCode"])).count());
    });
    each("WriteResponse", |message, told| {
        let results = array(&message.say, "Results");
        assert_eq!(told.bad_count as usize, results.iter().filter(|code| bad(code)).count());
        assert_eq!(told.operation_count.map(|count| count as usize), Some(results.len()));
    });
    each("CallResponse", |message, told| {
        let results = array(&message.say, "Results");
        assert_eq!(told.bad_count as usize, results.iter().filter(|result| bad(&result["StatusCode"])).count());
    });
}

#[test]
fn sessions_and_users() {
    each("CreateSessionRequest", |message, told| {
        let client = &message.say["ClientDescription"];
        assert_eq!(told.session_name.as_deref(), message.say["SessionName"].as_str());
        assert_eq!(told.endpoint_url.as_deref(), message.say["EndpointUrl"].as_str());
        assert_eq!(told.applications.len(), 1);
        assert_eq!(told.applications[0].uri.as_deref(), client["ApplicationUri"].as_str());
        assert_eq!(told.applications[0].product_uri.as_deref(), client["ProductUri"].as_str());
        assert_eq!(told.applications[0].kind, client["ApplicationType"].as_str());
    });
    let mut kinds = Vec::new();
    each("ActivateSessionRequest", |message, told| {
        let token = &message.say["UserIdentityToken"];
        let want = match token["Type"].as_str().expect("a token") {
            "AnonymousIdentityToken" => "Anonymous",
            "UserNameIdentityToken" => "UserName",
            "X509IdentityToken" => "Certificate",
            _ => "IssuedToken",
        };
        assert_eq!(told.user_token_type, Some(want));
        assert_eq!(told.user_name.as_deref(), token["Body"]["UserName"].as_str());
        assert!(!(told.clear_text_password && token["Body"]["EncryptionAlgorithm"].as_str().is_some_and(|name| !name.is_empty())));
        kinds.push(want);
    });
}

#[test]
fn endpoints_with_their_servers() {
    for (class, name) in [("GetEndpointsResponse", "Endpoints"), ("CreateSessionResponse", "ServerEndpoints")] {
        each(class, |message, told| {
            let endpoints = array(&message.say, name);
            assert_eq!(told.endpoints.len(), endpoints.len());
            for (have, said) in told.endpoints.iter().zip(endpoints) {
                assert_eq!(have.url.as_deref(), said["EndpointUrl"].as_str());
                assert_eq!(have.policy_uri.as_deref(), said["SecurityPolicyUri"].as_str());
                assert_eq!(have.mode, said["SecurityMode"].as_str());
                assert_eq!(have.certificate.is_some(), said["ServerCertificate"].is_string());
                let server = have.application.as_ref().expect("a server");
                assert_eq!(server.uri.as_deref(), said["Server"]["ApplicationUri"].as_str());
                for token in array(said, "UserIdentityTokens") {
                    assert!(have.token_types.iter().any(|kind| Some(*kind) == token["TokenType"].as_str()));
                }
            }
            assert!(told.applications.is_empty());
        });
    }
}

#[test]
fn what_is_beyond_the_bounds_is_flagged() {
    let tight = Bounds { nesting: 2, elements: 1, text_bytes: 3, parameter_bytes: 300 };
    let mut cut = 0;
    for message in messages() {
        let said = parameters(&message.bytes, &tight);
        let wide = parameters(&message.bytes, &WIDE);
        assert!(serde_json::from_str::<Value>(&said.text).is_ok(), "{}", said.text);
        assert_eq!(said.truncated, said.text != wide.text, "{}", message.name);
        assert!(told(&message.bytes, &tight).violations.is_empty());
        cut += usize::from(said.truncated);
    }
    assert!(cut > 200);
}

/// A Read of two nodes, encoded by hand in two ways: other encodings of the same nodes, other handles, times and ages.
#[test]
fn an_identity_is_that_of_what_is_asked() {
    let read = |nodes: [&[u8]; 2], attribute: u8, salt: u8| {
        let mut body = vec![1, 0, 0x77, 2, 0, salt];
        body.extend([salt; 8]);
        body.extend([salt, 0, 0, 0, 0, 0, 0, 0]);
        body.extend([0xFF; 4]);
        body.extend([salt, 0, 0, 0, 0, 0, 0]);
        body.extend([salt; 8]);
        body.extend([2, 0, 0, 0, 2, 0, 0, 0]);
        for node in nodes {
            body.extend(node);
            body.extend([attribute, 0, 0, 0]);
            body.extend([0xFF; 4]);
            body.extend([0, 0]);
            body.extend([0xFF; 4]);
        }
        let told = told(&body, &WIDE);
        assert!(told.violations.is_empty(), "{:?}", told.violations);
        let mut fed = Vec::new();
        identity(told.service.expect("a Read"), &body, &mut |bytes| fed.extend_from_slice(bytes));
        fed
    };
    let short = read([&[0, 85], &[1, 2, 7, 0]], 13, 1);
    assert_eq!(short, read([&[2, 0, 0, 85, 0, 0, 0], &[2, 2, 0, 7, 0, 0, 0]], 13, 9));
    assert_ne!(short, read([&[0, 85], &[1, 2, 8, 0]], 13, 1));
    assert_ne!(short, read([&[0, 85], &[1, 2, 7, 0]], 1, 1));
    assert!(SERVICES.iter().filter(|service| service.request_id == 631).count() == 1);
}

#[test]
fn passwords_in_clear_are_told_and_not_kept() {
    let activate = |password: &[u8], algorithm: &[u8]| {
        let mut token = vec![];
        for text in [&b"policy"[..], b"operator", password, algorithm] {
            token.extend(u32::try_from(text.len()).unwrap_or_default().to_le_bytes());
            token.extend(text);
        }
        let mut body = vec![1, 0, 0xD3, 1, 0, 0];
        body.extend([1; 8]);
        body.extend([1, 0, 0, 0, 0, 0, 0, 0]);
        body.extend([0xFF; 4]);
        body.extend([0, 0, 0, 0, 0, 0, 0]);
        body.extend([0xFF; 16]);
        body.extend([1, 0, 0x44, 1, 1]);
        body.extend(u32::try_from(token.len()).unwrap_or_default().to_le_bytes());
        body.extend(token);
        body.extend([0xFF; 8]);
        body
    };
    let clear = activate(b"hunter2", b"");
    let said = told(&clear, &WIDE);
    assert!(said.violations.is_empty(), "{:?}", said.violations);
    assert_eq!((said.user_name.as_deref(), said.user_token_type, said.clear_text_password), (Some("operator"), Some("UserName"), true));
    let text = parameters(&clear, &WIDE).text;
    assert!(text.contains("operator") && !text.contains("hunter2") && !text.contains("aHVudGVyMg"), "{text}");
    assert!(!told(&activate(b"hunter2", b"http://www.w3.org/2001/04/xmlenc#rsa-oaep"), &WIDE).clear_text_password);
    assert!(!told(&activate(b"", b""), &WIDE).clear_text_password);
    assert!(!told(&activate(&[1, 0, 0x8A, 0x44, 1, 0, 0], b""), &WIDE).clear_text_password, "an EccEncryptedSecret");
}
