//! Packets that a mirror shows twice: on both sides of a router, or one frame on two of its ports.
//!
//! The rule, which drops no true retransmission: a copy is the same IP packet within 10 ms, everything but hop count and
//! header checksum being equal to the last byte. A sender gives each packet its own identification (RFC 791 §3.2), so
//! where there is one (IPv4, not 0) the copy is certain, whether the frames differ or not. Where there is none (IPv6,
//! and 0, which many systems send where fragmenting is forbidden; RFC 6864 §4), or where the sender gave the same number
//! to different packets within a second, a sender that repeats itself looks the same: then only a lower hop count or
//! other VLAN tags, which the same sender cannot give on the same link, make it a copy.

use std::hash::{BuildHasher, Hasher};

use foldhash::quality::RandomState;

use super::packet::Seen;
use crate::flow::Vlans;
use crate::link::Mac;
use crate::network::Datagram;
use crate::Limits;

/// How far copies may be apart, ns.
const APART: i64 = 10_000_000;
/// Two different packets of one number within this time: the sender does not number its packets, ns.
const REUSED: i64 = 1_000_000_000;

/// What a packet is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Copy {
    /// Not seen before.
    First,
    /// The same frame once more.
    Repeated,
    /// Seen before on another link: with these VLAN tags, where they are few enough to be known.
    Routed(Option<Vlans>),
}

/// The last packet of a sender and number; of those without number, any.
#[derive(Clone, Copy)]
struct Slot {
    /// Hash of all that no router changes.
    content: u64,
    time: i64,
    vlans: u64,
    /// Part of the hash of sender, receiver, protocol and number.
    number: u32,
    macs: u16,
    hops: u8,
    /// The sender gave this number to different packets.
    is_reused: bool,
}

/// See the module. Hashes are keyed anew in every process, so that nobody can prepare a packet that hides another.
pub(super) struct Duplicates {
    slots: Box<[Slot]>,
    keys: RandomState,
}

const EMPTY: Slot = Slot { content: 0, time: i64::MIN, vlans: 0, number: 0, macs: 0, hops: 0, is_reused: false };

impl Duplicates {
    pub(super) fn new(limits: &Limits) -> Self {
        let size = limits.recent_packets.clamp(1, 1 << 24).next_power_of_two();
        Self { slots: vec![EMPTY; size].into_boxed_slice(), keys: RandomState::default() }
    }

    /// Looks whether the packet was seen, and remembers it.
    pub(super) fn look(&mut self, datagram: &Datagram<'_>, seen: &Seen) -> Copy {
        let Some((content, number)) = self.hashes(datagram.packet) else { return Copy::First };
        let place = number.unwrap_or(content);
        let slot = &mut self.slots[place as usize & (self.slots.len() - 1)];
        let known = *slot;
        *slot = Slot {
            content,
            time: seen.mark.time,
            vlans: packed(&seen.vlans),
            number: (place >> 32) as u32,
            macs: cards(seen.macs),
            hops: datagram.ttl,
            is_reused: false,
        };
        if known.number != slot.number || known.time == i64::MIN {
            return Copy::First;
        }
        let apart = slot.time.saturating_sub(known.time).saturating_abs();
        slot.is_reused = apart <= REUSED && (known.is_reused || known.content != content);
        if known.content != content || apart > APART {
            return Copy::First;
        }
        let is_numbered = number.is_some() && !slot.is_reused;
        let copy = if (known.hops, known.vlans, known.macs) == (slot.hops, slot.vlans, slot.macs) {
            if is_numbered {
                Copy::Repeated
            } else {
                Copy::First
            }
        } else if is_numbered || slot.hops < known.hops || slot.vlans != known.vlans {
            Copy::Routed(unpacked(known.vlans))
        } else {
            Copy::First
        };
        if copy != Copy::First {
            // What comes next is compared to the first of them.
            *slot = known;
        }
        copy
    }

    /// A hash of all that a router leaves as it is, and one of sender, receiver, protocol and number where there is one.
    fn hashes(&self, packet: &[u8]) -> Option<(u64, Option<u64>)> {
        let mut content = self.keys.build_hasher();
        let (head, rest) = packet.split_first_chunk::<16>()?;
        let mut head = u128::from_be_bytes(*head);
        if head >> 124 != 4 {
            // Hop limit (7).
            head &= !(0xFF << 64);
            content.write_u128(head);
            content.write(rest);
            return Some((content.finish(), None));
        }
        // Hop count (8) and checksum (10, 11).
        head &= !(0xFF00_FFFF << 32);
        content.write_u128(head);
        content.write(rest);
        let has_number = head >> 80 & 0xFFFF != 0;
        let number = has_number.then(|| {
            let mut number = self.keys.build_hasher();
            let receiver = rest.first_chunk().copied().map_or(0, u32::from_be_bytes);
            // Fragments of one packet share its number: where they belong (6, 7) tells them apart. What stands before is left out.
            number.write_u128(head << 32 | u128::from(receiver));
            number.finish()
        });
        Some((content.finish(), number))
    }
}

/// A few bits of who sent it and to whom: other cards hardly ever have the same.
fn cards(macs: [Option<Mac>; 2]) -> u16 {
    let number = |mac: Option<Mac>| mac.map_or(0, |Mac([a, b, c, d, e, f])| u64::from_be_bytes([1, 0, a, b, c, d, e, f]));
    let mixed = number(macs[0]).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ number(macs[1]).wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
    (mixed >> 48) as u16
}

/// Up to four tags as a number, and how many there are: more than four are not told apart by the rest.
fn packed(vlans: &[u16]) -> u64 {
    let few = vlans.iter().take(4).fold(0_u64, |packed, vlan| packed << 12 | u64::from(*vlan));
    few | (vlans.len().min(15) as u64) << 60
}

fn unpacked(packed: u64) -> Option<Vlans> {
    let count = packed >> 60;
    (count <= 4).then(|| (0..count).rev().map(|at| (packed >> (12 * at) & 0x0FFF) as u16).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Mark;
    use crate::link::Mac;
    use crate::network;

    /// An IPv4 packet of UDP with this identification and hop count.
    fn udp(identification: u16, hops: u8, byte: u8) -> Vec<u8> {
        let [high, low] = identification.to_be_bytes();
        vec![0x45, 0, 0, 29, high, low, 0x40, 0, hops, 17, hops, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 53, 0, 53, 0, 9, 0, 0, byte]
    }

    struct Line {
        duplicates: Duplicates,
    }

    impl Line {
        fn look(&mut self, bytes: &[u8], milliseconds: i64, card: u8, vlans: &[u16]) -> Copy {
            let mark = Mark { time: milliseconds * 1_000_000, ..Mark::default() };
            let seen = Seen { macs: [Some(Mac([card; 6])), None], vlans: Vlans::from_slice(vlans), mark, length: 60, before: 0 };
            network::read(bytes, false).map_or(Copy::First, |datagram| self.duplicates.look(&datagram, &seen))
        }
    }

    fn line() -> Line {
        Line { duplicates: Duplicates::new(&Limits::default()) }
    }

    #[test]
    fn a_numbered_packet_is_known_again() {
        let mut line = line();
        assert_eq!(line.look(&udp(7, 64, 1), 0, 1, &[10]), Copy::First);
        assert_eq!(line.look(&udp(7, 64, 1), 1, 1, &[10]), Copy::Repeated);
        assert_eq!(line.look(&udp(7, 63, 1), 2, 2, &[20]), Copy::Routed(Some(Vlans::from_slice(&[10]))));
        assert_eq!(line.look(&udp(7, 64, 1), 3, 2, &[10]), Copy::Routed(Some(Vlans::from_slice(&[10]))), "another card alone");
        assert_eq!(line.look(&udp(8, 64, 1), 3, 1, &[10]), Copy::First, "another number: sent anew");
        assert_eq!(line.look(&udp(7, 64, 2), 3, 1, &[10]), Copy::First, "another payload");
    }

    #[test]
    fn copies_are_at_most_ten_milliseconds_apart_either_way() {
        let mut line = line();
        assert_eq!(line.look(&udp(7, 64, 1), 100, 1, &[]), Copy::First);
        assert_eq!(line.look(&udp(7, 64, 1), 110, 1, &[]), Copy::Repeated);
        assert_eq!(line.look(&udp(7, 64, 1), 90, 1, &[]), Copy::Repeated);
        assert_eq!(line.look(&udp(7, 64, 1), 111, 1, &[]), Copy::First);
    }

    #[test]
    fn a_packet_without_a_number_must_have_gone_another_way() {
        let mut line = line();
        assert_eq!(line.look(&udp(0, 64, 1), 0, 1, &[]), Copy::First);
        assert_eq!(line.look(&udp(0, 64, 1), 1, 1, &[]), Copy::First, "the sender may have said it twice");
        assert_eq!(line.look(&udp(0, 64, 1), 2, 2, &[]), Copy::First, "another card may have said it");
        assert_eq!(line.look(&udp(0, 65, 1), 3, 2, &[]), Copy::First, "hop counts that rise are a route being explored");
        assert_eq!(line.look(&udp(0, 63, 1), 4, 3, &[]), Copy::Routed(Some(Vlans::new())));
        assert_eq!(line.look(&udp(0, 65, 1), 5, 3, &[20, 30]), Copy::Routed(Some(Vlans::new())));
    }

    #[test]
    fn a_sender_that_gives_every_packet_the_same_number_has_none() {
        let mut line = line();
        assert_eq!(line.look(&udp(1, 64, 1), 0, 1, &[]), Copy::First);
        assert_eq!(line.look(&udp(1, 64, 2), 100, 1, &[]), Copy::First);
        assert_eq!(line.look(&udp(1, 64, 2), 101, 1, &[]), Copy::First, "said twice, as far as anybody can tell");
        assert_eq!(line.look(&udp(1, 63, 2), 102, 2, &[]), Copy::Routed(Some(Vlans::new())));
        // numbers come round again, later
        assert_eq!(line.look(&udp(1, 64, 3), 1_500, 1, &[]), Copy::First);
        assert_eq!(line.look(&udp(1, 64, 3), 1_501, 1, &[]), Copy::Repeated);
    }

    #[test]
    fn version_6_has_no_number() {
        let mut packet = vec![0x60, 0, 0, 0, 0, 9, 17, 64];
        packet.extend([[1; 16], [2; 16]].concat());
        packet.extend([0, 53, 0, 53, 0, 9, 0, 0, 1]);
        let mut line = line();
        assert_eq!(line.look(&packet, 0, 1, &[]), Copy::First);
        assert_eq!(line.look(&packet, 1, 1, &[]), Copy::First);
        packet[7] = 63;
        assert_eq!(line.look(&packet, 2, 2, &[]), Copy::Routed(Some(Vlans::new())));
    }

    #[test]
    fn tags_survive_packing() {
        for vlans in [&[][..], &[0x0FFF], &[1, 2], &[4_000, 1, 0, 7]] {
            assert_eq!(unpacked(packed(vlans)).as_deref(), Some(vlans));
        }
        assert_eq!(unpacked(packed(&[1, 2, 3, 4, 5])), None);
    }

    #[test]
    fn memory_is_what_the_limit_says() {
        let duplicates = Duplicates::new(&Limits { recent_packets: 1_000, ..Limits::default() });
        assert_eq!((duplicates.slots.len(), size_of::<Slot>()), (1_024, 32));
    }
}
