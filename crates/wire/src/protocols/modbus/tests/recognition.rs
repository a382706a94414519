//! Framing, resynchronisation and the probe: what is Modbus, and what only looks like it.

use super::*;
use crate::protocols::modbus::probe::{plausible, probe};

/// Read Holding Registers 107 to 109: transaction 1, unit 17.
const READ: &str = "0001 0000 0006 11 03 006b 0003";

#[test]
fn frames() {
    let frame = |hex| tcp().frame(None, &bytes(hex));
    assert_eq!(frame(READ), Frame::Message(12));
    assert_eq!(frame("0001 0000 0006 11 03 006b 0003 ff"), Frame::Message(12));
    assert_eq!(frame("0001 0000 0006 11 03"), Frame::More);
    assert_eq!(frame("00"), Frame::More);
    // The declared length frames it, even where it cannot be for the function.
    assert_eq!(frame("0001 0000 0003 11 03 00"), Frame::Message(9));
    assert_eq!(frame("0001 0000 0001 11"), Frame::Lost("bad_length"));
    assert_eq!(frame("0001 0000 0000 11"), Frame::Lost("bad_length"));
    assert_eq!(frame("0001 0000 00ff 11 03"), Frame::Lost("bad_length"));
    assert_eq!(frame("0001 0000 0500"), Frame::Lost("bad_length"));
    assert_eq!(frame("0001 0010 0006 11 03"), Frame::Lost("bad_protocol_id"));
    // UMAS of real controllers is longer than the specification has it.
    assert_eq!(frame("0007 0000 00ff 00 5a 00"), Frame::More);
    assert_eq!(frame("0007 0000 0400 00 5a 00"), Frame::More);
    assert_eq!(frame("0007 0000 0400 00"), Frame::More, "the function is not there yet");
    assert_eq!(frame("0007 0000 0400 00 03"), Frame::Lost("bad_length"));
    assert_eq!(frame("0007 0000 0401 00 5a 00"), Frame::Lost("bad_length"));
}

#[test]
fn plausible_headers() {
    let is = |hex| plausible(&bytes(hex));
    assert_eq!(is(READ), Some(true));
    assert_eq!(is("0001 0000 0006 11"), None);
    assert_eq!(is("0001 0000 0006 11 03"), Some(true));
    assert_eq!(is("0001 0000 0007 11 03"), Some(true), "an answer of two registers");
    assert_eq!(is("0001 0000 0007 11 03 04"), Some(true));
    assert_eq!(is("0001 0000 0007 11 03 06"), Some(false), "a count that is not that of the length");
    assert_eq!(is("0001 0000 0008 11 03"), Some(false), "registers of an odd number of bytes");
    assert_eq!(is("0001 0000 0003 11 83 02"), Some(true));
    assert_eq!(is("0001 0000 0004 11 83 02"), Some(false));
    assert_eq!(is("0001 0000 0003 11 83 0c"), Some(false));
    assert_eq!(is("0001 0000 0006 11 00"), Some(false));
    assert_eq!(is("0001 0001 0006 11 03"), Some(false));
    assert_eq!(is("0001 0000 0006 11 05"), Some(true));
    assert_eq!(is("0001 0000 0007 11 05"), Some(false));
    assert_eq!(is("0001 0000 0006 11 08 0063 0000"), Some(false), "no such subfunction");
    // Of other functions, what follows must fit.
    assert_eq!(is("0001 0000 0003 11 41 00"), Some(true));
    assert_eq!(is("0001 0000 0003 11 41 00 0002 0000 0003 11 41 00"), Some(true));
    assert_eq!(is("0001 0000 0003 11 41 00 0002 0005"), Some(false));
    assert_eq!(is("0001 0000 0009 11 41 00"), None);
}

/// Registers as plants have them: small numbers, zeros, floats. Modbus headers hardly ever appear among them.
#[test]
fn a_scan_through_registers_rarely_hits() {
    let mut registers = Vec::new();
    let mut state = 1_u32;
    for index in 0..20_000_u32 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let value = match index % 5 {
            0 | 1 => 0,
            2 => (state >> 24) as u16 % 16,
            3 => (state >> 16) as u16,
            _ => 100 + (index % 50) as u16,
        };
        registers.extend(value.to_be_bytes());
    }
    let hits = (0..registers.len()).filter(|at| plausible(&registers[*at..]) == Some(true)).count();
    assert!(hits < 12, "{hits} of {}", registers.len());
}

#[test]
fn modbus_is_certain() {
    for hex in [
        READ,
        "0001 0000 0009 11 03 06 022b 0000 0064",
        "0001 0000 0006 11 03 006b 0003 0002 0000 0006 11 03 006b 0003",
        "0001 0000 0006 11 03 006b 0003 0002 00",
        "0001 0000 0003 11 83 02",
        "0001 0000 0006 11 05 00ac ff00",
        "0001 0000 0006 11 06 0001 0003",
        "0001 0000 000b 11 10 0001 0002 04 000a 0102",
        "0001 0000 0005 11 2b 0e 01 00",
        "0001 0000 0008 11 08 0000 a537 0000",
        "0002 0000 0004 00 5a 00 02",
        "0001 0000 0002 11 11 0002 0000 0002 11 11",
    ] {
        assert_eq!(probe(&bytes(hex)), Probe::Certain, "{hex}");
    }
}

#[test]
fn some_of_it_is_unsure() {
    for hex in [
        "",
        "00",
        "0001 0000 00",
        "0001 0000 0006 11",
        "0001 0000 0006 11 03 006b",
        "0001 0000 0006 11 41 006b 0003",
        "0001 0000 0002 11 11",
        "0001 0000 0006 11 03 006b 0000",
        "0001 0000 0006 11 05 00ac 0001",
        "0001 0000 0003 11 83 0c",
    ] {
        assert_eq!(probe(&bytes(hex)), Probe::Unsure, "{hex}");
    }
}

#[test]
fn others_are_not_for_us() {
    for (what, hex) in [
        ("LDAP search done, message 13: also the answer to a read of coils", "3084 0000 0010 02 01 0d 65 84 00000007 0a0100 0400 0400"),
        ("LDAP bind, begun", "3084 0000 0010 02 01 01 60"),
        ("LDAP, its length only", "3084 0000 0010 02 01 01"),
        ("TLS client hello", "16 03 01 02 00 01 00 01 fc 03 03"),
        ("HTTP", "47 45 54 20 2f 20 48 54 54 50"),
        ("RDP connection request", "03 00 00 13 0e e0 00 00 00 00 00 01 00 08"),
        ("S7 setup", "03 00 00 19 02 f0 80 32 01 00 00"),
        ("DCE/RPC bind", "05 00 0b 03 10 00 00 00 48 00 00 00"),
        ("SunRPC call", "80 00 00 28 72 fe 1d 13 00 00 00 00"),
        ("SMB2", "00 00 00 f8 fe 53 4d 42 40 00"),
        ("EtherNet/IP register session", "65 00 04 00 00 00 00 00 00 00"),
        ("EtherNet/IP list identity", "63 00 00 00 00 00 00 00 00 00"),
        ("MySQL greeting", "4a 00 00 00 0a 35 2e 37 2e 33"),
        ("a message, then something else", "0001 0000 0006 11 03 006b 0003 48 45 4c 4c 4f"),
        ("a read whose length cannot be", "0001 0000 00f0 11 03"),
        ("an exception that is long", "0001 0000 00f0 11 83 02"),
    ] {
        assert_eq!(probe(&bytes(hex)), Probe::NotForUs, "{what}");
    }
}

#[test]
fn a_transaction_id_like_ldap_is_still_modbus() {
    assert_eq!(probe(&bytes("3084 0000 0006 02 03 006b 0003")), Probe::Certain);
}
