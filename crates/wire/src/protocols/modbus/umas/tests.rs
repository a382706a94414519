//! Each function that is read: layouts as the sources give them, with values of our own; a recorded session is checked by the
//! tests over real captures.

use proptest::prelude::*;

use super::super::tests::{adu, event, operation_cells, points, tcp};
use super::super::DESCRIPTOR;
use crate::protocols::{Class, Decoder, Side};

fn identity(pdu: &str) -> Vec<u8> {
    tcp().facts(Side::Request, &adu(pdu)).identity[2..].to_vec()
}

fn operation(pdu: &str) -> (String, Class, String) {
    let told = tcp().operation(Some(&adu(pdu)), None);
    (told.name, told.class, told.target)
}

/// Event columns without those that every UMAS message has.
fn told(request: &str, answer: &str) -> String {
    let all = event(Some(request), Some(answer));
    let rest = all.split(' ').skip_while(|one| !one.starts_with("umas.status=")).skip(1).collect::<Vec<_>>();
    rest.join(" ").replace("umas.", "")
}

fn claims(request: &str, answer: &str) -> Vec<(Option<u8>, &'static str, String)> {
    let mut found = Vec::new();
    tcp().claims(Some(&adu(request)), Some(&adu(answer)), &mut |claim| found.push((claim.unit, claim.attribute, claim.value)));
    found
}

const READ_ID: &str = "5a 00 fe 10ff 5a010100 3412 6002 0000 2700 0900 08000000 0000 0b 424d58205033342032 30 01 0101 0000 00001100";

#[test]
fn a_controller_says_what_it_is() {
    // The name is one byte short of its length here: nothing is told.
    assert_eq!(told("5a 00 02", READ_ID), "");
    let answer = READ_ID.replace(" 0b 42", " 0a 42");
    let expected = "device.name=BMX P34 20 device.firmware=2.60 device.ident=65882 device.model=4660 device.hardware=9";
    assert_eq!(told("5a 00 02", &answer), expected);
    let unit = Some(1);
    let expected = [(unit, "vendor", "Schneider Electric"), (unit, "model", "BMX P34 20"), (unit, "firmware", "2.60")];
    assert_eq!(claims("5a 00 02", &answer), expected.map(|(unit, attribute, value)| (unit, attribute, value.to_owned())));
    // The same bytes after another question, or a refusal, say nothing of it.
    assert_eq!(claims("5a 00 04", &answer), []);
    assert_eq!(claims("5a 00 02", "5a 00 fd 83"), []);
}

#[test]
fn a_project_has_name_revision_and_date() {
    let dates = "02 0c 3b 0c 0e 01 de07 05 1e 05 17 1f 0c e907";
    let answer = format!("5a 00 fe 000000000000000000 000000000000000000 {dates} 090200 00 07 4d6978696e6700");
    let expected = "project.name=Mixing project.revision=0.2.9 project.modified=2025-12-31T23:05:30";
    assert_eq!(told("5a 00 03 00", &answer), expected);
    assert_eq!(claims("5a 00 03 00", &answer), [(Some(1), "application_name", "Mixing".to_owned())]);
    assert_eq!(told("5a 00 03 04", &answer), "", "another subfunction has another answer");
    // No such hour: the rest stands.
    assert_eq!(told("5a 00 03 00", &answer.replace("1e 05 17", "1e 05 18")), "project.name=Mixing project.revision=0.2.9");
    assert_eq!(operation_cells(Some("5a 00 03 04"), None), "umas.function_code=3 umas.function=Read Project Info umas.subfunction_code=4");
    assert_ne!(identity("5a 00 03 00"), identity("5a 00 03 04"));
}

#[test]
fn sessions() {
    assert_eq!(told("5a 00 01 00", "5a 00 fe fd00 0104 00003200 00000000 03 504c43"), "longest_message=253");
    assert_eq!(told("5a 00 01 00", "5a 00 fe fd00 0104 00003200 00000000 04 504c43"), "");
    let take = "5a 00 10 434c0000 04 45574b31";
    let expected = "payload_length=11 umas.session_key=0 umas.status=254 umas.reserved_by=EWK1 umas.new_session_key=7";
    assert_eq!(event(Some(take), Some("5a 00 fe 07")), expected);
    assert_eq!(identity(take), [0x10], "who takes it is no part of what is done");
    assert_eq!(event(Some("5a 00 10 434c0000 09 45574b31"), None), "payload_length=11 umas.session_key=0");
    assert_eq!(told("5a 00 04", "5a 00 fe 028280 02 b0d56f1b 03000000"), "status_words=[460314032, 3]");
    assert_eq!(told("5a 00 04", "5a 00 fe 028280 02 b0d56f1b 030000"), "");
    assert_eq!(told("5a 00 06 06", "5a 00 fe 000000000000 05 4341524431"), "memory_card=CARD1");
    for (pdu, class) in
        [("5a 00 01 00", Class::Session), (take, Class::Session), ("5a 07 12", Class::Session), ("5a 00 6e 00", Class::Session)]
    {
        assert_eq!(operation(pdu).1, class);
    }
}

#[test]
fn memory_blocks() {
    let read = "5a 00 20 00 1300 64000000 9c00";
    assert_eq!(
        operation(read),
        ("UMAS Read Memory Block".to_owned(), Class::Read, "unit 1 memory block 19 offset 100 length 156".to_owned())
    );
    let columns = "umas.function_code=32 umas.function=Read Memory Block umas.memory_block=19 umas.offset=100 umas.length=156";
    assert_eq!(operation_cells(Some(read), None), columns);
    assert_eq!(identity(read), adu(read)[9..]);
    assert_eq!(identity(read), identity(&read.replace("5a 00", "5a 44")), "another session");
    // What the upper half of the offset means is not known: no offset is told, yet it names another place.
    assert_eq!(operation("5a 00 20 00 1300 64000100 9c00").2, "unit 1 memory block 19 length 156");
    assert_ne!(identity("5a 00 20 00 1300 64000100 9c00"), identity(read));
    let write = "5a 00 21 00 1300 64000000 0200 beef";
    assert_eq!(
        operation(write),
        ("UMAS Write Memory Block".to_owned(), Class::Write, "unit 1 memory block 19 offset 100 length 2".to_owned())
    );
    assert_eq!(identity(write), identity(&write.replace("beef", "dead")), "what is written");
    assert_eq!(operation(&write.replace("beef", "be")).2, "unit 1", "fewer bytes than it says");
}

#[test]
fn variables_are_read_and_written() {
    // Checksum; a word, a byte, a double word, and five bytes.
    let read = "5a 00 22 11223344 04 02 3400 01 0100 2c 01 3400 01 0000 08 03 3500 01 0000 00 11 3500 01 0000 10 0500";
    let answer = "5a 00 fe 3930 07 78563412 48656c6c6f";
    let target = "unit 1 variable block 52 offset 300 size 2, block 52 offset 8 size 1, block 53 offset 0 size 4 and 1 more";
    assert_eq!(operation(read), ("UMAS Read Variables".to_owned(), Class::Read, target.to_owned()));
    assert_eq!(told(read, answer), "checksum=1144201745 response_values=[12345, 7, 305419896, 72, 101, 108, 108, 111]");
    let place = |block: u32, offset: u32| block << 16 | offset;
    let expected =
        [(52, 300, 12345), (52, 8, 7), (53, 0, 305_419_896), (53, 16, 72), (53, 17, 101), (53, 18, 108), (53, 19, 108), (53, 20, 111)];
    assert_eq!(
        points(Some(read), Some(answer)),
        expected.map(|(block, offset, value)| format!("variable {} {value}", place(block, offset)))
    );
    // An answer that has other bytes than asked for brings no values.
    assert_eq!(told(read, "5a 00 fe 3930 07"), "checksum=1144201745");
    assert_eq!(points(Some(read), Some("5a 00 fe 3930 07")).len(), 8);
    assert!(points(Some(read), Some("5a 00 fd 83")).is_empty());
    // The checksum is the program's, not the operation's.
    assert_eq!(identity(read), identity(&read.replace("11223344", "55667788")));

    let write = "5a 07 23 11223344 02 02 3400 2c010000 e703 11 3500 10000000 0200 4142";
    assert_eq!(operation(write).1, Class::Write);
    assert_eq!(told(write, "5a 07 fe"), "checksum=1144201745 request_values=[999, 65, 66]");
    let expected = [(52, 300, 999), (53, 16, 65), (53, 17, 66)];
    assert_eq!(points(Some(write), None), expected.map(|(block, offset, value)| format!("variable {} {value} w", place(block, offset))));
    assert_eq!(identity(write), identity(&write.replace("e703", "e803")));
    assert_eq!(tcp().point_text("variable", place(52, 300)), "variable block 52 offset 300");
    // A list that does not fill its message is not believed.
    assert_eq!(operation("5a 07 23 11223344 02 02 3400 2c010000 e703").2, "unit 1");
    assert_eq!(operation("5a 07 22 11223344 01 05 3400 01 0000 00").2, "unit 1", "no such size");
}

#[test]
fn memory_words_and_bits_are_registers_and_coils() {
    let read = "5a 00 24 02 02 02 0400 0100 02 03 2d00 0100";
    assert_eq!(operation(read).2, "unit 1 coil 4, holding_register 45");
    let answer = "5a 00 fe 02 0000 01 0000 5203";
    assert_eq!(points(Some(read), Some(answer)), ["coil 4 1", "holding_register 45 850"]);
    assert_eq!(told(read, answer), "response_values=[1, 850]");
    assert_eq!(points(Some(read), Some("5a 00 fe 02 0000 01 0000 52")), ["coil 4 ?", "holding_register 45 ?"]);
    let write = "5a 00 25 01 02 03 2d00 0100 5203";
    assert_eq!(points(Some(write), Some("5a 00 fe")), ["holding_register 45 850 w"]);
    assert_eq!(told(write, "5a 00 fe"), "request_values=[850]");
    assert_eq!(operation("5a 00 25 01 02 02 2d00 0100 5203").2, "unit 1", "how a bit is written is not known");
}

#[test]
fn transfers() {
    assert_eq!(operation("5a 01 33 0001 fb00"), ("UMAS Initialize Download".to_owned(), Class::Program, "unit 1".to_owned()));
    assert_eq!(told("5a 01 34 0001 0300", "5a 01 fe 0000 0400 01020304"), "block_number=3 block_length=4");
    assert_eq!(told("5a 01 34 0001 0300", "5a 01 fe 0000 0500 01020304"), "block_number=3");
    assert_eq!(
        event(Some("5a 01 31 0001 0300 0200 0102"), None),
        "payload_length=10 umas.session_key=1 umas.block_number=3 umas.block_length=2"
    );
    assert_eq!(told("5a 01 35 0001 3500", "5a 01 fe"), "block_count=53");
    assert_eq!(identity("5a 01 34 0001 0300"), identity("5a 01 34 0001 0400"), "one operation, however many blocks");
}

#[test]
fn monitoring() {
    let pdu = "5a 01 50 15 00 03 05 00 3400 2c01 02 09 01 3500 0000 07";
    assert_eq!(operation(pdu).2, "unit 1 register block 52 offset 300, register and read block 53 offset 0, read all");
    assert_eq!(operation("5a 01 50 15 00 01 0b").2, "unit 1 reset");
    let columns = "umas.function_code=80 umas.function=Monitor PLC umas.steps=[\"read all\"]";
    assert_eq!(operation_cells(Some("5a 01 50 15 00 01 07"), None), columns);
    assert_eq!(operation("5a 01 50 15 00 01 03 00").2, "unit 1", "a step that is not known");
    assert_ne!(identity("5a 01 50 15 00 01 0b"), identity("5a 01 50 15 00 01 07"));
}

#[test]
fn names_of_variables() {
    let request = "5a 00 26 02dd 00 11223344 ffff 0000 0000";
    let answer = "5a 00 fe 00 0000 0000 0200 0400 3400 2c010000 00 00 4c6576656c00 0100 3500 00000000 00 00 50756d7000";
    assert_eq!(told(request, answer), "variable_names=[\"Level\", \"Pump\"]");
    assert_eq!(told(request, &answer[..answer.len() - 2]), "");
    assert_eq!(operation(request).1, Class::Discover);
    // Pages of one list are one operation; lists of types are another.
    assert_eq!(identity(request), identity("5a 00 26 02dd 00 11223344 ffff 9900 0000"));
    assert_ne!(identity(request), identity("5a 00 26 03dd 00 11223344 0000 0000"));
}

#[test]
fn what_is_signed_is_told_by_what_is_inside() {
    let signature = "01 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    let stop = format!("5a 07 38 {signature} 5a 07 41 ff00");
    assert_eq!(operation(&stop), ("UMAS Stop PLC".to_owned(), Class::Control, "unit 1".to_owned()));
    assert_eq!(identity(&stop), identity("5a 07 41 ff00"));
    let (ok, error) = (format!("5a 07 fe {signature} 5a 07 fe"), format!("5a 07 fe {signature} 5a 07 fd 9a01"));
    assert!(event(Some(&stop), Some(&ok)).ends_with("umas.session_key=7 umas.status=254 umas.signed=true"));
    assert!(event(Some(&stop), Some(&error)).ends_with("umas.status=253 umas.signed=true umas.error_code=9A01"));
    assert_eq!(tcp().status(&adu(&ok)), None);
    assert_eq!(tcp().status(&adu(&error)).as_deref(), Some("UMAS Error 0x9A01"));
    assert!(tcp().facts(Side::Answer, &adu(&error)).failed);
    // Something else behind the signature stays what it says it is.
    assert_eq!(operation(&format!("5a 07 38 {signature} 03 0000 0001")).0, "UMAS Signed Message");
    assert_eq!(operation("5a 07 38 01").0, "UMAS Signed Message");
}

#[test]
fn what_is_not_known_is_told_by_its_length() {
    assert_eq!(operation("5a 01 ee 0102").0, "UMAS");
    assert_eq!(event(Some("5a 01 ee 0102"), Some("5a 01 fe 0304")), "payload_length=4 umas.session_key=1 umas.status=254");
    assert_eq!(event(Some("5a"), None), "payload_length=0");
    assert_eq!(event(None, Some("5a 01 fe 0304")), "payload_length=4 umas.session_key=1 umas.status=254");
}

#[test]
fn classes_of_functions_that_act() {
    for (code, class) in
        [(0x21, Class::Write), (0x29, Class::Write), (0x36, Class::Program), (0x42, Class::Control), (0x60, Class::Control)]
    {
        assert_eq!(operation(&format!("5a 01 {code:02x} 00")).1, class, "{code:02x}");
    }
}

proptest! {
    /// Right heads with any body: what is told stays within the message.
    #[test]
    fn any_body_is_told(code in any::<u8>(), body in prop::collection::vec(any::<u8>(), 0..120), answer in prop::collection::vec(any::<u8>(), 0..120)) {
        let message = |head: &[u8], body: &[u8]| {
            let mut all = adu("5a 07");
            all.truncate(9);
            all.extend_from_slice(head);
            all.extend_from_slice(body);
            all
        };
        let (request, answer) = (message(&[code], &body), message(&[0xFE], &answer));
        tcp().operation(Some(&request), Some(&answer));
        let facts = tcp().facts(Side::Request, &request);
        prop_assert!(facts.identity.len() <= request.len());
        let mut columns = super::super::tests::cells(DESCRIPTOR.event_fields, |row| tcp().describe_event(Some(&request), Some(&answer), row));
        columns.extend(super::super::tests::cells(DESCRIPTOR.operation_fields, |row| tcp().describe_operation(Some(&request), None, row)));
        prop_assert!(!columns.is_empty());
        tcp().claims(Some(&request), Some(&answer), &mut |claim| assert!(!claim.value.is_empty()));
        let mut found = 0;
        tcp().points(Some(&request), Some(&answer), None, &mut |_| found += 1);
        prop_assert!(found <= 256 * request.len());
    }
}
