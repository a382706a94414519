//! Cut, changed and invented messages: no panic, valid JSON, bounded work.

use proptest::prelude::*;
use sentinel_wire::protocols::opcua::encoding::Bounds;
use sentinel_wire::protocols::opcua::hot::{head, identity};
use sentinel_wire::protocols::opcua::parameters::parameters;
use sentinel_wire::protocols::opcua::told::told;
use sentinel_wire::protocols::opcua::values;
use serde_json::Value;

use super::messages::{messages, WIDE};

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

/// A ReadResponse with one value, whose Variant is given.
fn answer(variant: &[u8]) -> Vec<u8> {
    let mut body = vec![1, 0, 0x7A, 2];
    body.extend([0; 8]);
    body.extend([1, 0, 0, 0, 0, 0, 0, 0, 0]);
    body.extend([0xFF; 4]);
    body.extend([0, 0, 0]);
    body.extend([1, 0, 0, 0, 1]);
    body.extend(variant);
    body.extend([0xFF; 4]);
    body
}

fn violations(bytes: &[u8]) -> Vec<&'static str> {
    read_all(bytes);
    let said = parameters(bytes, &WIDE);
    assert!(serde_json::from_str::<Value>(&said.text).is_ok() || said.text.matches('[').count() > 50, "{}", said.text);
    told(bytes, &WIDE).violations.iter().map(|one| one.0).collect()
}

#[test]
fn nesting_bombs() {
    assert_eq!(violations(&answer(&[24; 100_000])), ["too_deep"]);
    // Arrays of two, the second of which is an array again.
    let pairs = |levels: usize| [&[0x98, 2, 0, 0, 0, 0].repeat(levels)[..], &[0]].concat();
    assert!(violations(&answer(&pairs(45))).is_empty());
    assert_eq!(violations(&answer(&pairs(5_000))), ["too_deep"]);
    // LiteralOperands in the value of each other; what is too deep ends with the body it stands in.
    let mut operand = vec![0];
    for _ in 0..300 {
        let length = u32::try_from(operand.len()).unwrap_or_default().to_le_bytes();
        operand = [&[22, 1, 0, 0x55, 2, 1], &length[..], &operand].concat();
    }
    assert!(violations(&answer(&operand)).is_empty(), "the lengths say where it goes on");
    let said = parameters(&answer(&operand), &WIDE);
    assert_eq!(said.violation.map(|one| one.0), Some("too_deep"));
    assert!(said.text.ends_with("]}"), "{}", said.text);
}

#[test]
fn arrays_that_lie_and_arrays_that_are_huge() {
    for builtin in 1..=31 {
        let lying = [0x80 | builtin, 0xFF, 0xFF, 0xFF, 0x7F, 0, 0, 0, 0];
        assert_eq!(violations(&answer(&lying)), ["bad_length"], "{builtin}");
    }
    let huge = [&[0x98][..], &300_000_u32.to_le_bytes(), &[0; 300_000]].concat();
    let nested = [&[0x98, 1, 0, 0, 0].repeat(12)[..], &huge].concat();
    for bytes in [huge, nested] {
        let bytes = answer(&bytes);
        let said = parameters(&bytes, &Bounds::default());
        assert!(said.truncated && said.text.len() < 70_000 && said.violation.is_none());
        assert!(told(&bytes, &Bounds::default()).violations.is_empty());
    }
    // More dimensions than elements.
    let matrix = [&[0xC3][..], &[1, 0, 0, 0, 7], &[2, 0, 0, 0], &[0xFF; 8]].concat();
    assert_eq!(parameters(&answer(&matrix), &WIDE).violation.map(|one| one.0), Some("bad_dimensions"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn changed_bytes_never_panic(which in any::<prop::sample::Index>(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = which.get(messages()).bytes.clone();
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
