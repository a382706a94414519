//! Chunks and channels. Bytes are made here, for what no stack sends: lost, doubled, endless and foreign chunks.

use super::channel::Channel;
use super::chunk::{frame, plausible, probe};
use super::hot::{all_refused, head};
use super::letter::{flag, Letter};
use super::nodes::{Item, Nodes};
use crate::limits::Limits;
use crate::protocols::{Frame, Joined, Kept, Probe, Side, Weird};

const BASIC: &str = "http://opcfoundation.org/UA/SecurityPolicy#Basic256Sha256";
const NONE: &str = "http://opcfoundation.org/UA/SecurityPolicy#None";
/// Type of a ReadRequest, as the start of a body.
const READ: [u8; 4] = [1, 0, 0x77, 0x02];

fn chunk(head: &[u8; 4], fields: &[&[u8]]) -> Vec<u8> {
    let rest: Vec<u8> = fields.concat();
    let mut bytes = head.to_vec();
    bytes.extend_from_slice(&(8 + rest.len() as u32).to_le_bytes());
    bytes.extend(rest);
    bytes
}

fn numbers(all: &[u32]) -> Vec<u8> {
    all.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// A MSG of channel 7 and token 1.
fn message(part: u8, sequence: u32, request: u32, body: &[u8]) -> Vec<u8> {
    chunk(&[b'M', b'S', b'G', part], &[&numbers(&[7, 1, sequence, request]), body])
}

fn open(policy: &str, rest: &[u8]) -> Vec<u8> {
    let length = numbers(&[policy.len() as u32]);
    chunk(b"OPNF", &[&numbers(&[0]), &length, policy.as_bytes(), &[0xFF; 8], rest])
}

fn channel() -> Channel {
    Channel::new(&Limits { message_bytes: 1_000, ..Limits::default() })
}

fn joined(channel: &mut Channel, side: Side, bytes: &[u8]) -> Option<(Kept, u32)> {
    match channel.take(side, bytes, true) {
        Joined::Message(kept, wire) => Some((kept, wire)),
        Joined::Waits | Joined::Same => None,
    }
}

/// The violations that these messages of a client raise, in all.
fn violations(messages: &[Vec<u8>]) -> Weird {
    let mut channel = channel();
    for bytes in messages {
        joined(&mut channel, Side::Request, bytes);
    }
    channel.weird(Side::Request)
}

#[test]
fn chunks_become_one_message() {
    let mut channel = channel();
    let parts = [message(b'C', 1, 5, &[&READ[..], b"one"].concat()), message(b'C', 2, 5, b"two"), message(b'F', 3, 5, b"three")];
    assert!(joined(&mut channel, Side::Request, &parts[0]).is_none());
    assert!(joined(&mut channel, Side::Request, &parts[1]).is_none());
    assert_eq!(channel.held(), 4 + 6);
    let (kept, wire) = joined(&mut channel, Side::Request, &parts[2]).expect("the last part completes it");
    let letter = Letter::read(&kept).expect("a message");
    assert_eq!(letter.body, [&READ[..], b"onetwothree"].concat());
    assert_eq!((letter.sequence, letter.request, letter.chunks), (1, 5, 3));
    assert_eq!(wire as usize, parts.iter().map(Vec::len).sum::<usize>());
    assert_eq!((letter.wire, channel.held()), (wire, 0));
    assert!(channel.weird(Side::Request).is_empty());
}

#[test]
fn both_directions_are_joined_apart() {
    let mut channel = channel();
    assert!(joined(&mut channel, Side::Request, &message(b'C', 1, 5, &READ)).is_none());
    assert!(joined(&mut channel, Side::Answer, &message(b'F', 9, 4, &[1, 0, 0x7A, 2])).is_some());
    assert!(joined(&mut channel, Side::Request, &message(b'F', 2, 5, b"rest")).is_some());
    assert!(channel.weird(Side::Request).is_empty() && channel.weird(Side::Answer).is_empty());
}

#[test]
fn a_message_given_up_says_so() {
    let mut channel = channel();
    joined(&mut channel, Side::Request, &message(b'C', 1, 5, &READ));
    let reason = [&numbers(&[0x8008_0000, 3])[..], b"big"].concat();
    let (kept, _) = joined(&mut channel, Side::Request, &message(b'A', 2, 5, &reason)).expect("it ends here");
    let letter = Letter::read(&kept).expect("a message");
    assert!(letter.is(flag::ABORTED));
    assert_eq!(letter.body, reason);
}

#[test]
fn a_message_without_end_is_bounded() {
    let mut channel = channel();
    for sequence in 1..200 {
        joined(&mut channel, Side::Request, &message(b'C', sequence, 5, &[READ; 16].concat()));
        assert!(channel.held() <= 1_000);
    }
    let (kept, _) = joined(&mut channel, Side::Request, &message(b'F', 200, 5, b"end")).expect("a message");
    let letter = Letter::read(&kept).expect("a message");
    assert!(letter.is(flag::CUT));
    assert_eq!((letter.body.len(), letter.chunks), (1_000, 200));
    assert_eq!(channel.weird(Side::Request).as_slice(), ["message_too_long"]);
}

#[test]
fn another_message_within_one_ends_it() {
    let all = [message(b'C', 1, 5, &READ), message(b'F', 2, 6, &READ)];
    assert_eq!(violations(&all).as_slice(), ["unfinished_message"]);
    let mut channel = channel();
    joined(&mut channel, Side::Request, &all[0]);
    channel.gap(Side::Request);
    assert_eq!((channel.held(), channel.weird(Side::Request).as_slice()), (0, &["unfinished_message"][..]));
}

#[test]
fn numbers_follow_one_another() {
    let at = |sequence| message(b'F', sequence, 5, &READ);
    assert!(violations(&[at(51), at(52), at(53)]).is_empty());
    assert_eq!(violations(&[at(51), at(53)]).as_slice(), ["sequence_gap"]);
    assert_eq!(violations(&[at(51), at(51)]).as_slice(), ["sequence_reuse"]);
    assert_eq!(violations(&[at(51), at(50)]).as_slice(), ["sequence_reuse"]);
    assert!(violations(&[at(u32::MAX - 3), at(1)]).is_empty(), "they may begin again near their end");
    assert_eq!(violations(&[at(u32::MAX - 3), at(5_000)]).as_slice(), ["sequence_reuse"]);
}

#[test]
fn missing_bytes_are_no_missing_message() {
    let mut channel = channel();
    joined(&mut channel, Side::Request, &message(b'F', 1, 5, &READ));
    channel.gap(Side::Request);
    joined(&mut channel, Side::Request, &message(b'F', 9, 6, &READ));
    // What is captured late belongs before it.
    assert!(matches!(channel.take(Side::Request, &message(b'F', 4, 6, &READ), false), Joined::Message(..)));
    assert!(channel.weird(Side::Request).is_empty());
}

#[test]
fn channel_and_token_are_those_that_were_issued() {
    let mut channel = channel();
    channel.issued(7, 1);
    joined(&mut channel, Side::Request, &message(b'F', 1, 5, &READ));
    channel.issued(7, 2);
    joined(&mut channel, Side::Request, &message(b'F', 2, 6, &READ));
    assert!(channel.weird(Side::Request).is_empty(), "the token before is good for a while");
    channel.issued(7, 3);
    joined(&mut channel, Side::Request, &message(b'F', 3, 7, &READ));
    assert_eq!(channel.weird(Side::Request).as_slice(), ["unknown_token"]);
    let foreign = chunk(b"MSGF", &[&numbers(&[8, 3, 4, 8]), &READ]);
    joined(&mut channel, Side::Request, &foreign);
    assert_eq!(channel.weird(Side::Request).as_slice(), ["wrong_channel"]);
}

#[test]
fn signed_messages_are_read_without_their_signature() {
    let mut channel = channel();
    let (kept, _) = joined(&mut channel, Side::Request, &open(BASIC, &[9; 64])).expect("an OPN");
    assert!(Letter::read(&kept).is_some_and(|letter| letter.is(flag::ENCRYPTED) && letter.body.is_empty()));
    let signed = message(b'F', 1, 5, &[&READ[..], b"nodes", &[7; 32]].concat());
    let (kept, _) = joined(&mut channel, Side::Request, &signed).expect("a message");
    let letter = Letter::read(&kept).expect("a message");
    assert_eq!((letter.body, letter.is(flag::SIGNED)), (&[&READ[..], b"nodes"].concat()[..], true));
}

#[test]
fn a_renewal_takes_a_number_of_a_signed_channel() {
    let signed = |sequence| message(b'F', sequence, sequence, &[&READ[..], &[7; 32]].concat());
    assert!(violations(&[open(BASIC, &[9; 64]), signed(2), open(BASIC, &[9; 64]), signed(4)]).is_empty());
    assert_eq!(violations(&[open(BASIC, &[9; 64]), signed(2), open(BASIC, &[9; 64]), signed(5)]).as_slice(), ["sequence_gap"]);
    assert_eq!(violations(&[open(BASIC, &[9; 64]), signed(2), open(BASIC, &[9; 64]), signed(3)]).as_slice(), ["sequence_reuse"]);
}

#[test]
fn nothing_is_read_out_of_ciphertext() {
    for first in [open(BASIC, &[9; 64]), message(b'F', 0x1234, 0x5678, &[0xAB; 40])] {
        let mut channel = channel();
        joined(&mut channel, Side::Request, &first);
        for part in [b'C', b'F'] {
            let Some((kept, wire)) = joined(&mut channel, Side::Request, &message(part, 0xDEAD, 0xBEEF, &[0xCD; 40])) else { continue };
            let letter = Letter::read(&kept).expect("a message");
            assert!(letter.is(flag::ENCRYPTED) && letter.body.is_empty());
            assert_eq!((letter.channel, letter.token, letter.sequence, letter.request), (7, 1, 0, 0));
            assert_eq!((letter.chunks, wire), (2, 128));
        }
        assert!(channel.weird(Side::Request).is_empty());
    }
}

#[test]
fn an_open_channel_stays_readable() {
    let mut channel = channel();
    joined(&mut channel, Side::Request, &open(NONE, &[&numbers(&[1, 1])[..], &[1, 0, 0xBE, 1]].concat()));
    let (kept, _) = joined(&mut channel, Side::Request, &message(b'F', 2, 5, &[0xAB; 40])).expect("a message");
    assert!(Letter::read(&kept).is_some_and(|letter| !letter.is(flag::ENCRYPTED)));
    assert_eq!(channel.weird(Side::Request).as_slice(), ["unknown_service"]);
}

#[test]
fn headers_are_checked() {
    let good = message(b'F', 1, 5, &READ);
    assert_eq!(frame(&good, 1_000), Frame::Message(good.len()));
    assert_eq!(frame(&good[..10], 1_000), Frame::More);
    assert_eq!(frame(b"MS", 1_000), Frame::More);
    assert_eq!(frame(b"MSX", 1_000), Frame::Lost("bad_message_type"));
    assert_eq!(frame(b"MSGX", 1_000), Frame::Lost("bad_chunk_type"));
    assert_eq!(frame(b"MSGF\xFF\xFF\xFF\xFF", 1_000), Frame::Lost("bad_length"));
    assert_eq!(frame(b"MSGF\x08\x00\x00\x00", 1_000), Frame::Lost("bad_length"));
    assert_eq!((plausible(&good, 1_000), plausible(b"MSG", 1_000), plausible(b"GET ", 1_000)), (Some(true), None, Some(false)));
    assert_eq!((probe(&good), probe(b"MSGF"), probe(b"MSGFOOD!")), (Probe::Certain, Probe::Unsure, Probe::NotForUs));
    assert_eq!(probe(&[&good[..], b"GET / HTTP"].concat()), Probe::NotForUs);
}

#[test]
fn a_url_that_is_too_long_is_told() {
    let hello = |length: usize| chunk(b"HELF", &[&numbers(&[0, 65_536, 65_536, 0, 0, length as u32]), &vec![b'x'; length]]);
    assert!(violations(&[hello(4_096)]).is_empty());
    let long = hello(5_010);
    assert_eq!((frame(&long, 1 << 20), probe(&long)), (Frame::Message(long.len()), Probe::Certain));
    assert_eq!(violations(&[long]).as_slice(), ["bad_length"]);
    assert_eq!(frame(&hello(70_000), 1 << 20), Frame::Lost("bad_length"));
}

#[test]
fn a_read_is_refused_where_all_of_it_is() {
    let refused = |type_id: u16, results: &[&[u8]]| {
        let header: [&[u8]; 4] = [&[1, 0], &type_id.to_le_bytes(), &[0; 16], &[0; 8]];
        let body = [&header.concat()[..], &numbers(&[results.len() as u32]), &results.concat()].concat();
        all_refused(&head(&body).expect("an answer"))
    };
    let result = |high: u8| [&[0, 0, 0x72, high][..], &[0xFF; 4], &[0; 3]].concat();
    let (good, bad) = (result(0), result(0x80));
    assert!(refused(667, &[&bad, &bad]));
    assert!(!refused(667, &[&bad, &good]) && !refused(667, &[&good]) && !refused(667, &[]) && !refused(667, &[&bad[..3]]));
    let value = |code: u16| [&[0x02, 0, 0][..], &code.to_le_bytes()].concat();
    let (unknown, denied, broken, empty) = (value(0x8034), value(0x801F), value(0x808A), [0]);
    assert!(refused(634, &[&unknown]) && refused(634, &[&unknown, &denied, &unknown]));
    assert!(!refused(634, &[&broken]) && !refused(634, &[&unknown, &broken]), "the quality of a value is told with the value");
    assert!(!refused(634, &[&unknown, &empty]) && !refused(634, &[&empty]) && !refused(634, &[]) && !refused(634, &[&unknown[..3]]));
}

#[test]
fn reports_under_way_are_known_by_their_handles() {
    let mut nodes = Nodes::default();
    let item = |node, handle| Item { node, attribute: 13, handle };
    nodes.watch(1, 10, item(4, 201));
    nodes.watch(1, 10, item(4, 211));
    nodes.forget(1, 10);
    assert_eq!((nodes.behind(1, 201), nodes.behind(1, 211), nodes.item(1, 10).is_some()), (Some((4, 13)), Some((4, 13)), false));
    nodes.watch(1, 11, item(5, 201));
    assert_eq!(nodes.behind(1, 201), Some((5, 13)));
    nodes.forget_all(&[1].into_iter().collect());
    assert_eq!(nodes.behind(1, 201), None);
}
