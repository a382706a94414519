//! Fragments put together (RFC 791 §3.2, RFC 8200 §4.5), within bounds.
//!
//! Of bytes that come twice the first stay. Where the second differ, that is told: receivers disagree about which to
//! believe, and somebody may count on that. What the capture cut from a fragment is missing in the whole packet from
//! there on. Everything ends at an exact fragment, by line time and then by the order in which packets began.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use foldhash::fast::RandomState;
use smallvec::SmallVec;

use super::Fragment;
use crate::link::Vlans;
use crate::Limits;

/// No IP packet has more payload.
const LARGEST: u32 = 65_535;
/// What it costs to hold one more fragment, or one more packet, besides its bytes.
const OVERHEAD: usize = 96;

/// What tells fragmented packets apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// Sender and receiver.
    pub(crate) ends: [IpAddr; 2],
    /// As the sender numbered it.
    pub(crate) identification: u32,
    /// IPv4 numbers packets of each protocol apart; 0 for IPv6.
    pub(crate) protocol: u8,
    /// VLAN tags that tell flows apart.
    pub(crate) vlans: Vlans,
}

/// A packet that became whole.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Whole {
    pub(crate) protocol: u8,
    /// Its payload, up to what the capture cut.
    pub(crate) bytes: Vec<u8>,
    /// Bytes missing from there on.
    pub(crate) missing: usize,
    /// Wire bytes of the frames that brought it, without the last.
    pub(crate) before: u64,
}

/// What became of one fragment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It waits for others.
    Waits,
    /// All of it was there already.
    Repeats,
    /// With it a packet is whole.
    Whole(Whole),
    /// It cannot be; why.
    Broken(&'static str),
}

/// A run of bytes of the whole packet.
#[derive(Debug)]
struct Piece {
    start: u32,
    /// Where it ends on the wire: `bytes` may end before.
    end: u32,
    bytes: Box<[u8]>,
}

#[derive(Debug)]
struct Assembly {
    serial: u64,
    deadline: i64,
    /// By start, without overlaps.
    pieces: Vec<Piece>,
    total: Option<u32>,
    protocol: u8,
    fragments: u64,
    /// Wire bytes of the frames so far.
    length: u64,
    held: usize,
    /// A fragment contradicted another.
    is_contradicted: bool,
}

/// See the module.
#[derive(Default)]
pub(crate) struct Reassembly {
    waiting: HashMap<Key, Assembly, RandomState>,
    /// By the order in which packets began, which is that of their deadlines.
    order: BTreeMap<u64, Key>,
    held: usize,
    serial: u64,
    /// Fragments whose packet never became whole.
    pub(crate) lost: u64,
    /// Limits that were reached.
    pub(crate) reached: SmallVec<[&'static str; 2]>,
}

impl Reassembly {
    /// A fragment of a frame of `length` bytes on the wire. True beside what became of it: it is the first of its packet
    /// that contradicts one before.
    pub(crate) fn take(&mut self, key: Key, fragment: &Fragment<'_>, length: u64, line_time: i64, limits: &Limits) -> (Taken, bool) {
        self.expire(line_time);
        let Some(end) = end_of(fragment) else { return (Taken::Broken("IP fragment beyond the largest packet"), false) };
        if fragment.more && !(end - fragment.offset).is_multiple_of(8) {
            return (Taken::Broken("IP fragment of a length that cannot be"), false);
        }
        if end == fragment.offset {
            return (Taken::Broken("IP fragment without payload"), false);
        }
        if !self.waiting.contains_key(&key) {
            self.begin(key.clone(), line_time, limits);
        }
        let Some(assembly) = self.waiting.get_mut(&key) else { return (Taken::Waits, false) };
        let before = assembly.length;
        let held_before = assembly.held;
        assembly.fragments += 1;
        assembly.length += length;
        if fragment.offset == 0 {
            assembly.protocol = fragment.protocol;
        }
        let (is_new, is_against) = assembly.add(fragment, end);
        let contradicts = is_against && !assembly.is_contradicted;
        assembly.is_contradicted |= is_against;
        self.held = self.held + assembly.held - held_before;
        if assembly.is_whole() {
            let mut assembly = match self.remove(&key) {
                Some(assembly) => assembly,
                None => return (Taken::Waits, contradicts),
            };
            assembly.length = before;
            return (Taken::Whole(assembly.whole()), contradicts);
        }
        if assembly.pieces.len() > limits.fragments_per_packet {
            self.give_up(&key);
            self.reached.push("fragments_per_packet");
        }
        while self.held > limits.fragment_bytes {
            self.give_up_oldest("fragment_bytes");
        }
        (if is_new { Taken::Waits } else { Taken::Repeats }, contradicts)
    }

    /// Nothing comes any more.
    pub(crate) fn end(&mut self) {
        while let Some(key) = self.order.values().next().cloned() {
            self.give_up(&key);
        }
    }

    fn begin(&mut self, key: Key, line_time: i64, limits: &Limits) {
        while !self.order.is_empty() && self.waiting.len() >= limits.fragmented_packets {
            self.give_up_oldest("fragmented_packets");
        }
        self.serial += 1;
        self.held += OVERHEAD;
        let assembly = Assembly {
            serial: self.serial,
            deadline: line_time.saturating_add(limits.fragment_timeout),
            pieces: Vec::new(),
            total: None,
            protocol: key.protocol,
            fragments: 0,
            length: 0,
            held: OVERHEAD,
            is_contradicted: false,
        };
        self.order.insert(self.serial, key.clone());
        self.waiting.insert(key, assembly);
    }

    /// Line time never goes back, so the first to begin is the first to end.
    fn expire(&mut self, line_time: i64) {
        while let Some(key) = self.order.values().next() {
            if self.waiting.get(key).is_some_and(|assembly| assembly.deadline > line_time) {
                return;
            }
            let key = key.clone();
            self.give_up(&key);
        }
    }

    fn give_up_oldest(&mut self, limit: &'static str) {
        if let Some(key) = self.order.values().next().cloned() {
            self.give_up(&key);
            self.reached.push(limit);
        }
    }

    fn give_up(&mut self, key: &Key) {
        if let Some(assembly) = self.remove(key) {
            self.lost += assembly.fragments;
        }
    }

    fn remove(&mut self, key: &Key) -> Option<Assembly> {
        let assembly = self.waiting.remove(key)?;
        self.order.remove(&assembly.serial);
        self.held -= assembly.held;
        Some(assembly)
    }
}

/// Where a fragment ends in the whole packet, as it was on the wire; `None` beyond what can be.
fn end_of(fragment: &Fragment<'_>) -> Option<u32> {
    let length = u32::try_from(fragment.bytes.len().checked_add(fragment.missing)?).ok()?;
    fragment.offset.checked_add(length).filter(|end| *end <= LARGEST)
}

impl Assembly {
    /// Whether it brought something new, and whether it contradicts what was there.
    fn add(&mut self, fragment: &Fragment<'_>, end: u32) -> (bool, bool) {
        // Two ends, or bytes behind the end, cannot both be.
        let furthest = self.pieces.last().map_or(0, |last| last.end);
        let is_against_end = match self.total {
            Some(total) => end > total || (!fragment.more && end != total),
            None => !fragment.more && furthest > end,
        };
        if is_against_end {
            return (false, true);
        }
        if !fragment.more {
            self.total = Some(end);
        }
        let mut contradicts = false;
        let mut holes: SmallVec<[(u32, u32); 4]> = SmallVec::new();
        let mut at = fragment.offset;
        for piece in self.pieces.iter().filter(|piece| piece.end > fragment.offset && piece.start < end) {
            if piece.start > at {
                holes.push((at, piece.start));
            }
            contradicts |= piece.differs(fragment);
            at = at.max(piece.end);
        }
        if at < end {
            holes.push((at, end));
        }
        let is_new = !holes.is_empty();
        for (start, end) in holes {
            let bytes = part(fragment, start, end).into();
            let held = OVERHEAD + (end - start) as usize;
            let place = self.pieces.partition_point(|piece| piece.start < start);
            self.pieces.insert(place, Piece { start, end, bytes });
            self.held += held;
        }
        (is_new, contradicts)
    }

    fn is_whole(&self) -> bool {
        let mut at = 0;
        self.total.is_some_and(|total| {
            self.pieces.iter().all(|piece| {
                let is_next = piece.start == at;
                at = piece.end;
                is_next
            }) && at == total
        })
    }

    fn whole(self) -> Whole {
        let total = self.total.unwrap_or(0) as usize;
        let mut bytes = Vec::with_capacity(total);
        for piece in &self.pieces {
            bytes.extend_from_slice(&piece.bytes);
            if piece.bytes.len() < (piece.end - piece.start) as usize {
                break;
            }
        }
        Whole { protocol: self.protocol, missing: total - bytes.len(), bytes, before: self.length }
    }
}

/// What was captured of a fragment between two places of the whole packet.
fn part<'a>(fragment: &Fragment<'a>, start: u32, end: u32) -> &'a [u8] {
    let [from, to] = [start, end].map(|place| (place.saturating_sub(fragment.offset) as usize).min(fragment.bytes.len()));
    fragment.bytes.get(from..to).unwrap_or(&[])
}

impl Piece {
    /// Whether a fragment says something else for the bytes that both have.
    fn differs(&self, fragment: &Fragment<'_>) -> bool {
        let start = self.start.max(fragment.offset);
        let ours = self.bytes.get((start - self.start) as usize..).unwrap_or(&[]);
        let theirs = part(fragment, start, self.end);
        ours.iter().zip(theirs).any(|(one, other)| one != other)
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn key(identification: u32) -> Key {
        let ends = [Ipv4Addr::new(10, 0, 0, 1).into(), Ipv4Addr::new(10, 0, 0, 2).into()];
        Key { ends, identification, protocol: 17, vlans: Vlans::new() }
    }

    fn fragment(offset: u32, more: bool, bytes: &[u8]) -> Fragment<'_> {
        Fragment { protocol: 17, offset, more, bytes, missing: 0 }
    }

    fn give(reassembly: &mut Reassembly, offset: u32, more: bool, bytes: &[u8]) -> (Taken, bool) {
        reassembly.take(key(1), &fragment(offset, more, bytes), 60, 0, &Limits::default())
    }

    #[test]
    fn any_order_gives_the_same_packet() {
        let parts: [(u32, bool, &[u8]); 3] = [(0, true, b"01234567"), (8, true, b"89abcdef"), (16, false, b"ghi")];
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let mut reassembly = Reassembly::default();
            let mut last = Taken::Waits;
            for at in order {
                assert_eq!(last, Taken::Waits, "{order:?}");
                let (offset, more, bytes) = parts[at];
                (last, _) = give(&mut reassembly, offset, more, bytes);
            }
            let whole = Whole { protocol: 17, bytes: b"0123456789abcdefghi".to_vec(), missing: 0, before: 120 };
            assert_eq!(last, Taken::Whole(whole), "{order:?}");
            assert_eq!((reassembly.held, reassembly.waiting.len(), reassembly.order.len()), (0, 0, 0));
        }
    }

    #[test]
    fn of_bytes_that_come_twice_the_first_stay() {
        let mut reassembly = Reassembly::default();
        assert_eq!(give(&mut reassembly, 0, true, b"01234567"), (Taken::Waits, false));
        assert_eq!(give(&mut reassembly, 0, true, b"01234567"), (Taken::Repeats, false));
        assert_eq!(give(&mut reassembly, 0, true, b"XXXXXXXX89abcdef"), (Taken::Waits, true));
        let (taken, contradicts) = give(&mut reassembly, 8, false, b"89abcdefghi");
        assert!(matches!(taken, Taken::Whole(Whole { bytes, .. }) if bytes == b"0123456789abcdefghi") && !contradicts);
    }

    #[test]
    fn two_ends_contradict_each_other() {
        let mut reassembly = Reassembly::default();
        assert_eq!(give(&mut reassembly, 16, false, b"ghi"), (Taken::Waits, false));
        assert_eq!(give(&mut reassembly, 16, false, b"g"), (Taken::Repeats, true));
        assert_eq!(give(&mut reassembly, 24, true, b"01234567"), (Taken::Repeats, false), "behind the end: told once");
    }

    #[test]
    fn what_the_capture_cut_is_missing_from_there_on() {
        let mut reassembly = Reassembly::default();
        let cut = Fragment { protocol: 17, offset: 0, more: true, bytes: b"01234", missing: 3 };
        assert_eq!(reassembly.take(key(1), &cut, 60, 0, &Limits::default()).0, Taken::Waits);
        let whole = Whole { protocol: 17, bytes: b"01234".to_vec(), missing: 6, before: 60 };
        assert_eq!(give(&mut reassembly, 8, false, b"89a").0, Taken::Whole(whole));
    }

    #[test]
    fn what_cannot_be_is_named() {
        let mut reassembly = Reassembly::default();
        // the ping of death: the last fragment ends behind the largest packet
        assert_eq!(give(&mut reassembly, 65_528, false, b"12345678").0, Taken::Broken("IP fragment beyond the largest packet"));
        assert_eq!(give(&mut reassembly, 0, true, b"123").0, Taken::Broken("IP fragment of a length that cannot be"));
        assert_eq!(give(&mut reassembly, 8, false, b"").0, Taken::Broken("IP fragment without payload"));
        assert_eq!(reassembly.waiting.len(), 0);
    }

    #[test]
    fn what_never_becomes_whole_ends_by_line_time() {
        let mut reassembly = Reassembly::default();
        let limits = Limits::default();
        let first = fragment(0, true, b"01234567");
        reassembly.take(key(1), &first, 60, 0, &limits);
        reassembly.take(key(2), &first, 60, limits.fragment_timeout - 1, &limits);
        assert_eq!((reassembly.waiting.len(), reassembly.lost), (2, 0));
        reassembly.take(key(3), &first, 60, limits.fragment_timeout, &limits);
        assert_eq!((reassembly.waiting.len(), reassembly.lost), (2, 1));
        reassembly.end();
        assert_eq!((reassembly.waiting.len(), reassembly.lost, reassembly.held), (0, 3, 0));
    }

    #[test]
    fn memory_is_bounded_under_a_flood() {
        let limits = Limits { fragmented_packets: 100, fragment_bytes: 50_000, fragments_per_packet: 20, ..Limits::default() };
        let mut reassembly = Reassembly::default();
        for number in 0..5_000 {
            reassembly.take(key(number), &fragment(0, true, &[0; 1_400]), 1_500, 0, &limits);
            assert!(reassembly.held <= limits.fragment_bytes && reassembly.waiting.len() <= limits.fragmented_packets);
            assert_eq!(reassembly.order.len(), reassembly.waiting.len());
        }
        // fragments of eight bytes with holes between them
        let mut most = 0;
        for number in 0..1_000 {
            reassembly.take(key(9_999), &fragment(number * 16, true, &[0; 8]), 60, 0, &limits);
            most = most.max(reassembly.waiting.get(&key(9_999)).map_or(0, |one| one.pieces.len()));
        }
        assert_eq!(most, limits.fragments_per_packet);
        assert!(reassembly.reached.contains(&"fragment_bytes") && reassembly.reached.contains(&"fragments_per_packet"));
        reassembly.end();
        assert_eq!((reassembly.lost, reassembly.held), (6_000, 0), "every fragment is accounted for");
    }

    proptest::proptest! {
        /// Any cutting, order and repetition of fragments gives the packet that was cut, and its memory back.
        #[test]
        fn fragments_of_a_packet_give_it_back(
            payload in proptest::collection::vec(proptest::num::u8::ANY, 1..400),
            cuts in proptest::collection::btree_set(1_usize..50, 0..10),
            order in proptest::collection::vec(proptest::num::usize::ANY, 0..40),
        ) {
            let mut places: Vec<usize> = cuts.iter().map(|cut| cut * 8).filter(|place| *place < payload.len()).collect();
            places.insert(0, 0);
            places.push(payload.len());
            let mut reassembly = Reassembly::default();
            let parts = places.len() - 1;
            let mut whole = None;
            let mut given = vec![false; parts];
            for at in order.into_iter().map(|one| one % parts).chain(0..parts) {
                if whole.is_some() {
                    break;
                }
                given[at] = true;
                let (from, to) = (places[at], places[at + 1]);
                if let (Taken::Whole(one), false) = give(&mut reassembly, from as u32, to < payload.len(), &payload[from..to]) {
                    whole = Some(one);
                }
            }
            proptest::prop_assert!(given.iter().all(|one| *one));
            proptest::prop_assert_eq!(whole.map(|one| (one.bytes, one.missing)), Some((payload, 0)));
            proptest::prop_assert_eq!(reassembly.held, 0);
        }

        #[test]
        fn nothing_panics(parts in proptest::collection::vec((0_u32..600, proptest::bool::ANY, 0_usize..80, 0_usize..9), 0..60)) {
            let mut reassembly = Reassembly::default();
            let limits = Limits { fragment_bytes: 3_000, fragments_per_packet: 8, ..Limits::default() };
            for (at, (units, more, length, missing)) in parts.into_iter().enumerate() {
                let bytes = vec![at as u8; length];
                let fragment = Fragment { protocol: 6, offset: units * 8, more, bytes: &bytes, missing };
                reassembly.take(key(units % 3), &fragment, 60, at as i64, &limits);
                proptest::prop_assert!(reassembly.held <= limits.fragment_bytes);
            }
            reassembly.end();
            proptest::prop_assert_eq!(reassembly.held, 0);
        }
    }
}
