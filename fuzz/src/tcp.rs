//! Segments of one connection in any order: lost, doubled, overlapping, wild, with every flag, over much time.
//!
//! Input: options, then segments: what it is, place in its stream, what it acknowledges, payload. See [`run`].

use std::sync::Arc;

use sentinel_wire::engine::Options;
use sentinel_wire::Limits;

use crate::bytes::Bytes;
use crate::engine::{limits, read};
use crate::packets::{Ends, Given, ETHERNET, START};

const FIN: u8 = 1;
const SYN: u8 = 2;
const RST: u8 = 4;
const ACK: u8 = 16;

/// One direction: where its stream stands.
struct Stream {
    next: u32,
}

/// See the module.
///
/// # Panics
/// If a law does not hold.
pub fn run(data: &[u8]) {
    let mut rest = Bytes(data);
    let options = rest.byte();
    let port = if options & 4 != 0 { 50_000 } else { 502 };
    let near_the_wrap = if options & 8 != 0 { u32::MAX - 20 } else { 1_000 };
    let mut streams = [Stream { next: near_the_wrap }, Stream { next: 5_000 }];
    let mut time = START;
    let mut given = Vec::new();
    while !rest.is_over() && given.len() < 64 {
        let kind = rest.byte();
        let from = usize::from(kind & 1);
        let wish = rest.byte() as i8;
        let seen = rest.byte() as i8;
        let length = usize::from(rest.byte());
        let mut sequence = streams[from].next.wrapping_add_signed(i32::from(wish));
        if kind & 32 != 0 {
            sequence = sequence.wrapping_add(rest.long());
        }
        time += 1_000_000;
        if kind & 64 != 0 {
            // From a microsecond to a few days, forward or back.
            let step = rest.byte();
            let far = 1_000_i64 << (step % 38);
            time = if step & 0x80 != 0 { time - far } else { time + far };
            if step & 0x40 != 0 {
                given.push(Given::Tick(time));
            }
        }
        let flags = [(2, SYN), (4, FIN), (8, RST)].iter().filter(|(bit, _)| kind & bit != 0).map(|(_, flag)| flag).sum::<u8>();
        let flags = if kind & 16 == 0 { flags | ACK } else { flags };
        let acknowledgement = streams[1 - from].next.wrapping_add_signed(i32::from(seen));
        let payload = rest.take(length);
        let cut = if kind & 128 != 0 { 16 } else { 0 };
        let mut frame = Ends::on(port).segment(from == 0, sequence, acknowledgement, flags, payload);
        if cut > 0 {
            let whole = (frame.len() - 14) as u16 + cut;
            frame[16..18].copy_from_slice(&whole.to_be_bytes());
        }
        given.push(Given::Packet(time, ETHERNET, frame, u32::from(cut)));
        if wish >= 0 && kind & 32 == 0 {
            let taken = payload.len() as u32 + u32::from(cut) + u32::from(kind & 2 != 0) + u32::from(kind & 4 != 0);
            streams[from].next = sequence.wrapping_add(taken);
        }
    }
    let asked = |limits| Options { vlan_in_key: true, every_transaction: options & 1 != 0, limits, ..Options::default() };
    let given: Arc<[Given]> = given.into();
    let whole = read(given.clone(), asked(limits()));
    if options & 2 != 0 {
        let cut = read(given, asked(Limits { batch_packets: 5, ..limits() }));
        whole.same(&cut, &[], &[], "batches of five packets give other rows");
    }
}
