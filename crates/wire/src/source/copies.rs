//! Finds packets that two captures have in common, so that overlapping captures are counted once.

use std::hash::{BuildHasher, RandomState};

use smallvec::SmallVec;

/// Packets of one microsecond that are remembered; the attack: captures whose packets all carry the same time.
const REMEMBERED: usize = 256;

/// A packet of the current microsecond.
struct Seen {
    hash: u64,
    /// Files that had it.
    files: SmallVec<[u32; 4]>,
}

/// The packets of the microsecond at which the merge stands.
///
/// The hash is keyed anew in every process: nobody can prepare a packet that hides another.
#[derive(Default)]
pub(super) struct Copies {
    /// µs since 1970.
    time: i64,
    seen: Vec<Seen>,
    hasher: RandomState,
}

impl Copies {
    /// Whether packets of this time (µs) are remembered.
    #[inline]
    pub(super) fn remembers(&self, time: i64) -> bool {
        self.time == time && !self.seen.is_empty()
    }

    /// Remembers a packet; true if another file gave the same one. A file that holds a packet twice keeps both.
    pub(super) fn is_copy(&mut self, time: i64, file: u32, bytes: &[u8], original: u32) -> bool {
        if self.time != time {
            self.time = time;
            self.seen.clear();
        }
        let hash = self.hasher.hash_one((bytes, original));
        if let Some(twin) = self.seen.iter_mut().find(|seen| seen.hash == hash && !seen.files.contains(&file)) {
            twin.files.push(file);
            return true;
        }
        if self.seen.len() >= REMEMBERED {
            self.seen.remove(0);
        }
        self.seen.push(Seen { hash, files: SmallVec::from_slice(&[file]) });
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_packet_of_another_file_is_a_copy() {
        let mut copies = Copies::default();
        assert!(!copies.is_copy(1, 0, &[1, 2], 60));
        assert!(copies.remembers(1));
        assert!(copies.is_copy(1, 1, &[1, 2], 60));
        assert!(copies.is_copy(1, 2, &[1, 2], 60), "of a third file too");
        assert!(!copies.is_copy(1, 1, &[1, 2], 61), "another length on the wire");
        assert!(!copies.is_copy(1, 1, &[1, 3], 60), "other bytes");
        assert!(!copies.is_copy(2, 1, &[1, 2], 60), "another time");
        assert!(!copies.remembers(1));
    }

    #[test]
    fn packets_that_a_file_has_twice_are_matched_one_by_one() {
        let mut copies = Copies::default();
        let given: Vec<bool> = [0, 0, 1, 1, 1].iter().map(|file| copies.is_copy(1, *file, &[7], 60)).collect();
        assert_eq!(given, [false, false, true, true, false]);
    }

    #[test]
    fn memory_is_bounded() {
        let mut copies = Copies::default();
        for number in 0..1_000_u32 {
            copies.is_copy(1, 0, &number.to_be_bytes(), 60);
        }
        assert_eq!(copies.seen.len(), REMEMBERED);
    }
}
