//! What becomes of requests and answers on a channel, where no sample has it: a Publish that waits long, an ERR in between,
//! tokens that were never issued, broken polls.

use std::collections::BTreeMap;

use sentinel_wire::engine::Options;
use sentinel_wire::Limits;

use super::channels::{message, PORT};
use super::network::{Capture, Row, CLIENT, SERVER};

/// The start of a request: type, no token, no time, this handle, nothing more.
fn asked(encoding: u16, handle: u32) -> Vec<u8> {
    let [low, high] = encoding.to_le_bytes();
    let mut body = vec![1, 0, low, high, 0, 0];
    body.extend([0; 8]);
    body.extend(handle.to_le_bytes());
    body.extend([0; 4]);
    body.extend([0xFF; 4]);
    body.extend([0; 4 + 3]);
    body
}

/// The start of an answer that is good.
fn told(encoding: u16, handle: u32) -> Vec<u8> {
    let [low, high] = encoding.to_le_bytes();
    let mut body = vec![1, 0, low, high];
    body.extend([0; 8]);
    body.extend(handle.to_le_bytes());
    body.extend([0; 4 + 1]);
    body.extend([0xFF; 4]);
    body.extend([0; 3]);
    body
}

fn publish(handle: u32) -> Vec<u8> {
    [asked(826, handle), vec![0xFF; 4]].concat()
}

/// What a Publish brings: nothing, or a notification of this type with an empty body.
fn brought(handle: u32, notification: Option<u16>) -> Vec<u8> {
    let mut body = told(829, handle);
    body.extend([5, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0]);
    body.extend([1, 0, 0, 0]);
    body.extend([0; 8]);
    match notification {
        None => body.extend([0; 4]),
        Some(encoding) => {
            let [low, high] = encoding.to_le_bytes();
            body.extend([1, 0, 0, 0, 1, 0, low, high, 1, 8, 0, 0, 0]);
            body.extend([0; 8]);
        }
    }
    body.extend([0xFF; 8]);
    body
}

/// A connection in which bytes follow each other.
struct Talk {
    capture: Capture,
    next: [u32; 2],
}

impl Talk {
    fn new() -> Self {
        let mut capture = Capture::on_port(PORT);
        capture.handshake();
        Self { capture, next: [5_000, 1_000] }
    }

    fn say(&mut self, from: bool, bytes: &[u8]) -> &mut Self {
        let [own, other] = [self.next[usize::from(from)], self.next[usize::from(!from)]];
        self.capture.segment(from, own, other, 0x18, bytes);
        self.next[usize::from(from)] = own.wrapping_add(bytes.len() as u32);
        self
    }

    fn read(&self) -> BTreeMap<String, Vec<Row>> {
        self.capture.read(Options { every_transaction: true, ..Options::default() })
    }
}

fn column(rows: &[Row], name: &str) -> Vec<String> {
    rows.iter().map(|row| row.get(name).cloned().unwrap_or_default()).collect()
}

#[test]
fn a_publish_is_one_operation_per_kind_of_what_it_brings() {
    let mut talk = Talk::new();
    for (number, kind) in (1_u32..).zip([Some(811), None, Some(811), Some(916), Some(820), None]) {
        talk.say(CLIENT, &message(number, &publish(number))).say(SERVER, &message(number, &brought(number, kind)));
    }
    let tables = talk.read();
    assert_eq!(column(&tables["operations"], "target"), ["data", "keep-alive", "event", "status"]);
    assert_eq!(column(&tables["events"], "operation"), ["0", "1", "0", "2", "3", "1"]);
}

#[test]
fn a_publish_waits_as_long_as_its_connection_and_a_read_does_not() {
    let mut talk = Talk::new();
    let read = [asked(631, 2), vec![0; 12], vec![0xFF; 4]].concat();
    talk.say(CLIENT, &message(1, &publish(1))).say(CLIENT, &message(2, &read));
    talk.capture.wait(60_000);
    talk.say(SERVER, &message(1, &brought(1, None)));
    let tables = talk.read();
    assert_eq!(column(&tables["events"], "unanswered"), ["timeout", ""]);
    assert_eq!(column(&tables["events"], "weird"), ["", ""], "the answer after a minute is not late");
    assert!(tables["events"][1]["duration"].parse::<i64>().is_ok_and(|duration| duration >= 60_000_000_000));
}

#[test]
fn an_error_ends_all_that_waits() {
    let mut talk = Talk::new();
    let error = [&b"ERRF"[..], &16_u32.to_le_bytes(), &0x8080_0000_u32.to_le_bytes(), &[0xFF; 4]].concat();
    talk.say(CLIENT, &message(1, &publish(1))).say(CLIENT, &message(2, &publish(2))).say(SERVER, &error);
    let tables = talk.read();
    assert_eq!(column(&tables["events"], "unanswered"), ["closed", "closed", ""]);
    assert_eq!(column(&tables["events"], "status"), ["", "", "BadTcpMessageTooLarge"]);
    assert_eq!(column(&tables["events"], "outcome"), ["unknown", "unknown", "failure"]);
}

/// An OPN without security.
fn open(body: &[u8], channel: u32, number: u32) -> Vec<u8> {
    let policy = b"http://opcfoundation.org/UA/SecurityPolicy#None";
    let mut rest = channel.to_le_bytes().to_vec();
    rest.extend((policy.len() as u32).to_le_bytes());
    rest.extend(policy);
    rest.extend([0xFF; 8]);
    rest.extend([number.to_le_bytes(), number.to_le_bytes()].concat());
    rest.extend(body);
    [&b"OPNF"[..], &(8 + rest.len() as u32).to_le_bytes(), &rest].concat()
}

/// The request for a channel, and the answer that issues a token.
fn opening(token: u32) -> [Vec<u8>; 2] {
    let ask = [asked(446, 1), vec![0; 8], vec![1, 0, 0, 0], vec![0xFF; 4], vec![0; 4]].concat();
    let mut issued = told(449, 1);
    issued.extend([0; 4]);
    issued.extend(7_u32.to_le_bytes());
    issued.extend(token.to_le_bytes());
    issued.extend([0; 12]);
    issued.extend([0xFF; 4]);
    [open(&ask, 0, 1), open(&issued, 7, 1)]
}

#[test]
fn a_token_counts_once_the_server_has_issued_it() {
    for (token, weird) in [(1, ""), (9, "unknown_token")] {
        let mut talk = Talk::new();
        let [ask, issued] = opening(token);
        talk.say(CLIENT, &ask).say(SERVER, &issued);
        talk.say(CLIENT, &message(2, &publish(2))).say(SERVER, &message(2, &brought(2, None)));
        let tables = talk.read();
        let told = column(&tables["events"], "weird");
        assert_eq!(told.len(), 2);
        assert!(told[0].is_empty() && told[1].contains(weird) && told[1].is_empty() == weird.is_empty(), "{told:?}");
    }
}

#[test]
fn a_broken_poll_and_a_broken_report_say_so() {
    let mut talk = Talk::new();
    // A count of nodes beyond what there is.
    let read = [asked(631, 1), vec![0; 12], vec![200, 0, 0, 0, 0, 42]].concat();
    let mut report = brought(2, None);
    report.truncate(report.len() - 6);
    talk.say(CLIENT, &message(1, &read)).say(CLIENT, &message(2, &publish(2))).say(SERVER, &message(2, &report));
    let tables = talk.read();
    assert!(column(&tables["events"], "weird").iter().all(|names| names.contains("bad_length")), "{:?}", tables["events"]);
}

/// What a Publish brings is told by the type of its notification, also where one of the values in it cannot be read.
#[test]
fn a_report_with_a_broken_value_is_still_one_of_data() {
    let mut report = brought(1, Some(811));
    // The notification counts its values here: one is announced, of which there are four bytes.
    let at = report.windows(4).rposition(|bytes| bytes == [8, 0, 0, 0]).expect("its length") + 4;
    report[at] = 1;
    let mut talk = Talk::new();
    talk.say(CLIENT, &message(1, &publish(1))).say(SERVER, &message(1, &report));
    let tables = talk.read();
    assert_eq!(column(&tables["operations"], "target"), ["data"]);
    assert!(tables["events"][0]["weird"].contains("bad_length"), "{:?}", tables["events"]);
}

/// A server may refuse in the service's own answer, without a ServiceFault.
#[test]
fn a_bad_result_is_a_failure_whatever_answer_it_comes_in() {
    let refused = |encoding: u16, handle: u32| {
        let mut body = told(encoding, handle);
        body[16..20].copy_from_slice(&0x8025_0000_u32.to_le_bytes());
        body
    };
    let read = |handle: u32| [asked(631, handle), vec![0; 12], vec![0xFF; 4]].concat();
    let mut talk = Talk::new();
    talk.say(CLIENT, &message(1, &read(1))).say(SERVER, &message(1, &[refused(634, 1), vec![0xFF; 8]].concat()));
    talk.say(CLIENT, &message(2, &read(2))).say(SERVER, &message(2, &refused(397, 2)));
    talk.say(CLIENT, &message(3, &read(3))).say(SERVER, &message(3, &[told(634, 3), vec![0xFF; 8]].concat()));
    let tables = talk.read();
    assert_eq!(column(&tables["events"], "outcome"), ["failure", "failure", "success"]);
    assert_eq!(column(&tables["events"], "status"), ["BadSessionIdInvalid", "BadSessionIdInvalid", ""]);
    assert_eq!(column(&tables["events"], "weird"), ["", "", ""]);
}

#[test]
fn a_request_of_an_unknown_service_has_its_answer() {
    let mut talk = Talk::new();
    let mut fault = told(397, 7);
    fault[16..20].copy_from_slice(&0x800B_0000_u32.to_le_bytes());
    let [ask, issued] = opening(1);
    talk.say(CLIENT, &ask).say(SERVER, &issued);
    talk.say(CLIENT, &message(3, &asked(9_999, 7))).say(SERVER, &message(3, &fault));
    let tables = talk.read();
    let one = |name: &str| column(&tables["events"], name).join(" ");
    assert_eq!([one("outcome"), one("unanswered"), one("status")], ["success failure", " ", " BadServiceUnsupported"]);
    assert_eq!(column(&tables["operations"], "name"), ["OpenSecureChannel", "Unknown Service"]);
}

/// A Read of what is not there, or of what one may not see, is refused; one of a broken sensor is answered.
#[test]
fn a_read_of_which_all_is_refused_is_a_failure() {
    let read = |handle: u32| [asked(631, handle), vec![0; 12], vec![0xFF; 4]].concat();
    let values = |handle: u32, codes: &[u32]| {
        let mut body = [told(634, handle), (codes.len() as u32).to_le_bytes().to_vec()].concat();
        for code in codes {
            body.push(2);
            body.extend(code.to_le_bytes());
        }
        [body, vec![0xFF; 4]].concat()
    };
    let (unknown, not_readable, broken_sensor) = (0x8034_0000, 0x803A_0000, 0x808D_0000);
    let mut talk = Talk::new();
    for (number, codes) in (1..).zip([&[unknown, unknown][..], &[not_readable], &[broken_sensor], &[unknown, broken_sensor], &[unknown, 0]])
    {
        talk.say(CLIENT, &message(number, &read(number))).say(SERVER, &message(number, &values(number, codes)));
    }
    let tables = talk.read();
    assert_eq!(column(&tables["events"], "outcome"), ["failure", "failure", "success", "success", "success"]);
    assert_eq!(column(&tables["events"], "status"), ["BadNodeIdUnknown", "BadNotReadable", "BadOutOfService", "BadNodeIdUnknown", ""]);
}

/// The parameters of a message may be longer than all else that is told of it: they end a batch as rows do.
#[test]
fn long_parameters_end_a_batch() {
    let batches = |text: usize| {
        let mut talk = Talk::new();
        for number in 1..=20 {
            let find = [asked(422, number), (text as u32).to_le_bytes().to_vec(), vec![b'u'; text], vec![0xFF; 8]].concat();
            talk.say(CLIENT, &message(number, &find)).say(SERVER, &message(number, &[told(425, number), vec![0xFF; 4]].concat()));
        }
        let limits = Limits { batch_rows: 300, ..Limits::default() };
        talk.capture.batches(Options { limits, every_transaction: true, ..Options::default() }).len()
    };
    // A URL of 900 bytes stands in two columns: about thirty rows of text for each request.
    assert_eq!([batches(40), batches(900)], [1, 3]);
}
