//! What mirrors do to a conversation: both sides of a router, one frame from two ports, tags of one direction only.

use sentinel_wire::engine::Options;
use sentinel_wire::Limits;

use super::network::{ask, tell, Capture, CLIENT, SERVER};

/// Three exchanges after a handshake.
fn conversation() -> Capture {
    let mut capture = Capture::new();
    capture.handshake();
    let (mut client, mut server) = (1_000, 5_000);
    for id in 1..4 {
        let (request, answer) = (ask(id, id, 2), tell(id, 2, id));
        capture.segment(CLIENT, client, server, 0x18, &request);
        client += request.len() as u32;
        capture.segment(SERVER, server, client, 0x18, &answer);
        server += answer.len() as u32;
    }
    capture
}

/// Whether the client sent this frame of [`conversation`].
fn is_of_client(frame: &[u8]) -> bool {
    frame[11] == 1
}

/// The frame as it is on another link: number of its packet, hop count and VLAN tag.
fn seen(frame: &[u8], number: u16, hops: u8, vlan: Option<u16>) -> Vec<u8> {
    let mut frame = frame.to_vec();
    frame[18..20].copy_from_slice(&number.to_be_bytes());
    frame[22] = hops;
    if let Some(vlan) = vlan {
        let [high, low] = vlan.to_be_bytes();
        frame.splice(12..12, [0x81, 0x00, high, low]);
    }
    frame
}

/// Without frame numbers, which copies move.
fn without_frames(transactions: &[String]) -> Vec<&str> {
    transactions.iter().filter_map(|line| line.splitn(3, ' ').nth(2)).collect()
}

#[test]
fn both_sides_of_a_router_are_one_conversation() {
    let plain = conversation();
    for is_numbered in [true, false] {
        let mut mirrored = Capture::new();
        for (at, (time, frame)) in plain.frames().iter().enumerate() {
            let number = if is_numbered { at as u16 + 1 } else { 0 };
            // The client is in VLAN 10, the server in 20; each packet is seen on its sender's side first.
            let sides = if is_of_client(frame) { [10, 20] } else { [20, 10] };
            mirrored.time = *time;
            mirrored.frame(seen(frame, number, 64, Some(sides[0])));
            mirrored.time = *time + 200;
            mirrored.frame(seen(frame, number, 63, Some(sides[1])));
        }
        assert_eq!(without_frames(&mirrored.transactions()), without_frames(&plain.transactions()), "numbered: {is_numbered}");
        let tables = mirrored.read(Options::default());
        assert_eq!(tables["conversations"].len(), 1);
        assert_eq!(tables["conversations"][0]["vlan"], "10");
        assert_eq!(tables["counters"][0]["routed_duplicates"], plain.frames().len().to_string());
        let connections: Vec<_> = tables["connections"].iter().map(|row| row["vlan"].as_str()).collect();
        assert!(connections.iter().all(|vlan| *vlan == "10"), "{connections:?}");
    }
}

#[test]
fn a_frame_of_two_ports_is_used_once() {
    let plain = conversation();
    let mut mirrored = Capture::new();
    for (at, (time, frame)) in plain.frames().iter().enumerate() {
        mirrored.time = *time;
        mirrored.frame(seen(frame, at as u16 + 1, 64, None)).frame(seen(frame, at as u16 + 1, 64, None));
    }
    assert_eq!(without_frames(&mirrored.transactions()), without_frames(&plain.transactions()));
    let tables = mirrored.read(Options::default());
    assert_eq!(tables["counters"][0]["mirrored_twice"], plain.frames().len().to_string());
    assert!(tables["connections"].iter().all(|row| row["retransmissions"] == "0"));
}

#[test]
fn a_segment_sent_again_is_a_retransmission() {
    // The same bytes within 10 ms: with a number of its own, and from a sender that gives none.
    for numbers in [[7, 8], [0, 0]] {
        let plain = conversation();
        let mut again = Capture::new();
        for (at, (time, frame)) in plain.frames().iter().enumerate() {
            again.time = *time;
            let repeats = if at == 3 { &numbers[..] } else { &[100 + at as u16][..] };
            for number in repeats {
                again.frame(seen(frame, *number, 64, None));
            }
        }
        let tables = again.read(Options::default());
        assert_eq!(tables["counters"][0]["mirrored_twice"], "0");
        assert_eq!(tables["connections"].iter().filter_map(|row| row["retransmissions"].parse::<u64>().ok()).max(), Some(1));
        assert_eq!(without_frames(&again.transactions()), without_frames(&plain.transactions()));
    }
}

#[test]
fn without_memory_of_packets_nothing_breaks() {
    let plain = conversation();
    let limits = Limits { recent_packets: 1, ..Limits::default() };
    assert_eq!(plain.transactions_as(Options { limits, vlan_in_key: true, ..Options::default() }), plain.transactions());
}

#[test]
fn tags_of_one_direction_only() {
    let plain = conversation();
    let mut mirrored = Capture::new();
    for (time, frame) in plain.frames() {
        mirrored.time = *time;
        // A remote mirror (RSPAN) that tags what the client sends, on top of the tag both directions have.
        let tagged = seen(frame, 0, 64, Some(5));
        let [high, low] = 900_u16.to_be_bytes();
        let twice = [&tagged[..12], &[0x81, 0x00, high, low], &tagged[12..]].concat();
        mirrored.frame(if is_of_client(frame) { twice } else { tagged });
    }
    let without = Options { vlan_in_key: false, ..Options::default() };
    assert_eq!(mirrored.transactions_as(without), plain.transactions());
    let tables = mirrored.read(Options::default());
    let vlans: std::collections::BTreeSet<&str> = tables["connections"].iter().map(|row| row["vlan"].as_str()).collect();
    assert_eq!(vlans.into_iter().collect::<Vec<_>>(), ["5", "900.5"], "two halves, each silent on one side");
}
