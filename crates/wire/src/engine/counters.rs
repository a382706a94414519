//! Totals of a run: what was read, what was not, and which limits were reached.

use std::collections::BTreeMap;

/// Names under which unread packets are counted; the attack: frames of every Ethernet type.
const UNREAD_NAMES: usize = 1_000;

/// Totals of the run.
#[derive(Debug, Default, Clone)]
pub struct Counters {
    /// Packets read.
    pub packets: u64,
    /// Their bytes on the wire.
    pub bytes: u64,
    /// Time of the first and the last packet, ns since 1970, UTC.
    pub first: Option<i64>,
    /// See `first`.
    pub last: Option<i64>,
    /// Transactions that ended.
    pub transactions: u64,
    /// Of these, events.
    pub events: u64,
    /// Of these, summed up.
    pub summarised: u64,
    /// Violations that belong to no transaction.
    pub weirds: u64,
    /// Frames cut by the snap length.
    pub cut: u64,
    /// Packets that could not be read, by why.
    pub unread: BTreeMap<String, u64>,
    /// How often a limit was reached, by its name.
    pub limits: BTreeMap<&'static str, u64>,
    /// Packets older than the line time by more than a second.
    pub late: u64,
    /// Copies of a packet that a router passed on, dropped.
    pub routed_duplicates: u64,
    /// The same frame once more in one capture, dropped.
    pub mirrored_twice: u64,
    /// Fragments of IP packets.
    pub fragments: u64,
    /// Of these, such as contradict one before.
    pub fragment_conflicts: u64,
    /// Packets that were carried in another, by what carried them.
    pub tunnels: BTreeMap<&'static str, u64>,
}

impl Counters {
    /// A packet that could not be read further.
    pub(crate) fn unread_packet(&mut self, why: &str) {
        self.unread_packets(why, 1);
    }

    /// [`Self::unread_packet`] for as many packets.
    pub(crate) fn unread_packets(&mut self, why: &str, packets: u64) {
        if let Some(count) = self.unread.get_mut(why) {
            *count += packets;
        } else if packets > 0 && self.unread.len() < UNREAD_NAMES {
            self.unread.insert(why.to_owned(), packets);
        }
    }

    /// A packet that was carried in another.
    pub(crate) fn tunnel(&mut self, name: &'static str) {
        *self.tunnels.entry(name).or_default() += 1;
    }
}
