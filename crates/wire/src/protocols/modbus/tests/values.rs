//! What one transaction tells: values, points, texts and claims.

use super::*;

#[test]
fn values_of_reads_and_writes() {
    // Bits: as many as were asked for; all of all bytes where the request was not seen.
    assert_eq!(event(Some("01 0000 0003"), Some("01 01 05")), "response_values=[1, 0, 1]");
    assert_eq!(event(None, Some("01 01 05")), "response_values=[1, 0, 1, 0, 0, 0, 0, 0]");
    assert_eq!(event(Some("04 0008 0001"), Some("04 02 000a")), "response_values=[10]");
    assert_eq!(event(None, Some("03 04 0001 ffff")), "response_values=[1, 65535]");
    assert_eq!(event(Some("05 00ac ff00"), Some("05 00ac ff00")), "request_values=[1]");
    assert_eq!(event(Some("05 00ac 1234"), None), "");
    assert_eq!(event(None, Some("05 00ac ff00")), "");
    assert_eq!(event(Some("0f 0013 000a 02 cd01"), None), "request_values=[1, 0, 1, 1, 0, 0, 1, 1, 1, 0]");
    assert_eq!(event(Some("10 0001 0002 04 000a 0102"), Some("10 0001 0002")), "request_values=[10, 258]");
    assert_eq!(event(Some("17 0003 0001 000e 0001 02 00ff"), Some("17 02 00fe")), "request_values=[255] response_values=[254]");
    assert_eq!(event(Some("18 04de"), Some("18 0006 0002 01b8 1284")), "response_values=[440, 4740] fifo_count=2");
    assert_eq!(event(Some("16 0004 00f2 0025"), None), "and_mask=242 or_mask=37");
}

#[test]
fn file_records() {
    let request = "14 0e 06 0004 0001 0002 06 0003 0009 0002";
    assert_eq!(
        event(Some(request), Some("14 0c 05 06 0dfe 0020 05 06 33cd 0040")),
        "response_values=[3582, 32, 13261, 64] file_records=[\"file 4 record 1 length 2\", \"file 3 record 9 length 2\"]"
    );
    let write = "15 0d 06 0004 0007 0003 06af 04be 100d";
    assert_eq!(event(Some(write), None), "request_values=[1711, 1214, 4109] file_records=[\"file 4 record 7 length 3\"]");
    assert_eq!(event(None, Some(write)), "file_records=[\"file 4 record 7 length 3\"]");
}

#[test]
fn diagnostics_and_counters() {
    assert_eq!(event(Some("07"), Some("07 6d")), "exception_status=109");
    assert_eq!(event(Some("08 000b 0000"), Some("08 000b 0102")), "diagnostic_data=[258]");
    assert_eq!(event(Some("08 0004 0000"), Some("88 01")), "exception_code=1 exception=Illegal Function diagnostic_data=[0]");
    assert_eq!(event(Some("0b"), Some("0b ffff 0108")), "event_status=65535 event_count=264");
    let log = "event_status=0 event_count=264 message_count=289 events=[32, 0]";
    assert_eq!(event(Some("0c"), Some("0c 08 0000 0108 0121 2000")), log);
    let server = "server_id=2aff504c43 run_indicator_status=true additional_data=PLC";
    assert_eq!(event(Some("11"), Some("11 05 2a ff 504c43")), server);
    assert_eq!(event(Some("41 0102"), None), "payload_length=2");
}

#[test]
fn exceptions() {
    assert_eq!(event(Some("03 0000 0001"), Some("83 0a")), "exception_code=10 exception=Gateway Path Unavailable");
    assert_eq!(event(None, Some("83 09")), "exception_code=9");
    assert_eq!(tcp().status(&adu("83 09")).as_deref(), Some("Exception 9"));
    assert_eq!(tcp().status(&adu("03 02 0001")), None);
    assert_eq!(tcp().status(&adu("5a 00 fd 83")).as_deref(), Some("UMAS Error 0x83"));
    assert!(tcp().facts(Side::Answer, &adu("5a 00 fd 83")).failed);
    assert_eq!(event(Some("5a 07 41 ff00"), Some("5a 07 fd 83")), "payload_length=4 umas.session_key=7 umas.status=253 umas.error_code=83");
}

#[test]
fn points_of_reads_and_writes() {
    assert_eq!(points(Some("01 0005 0002"), Some("01 01 02")), ["coil 5 0", "coil 6 1"]);
    assert_eq!(points(Some("04 0008 0002"), None), ["input_register 8 ?", "input_register 9 ?"]);
    assert_eq!(points(Some("05 0005 ff00"), Some("05 0005 ff00")), ["coil 5 1 w"]);
    assert_eq!(points(None, Some("06 0005 0007")), ["holding_register 5 7 w"]);
    assert_eq!(points(Some("10 0001 0002 04 000a 0102"), None), ["holding_register 1 10 w", "holding_register 2 258 w"]);
    assert_eq!(points(None, Some("10 0001 0002")), ["holding_register 1 ? w", "holding_register 2 ? w"]);
    let both = ["holding_register 3 254", "holding_register 14 255 w"];
    assert_eq!(points(Some("17 0003 0001 000e 0001 02 00ff"), Some("17 02 00fe")), both);
    // A mask that keeps a bit does not tell the value, one that keeps none does.
    assert_eq!(points(Some("16 0004 00f2 0025"), None), ["holding_register 4 ? w"]);
    assert_eq!(points(Some("16 0004 0000 0025"), None), ["holding_register 4 37 w"]);
    assert!(points(None, Some("03 02 0001")).is_empty());
}

#[test]
fn points_are_bounded_by_what_is_there() {
    // 65,535 registers asked, one answered.
    assert_eq!(points(Some("03 0000 ffff"), Some("03 02 0001")), ["holding_register 0 1"]);
    assert_eq!(points(Some("03 0000 ffff"), None).len(), 125);
    assert_eq!(points(Some("03 ffff 0002"), None).len(), 1);
    assert_eq!(points(Some("10 0001 007b 02 000a"), None), ["holding_register 1 10 w"]);
    assert!(points(Some("10 0001 0002"), None).is_empty());
    assert!(points(Some("03 0000"), None).is_empty());
}

#[test]
fn device_identification() {
    // Vendor, product code, revision, and a private object.
    let answer = "2b 0e 01 83 00 00 04 00 03 414243 01 02 4431 02 04 76312e30 80 02 7a00";
    let texts = "device.vendor_name=ABC device.product_code=D1 device.revision=v1.0";
    let rest = "device.conformity_level=131 device.other_objects=[\"0x80=z\"]";
    assert_eq!(event(Some("2b 0e 01 00"), Some(answer)), format!("{texts} {rest}"));
    let mut claims = Vec::new();
    tcp().claims(None, Some(&adu(answer)), &mut |claim| claims.push((claim.attribute, claim.value)));
    let expected = [("vendor", "ABC"), ("product_code", "D1"), ("firmware", "v1.0")];
    assert_eq!(claims, expected.map(|(attribute, value)| (attribute, value.to_owned())));
}

#[test]
fn an_object_told_twice_hides_nothing() {
    let answer = "2b 0e 01 83 00 00 03 00 01 41 00 01 42 01 01 43";
    let expected = "device.vendor_name=A device.product_code=C device.conformity_level=131 device.other_objects=[\"0x00=B\"]";
    assert_eq!(event(Some("2b 0e 01 00"), Some(answer)), expected);
}

#[test]
fn texts_cannot_act() {
    assert_eq!(identification::text(b"A\x1b[31mB\0\0"), "A\u{FFFD}[31mB");
    assert_eq!(identification::text("\u{202E}exe".as_bytes()), "\u{FFFD}exe");
    assert_eq!(identification::text(&[0xFF, b'x']), "\u{FFFD}x");
}

#[test]
fn server_identifier() {
    let mut claims = Vec::new();
    tcp().claims(None, Some(&adu("11 0b 02 ff 504c432d35202020 00")), &mut |claim| claims.push(claim));
    assert_eq!(claims[0].value, "PLC-5");
    assert_eq!((claims[0].unit, claims[0].attribute, claims[0].source), (Some(1), "server_id", "modbus report server id"));
    assert_eq!(claims.len(), 1);
    tcp().claims(None, Some(&adu("11 02 0aff")), &mut |claim| claims.push(claim));
    tcp().claims(None, Some(&adu("91 01")), &mut |claim| claims.push(claim));
    assert_eq!(claims.len(), 1, "nothing printable, or refused");
}
