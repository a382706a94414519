//! The tick law: time that passes without packets changes no row, however often it is told. (After more than an hour a capture
//! is not believed at once, a clock is: such silences are left out.)

use std::collections::BTreeMap;

use proptest::prelude::*;
use sentinel_wire::engine::{Engine, Options};
use sentinel_wire::source::live::{Interface, Live, Next};
use sentinel_wire::source::Packet;

use super::network::{ask, collect, tell, Capture, Row, CLIENT, SERVER};

/// What a listener gives, prepared.
enum Step {
    Packet(i64, Vec<u8>),
    Tick(i64),
    Pause,
}

struct Prepared {
    steps: Vec<Step>,
    at: usize,
    frame: u64,
    interfaces: Vec<Interface>,
}

impl Live for Prepared {
    fn next(&mut self) -> Next<'_> {
        self.at += 1;
        match self.steps.get(self.at - 1) {
            Some(Step::Packet(time, bytes)) => {
                self.frame += 1;
                let original = bytes.len() as u32;
                Next::Packet(Packet { time: *time, file: 0, interface: 0, frame: self.frame, link: 1, bytes, original })
            }
            Some(Step::Tick(time)) => Next::Tick(*time),
            Some(Step::Pause) => Next::Pause,
            None => Next::End,
        }
    }

    fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    fn notices(&mut self) -> Vec<String> {
        Vec::new()
    }
}

fn listen(steps: Vec<Step>) -> BTreeMap<String, Vec<Row>> {
    let live = Prepared { steps, at: 0, frame: 0, interfaces: vec![Interface::default()] };
    let mut engine = Engine::listen(Box::new(live), Options { vlan_in_key: true, ..Options::default() });
    collect(&mut engine)
}

/// Polls with these pauses before each message; an odd one is not answered.
fn polls(pauses: &[(i64, bool)]) -> Capture {
    let mut capture = Capture::new();
    capture.handshake();
    let (mut client, mut server) = (1_000_u32, 5_000_u32);
    for (number, (pause, is_answered)) in pauses.iter().enumerate() {
        let request = ask(number as u16, (number % 3) as u16, 4);
        capture.wait(*pause).segment(CLIENT, client, server, 0x18, &request);
        client += request.len() as u32;
        if *is_answered {
            let answer = tell(number as u16, 4, number as u16 / 4);
            capture.segment(SERVER, server, client, 0x18, &answer);
            server += answer.len() as u32;
        }
    }
    capture
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn ticks_change_no_row(
        pauses in prop::collection::vec((prop::sample::select(vec![0, 40, 4_000, 70_000, 700_000, 3_500_000]), any::<bool>()), 1..40),
        ticks in prop::collection::vec(0_i64..=100, 0..4),
        rests in any::<bool>(),
    ) {
        let capture = polls(&pauses);
        let mut steps = Vec::new();
        let mut before = None;
        let mut ticks = ticks;
        ticks.sort_unstable();
        for (time, bytes) in capture.timed_frames() {
            for percent in &ticks {
                let passed = before.map_or(0, |before| (time - before) / 100 * percent);
                steps.push(Step::Tick(before.unwrap_or(time) + passed));
            }
            if rests {
                steps.push(Step::Pause);
            }
            before = Some(time);
            steps.push(Step::Packet(time, bytes));
        }
        prop_assert_eq!(capture.read(Options::default()), listen(steps));
    }
}

#[test]
fn a_silent_link_times_out_and_closes_its_minute() {
    let capture = polls(&[(0, true), (10, true), (10, false)]);
    let mut steps: Vec<Step> = capture.timed_frames().map(|(time, bytes)| Step::Packet(time, bytes)).collect();
    let last = capture.timed_frames().last().map_or(0, |(time, _)| time);
    steps.extend((1..=61).map(|second| Step::Tick(last + second * 1_000_000_000)));
    steps.push(Step::Pause);
    let live = Prepared { steps, at: 0, frame: 0, interfaces: vec![Interface::default()] };
    let mut engine = Engine::listen(Box::new(live), Options { vlan_in_key: true, ..Options::default() });
    assert!(engine.fill(), "it goes on");
    assert_eq!(engine.line_time(), last + 61_000_000_000);
    let tables = super::network::rows_of(engine.take());
    let waited: Vec<_> = tables["events"].iter().filter_map(|row| row.get("unanswered")).collect();
    assert_eq!(waited, ["timeout"]);
    let repeated = polls(&[(0, true), (10, true), (10, true), (10, true), (10, true)]);
    let mut steps: Vec<Step> = repeated.timed_frames().map(|(time, bytes)| Step::Packet(time, bytes)).collect();
    steps.extend([Step::Tick(last + 61_000_000_000), Step::Tick(last + 130_000_000_000), Step::Pause]);
    let live = Prepared { steps, at: 0, frame: 0, interfaces: vec![Interface::default()] };
    let mut engine = Engine::listen(Box::new(live), Options { vlan_in_key: true, ..Options::default() });
    assert!(engine.fill());
    let summaries = &super::network::rows_of(engine.take())["summaries"];
    assert_eq!(summaries.iter().map(|row| row["count"].as_str()).collect::<Vec<_>>(), ["1", "1"], "those that repeat, once");
}
