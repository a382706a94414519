//! Serial frames inside TCP: known by content, in step over any cutting, read again behind loss, paired without numbers.

use proptest::prelude::*;
use sentinel_wire::engine::Options;

use super::laws::without_frames;
use super::network::{serial, Capture, CLIENT, SERVER};

const DATA: u8 = 0x18;
const READ: &str = "Read Holding Registers";

fn ask(unit: u8, address: u16, quantity: u16) -> Vec<u8> {
    let ([a, b], [c, d]) = (address.to_be_bytes(), quantity.to_be_bytes());
    serial(unit, &[3, a, b, c, d])
}

fn tell(unit: u8, quantity: u16, value: u16) -> Vec<u8> {
    let mut pdu = vec![3, 2 * quantity as u8];
    (0..quantity).for_each(|_| pdu.extend(value.to_be_bytes()));
    serial(unit, &pdu)
}

/// A conversation on a terminal server's port, byte counts kept.
struct Line {
    capture: Capture,
    numbers: [u32; 2],
}

impl Line {
    fn new() -> Self {
        let mut capture = Capture::on_port(4_001);
        capture.handshake();
        Self { capture, numbers: [1_000, 5_000] }
    }

    fn send(&mut self, from: bool, bytes: &[u8]) -> &mut Self {
        let (own, other) = (usize::from(from == SERVER), usize::from(from == CLIENT));
        self.capture.segment(from, self.numbers[own], self.numbers[other], DATA, bytes);
        self.numbers[own] += bytes.len() as u32;
        self
    }

    /// Sent and got, but not captured.
    fn lose(&mut self, from: bool, bytes: &[u8]) -> &mut Self {
        self.numbers[usize::from(from == SERVER)] += bytes.len() as u32;
        self
    }

    fn ask(&mut self, bytes: &[u8]) -> &mut Self {
        self.send(CLIENT, bytes)
    }

    fn tell(&mut self, bytes: &[u8]) -> &mut Self {
        self.send(SERVER, bytes)
    }

    fn poll(&mut self, address: u16, quantity: u16, value: u16) -> &mut Self {
        self.ask(&ask(1, address, quantity)).tell(&tell(1, quantity, value))
    }

    fn wait(&mut self, milliseconds: i64) -> &mut Self {
        self.capture.wait(milliseconds);
        self
    }

    fn weirds(&self) -> Vec<String> {
        let weirds = &self.capture.read(Options::default());
        weirds.get("weirds").into_iter().flatten().map(|row| format!("{} {}", row["frame"], row["names"])).collect()
    }

    /// Each answer's target and values, of both kinds of documents none left out.
    fn told(&self) -> Vec<String> {
        let tables = self.capture.read(Options { every_transaction: true, ..Options::default() });
        let target = |row: &super::network::Row| {
            tables["operations"].iter().find(|one| one["operation"] == row["operation"]).map(|one| one["target"].clone())
        };
        let own = |name: &str, row: &super::network::Row| row.get(name).cloned().unwrap_or_default();
        tables["events"]
            .iter()
            .zip(&tables["modbus_events"])
            .map(|(event, values)| format!("{} {}", target(event).unwrap_or_default(), own("modbus.response_values", values)))
            .collect()
    }
}

#[test]
fn known_by_content_on_any_port() {
    let mut line = Line::new();
    line.poll(0, 2, 7).poll(8, 3, 9);
    assert_eq!(line.capture.transactions(), [format!("4 5 - {READ} success - -"), format!("6 7 - {READ} success - -")]);
    let tables = line.capture.read(Options::default());
    let conversation = &tables["conversations"][0];
    assert_eq!((conversation["framing"].as_str(), conversation["transport"].as_str()), ("rtu_over_tcp", "tcp"));
    assert_eq!(tables["modbus"][0]["modbus.framing"], "rtu_over_tcp");
    // Only the request is there: one frame proves nothing, two do.
    let mut silent = Line::new();
    silent.ask(&ask(1, 0, 2));
    assert_eq!(silent.capture.read(Options::default())["connections"][0]["read"], "false");
    silent.wait(1_000).ask(&ask(1, 0, 2)).wait(9_000).ask(&ask(1, 0, 2));
    let lines = silent.capture.transactions();
    assert_eq!(lines[0], format!("4 - - {READ} unknown timeout -"));
    assert_eq!(lines.len(), 3);
}

/// Quantity 2 from address 0 is also a whole message with an MBAP header: id 0x0103, length 2, unit, Get Comm Event Counter.
#[test]
fn known_by_content_on_the_port_of_the_other_framing() {
    let request = ask(1, 0, 2);
    assert_eq!((&request[2..6], request[7]), (&[0, 0, 0, 2][..], 0x0B));
    let mut capture = Capture::new();
    capture.handshake().segment(CLIENT, 1_000, 5_000, DATA, &request).segment(SERVER, 5_000, 1_008, DATA, &tell(1, 2, 7));
    assert_eq!(capture.transactions(), [format!("4 5 - {READ} success - -")]);
    let mut twice = Capture::new();
    twice.handshake().segment(CLIENT, 1_000, 5_000, DATA, &request).segment(CLIENT, 1_008, 5_000, DATA, &request);
    assert_eq!(twice.read(Options::default())["conversations"][0]["framing"], "rtu_over_tcp");
}

#[test]
fn who_answers_is_told_by_messages_however_they_are_cut() {
    // Answers only, no opening: nothing but the shape of a frame says which end is the server.
    let answer = serial(1, &[0x10, 0, 0x1E, 0, 3]);
    for cut in 1..=answer.len() {
        let mut capture = Capture::on_port(4_001);
        let mut number = 5_000;
        for part in [&answer, &answer].into_iter().flat_map(|one| one.chunks(cut)) {
            capture.segment(SERVER, number, 1_000, DATA, part);
            number += part.len() as u32;
        }
        assert_eq!(capture.transactions().len(), 2, "cut into parts of {cut}");
    }
}

#[test]
fn broadcasts_wait_for_nobody() {
    let mut line = Line::new();
    line.poll(0, 2, 7).ask(&serial(0, &[6, 0, 1, 0, 3])).wait(9_000).poll(0, 2, 7);
    assert_eq!(line.capture.transactions()[1], "6 - - Write Single Register unknown - -");
}

#[test]
fn unknown_functions_end_where_the_checksum_agrees() {
    let mut line = Line::new();
    line.poll(0, 2, 7).ask(&serial(1, &[0x41, 1, 2, 3, 4, 5])).tell(&serial(1, &[0x41, 9, 9])).poll(0, 2, 7);
    assert_eq!(line.capture.transactions()[1], "6 7 - User-Defined Function 65 success - -");
    assert_eq!(line.capture.transactions().len(), 3);
}

#[test]
fn a_bad_checksum_is_named_and_hides_no_good_frame() {
    for at in 0..8 {
        let mut bad = ask(1, 0, 2);
        bad[at] ^= 0x10;
        // A segment of its own, and with a good one behind it.
        let mut line = Line::new();
        line.poll(0, 2, 7).ask(&bad).wait(1_000).poll(0, 2, 7).poll(0, 2, 7);
        let good: Vec<String> = ["4 5", "7 8", "9 10"].iter().map(|frames| format!("{frames} - {READ} success - -")).collect();
        assert_eq!(line.capture.transactions(), good, "byte {at}");
        assert_eq!(line.weirds(), ["6 bad_crc"], "byte {at}");
        let mut line = Line::new();
        line.poll(0, 2, 7).ask(&[bad.clone(), ask(1, 8, 2)].concat()).tell(&tell(1, 2, 7)).poll(0, 2, 7);
        let good: Vec<String> = ["4 5", "6 7", "8 9"].iter().map(|frames| format!("{frames} - {READ} success - -")).collect();
        assert_eq!(line.capture.transactions(), good, "byte {at}, followed");
        assert_eq!(line.weirds(), ["6 bad_crc"], "byte {at}, followed");
    }
    let mut line = Line::new();
    let mut bad = tell(1, 20, 3);
    bad[9] ^= 1;
    line.poll(0, 2, 7).ask(&ask(1, 0, 20)).tell(&bad).wait(1_000).poll(0, 20, 4);
    let lines = line.capture.transactions();
    assert!(lines.contains(&format!("6 - - {READ} unknown capture_end -")), "{lines:?}");
    assert!(lines.contains(&format!("8 9 - {READ} success - -")), "{lines:?}");
    assert_eq!(line.weirds(), ["7 bad_crc"]);
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let mut line = Line::new();
    line.poll(0, 2, 7);
    let requests: Vec<u8> = [0, 10, 20, 30].iter().flat_map(|address| ask(1, *address, 2)).collect();
    line.ask(&requests).wait(40);
    (1..=4).for_each(|value| {
        line.tell(&tell(1, 2, value));
    });
    let expected: Vec<String> =
        (0..4).map(|at| format!("unit 1 holding_register {}-{} [{}, {}]", 10 * at, 10 * at + 1, at + 1, at + 1)).collect();
    assert_eq!(line.told()[1..], expected);
}

/// A client that does not wait: a request each 10 ms, an answer 15 ms later each.
#[test]
fn requests_on_a_clock_are_answered_in_order() {
    let mut line = Line::new();
    line.poll(0, 2, 7).wait(500).ask(&ask(1, 0, 2)).wait(9);
    for at in 1..20 {
        line.ask(&ask(1, 10 * at, 2)).wait(4).tell(&tell(1, 2, at - 1)).wait(4);
    }
    let expected: Vec<String> = (0..19).map(|at| format!("unit 1 holding_register {}-{} [{at}, {at}]", 10 * at, 10 * at + 1)).collect();
    assert_eq!(line.told()[1..20], expected);
}

/// Where a capture starts in the middle, no gap in the numbers tells that the first answer is missing.
#[test]
fn an_answer_lost_where_the_capture_starts() {
    for has_opening in [true, false] {
        let mut line = Line::new();
        if !has_opening {
            line.capture = Capture::on_port(4_001);
        }
        line.ask(&ask(1, 0, 2)).lose(SERVER, &tell(1, 2, 7)).wait(5).ask(&ask(1, 10, 2)).tell(&tell(1, 2, 8)).wait(5).poll(20, 2, 9);
        let told = line.told();
        for expected in ["0-1 ", "10-11 [8, 8]", "20-21 [9, 9]"] {
            assert!(told.contains(&format!("unit 1 holding_register {expected}")), "{has_opening} {told:?}");
        }
    }
}

#[test]
fn after_a_request_that_was_given_up_the_answer_is_the_next_ones() {
    let mut line = Line::new();
    line.poll(0, 2, 7).ask(&ask(1, 0, 2)).wait(1_000).ask(&ask(1, 10, 2)).wait(30).tell(&tell(1, 2, 8));
    line.poll(20, 2, 9).wait(6_000).poll(30, 2, 10);
    let told = line.told();
    let expected = [
        "unit 1 holding_register 0-1 [7, 7]",
        "unit 1 holding_register 10-11 [8, 8]",
        "unit 1 holding_register 20-21 [9, 9]",
        "unit 1 holding_register 0-1 ",
        "unit 1 holding_register 30-31 [10, 10]",
    ];
    assert_eq!(told, expected);
}

/// A checksum of 16 bits agrees by chance, most often where a function's length is unknown; in step, that is.
#[test]
fn noise_is_hardly_ever_taken_for_a_frame() {
    let mut state = 5_u32;
    let mut invented = 0;
    for _ in 0..200 {
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .take(200)
        .collect();
        let mut line = Line::new();
        line.poll(0, 2, 7).ask(&noise).wait(500).ask(&noise[..100]).poll(0, 2, 7);
        invented += line.capture.transactions().len() - 2;
    }
    assert!(invented <= 3, "{invented}");
}

/// What of an exchange the capture lacks.
#[derive(Debug, Clone, Copy)]
enum Lost {
    Nothing,
    Request,
    Answer,
    Both,
    /// The second half of the answer.
    Half,
}

fn exchange() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    (1_u8..4, 0_u16..400, 1_u16..60, any::<u16>(), 0_u8..8).prop_map(|(unit, address, quantity, value, kind)| {
        let ([a, b], [c, d]) = (address.to_be_bytes(), value.to_be_bytes());
        match kind {
            0 => (serial(unit, &[5, a, b, 0xFF, 0]), serial(unit, &[5, a, b, 0xFF, 0])),
            1 => (serial(unit, &[6, a, b, c, d]), serial(unit, &[0x86, 2])),
            2 => (serial(unit, &[0x2B, 0x0E, 1, 0]), serial(unit, &[0x2B, 0x0E, 1, 1, 0, 0, 1, 0, 3, b'A', b'B', b'C'])),
            3 => (serial(unit, &[16, a, b, 0, 1, 2, c, d]), serial(unit, &[16, a, b, 0, 1])),
            4 => (serial(unit, &[7]), serial(unit, &[7, d])),
            _ => (ask(unit, address, quantity), tell(unit, quantity, value)),
        }
    })
}

fn cut(line: &mut Line, from: bool, bytes: &[u8], cuts: &[usize]) {
    let mut places: Vec<usize> = cuts.iter().map(|percent| percent * bytes.len() / 100).collect();
    places.extend([0, bytes.len()]);
    places.sort_unstable();
    places.dedup();
    places.windows(2).for_each(|pair| {
        line.send(from, &bytes[pair[0]..pair[1]]);
    });
}

/// A checksum goes on being right over a zero: the answer begins with all of the request.
#[test]
fn an_answer_that_begins_as_its_request_is_read() {
    let (request, answer) = (serial(3, &[7]), serial(3, &[7, 64]));
    assert_eq!(answer, [&request[..], &[0]].concat());
    for cuts in [&[][..], &[13]] {
        let mut line = Line::new();
        for (request, answer) in [(&request, &answer), (&serial(1, &[5, 0, 0, 0xFF, 0]), &serial(1, &[5, 0, 0, 0xFF, 0]))] {
            cut(&mut line, CLIENT, request, cuts);
            cut(&mut line, SERVER, answer, cuts);
        }
        let lines = line.capture.transactions();
        assert_eq!(lines.len(), 2, "cut at {cuts:?}: {lines:?}");
        assert!(lines.iter().all(|line| line.ends_with("success - -")), "{lines:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn chunk_law(exchanges in prop::collection::vec(exchange(), 2..30), cuts in prop::collection::vec(0_usize..100, 0..6)) {
        let read = |cuts: &[usize], every_transaction| {
            let mut line = Line::new();
            for (request, answer) in &exchanges {
                cut(&mut line, CLIENT, request, cuts);
                cut(&mut line, SERVER, answer, cuts);
            }
            line.capture.read(Options { every_transaction, ..Options::default() })
        };
        for every_transaction in [true, false] {
            let (whole, cut) = (read(&[], every_transaction), read(&cuts, every_transaction));
            prop_assert_eq!(whole["counters"][0]["transactions"].clone(), exchanges.len().to_string());
            for table in ["conversations", "operations", "modbus", "events", "modbus_events", "points", "readings", "claims", "weirds"] {
                prop_assert_eq!(without_frames(&whole[table]), without_frames(&cut[table]), "{}", table);
            }
        }
    }

    /// Several frames in one segment, or one over many: the same as an exchange at a time.
    #[test]
    fn joined_frames(exchanges in prop::collection::vec(exchange(), 2..12)) {
        let mut line = Line::new();
        line.poll(0, 2, 7).wait(500);
        line.ask(&exchanges.iter().flat_map(|(request, _)| request.clone()).collect::<Vec<_>>()).wait(40);
        line.tell(&exchanges.iter().flat_map(|(_, answer)| answer.clone()).collect::<Vec<_>>());
        let lines = line.capture.transactions();
        prop_assert_eq!(lines.len(), exchanges.len() + 1);
        prop_assert!(lines.iter().skip(1).all(|line| line.starts_with("6 7 - ") && line.ends_with(" -")), "{:?}", lines);
    }

    /// Whatever somebody sends in between, the frames behind it are read.
    #[test]
    fn noise_hides_nothing(
        noise in prop::collection::vec(prop_oneof![any::<u8>(), 0_u8..24], 1..400), cut in any::<prop::sample::Index>(), by_server in any::<bool>(),
    ) {
        let mut line = Line::new();
        let (one, other) = noise.split_at(cut.index(noise.len()));
        line.poll(0, 2, 7).poll(0, 2, 7).wait(500);
        let from = if by_server { SERVER } else { CLIENT };
        for part in [one, other].into_iter().filter(|part| !part.is_empty()) {
            line.send(from, part);
        }
        let frame = 7 + usize::from(!one.is_empty()) + usize::from(!other.is_empty());
        line.wait(6_000).poll(0, 2, 7).poll(8, 3, 9);
        let lines = line.capture.transactions();
        for polled in [format!("{} {} - {READ} success - -", frame + 1, frame + 2), format!("{} {} - {READ} success - -", frame + 3, frame + 4)] {
            prop_assert!(lines.contains(&polled), "{polled}: {lines:?}");
        }
        prop_assert!(line.weirds().iter().all(|weird| weird.ends_with("bad_crc")));
    }

    /// What was lost is not made up, and what came later is read: each document's frames hold just what it tells.
    #[test]
    fn lost_segments_invent_nothing(
        steps in prop::collection::vec((exchange(), prop_oneof![
            4 => Just(Lost::Nothing), 1 => Just(Lost::Request), 1 => Just(Lost::Answer), 1 => Just(Lost::Both), 1 => Just(Lost::Half),
        ]), 1..25),
    ) {
        let mut line = Line::new();
        let mut frame = 5;
        let (mut requests, mut answers) = (vec![4], vec![5]);
        line.poll(0, 2, 7);
        for ((request, answer), lost) in &steps {
            if matches!(lost, Lost::Request | Lost::Both) {
                line.lose(CLIENT, request);
            } else {
                line.ask(request);
                frame += 1;
                requests.push(frame);
            }
            match lost {
                Lost::Answer | Lost::Both => {
                    line.lose(SERVER, answer);
                }
                Lost::Half => {
                    let (first, rest) = answer.split_at(answer.len() / 2);
                    line.tell(first).lose(SERVER, rest);
                    frame += 1;
                }
                Lost::Nothing | Lost::Request => {
                    line.tell(answer);
                    frame += 1;
                    answers.push(frame);
                }
            }
        }
        line.wait(3_000).poll(0, 2, 7);
        requests.push(frame + 1);
        answers.push(frame + 2);
        let lines = line.capture.transactions();
        let found = |column: usize| {
            let mut found: Vec<usize> = lines.iter().filter_map(|line| line.split(' ').nth(column)?.parse().ok()).collect();
            found.sort_unstable();
            found
        };
        prop_assert_eq!(found(0), requests, "{:?}", lines);
        prop_assert_eq!(found(1), answers, "{:?}", lines);
        prop_assert!(line.weirds().is_empty());
    }
}
