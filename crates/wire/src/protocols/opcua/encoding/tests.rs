//! Edge cases of the encoding that no stack writes, and the text forms of the specification.

use proptest::prelude::*;

use super::plain::base64;
use super::value::{Builtin, Value};
use super::*;

/// Reads a value that takes all of the bytes.
fn whole(builtin: Builtin, bytes: &[u8]) -> Read<Value<'_>> {
    let mut cursor = Cursor::new(bytes);
    let value = Value::read(builtin, &mut cursor)?;
    assert!(cursor.rest().is_empty(), "{} bytes left", cursor.rest().len());
    Ok(value)
}

fn node(bytes: &[u8]) -> String {
    NodeId::read(&mut Cursor::new(bytes)).map_or_else(|violation| violation.to_string(), |node| node.to_string())
}

fn expanded(bytes: &[u8]) -> String {
    ExpandedNodeId::read(&mut Cursor::new(bytes)).map_or_else(|violation| violation.to_string(), |node| node.to_string())
}

#[test]
fn nodes_in_all_their_forms() {
    assert_eq!(node(&[0, 85]), "i=85");
    assert_eq!(node(&[1, 0, 0xD3, 8]), "i=2259");
    assert_eq!(node(&[1, 4, 0xD3, 8]), "ns=4;i=2259");
    assert_eq!(node(&[2, 2, 0, 1, 0, 1, 0]), "ns=2;i=65537");
    assert_eq!(node(b"\x03\x02\x00\x0c\x00\x00\x00Boiler.Level"), "ns=2;s=Boiler.Level");
    assert_eq!(node(&[4, 1, 0, 4, 3, 2, 1, 6, 5, 8, 7, 9, 10, 11, 12, 13, 14, 15, 16]), "ns=1;g=01020304-0506-0708-090a-0b0c0d0e0f10");
    assert_eq!(node(&[5, 1, 0, 2, 0, 0, 0, 0xFF, 0]), "ns=1;b=/wA=");
    assert_eq!(node(&[6, 0]), "bad_encoding");
    assert_eq!(node(&[0x40, 85]), "bad_encoding", "flags belong to expanded ones");
    assert_eq!(node(&[3, 0, 0, 5, 0, 0, 0, 65]), "bad_length");
}

#[test]
fn expanded_nodes() {
    assert_eq!(expanded(&[0, 5]), "i=5");
    assert_eq!(expanded(&[0x40, 5, 3, 0, 0, 0]), "svr=3;i=5");
    assert_eq!(expanded(b"\x80\x05\x05\x00\x00\x00urn:x"), "nsu=urn:x;i=5");
    assert_eq!(expanded(b"\xC0\x05\x04\x00\x00\x00a;b%\x01\x00\x00\x00"), "svr=1;nsu=a%3Bb%25;i=5");
    assert_eq!(expanded(b"\x80\x05\xff\xff\xff\xff"), "i=5", "a null URI is none");
}

#[test]
fn one_node_has_one_canonical_form() {
    let canonical = |bytes: &[u8]| {
        let mut fed = Vec::new();
        NodeId::read(&mut Cursor::new(bytes)).expect("a node").canonical(&mut |bytes| fed.extend_from_slice(bytes));
        fed
    };
    let forms = [canonical(&[0, 85]), canonical(&[1, 0, 85, 0]), canonical(&[2, 0, 0, 85, 0, 0, 0])];
    assert!(forms.iter().all(|form| *form == forms[0]));
    assert_ne!(canonical(&[1, 1, 85, 0]), forms[0]);
    assert_ne!(canonical(&[3, 0, 0, 1, 0, 0, 0, b'a']), canonical(&[5, 0, 0, 1, 0, 0, 0, b'a']), "text and bytes");
}

#[test]
fn null_is_not_empty() {
    assert!(matches!(whole(Builtin::String, &[0xFF; 4]), Ok(Value::String(None))));
    assert!(matches!(whole(Builtin::String, &[0; 4]), Ok(Value::String(Some(Text(b""))))));
    assert!(matches!(whole(Builtin::ByteString, &[0xFE, 0xFF, 0xFF, 0xFF]), Err(Violation::BAD_LENGTH)));
    assert!(matches!(whole(Builtin::String, &[0xFF, 0xFF, 0xFF, 0x7F, 1]), Err(Violation::BAD_LENGTH)));
}

#[test]
fn times() {
    let text = |ticks| DateTime(ticks).to_string();
    assert_eq!(text(116_444_736_000_000_000), "1970-01-01T00:00:00Z");
    assert_eq!(text(116_444_736_000_000_001), "1970-01-01T00:00:00.0000001Z");
    assert_eq!(text(0), "1601-01-01T00:00:00Z");
    assert_eq!(text(i64::MAX), "9999-12-31T23:59:59Z");
    assert_eq!(text(125_962_560_000_000_000), "2000-02-29T00:00:00Z");
    assert_eq!(text(157_766_399_990_000_000), "2100-12-10T23:59:59Z");
    assert_eq!(DateTime(116_444_736_000_000_010).nanos(), Some(1_000));
    assert_eq!(DateTime(0).nanos(), None);
    assert_eq!(DateTime(i64::MAX).nanos(), None);
    assert_eq!(DateTime(i64::MIN).nanos(), None);
    assert_eq!(DateTime(1).nanos(), Some(i64::MIN), "held within what 64 bits can say");
    assert_eq!(DateTime(2_650_467_743_989_999_999).nanos(), Some(i64::MAX));
}

#[test]
fn base64_of_every_length() {
    for (bytes, text) in [(&b""[..], ""), (b"f", "Zg=="), (b"fo", "Zm8="), (b"foo", "Zm9v"), (b"foob", "Zm9vYg==")] {
        let mut out = String::new();
        base64(bytes, &mut out).expect("a String takes all");
        assert_eq!(out, text);
    }
}

#[test]
fn inner_diagnostics_and_their_bound() {
    // Two levels: a symbol with an inner one that has a status.
    let two = [0x41, 7, 0, 0, 0, 0x20, 0, 0, 0x34, 0x80];
    assert!(whole(Builtin::DiagnosticInfo, &two).is_ok());
    let mut cursor = Cursor::new(&two);
    let (level, more) = DiagnosticInfo::read_level(&mut cursor).expect("a level");
    assert_eq!((level.symbolic_id, more), (Some(7), true));
    assert_eq!(DiagnosticInfo::read_level(&mut cursor).expect("a level").0.inner_status, Some(0x8034_0000));
    assert!(matches!(whole(Builtin::DiagnosticInfo, &[0x40; 100_000]), Err(Violation::TOO_DEEP)));
    assert!(matches!(whole(Builtin::DiagnosticInfo, &[0x80]), Err(Violation::BAD_ENCODING)));
}

#[test]
fn variants() {
    fn variant(bytes: &[u8]) -> Read<Variant<'_>> {
        Variant::read(&mut Cursor::new(bytes))
    }
    assert!(matches!(variant(&[0]), Ok(Variant::Null)));
    assert!(matches!(variant(&[6, 1, 0, 0, 0]), Ok(Variant::Scalar(Builtin::Int32, Value::Signed(1)))));
    assert!(matches!(variant(&[0x40 | 6, 1, 0, 0, 0]), Err(Violation::BAD_ENCODING)), "dimensions of no array");
    assert!(matches!(variant(&[27, 0, 0, 0, 0]), Ok(Variant::Scalar(Builtin::ByteString, _))), "types to come are ByteStrings");
    assert!(matches!(variant(&[32]), Err(Violation::BAD_ENCODING)));
    assert!(matches!(variant(&[24; 1_000]), Err(Violation::TOO_DEEP)));
    // More elements than bytes, whatever their size.
    for builtin in 1..=25 {
        let lying = [0x80 | builtin, 0xFF, 0xFF, 0xFF, 0x7F, 0, 0, 0, 0];
        assert!(matches!(variant(&lying), Err(Violation::BAD_LENGTH)), "{builtin}");
    }
}

#[test]
fn matrices() {
    let matrix = [0xC0 | 3, 4, 0, 0, 0, 1, 2, 3, 4, 2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0];
    let Ok(Variant::Array(array)) = Variant::read(&mut Cursor::new(&matrix)) else { unreachable!("an array") };
    assert!(array.fits());
    assert_eq!(array.dimensions().collect::<Vec<_>>(), [2, 2]);
    assert_eq!(array.values().filter_map(|value| value.number()).sum::<f64>(), 10.0);
    let mut lying = matrix;
    lying[13] = 3;
    let Ok(Variant::Array(array)) = Variant::read(&mut Cursor::new(&lying)) else { unreachable!("an array") };
    assert!(!array.fits());
}

#[test]
fn data_values_in_the_order_of_the_specification() {
    // Value, status, source time, its picoseconds, server time, its picoseconds.
    let mut bytes = vec![0x3F, 3, 9, 0, 0, 0x34, 0x80];
    bytes.extend(5_i64.to_le_bytes());
    bytes.extend([6, 0]);
    bytes.extend(7_i64.to_le_bytes());
    bytes.extend([8, 0]);
    let value = DataValue::read(&mut Cursor::new(&bytes)).expect("a value");
    assert!(matches!(value.value, Some(Variant::Scalar(Builtin::Byte, Value::Unsigned(9)))));
    assert_eq!(value.status, Some(0x8034_0000));
    assert_eq!((value.source_time, value.source_picoseconds), (Some(DateTime(5)), Some(6)));
    assert_eq!((value.server_time, value.server_picoseconds), (Some(DateTime(7)), Some(8)));
    assert!(DataValue::read(&mut Cursor::new(&[0x40])).is_err());
}

#[test]
fn extension_objects() {
    let read = |bytes| ExtensionObject::read(&mut Cursor::new(bytes));
    assert!(read(&[0, 0, 0]).expect("a null one").is_null());
    assert_eq!(read(&[0, 5, 1, 2, 0, 0, 0, 8, 9]).expect("one").body, Body::Binary(&[8, 9]));
    assert_eq!(read(&[0, 5, 2, 1, 0, 0, 0, b'x']).expect("one").body, Body::Xml(b"x"));
    assert!(read(&[0, 5, 3]).is_err());
}

/// Bytes that nest, count and announce more often than chance would.
fn telling() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![4 => Just(0_u8), 2 => 1_u8..32, 2 => any::<u8>(), 2 => (1_u8..26).prop_map(|one| one | 0x80), 1 => Just(0xFF)];
    prop_oneof![prop::collection::vec(byte, 0..60), (1_u8..26, 0_usize..240).prop_map(|(one, many)| vec![one; many])]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    /// What is read over takes the bytes that it takes when it is read, and is wrong where reading finds it wrong.
    #[test]
    fn reading_over_is_reading(number in 1_u8..26, bytes in telling()) {
        let builtin = Builtin::of(number).expect("a type");
        let (mut read, mut skipped) = (Cursor::new(&bytes), Cursor::new(&bytes));
        let one = match builtin {
            Builtin::DataValue => DataValue::read(&mut read).map(|_| ()),
            Builtin::Variant => Variant::read(&mut read).map(|_| ()),
            _ => Value::read(builtin, &mut read).map(|_| ()),
        };
        prop_assert_eq!(Value::skip(builtin, &mut skipped), one);
        if one.is_ok() {
            prop_assert_eq!((skipped.rest(), skipped.depth()), (read.rest(), read.depth()));
        }
    }
}
