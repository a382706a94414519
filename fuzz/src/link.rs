//! Frames of any link type, one after another: link, network, tunnels, fragments, copies, presence.
//!
//! Input: link type by its place in [`LINKS`], flags, then frames, each with its length in two bytes.

use sentinel_wire::engine::Options;

use crate::bytes::Bytes;
use crate::engine::{limits, read};
use crate::packets::{Given, START};

/// Every link type that is read, and some that are not (tcpdump.org/linktypes).
pub const LINKS: [u32; 40] = [
    1, 0, 108, 9, 50, 51, 166, 204, 104, 205, 12, 14, 101, 228, 229, 113, 219, 239, 6, 105, 107, 189, 190, 195, 224, 147, COOKED_2, 8, 10,
    163, 187, 230, 240, 247, 250, 252, 253, 257, 271, 300,
];
/// LINKTYPE_LINUX_SLL2, which every other byte names too.
const COOKED_2: u32 = 276;

/// See the module.
pub fn run(data: &[u8]) {
    let mut rest = Bytes(data);
    let place = usize::from(rest.byte());
    let link = LINKS.get(place).copied().unwrap_or(COOKED_2);
    let flags = rest.byte();
    let mut given = Vec::new();
    let mut time = START;
    while !rest.is_over() && given.len() < 64 {
        let length = rest.word();
        // The top bits: the capture cut the frame, and much time passes.
        let cut = if length & 0x8000 != 0 { 64 } else { 0 };
        time += if length & 0x4000 != 0 { 31_000_000_000 } else { 1_000_000 };
        given.push(Given::Packet(time, link, rest.take(usize::from(length & 0x3FFF)).to_vec(), cut));
    }
    read(given, Options { vlan_in_key: flags & 1 != 0, every_transaction: flags & 2 != 0, limits: limits(), ..Options::default() });
}
