//! Messages in datagrams: known by port and shape, or by a request with its answer; lost, doubled, damaged ones.

use sentinel_wire::engine::Options;

use super::network::{adu, ask, tell, Capture, CLIENT, SERVER};

const READ: &str = "Read Holding Registers";

fn is_read(capture: &Capture) -> bool {
    let tables = capture.read(Options::default());
    tables["connections"].iter().any(|row| row["read"] == "true")
}

#[test]
fn a_request_and_its_answer() {
    let mut capture = Capture::new();
    capture.datagram(CLIENT, &ask(1, 0, 2)).datagram(SERVER, &tell(1, 2, 7)).datagram(CLIENT, &adu(2, 1, &[3, 0, 0, 9, 9]));
    capture.datagram(SERVER, &adu(2, 1, &[0x83, 3]));
    let expected = [format!("1 2 1 {READ} success - -"), format!("3 4 2 {READ} failure - quantity_out_of_range")];
    assert_eq!(capture.transactions(), expected);
    let tables = capture.read(Options::default());
    let row = &tables["conversations"][0];
    assert_eq!((row["framing"].as_str(), row["transport"].as_str()), ("udp", "udp"));
    assert_eq!(tables["modbus"][0]["modbus.framing"], "udp");
}

#[test]
fn several_messages_in_one_datagram() {
    let mut capture = Capture::new();
    capture.datagram(CLIENT, &[ask(1, 0, 2), ask(2, 8, 3)].concat()).datagram(SERVER, &[tell(2, 3, 7), tell(1, 2, 7)].concat());
    let lines = capture.transactions();
    assert_eq!(lines, [format!("1 2 2 {READ} success - -"), format!("1 2 1 {READ} success - -")]);
}

#[test]
fn a_lost_answer_times_out_and_a_second_request_is_told_apart() {
    let mut capture = Capture::new();
    capture.datagram(CLIENT, &ask(1, 0, 2)).datagram(SERVER, &tell(1, 2, 7));
    // Asked again with the same number after a second: the answer comes at once, so it is the second's.
    capture.datagram(CLIENT, &ask(2, 0, 2)).wait(1_000).datagram(CLIENT, &ask(2, 0, 2)).datagram(SERVER, &tell(2, 2, 7));
    capture.wait(6_000).datagram(CLIENT, &ask(3, 0, 2)).datagram(SERVER, &tell(3, 2, 7));
    let lines = capture.transactions();
    assert!(lines.contains(&format!("4 5 2 {READ} success - -")), "{lines:?}");
    assert!(lines.contains(&format!("3 - 2 {READ} unknown timeout -")), "{lines:?}");
    assert_eq!(lines.len(), 4);
}

#[test]
fn doubled_datagrams_pair_in_order() {
    let mut capture = Capture::new();
    capture.datagram(CLIENT, &ask(1, 0, 2)).datagram(CLIENT, &ask(1, 0, 2)).wait(20);
    capture.datagram(SERVER, &tell(1, 2, 7)).datagram(SERVER, &tell(1, 2, 7)).datagram(SERVER, &tell(1, 2, 7));
    let expected =
        [format!("1 3 1 {READ} success - -"), format!("2 4 1 {READ} success - -"), format!("- 5 1 {READ} success - answered_twice")];
    assert_eq!(capture.transactions(), expected);
}

#[test]
fn a_damaged_datagram_is_named_and_hides_nothing() {
    let good = |capture: &mut Capture, id: u16| {
        capture.datagram(CLIENT, &ask(id, 0, 2)).datagram(SERVER, &tell(id, 2, 7));
    };
    let mut long = ask(2, 0, 2);
    long[5] = 40;
    let mut foreign = ask(2, 0, 2);
    foreign[2] = 9;
    let behind = [foreign.as_slice(), &ask(9, 0, 2)].concat();
    for (bad, name, more) in [(&long, "bad_length", 0), (&foreign, "bad_protocol_id", 0), (&behind, "bad_protocol_id", 1)] {
        let mut capture = Capture::new();
        good(&mut capture, 1);
        capture.datagram(CLIENT, bad);
        good(&mut capture, 5);
        let lines = capture.transactions();
        assert_eq!(lines[..2], [format!("1 2 1 {READ} success - -"), format!("4 5 5 {READ} success - -")]);
        assert_eq!(lines.len(), 2 + more, "{lines:?}");
        let weirds = &capture.read(Options::default())["weirds"];
        assert_eq!((weirds[0]["names"].as_str(), weirds[0]["transport"].as_str()), (name, "udp"));
    }
}

#[test]
fn on_other_ports_a_request_with_its_answer_is_needed() {
    let mut one_sided = Capture::on_port(5_020);
    for id in 1..20 {
        one_sided.datagram(CLIENT, &ask(id, 0, 2));
    }
    assert!(!is_read(&one_sided));
    let mut other_number = Capture::on_port(5_020);
    other_number.datagram(CLIENT, &ask(1, 0, 2)).datagram(SERVER, &tell(2, 2, 7));
    assert!(!is_read(&other_number));
    let mut echo = Capture::on_port(7);
    for id in 1..5 {
        let write = adu(id, 1, &[5, 0, 1, 0xFF, 0]);
        echo.datagram(CLIENT, &write).datagram(SERVER, &write);
    }
    assert!(!is_read(&echo), "an echo is no answer");
    let mut both = Capture::on_port(5_020);
    both.datagram(CLIENT, &ask(1, 0, 2)).datagram(SERVER, &tell(1, 2, 7)).datagram(CLIENT, &ask(2, 0, 2)).datagram(SERVER, &tell(2, 2, 7));
    assert_eq!(both.transactions(), [format!("1 2 1 {READ} success - -"), format!("3 4 2 {READ} success - -")]);
}

#[test]
fn what_is_no_message_is_not_claimed_even_on_the_port() {
    let mut capture = Capture::new();
    for payload in [&b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x00\x00\x01\x00\x01"[..], b"hello", &[0; 12], &[]] {
        capture.datagram(CLIENT, payload);
    }
    assert!(!is_read(&capture));
}

/// The same server and port, over UDP and over TCP: two conversations, and ids that differ.
#[test]
fn the_framing_is_part_of_the_operation() {
    let mut datagrams = Capture::new();
    datagrams.datagram(CLIENT, &ask(1, 0, 2)).datagram(SERVER, &tell(1, 2, 7));
    let mut stream = Capture::new();
    stream.segment(CLIENT, 1_000, 5_000, 0x18, &ask(1, 0, 2)).segment(SERVER, 5_000, 1_012, 0x18, &tell(1, 2, 7));
    let id = |capture: &Capture| capture.read(Options::default())["operations"][0]["id"].clone();
    assert_ne!(id(&datagrams), id(&stream));
    let point = |capture: &Capture| capture.read(Options::default())["points"][0]["id"].clone();
    assert_eq!(point(&datagrams), point(&stream));
}
