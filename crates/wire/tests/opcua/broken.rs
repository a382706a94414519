//! Cut, changed and invented messages: no panic, valid JSON, bounded work.

use proptest::prelude::*;
use sentinel_wire::protocols::opcua::encoding::Bounds;
use sentinel_wire::protocols::opcua::hot::{head, identity};
use sentinel_wire::protocols::opcua::parameters::parameters;
use sentinel_wire::protocols::opcua::told::told;
use sentinel_wire::protocols::opcua::values;
use serde_json::Value;

use super::messages::messages;

const TIGHT: Bounds = Bounds { nesting: 3, elements: 4, text_bytes: 7, parameter_bytes: 900 };

/// Everything that reads a body, over these bytes.
fn read_all(bytes: &[u8]) {
    for bounds in [TIGHT, Bounds::default()] {
        let said = parameters(bytes, &bounds);
        assert!(serde_json::from_str::<Value>(&said.text).is_ok(), "{}", said.text);
        // One value more than the bound, and the brackets that are open then.
        assert!(said.text.len() < bounds.parameter_bytes + 60_000, "{}", said.text.len());
        let told = told(bytes, &bounds);
        assert!(told.node_ids.len() <= bounds.elements);
    }
    if let Some(head) = head(bytes) {
        identity(head.service, bytes, &mut |_| {});
    }
    let _kind = values::publish_kind(bytes);
    let _read = values::read(bytes, bytes, &mut |_, _| {});
    let _read = values::written(bytes, Some(bytes), &mut |_, _, _| {});
    let _read = values::history(bytes, bytes, &mut |_, _| {});
    let _read = values::created_items(bytes, Some(bytes), &mut |_| {});
    let _read = values::modified_items(bytes, Some(bytes), &mut |_| {});
    let _read = values::deleted_items(bytes, Some(bytes), &mut |_, _, _| {});
    let _read = values::deleted_subscriptions(bytes, Some(bytes), &mut |_, _| {});
    let _read = values::transferred_subscriptions(bytes, Some(bytes), &mut |_, _| {});
}

#[test]
fn every_cut_is_named() {
    for message in messages() {
        let step = message.bytes.len() / 60 + 1;
        for end in (4..message.bytes.len()).step_by(step) {
            let cut = &message.bytes[..end];
            read_all(cut);
            assert!(!told(cut, &TIGHT).violations.is_empty(), "{} cut at {end}", message.name);
        }
        let mut longer = message.bytes.clone();
        longer.push(0);
        assert_eq!(told(&longer, &TIGHT).violations.iter().map(|one| one.0).collect::<Vec<_>>(), ["trailing_bytes"], "{}", message.name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn changed_bytes_never_panic(which in any::<prop::sample::Index>(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let messages = messages();
        let mut bytes = which.get(&messages).bytes.clone();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        read_all(&bytes);
    }

    #[test]
    fn invented_bytes_never_panic(number in 300_u16..900, rest in prop::collection::vec(any::<u8>(), 0..400)) {
        let [low, high] = number.to_le_bytes();
        let mut bytes = vec![1, 0, low, high];
        bytes.extend(rest);
        read_all(&bytes);
    }
}
