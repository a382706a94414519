//! Reassembly: what is lost, late, doubled, forged or reused on the way.

use super::network::{adu, ask, tell, Capture, CLIENT, SERVER};

const DATA: u8 = 0x18;

#[test]
fn one_exchange() {
    let mut capture = Capture::new();
    capture.handshake().segment(CLIENT, 1_000, 5_000, DATA, &ask(1, 0, 2)).segment(SERVER, 5_000, 1_012, DATA, &tell(1, 2, 7));
    assert_eq!(capture.transactions(), ["4 5 1 Read Holding Registers success - -"]);
}

#[test]
fn segments_out_of_order() {
    let mut capture = Capture::new();
    let request = ask(1, 0, 2);
    capture.handshake();
    capture.segment(CLIENT, 1_005, 5_000, DATA, &request[5..]).segment(CLIENT, 1_000, 5_000, DATA, &request[..5]);
    capture.segment(SERVER, 5_000, 1_012, DATA, &tell(1, 2, 7));
    assert_eq!(capture.transactions(), ["5 6 1 Read Holding Registers success - -"]);
}

#[test]
fn a_retransmission_that_carries_old_and_new_bytes() {
    let mut capture = Capture::new();
    let both = [ask(1, 0, 2), ask(2, 5, 2)].concat();
    capture.handshake().segment(CLIENT, 1_000, 5_000, DATA, &both[..12]).segment(CLIENT, 1_000, 5_000, DATA, &both);
    capture.segment(SERVER, 5_000, 1_024, DATA, &[tell(1, 2, 7), tell(2, 2, 8)].concat());
    let name = "Read Holding Registers success - -";
    assert_eq!(capture.transactions(), [format!("4 6 1 {name}"), format!("5 6 2 {name}")]);
}

#[test]
fn a_gap_is_skipped_and_its_bytes_are_read_when_they_come_late() {
    let mut capture = Capture::new();
    let name = "Read Holding Registers";
    capture.handshake();
    // The second request is missing, though the server acknowledges it and answers.
    capture.segment(CLIENT, 1_000, 5_000, DATA, &ask(1, 0, 2)).segment(SERVER, 5_000, 1_012, DATA, &tell(1, 2, 7));
    capture.segment(SERVER, 5_013, 1_024, DATA, &tell(2, 2, 8));
    capture.segment(CLIENT, 1_024, 5_026, DATA, &ask(3, 0, 2)).segment(SERVER, 5_026, 1_036, DATA, &tell(3, 2, 9));
    let mut late = capture.clone();
    assert_eq!(
        capture.transactions(),
        [format!("4 5 1 {name} success - -"), format!("7 8 3 {name} success - -"), format!("- 6 2 {name} success - -")]
    );
    late.segment(CLIENT, 1_012, 5_013, DATA, &ask(2, 5, 2));
    assert_eq!(
        late.transactions(),
        [format!("4 5 1 {name} success - -"), format!("7 8 3 {name} success - -"), format!("9 6 2 {name} success - answer_before_request")]
    );
}

#[test]
fn a_message_cut_by_a_gap_is_read_when_the_gap_is_filled() {
    let mut capture = Capture::new();
    let bytes = [ask(1, 0, 2), ask(2, 5, 2), ask(3, 9, 2)].concat();
    capture.handshake().segment(CLIENT, 1_000, 5_000, DATA, &bytes[..16]);
    capture.segment(CLIENT, 1_020, 5_000, DATA, &bytes[20..]).segment(SERVER, 5_000, 1_036, 0x10, &[]);
    capture.segment(CLIENT, 1_016, 5_000, DATA, &bytes[16..20]);
    let lines = capture.transactions();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("7 - 2 Read Holding Registers unknown gap")), "{lines:?}");
}

#[test]
fn bytes_held_in_all_flows_are_bounded() {
    let mut capture = Capture::new();
    capture.handshake().segment(CLIENT, 1_000, 5_000, DATA, &ask(1, 0, 2)).segment(CLIENT, 1_024, 5_000, DATA, &ask(3, 0, 2));
    capture.segment(SERVER, 5_000, 1_012, DATA, &tell(1, 2, 7)).segment(CLIENT, 1_036, 5_013, DATA, &ask(4, 0, 2));
    let limits = sentinel_wire::Limits { reorder_bytes_total: 20, ..Default::default() };
    let tables = capture.read(sentinel_wire::engine::Options { limits, every_transaction: true, ..Default::default() });
    let frames: Vec<_> = tables["events"].iter().filter_map(|row| row.get("request_frame").cloned()).collect();
    assert_eq!(frames, ["4", "5", "7"], "the bound gives up the hole, and all that was captured is read");
}

#[test]
fn one_wild_number_moves_nothing() {
    let mut capture = Capture::new();
    capture.handshake().segment(CLIENT, 1_000, 5_000, DATA, &ask(1, 0, 2)).segment(SERVER, 5_000, 1_012, DATA, &tell(1, 2, 7));
    capture.segment(CLIENT, 0x7000_0000, 5_000, DATA, &ask(9, 0, 2));
    capture.segment(CLIENT, 1_012, 5_013, DATA, &ask(2, 0, 2)).segment(SERVER, 5_013, 1_024, DATA, &tell(2, 2, 7));
    let lines = capture.transactions();
    assert!(lines.contains(&"4 5 1 Read Holding Registers success - -".to_owned()), "{lines:?}");
    assert!(lines.contains(&"7 8 2 Read Holding Registers success - -".to_owned()), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("6 - 9")), "the stray request is told too: {lines:?}");
}

#[test]
fn a_second_copy_with_other_content_is_named() {
    let mut capture = Capture::new();
    capture.handshake().segment(CLIENT, 1_000, 5_000, DATA, &ask(1, 0, 2)).segment(CLIENT, 1_000, 5_000, DATA, &ask(1, 99, 2));
    let weirds = &capture.read(sentinel_wire::engine::Options { every_transaction: true, ..Default::default() })["weirds"];
    assert_eq!(weirds.iter().map(|row| row["names"].as_str()).collect::<Vec<_>>(), ["segment_overlap_conflict"]);
    let mut same = Capture::new();
    same.handshake().segment(CLIENT, 1_000, 5_000, DATA, &ask(1, 0, 2)).segment(CLIENT, 1_000, 5_000, DATA, &ask(1, 0, 2));
    assert!(same.read(Default::default())["weirds"].is_empty());
}

#[test]
fn reset_and_port_reuse_end_what_waits() {
    let mut capture = Capture::new();
    capture.handshake().segment(CLIENT, 1_000, 5_000, DATA, &ask(1, 0, 2)).segment(SERVER, 5_000, 1_012, 0x14, &[]);
    capture.segment(CLIENT, 70_000, 0, 2, &[]).segment(SERVER, 90_000, 70_001, 0x12, &[]);
    capture.segment(CLIENT, 70_001, 90_001, DATA, &ask(1, 0, 2)).segment(SERVER, 90_001, 70_013, DATA, &tell(1, 2, 7));
    assert_eq!(capture.transactions(), ["4 - 1 Read Holding Registers unknown closed -", "8 9 1 Read Holding Registers success - -"]);
}

#[test]
fn a_forged_syn_does_not_end_a_connection() {
    let mut capture = Capture::new();
    capture.handshake().segment(CLIENT, 1_000, 5_000, DATA, &ask(1, 0, 2)).segment(CLIENT, 0x3000_0000, 0, 2, &[]);
    capture.segment(SERVER, 5_000, 1_012, DATA, &tell(1, 2, 7));
    assert_eq!(capture.transactions(), ["4 6 1 Read Holding Registers success - -"]);
}

#[test]
fn data_on_a_syn() {
    let mut capture = Capture::new();
    capture.segment(CLIENT, 999, 0, 2, &ask(1, 0, 2)).segment(SERVER, 4_999, 1_012, 0x12, &[]);
    capture.segment(SERVER, 5_000, 1_012, DATA, &tell(1, 2, 7));
    assert_eq!(capture.transactions(), ["1 3 1 Read Holding Registers success - -"]);
}

#[test]
fn mid_stream_and_one_sided() {
    let mut capture = Capture::new();
    capture.segment(SERVER, 5_000, 1_012, DATA, &tell(1, 2, 7)).segment(CLIENT, 1_012, 5_013, DATA, &ask(2, 0, 2));
    capture.segment(SERVER, 5_013, 1_024, DATA, &tell(2, 2, 7));
    let lines = capture.transactions();
    assert!(lines.contains(&"2 3 2 Read Holding Registers success - -".to_owned()), "{lines:?}");
    assert!(lines.contains(&"- 1 1 Read Holding Registers success - -".to_owned()), "{lines:?}");
    let mut half = Capture::new();
    half.segment(CLIENT, 1_000, 5_000, DATA, &ask(1, 0, 2)).wait(6_000).segment(CLIENT, 1_012, 5_013, DATA, &ask(2, 0, 2));
    assert_eq!(half.transactions()[0], "1 - 1 Read Holding Registers unknown gap -");
}

/// A good exchange, this request, another good exchange.
fn between_good_ones(bad: &[u8]) -> (Vec<String>, Vec<String>) {
    let mut capture = Capture::new();
    capture.handshake().segment(CLIENT, 1_000, 5_000, DATA, &ask(1, 0, 2)).segment(SERVER, 5_000, 1_012, DATA, &tell(1, 2, 7));
    capture.segment(CLIENT, 1_012, 5_013, DATA, bad);
    let next = 1_012 + bad.len() as u32;
    capture.segment(CLIENT, next, 5_013, DATA, &ask(5, 0, 2)).segment(SERVER, 5_013, next + 12, DATA, &tell(5, 2, 7));
    let weirds = &capture.read(Default::default())["weirds"];
    (capture.transactions(), weirds.iter().map(|row| format!("{} {}", row["frame"], row["names"])).collect())
}

#[test]
fn after_a_bad_length_the_next_good_message_is_read() {
    let good = ["4 5 1 Read Holding Registers success - -", "7 8 5 Read Holding Registers success - -"];
    // Longer than any message can be; zero; and a length that the next message would have to fill.
    for length in [0xFFFF_u16, 0, 31] {
        let mut bad = ask(2, 0, 2);
        bad[4..6].copy_from_slice(&length.to_be_bytes());
        let (transactions, weirds) = between_good_ones(&bad);
        assert_eq!(transactions, good, "length {length}");
        assert_eq!(weirds, ["6 bad_length"], "length {length}");
    }
    let mut bad = ask(2, 0, 2);
    bad[2] = 0x12;
    let (transactions, weirds) = between_good_ones(&bad);
    assert_eq!(transactions, good);
    assert_eq!(weirds, ["6 bad_protocol_id"]);
}

#[test]
fn late_twice_and_unsolicited_answers_have_names() {
    let mut capture = Capture::new();
    capture.handshake().segment(CLIENT, 1_000, 5_000, DATA, &ask(1, 0, 2)).wait(6_000);
    capture.segment(SERVER, 5_000, 1_012, DATA, &tell(1, 2, 7));
    capture.segment(CLIENT, 1_012, 5_013, DATA, &ask(2, 0, 2)).segment(SERVER, 5_013, 1_024, DATA, &tell(2, 2, 7));
    capture.segment(SERVER, 5_026, 1_024, DATA, &tell(2, 2, 7)).segment(SERVER, 5_039, 1_024, DATA, &tell(77, 2, 7));
    capture.segment(SERVER, 5_052, 1_024, DATA, &adu(78, 1, &[0x83, 0x77]));
    let name = "Read Holding Registers";
    assert_eq!(
        capture.transactions(),
        [
            format!("4 - 1 {name} unknown timeout -"),
            format!("- 5 1 {name} success - late_answer"),
            format!("6 7 2 {name} success - -"),
            format!("- 8 2 {name} success - answered_twice"),
            format!("- 9 77 {name} success - unsolicited_answer"),
            format!("- 10 78 {name} failure - unsolicited_answer,bad_exception_code"),
        ]
    );
}
