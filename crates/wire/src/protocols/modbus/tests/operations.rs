//! Each function: who sends what, its name, class, target and identity.

use super::*;

const REQUEST: Option<Side> = Some(Side::Request);
const ANSWER: Option<Side> = Some(Side::Answer);

/// Name, then request and answer, each with the side that its shape tells.
type Pair = (&'static str, &'static str, Option<Side>, &'static str, Option<Side>);

const PAIRS: &[Pair] = &[
    // §6.1: coils 19 to 37; five bytes of bits.
    ("Read Coils", "01 0013 0013", REQUEST, "01 03 cd6b05", None),
    ("Read Coils", "01 0013 0025", REQUEST, "01 05 cd6bb20e1b", ANSWER),
    ("Read Discrete Inputs", "02 00c4 0016", REQUEST, "02 03 acdb35", None),
    ("Read Discrete Inputs", "02 00c4 0008", REQUEST, "02 01 ac", ANSWER),
    ("Read Holding Registers", "03 006b 0003", REQUEST, "03 06 022b 0000 0064", ANSWER),
    ("Read Input Registers", "04 0008 0001", REQUEST, "04 02 000a", ANSWER),
    // §6.5: coil 172 on; the answer is an echo, so either side may have sent either.
    ("Write Single Coil", "05 00ac ff00", None, "05 00ac ff00", None),
    ("Write Single Register", "06 0001 0003", None, "06 0001 0003", None),
    ("Read Exception Status", "07", REQUEST, "07 6d", ANSWER),
    ("Diagnostics Return Query Data", "08 0000 a537", None, "08 0000 a537", None),
    ("Get Comm Event Counter", "0b", REQUEST, "0b ffff 0108", ANSWER),
    ("Get Comm Event Log", "0c", REQUEST, "0c 08 0000 0108 0121 2000", ANSWER),
    ("Write Multiple Coils", "0f 0013 000a 02 cd01", REQUEST, "0f 0013 000a", ANSWER),
    ("Write Multiple Registers", "10 0001 0002 04 000a 0102", REQUEST, "10 0001 0002", ANSWER),
    ("Report Server ID", "11", REQUEST, "11 05 2a ff 504c43", ANSWER),
    // §6.14: two sub-requests, files 4 and 3.
    ("Read File Record", "14 0e 06 0004 0001 0002 06 0003 0009 0002", REQUEST, "14 0c 05 06 0dfe 0020 05 06 33cd 0040", ANSWER),
    ("Write File Record", "15 0d 06 0004 0007 0003 06af 04be 100d", None, "15 0d 06 0004 0007 0003 06af 04be 100d", None),
    ("Mask Write Register", "16 0004 00f2 0025", None, "16 0004 00f2 0025", None),
    ("Read/Write Multiple Registers", "17 0003 0002 000e 0001 02 00ff", REQUEST, "17 04 00fe 0acd", ANSWER),
    ("Read FIFO Queue", "18 04de", REQUEST, "18 0006 0002 01b8 1284", ANSWER),
    ("CANopen General Reference", "2b 0d 0000", None, "2b 0d 0000", None),
    ("Read Device Identification", "2b 0e 01 00", REQUEST, "2b 0e 01 01 00 00 01 00 03 414243", ANSWER),
    ("UMAS Read ID", "5a 00 02", REQUEST, "5a 00 fe 01", ANSWER),
    ("User-Defined Function 65", "41 00", None, "41 00", None),
    ("User-Defined Function 110", "6e", None, "6e", None),
    ("Reserved Function 9", "09 00", None, "09 00", None),
    ("Reserved Function 126", "7e", None, "7e", None),
    ("Function 33", "21 00", None, "21 00", None),
];
/// The one in the list that nobody has given out.
const UNASSIGNED: &str = "Function 33";

#[test]
fn every_function_is_named_and_told_apart() {
    for (name, request, request_side, answer, answer_side) in PAIRS {
        assert_eq!(tcp().operation(Some(&adu(request)), None).name, *name);
        assert_eq!((side(request), side(answer)), (*request_side, *answer_side), "{name}");
        let named = if *name == UNASSIGNED { vec!["unassigned_function_code"] } else { vec![] };
        assert_eq!((weird(Side::Request, request), weird(Side::Answer, answer)), (named.clone(), named), "{name}");
        assert!(pair_weird(request, answer).is_empty(), "{name}");
        let (request, answer) = (tcp().facts(Side::Request, &adu(request)), tcp().facts(Side::Answer, &adu(answer)));
        assert_eq!(request.key, answer.key);
        assert!(!answer.failed);
    }
}

#[test]
fn an_exception_to_any_function_is_an_answer_that_refuses() {
    for (name, request, ..) in PAIRS {
        let mut answer = adu("80 02");
        answer[7] |= adu(request)[7];
        let facts = tcp().facts(Side::Answer, &answer);
        assert!(facts.failed && facts.weird.is_empty(), "{name}");
        assert_eq!(facts.key, tcp().facts(Side::Request, &adu(request)).key);
        assert_eq!((tcp().side(&answer), tcp().status(&answer).as_deref()), (ANSWER, Some("Illegal Data Address")));
        assert!(tcp().fits(&adu(request), &answer));
        let mut any = false;
        tcp().points(Some(&adu(request)), Some(&answer), None, &mut |_| any = true);
        assert!(!any, "{name}");
    }
}

#[test]
fn the_same_bytes_from_either_side_are_named_alike() {
    // What an answer echoes gives the operation of its request; what it cannot tell is left out.
    for (request, answer, same) in [
        ("05 00ac ff00", "05 00ac ff00", true),
        ("06 0001 0003", "06 0001 0003", true),
        ("0f 0013 000a 02 cd01", "0f 0013 000a", true),
        ("10 0001 0002 04 000a 0102", "10 0001 0002", true),
        ("16 0004 00f2 0025", "16 0004 00f2 0025", true),
        ("15 09 06 0004 0007 0001 06af", "15 09 06 0004 0007 0001 06af", true),
        ("08 000a 0000", "08 000a 0000", true),
        ("2b 0d 0000", "2b 0d 0000", true),
        ("07", "07 6d", true),
        ("03 006b 0003", "03 06 022b 0000 0064", false),
        ("5a 00 02", "5a 00 fe 01", false),
    ] {
        let (request, answer) = (tcp().facts(Side::Request, &adu(request)), tcp().facts(Side::Answer, &adu(answer)));
        assert_eq!(request.identity == answer.identity, same, "{:?}", request.identity);
    }
}

#[test]
fn identity_has_addresses_but_neither_values_nor_session() {
    let identity = |pdu| tcp().facts(Side::Request, &adu(pdu)).identity.to_vec();
    assert_eq!(identity("03 006b 0003"), bytes("01 03 006b 0003"));
    assert_eq!(identity("05 00ac ff00"), bytes("01 05 00ac"));
    assert_eq!(identity("06 0001 0003"), identity("06 0001 0004"));
    assert_eq!(identity("16 0004 00f2 0025"), bytes("01 16 0004"));
    assert_eq!(identity("17 0003 0002 000e 0001 02 00ff"), bytes("01 17 0003 0002 000e 0001"));
    assert_eq!(identity("18 04de"), bytes("01 18 04de"));
    assert_eq!(identity("08 0001 ff00"), bytes("01 08 0001"));
    assert_eq!(identity("14 07 06 0004 0001 0002"), bytes("01 14 0004 0001 0002"));
    assert_eq!(identity("2b 0e 01 00"), bytes("01 2b 0e 01 00"));
    assert_eq!(identity("5a 99 41 ff00"), bytes("01 5a 41"));
    assert_eq!(tcp().facts(Side::Request, &adu("03 006b 0003")).key, 0x07_01_03);
}

#[test]
fn classes() {
    let class = |pdu| tcp().operation(Some(&adu(pdu)), None).class;
    for (pdu, expected) in [
        ("18 04de", Class::Read),
        ("14 07 06 0004 0001 0002", Class::Read),
        ("17 0003 0002 000e 0001 02 00ff", Class::Write),
        ("15 09 06 0004 0007 0001 06af", Class::Write),
        ("0c", Class::Diagnose),
        ("08 0000 0000", Class::Diagnose),
        ("08 000a 0000", Class::Diagnose),
        // Restart Communications Option and Force Listen Only Mode act on the device.
        ("08 0001 0000", Class::Control),
        ("08 0004 0000", Class::Control),
        ("11", Class::Discover),
        ("2b 0e 01 00", Class::Discover),
        ("2b 0d 0000", Class::Other),
        ("5a 00 04", Class::Discover),
        ("5a 00 10", Class::Session),
        ("5a 01 20", Class::Read),
        ("5a 01 29", Class::Write),
        ("5a 01 30", Class::Program),
        ("5a 01 33", Class::Program),
        ("5a 01 40", Class::Control),
        ("5a 01 ee", Class::Other),
        ("64", Class::Other),
    ] {
        assert_eq!(class(pdu), expected, "{pdu}");
    }
}

#[test]
fn targets() {
    let target = |pdu| tcp().operation(Some(&adu(pdu)), None).target;
    assert_eq!(target("03 0000 000a"), "unit 1 holding_register 0-9");
    assert_eq!(target("05 000c ff00"), "unit 1 coil 12");
    assert_eq!(target("17 0000 000a 0014 0002 04 0000 0000"), "unit 1 holding_register 0-9, writes 20-21");
    assert_eq!(target("08 0004 0000"), "unit 1");
    assert_eq!(tcp().operation(Some(&adu("07")), None).unit, Some(1));
    // Only an answer was seen: what it read is not told.
    assert_eq!(tcp().operation(None, Some(&adu("03 02 0001"))).target, "unit 1");
    assert_eq!(tcp().operation(None, Some(&adu("06 0001 0003"))).target, "unit 1 holding_register 1");
}

#[test]
fn force_listen_only_is_silent() {
    assert!(tcp().facts(Side::Request, &adu("08 0004 0000")).silent);
    assert!(!tcp().facts(Side::Request, &adu("08 0001 0000")).silent);
}

#[test]
fn operation_columns() {
    assert_eq!(operation_cells(Some("03 0000 000a"), None), "address=0 quantity=10 table=holding_register");
    assert_eq!(operation_cells(Some("05 000c ff00"), None), "address=12 table=coil");
    assert_eq!(
        operation_cells(Some("17 0000 000a 0014 0001 02 0000"), None),
        "address=0 quantity=10 write_address=20 write_quantity=1 table=holding_register"
    );
    assert_eq!(operation_cells(Some("14 07 06 0004 0001 0002"), None), "table=file_record");
    assert_eq!(operation_cells(Some("08 0004 0000"), None), "subfunction_code=4");
    assert_eq!(operation_cells(None, Some("08 0004 0000")), "subfunction_code=4");
    assert_eq!(operation_cells(Some("2b 0e 01 00"), None), "mei_type=14 device.read_code=1 device.object_id=0");
    assert_eq!(operation_cells(Some("5a 00 41"), None), "umas.function_code=65 umas.function=Stop PLC");
    assert_eq!(operation_cells(None, Some("03 02 0001")), "table=holding_register");
    assert_eq!(operation_cells(None, Some("83 02")), "table=holding_register");
}
