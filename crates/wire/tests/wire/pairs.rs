//! Pairing against a small reference pairer: pipelines, ids used again, losses, doubles.

use std::collections::VecDeque;

use proptest::prelude::*;

use super::network::{ask, tell, Capture, CLIENT, SERVER};

/// A step of the conversation; quantities are small so that answers fit several requests.
#[derive(Debug, Clone)]
enum Step {
    Ask {
        id: u16,
        quantity: u16,
    },
    /// The server answers the oldest request that it has.
    Answer,
    /// It answers, and the capture has the segment twice.
    AnswerTwice,
    /// The request was not captured, but the server got it.
    Lost {
        id: u16,
        quantity: u16,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let request = (1_u16..4, 1_u16..3);
    prop_oneof![
        4 => request.clone().prop_map(|(id, quantity)| Step::Ask { id, quantity }),
        4 => Just(Step::Answer),
        1 => Just(Step::AnswerTwice),
        1 => request.prop_map(|(id, quantity)| Step::Lost { id, quantity }),
    ]
}

proptest! {
    #[test]
    fn the_oldest_request_that_fits(steps in prop::collection::vec(step(), 1..40)) {
        let mut capture = Capture::new();
        capture.handshake();
        let (mut client, mut server, mut frame) = (1_000_u32, 5_000_u32, 3_u64);
        let mut at_server: VecDeque<(u16, u16)> = VecDeque::new();
        let mut waiting: VecDeque<(u64, u16, u16)> = VecDeque::new();
        let mut expected: Vec<(u64, u64)> = Vec::new();
        let mut lost_any = false;
        for step in steps {
            match step {
                Step::Ask { id, quantity } => {
                    let bytes = ask(id, 0, quantity);
                    capture.segment(CLIENT, client, server, 0x18, &bytes);
                    client += bytes.len() as u32;
                    frame += 1;
                    at_server.push_back((id, quantity));
                    waiting.push_back((frame, id, quantity));
                }
                Step::Lost { id, quantity } => {
                    client += 12;
                    at_server.push_back((id, quantity));
                    // The capture learns of it from the server's acknowledgement, before anything else is asked.
                    capture.segment(SERVER, server, client, 0x10, &[]);
                    frame += 1;
                    lost_any = true;
                }
                Step::Answer | Step::AnswerTwice => {
                    let Some((id, quantity)) = at_server.pop_front() else { continue };
                    let bytes = tell(id, quantity, 7);
                    capture.segment(SERVER, server, client, 0x18, &bytes);
                    frame += 1;
                    if let Some(at) = waiting.iter().position(|(_, one, asked)| *one == id && *asked == quantity) {
                        if let Some((request, ..)) = waiting.remove(at) {
                            expected.push((request, frame));
                        }
                    } else if let Some(at) = waiting.iter().position(|(_, one, _)| *one == id) {
                        if let Some((request, ..)) = waiting.remove(at) {
                            expected.push((request, frame));
                        }
                    }
                    if matches!(step, Step::AnswerTwice) {
                        capture.segment(SERVER, server, client, 0x18, &bytes);
                        frame += 1;
                    }
                    server += bytes.len() as u32;
                }
            }
        }
        let lines = capture.transactions();
        let paired: Vec<(u64, u64)> = lines
            .iter()
            .filter_map(|line| {
                let mut words = line.split(' ');
                Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?))
            })
            .collect();
        prop_assert_eq!(paired, expected, "lost any: {}", lost_any);
    }
}

/// Two answers from the end whose port is free. The first may be a request as well; the second tells who answers.
#[test]
fn what_was_taken_for_a_request_is_judged_anew() {
    let echo = [0, 9, 0, 0, 0, 6, 1, 6, 0, 4, 0, 1];
    let sent = [&echo[..], &tell(10, 2, 7)].concat();
    for cut in 8..=sent.len() {
        let mut capture = Capture::new();
        let (first, second) = sent.split_at(cut);
        capture.segment(CLIENT, 1_000, 5_000, 0x18, first).segment(CLIENT, 1_000 + cut as u32, 5_000, 0x18, second);
        let [of_echo, of_tell] = [echo.len(), sent.len()].map(|end| if end <= cut { 1 } else { 2 });
        let lines =
            [format!("- {of_echo} 9 Write Single Register success - -"), format!("- {of_tell} 10 Read Holding Registers success - -")];
        assert_eq!(capture.transactions(), lines, "cut at {cut}");
    }
}
