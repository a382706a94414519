//! Serial frames: where they end, what is one, and what only looks like one.

use super::*;
use crate::protocols::modbus::serial::{checksum, frame};
use crate::protocols::modbus::serial_probe::{agree, plausible, probe};

const ASK: Option<Side> = Some(Side::Request);
const TELL: Option<Side> = Some(Side::Answer);

/// A frame around unit and PDU.
fn framed(hex: &str) -> Vec<u8> {
    let mut frame = bytes(hex);
    frame.extend(checksum(&frame).to_le_bytes());
    frame
}

fn chain(frames: &[&str]) -> Vec<u8> {
    frames.iter().flat_map(|hex| framed(hex)).collect()
}

fn serial() -> Modbus {
    Modbus(Wrapping::Serial)
}

#[test]
fn checksums_of_the_specification() {
    // MODBUS over Serial Line V1.02, appendix B: 02 07 has 41 12.
    assert_eq!(framed("02 07"), bytes("02 07 41 12"));
    assert_eq!(checksum(&bytes("02 07 41 12")), 0);
    assert_eq!(framed("01 03 0000 000a"), bytes("01 03 0000 000a c5 cd"));
}

/// Every function's request and answer.
const PAIRS: &[(&str, &str)] = &[
    ("11 01 0013 0025", "11 01 05 cd6bb20e1b"),
    ("11 02 00c4 0016", "11 02 03 acdb35"),
    ("11 03 006b 0003", "11 03 06 022b 0000 0064"),
    ("11 04 0008 0001", "11 04 02 000a"),
    ("11 05 00ac ff00", "11 05 00ac ff00"),
    ("11 06 0001 0003", "11 06 0001 0003"),
    ("11 07", "11 07 6d"),
    ("11 08 0000 a537", "11 08 0000 a537"),
    ("11 08 0000 a537 0001 0002", "11 08 0000 a537 0001 0002"),
    ("11 0b", "11 0b ffff 0108"),
    ("11 0c", "11 0c 08 0000 0108 0121 2000"),
    ("11 0f 0013 000a 02 cd01", "11 0f 0013 000a"),
    ("11 10 0001 0002 04 000a 0102", "11 10 0001 0002"),
    ("11 11", "11 11 05 2a ff 504c43"),
    ("11 14 0e 06 0004 0001 0002 06 0003 0009 0002", "11 14 0c 05 06 0dfe 0020 05 06 33cd 0040"),
    ("11 15 0d 06 0004 0007 0003 06af 04be 100d", "11 15 0d 06 0004 0007 0003 06af 04be 100d"),
    ("11 16 0004 00f2 0025", "11 16 0004 00f2 0025"),
    ("11 17 0003 0002 000e 0001 02 00ff", "11 17 04 00fe 0acd"),
    ("11 18 04de", "11 18 0006 0002 01b8 1284"),
    ("11 2b 0e 01 00", "11 2b 0e 01 01 00 00 02 00 03 414243 01 02 4431"),
    ("11 2b 0d 0000 0001", "11 2b 0d 0000 0001 ff"),
    ("11 5a 00 02", "11 5a 00 fe 01"),
    ("11 41 0102 03", "11 41 0102 03 04"),
    ("11 03 0000 0001", "11 83 02"),
];

#[test]
fn a_frame_ends_where_its_function_and_checksum_say() {
    for (request, answer) in PAIRS {
        for (side, hex) in [(ASK, request), (TELL, answer)] {
            let whole = framed(hex);
            for side in [side, None] {
                assert_eq!(frame(side, &whole), Frame::Message(whole.len()), "{hex} as {side:?}");
            }
            // Whatever follows; and with it, whoever is taken for the sender.
            let followed: Vec<u8> = [whole.clone(), chain(&["11 03 0000 0001"; 30])].concat();
            for side in [None, Some(Side::Request), Some(Side::Answer)] {
                assert_eq!(frame(side, &followed), Frame::Message(whole.len()), "{hex} as {side:?}");
            }
            for cut in 1..whole.len() {
                assert_eq!(frame(side, &whole[..cut]), Frame::More, "{hex} cut at {cut}");
            }
        }
    }
}

#[test]
fn a_wrong_checksum_has_a_name() {
    for hex in ["11 03 006b 0003 0000", "11 06 0001 0003 1234", "11 83 02 0000 000000", "11 10 0001 0001 02 000a 0000"] {
        assert_eq!(frame(None, &bytes(hex)), Frame::Lost("bad_crc"), "{hex}");
    }
    // A function without a length: the end is looked for, but not forever.
    assert_eq!(frame(ASK, &[0x41; 255]), Frame::More);
    assert_eq!(frame(ASK, &[0x41; 256]), Frame::Lost("bad_crc"));
    assert_eq!(frame(None, &[0x11]), Frame::More);
}

#[test]
fn frames_are_read_like_other_messages() {
    for (request, answer) in PAIRS {
        let (request, answer) = (framed(request), framed(answer));
        let (asked, told) = (serial().facts(Side::Request, &request), serial().facts(Side::Answer, &answer));
        assert_eq!((asked.key, asked.silent), (told.key, false));
        assert!(asked.weird.is_empty() && told.weird.is_empty(), "{request:02x?} {:?} {:?}", asked.weird, told.weird);
        assert!(serial().fits(&request, &answer), "{request:02x?}");
    }
    assert_eq!(serial().operation(Some(&framed("11 03 006b 0003")), None).target, "unit 17 holding_register 107-109");
    assert_eq!(serial().status(&framed("11 83 02")).as_deref(), Some("Illegal Data Address"));
    let mut found = Vec::new();
    serial().points(Some(&framed("11 03 006b 0002")), Some(&framed("11 03 04 022b 0064")), None, &mut |point| found.push(point.number));
    assert_eq!(found, [Some(555), Some(100)]);
    let row = cells(DESCRIPTOR.operation_fields, |row| serial().describe_operation(Some(&framed("11 07")), None, row));
    assert_eq!(row[0], ("modbus.framing", Cell::Text("rtu_over_tcp".to_owned())));
    assert!(cells(DESCRIPTOR.event_fields, |row| serial().describe_event(Some(&framed("11 07")), None, row)).is_empty());
}

#[test]
fn nobody_answers_a_broadcast_on_a_line() {
    assert!(serial().facts(Side::Request, &framed("00 06 0001 0003")).silent);
    assert!(!serial().facts(Side::Request, &framed("01 06 0001 0003")).silent);
    assert!(!tcp().facts(Side::Request, &bytes("0001 0000 0006 00 06 0001 0003")).silent, "a server's own unit, in TCP");
}

#[test]
fn two_frames_or_a_request_with_its_answer_are_certain() {
    assert_eq!(probe(&chain(&["11 03 006b 0003"])), Probe::Likely);
    assert_eq!(probe(&chain(&["11 03 006b 0003", "11 03 006b 0003"])), Probe::Certain);
    assert_eq!(probe(&chain(&["11 03 02 0001", "11 83 02"])), Probe::Certain);
    assert_eq!(probe(&bytes("11 03 00")), Probe::Unsure);
    let mut cut = chain(&["11 03 006b 0003", "11 03 006b 0003"]);
    cut.truncate(15);
    assert_eq!(probe(&cut), Probe::Likely);
    for (request, answer) in PAIRS.iter().filter(|(request, _)| !request.starts_with("11 2b 0d") && !request.starts_with("11 41")) {
        let (request, answer) = (framed(request), framed(answer));
        if request.len() == 12 && request[1] == 8 || request[1] == 90 {
            continue; // only their checksum says where they end: no evidence
        }
        assert!(agree(&request, &answer) && agree(&answer, &request), "{request:02x?}");
    }
    let agreed = |one, other| agree(&framed(one), &framed(other));
    assert!(!agreed("11 03 006b 0003", "12 03 06 022b 0000 0064"), "another unit");
    assert!(!agreed("11 03 006b 0003", "11 04 06 022b 0000 0064"), "another function");
    assert!(!agreed("11 03 006b 0003", "11 03 04 022b 0000"), "another quantity");
    assert!(!agreed("11 0b", "11 0b"), "two requests");
    assert!(!agreed("11 03 006b 0003", "11 03 006b 0003"));
}

#[test]
fn other_protocols_are_not_for_us() {
    for (what, hex) in [
        ("TLS client hello", "16 03 01 02 00 01 00 01 fc 03 03"),
        ("TLS 1.2 record", "17 03 03 00 20 01 02 03 04 05 06 07"),
        ("HTTP", "47 45 54 20 2f 20 48 54 54 50"),
        ("SSH", "53 53 48 2d 32 2e 30 2d"),
        ("VNC", "52 46 42 20 30 30 33 2e 30 30 38 0a"),
        ("LDAP, Microsoft's", "30 84 00 00 00 10 02 01 01 60"),
        ("LDAP", "30 0c 02 01 01 60 07 02 01 03 04 00 80 00"),
        ("Modbus with its header", "00 01 00 00 00 06 11 03 00 6b 00 03"),
        ("DNP3", "05 64 05 c9 03 00 04 00 bd 71"),
        ("IEC 60870-5-104", "68 04 07 00 00 00 68 04"),
        ("S7 setup", "03 00 00 19 02 f0 80 32 01 00 00 00"),
        ("a frame, then something else", "11 03 00 6b 00 03 76 87 48 45 4c 4c 4f"),
        ("a unit that no line has", "f8 03 00 6b 00 03 63 fe"),
    ] {
        assert_eq!(probe(&bytes(hex)), Probe::NotForUs, "{what}");
    }
}

/// Unit and group of both ends, opcode, length, data, the same checksum: groups 1 to 4 look like functions that read.
#[test]
fn roc_plus_is_never_certain() {
    for group in 1..=6_u8 {
        let ask = |opcode: u8, data: &[u8]| {
            let mut frame = vec![9, group, 3, 1, opcode, data.len() as u8];
            frame.extend(data);
            frame.extend(checksum(&frame).to_le_bytes());
            frame
        };
        let answer = |opcode: u8, data: &[u8]| {
            let mut frame = vec![3, 1, 9, group, opcode, data.len() as u8];
            frame.extend(data);
            frame.extend(checksum(&frame).to_le_bytes());
            frame
        };
        for opcode in [0, 6, 7, 17, 180, 255] {
            let polls: Vec<u8> = (0..8).flat_map(|_| ask(opcode, &[])).collect();
            assert_ne!(probe(&polls), Probe::Certain, "group {group} opcode {opcode}");
            for data in [&[][..], &[1], &[0; 8], &[7; 20]] {
                let told: Vec<u8> = (0..4).flat_map(|_| answer(opcode, data)).collect();
                assert_ne!(probe(&told), Probe::Certain, "group {group} opcode {opcode}");
                assert!(!agree(&polls, &told) && !agree(&told, &polls), "group {group} opcode {opcode}");
            }
        }
    }
}

fn random(seed: u64) -> impl FnMut() -> u8 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    }
}

#[test]
fn random_bytes_are_hardly_ever_a_frame() {
    let mut next = random(7);
    let mut likely = 0;
    for _ in 0..400_000 {
        let noise: [u8; 12] = std::array::from_fn(|_| next());
        let verdict = probe(&noise);
        assert_ne!(verdict, Probe::Certain);
        likely += usize::from(verdict == Probe::Likely);
    }
    assert!(likely <= 2, "{likely}");
}

#[test]
fn registers_are_hardly_ever_taken_for_a_frame() {
    let mut next = random(11);
    let mut registers = Vec::new();
    for index in 0..40_000_u32 {
        let value = if index % 3 == 0 { 0 } else { u16::from_be_bytes([next() % 5, next()]) };
        registers.extend(value.to_be_bytes());
    }
    let hits = (0..registers.len()).filter(|at| plausible(&registers[*at..]) == Some(true)).count();
    assert!(hits <= 1, "{hits}");
}

proptest::proptest! {
    #[test]
    fn any_bytes_do_no_harm(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 1..600)) {
        for side in [None, ASK, TELL] {
            match frame(side, &bytes) {
                Frame::Message(length) => proptest::prop_assert!((4..=256).contains(&length) && length <= bytes.len()),
                Frame::More => proptest::prop_assert!(bytes.len() < 256),
                Frame::Lost(_) => {}
            }
        }
        probe(&bytes);
        plausible(&bytes);
        agree(&bytes, &bytes[bytes.len() / 2..]);
        serial().facts(Side::Request, &bytes);
        serial().operation(Some(&bytes), None);
    }

    /// Whatever follows, and however it is cut: the same end.
    #[test]
    fn more_bytes_change_no_end(mut body in proptest::collection::vec(0_u8..0x60, 2..40), cut in 1_usize..80) {
        body.extend(checksum(&body).to_le_bytes());
        body.extend([0x11; 300]);
        for side in [None, ASK, TELL] {
            let cut = cut.min(body.len());
            let early = frame(side, &body[..cut]);
            if early != Frame::More {
                proptest::prop_assert_eq!(early, frame(side, &body));
            }
        }
    }
}
