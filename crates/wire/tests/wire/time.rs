//! Line time: the highest packet time seen, which one packet alone cannot throw far ahead.

use sentinel_wire::engine::Options;

use super::network::{ask, tell, Capture, CLIENT, SERVER};

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
/// The last second of 32 bits, µs.
const YEAR_2038: i64 = 2_147_483_647 * SECOND;

fn line_time(capture: &Capture) -> i64 {
    capture.read(Options::default())["counters"][0]["line time"].parse::<i64>().map_or(0, |nanoseconds| nanoseconds / 1_000)
}

fn late(capture: &Capture) -> String {
    capture.read(Options::default())["counters"][0]["late"].clone()
}

/// A handshake and a request that waits for its answer.
fn waiting() -> Capture {
    let mut capture = Capture::new();
    capture.handshake().segment(CLIENT, 1_000, 5_000, 0x18, &ask(1, 0, 1));
    capture
}

/// Segments that acknowledge, each a millisecond after the other.
fn acknowledge(capture: &mut Capture, times: usize) {
    for _ in 0..times {
        capture.segment(CLIENT, 1_012, 5_000, 0x10, &[]);
    }
}

#[test]
fn a_late_packet_keeps_its_time_and_moves_nothing() {
    let mut capture = waiting();
    let now = capture.time;
    capture.time = now - 2 * SECOND;
    capture.segment(SERVER, 5_000, 1_012, 0x18, &tell(1, 1, 7));
    assert_eq!(line_time(&capture), now - 1_000);
    assert_eq!(late(&capture), "1");
    assert_eq!(capture.transactions(), ["4 5 1 Read Holding Registers success - -"]);
}

#[test]
fn one_packet_of_the_future_ends_no_waiting() {
    for future in [YEAR_2038, 3 * HOUR + 1_700_000_000 * SECOND] {
        let mut capture = waiting();
        let now = capture.time;
        capture.time = future;
        acknowledge(&mut capture, 1);
        capture.time = now;
        capture.segment(SERVER, 5_000, 1_012, 0x18, &tell(1, 1, 7));
        assert_eq!(line_time(&capture), now);
        assert_eq!(capture.transactions(), ["4 6 1 Read Holding Registers success - -"]);
    }
}

#[test]
fn sixteen_packets_in_a_row_are_believed() {
    for (agreeing, is_believed) in [(15, false), (16, true)] {
        let mut capture = waiting();
        let now = capture.time;
        capture.time = now + 5 * HOUR;
        acknowledge(&mut capture, agreeing);
        assert_eq!(line_time(&capture) > now + HOUR, is_believed, "{agreeing} packets");
    }
    // A packet of now between them: they are not in a row.
    let mut capture = waiting();
    let now = capture.time;
    for at in 0..30 {
        capture.time = if at % 10 == 9 { now } else { now + 5 * HOUR };
        acknowledge(&mut capture, 1);
    }
    assert!(line_time(&capture) <= now);
    // Nor do they agree where each says another time.
    let mut capture = waiting();
    for at in 1..30 {
        capture.time = now + at * 5 * HOUR;
        acknowledge(&mut capture, 1);
    }
    assert!(line_time(&capture) <= now);
}

#[test]
fn a_jump_that_is_believed_ends_what_waited_too_long() {
    let mut capture = waiting();
    capture.time += 5 * HOUR;
    acknowledge(&mut capture, 16);
    assert_eq!(capture.transactions(), ["4 - 1 Read Holding Registers unknown timeout -"]);
}

#[test]
fn a_capture_that_begins_in_1970_comes_to_its_time() {
    // Packets without a time count as of 1970; those after them have one.
    let mut capture = Capture::new();
    capture.time = 0;
    capture.handshake();
    capture.time = 1_700_000_000 * SECOND;
    capture.segment(CLIENT, 1_000, 5_000, 0x18, &ask(1, 0, 1));
    capture.segment(SERVER, 5_000, 1_012, 0x18, &tell(1, 1, 7));
    acknowledge(&mut capture, 20);
    assert_eq!(line_time(&capture), 1_700_000_000 * SECOND + 21_000);
    assert_eq!(capture.transactions(), ["4 5 1 Read Holding Registers success - -"]);
}

#[test]
fn a_clock_that_is_set_back_loses_no_transaction() {
    let mut capture = waiting();
    let before = capture.time;
    capture.segment(SERVER, 5_000, 1_012, 0x18, &tell(1, 1, 7));
    capture.time = before - 2 * HOUR;
    for id in 2..6 {
        let (client, server) = (1_000 + 12 * (u32::from(id) - 1), 5_000 + 11 * (u32::from(id) - 1));
        capture.segment(CLIENT, client, server, 0x18, &ask(id, 0, 1));
        capture.segment(SERVER, server, client + 12, 0x18, &tell(id, 1, 7));
    }
    assert_eq!(line_time(&capture), before);
    assert_eq!(capture.transactions().len(), 5);
    assert!(capture.transactions().iter().all(|line| line.ends_with("success - -")), "{:?}", capture.transactions());
}
