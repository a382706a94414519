//! Conversations, and the servers that they are with. Each is kept while something is kept of it: a conversation while it has
//! operations, a server while it has conversations or points. So all are bounded as operations and points are.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::net::IpAddr;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use slab::Slab;

use super::Interned;
use crate::link::Vlans;
use crate::protocols::Memory;

/// A client–server pair of a service.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ConversationKey {
    pub(crate) protocol: usize,
    /// Name of the framing.
    pub(crate) framing: &'static str,
    pub(crate) client: IpAddr,
    pub(crate) server: IpAddr,
    pub(crate) server_port: u16,
    pub(crate) vlans: Vlans,
}

#[derive(Debug)]
pub(crate) struct Conversation {
    pub(crate) key: ConversationKey,
    /// Slot of its server.
    pub(crate) server: u32,
    number: u32,
    operations: u32,
}

/// Conversations that have operations.
#[derive(Debug, Default)]
pub(crate) struct Conversations {
    kept: Slab<Conversation>,
    /// Slots by the key that stands there.
    slots: HashTable<u32>,
    hashing: RandomState,
    next: u32,
}

impl Conversations {
    /// Whether it is still the one that it was.
    pub(crate) fn is_kept(&self, conversation: Interned) -> bool {
        self.kept.get(conversation.slot as usize).is_some_and(|kept| kept.number == conversation.number)
    }

    pub(crate) fn find(&self, key: &ConversationKey) -> Option<Interned> {
        let slot = *self.slots.find(self.hashing.hash_one(key), |slot| self.kept[*slot as usize].key == *key)?;
        Some(Interned { number: self.kept[slot as usize].number, slot })
    }

    /// One that is not kept yet.
    pub(super) fn add(&mut self, key: ConversationKey, server: u32) -> Interned {
        let hash = self.hashing.hash_one(&key);
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        let slot = self.kept.insert(Conversation { key, server, number, operations: 0 }) as u32;
        let (kept, hashing) = (&self.kept, &self.hashing);
        self.slots.insert_unique(hash, slot, |slot| hashing.hash_one(&kept[*slot as usize].key));
        Interned { number, slot }
    }

    /// The one at this slot, which has operations or gets one now.
    pub(crate) fn at(&self, slot: u32) -> &Conversation {
        &self.kept[slot as usize]
    }

    pub(super) fn has_one_more(&mut self, slot: u32) {
        self.kept[slot as usize].operations += 1;
    }

    /// With its last operation the conversation goes: then it is given back.
    pub(super) fn has_one_less(&mut self, slot: u32) -> Option<Conversation> {
        let one = &mut self.kept[slot as usize];
        one.operations -= 1;
        if one.operations > 0 {
            return None;
        }
        let gone = self.kept.remove(slot as usize);
        if let Ok(entry) = self.slots.find_entry(self.hashing.hash_one(&gone.key), |other| *other == slot) {
            entry.remove();
        }
        Some(gone)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        assert_eq!(self.kept.len(), self.slots.len());
        self.kept.len()
    }
}

/// Address, port, VLAN tags and index of the protocol.
type ServerKey = (IpAddr, u16, Vlans, usize);

fn server_key(key: &ConversationKey) -> ServerKey {
    (key.server, key.server_port, key.vlans, key.protocol)
}

#[derive(Default)]
struct Server {
    writes: u64,
    memory: Option<Box<dyn Memory>>,
    /// Of the memory, in bytes.
    weight: usize,
    /// Conversations with it, and pages of its points.
    users: u32,
}

/// Servers that have conversations or points.
#[derive(Default)]
pub(crate) struct Servers {
    kept: Slab<Server>,
    slots: HashMap<ServerKey, u32, RandomState>,
    memories: usize,
    memory_bytes: usize,
}

impl Servers {
    /// The slot of the conversation's server, which has one user more from now on.
    pub(super) fn of(&mut self, key: &ConversationKey) -> u32 {
        let kept = &mut self.kept;
        let slot = *self.slots.entry(server_key(key)).or_insert_with(|| kept.insert(Server::default()) as u32);
        self.has_one_more(slot);
        slot
    }

    pub(super) fn has_one_more(&mut self, slot: u32) {
        self.kept[slot as usize].users += 1;
    }

    /// With its last user the server goes, and what it told. `key` is of the conversation that was with it.
    pub(super) fn has_one_less(&mut self, slot: u32, key: &ConversationKey) {
        let one = &mut self.kept[slot as usize];
        one.users -= 1;
        if one.users > 0 {
            return;
        }
        self.slots.remove(&server_key(key));
        let gone = self.kept.remove(slot as usize);
        self.memories -= usize::from(gone.memory.is_some());
        self.memory_bytes -= gone.weight;
    }

    /// Writes seen, and whatever else may change what its points say.
    pub(crate) fn writes(&self, slot: u32) -> u64 {
        self.kept[slot as usize].writes
    }

    pub(crate) fn count_write(&mut self, slot: u32) {
        self.kept[slot as usize].writes += 1;
    }

    /// What it told of its points.
    pub(crate) fn memory(&mut self, slot: u32) -> Option<&mut (dyn Memory + 'static)> {
        self.kept[slot as usize].memory.as_deref_mut()
    }

    /// Begins a server's memory; false if `most` are kept already.
    pub(crate) fn remember(&mut self, slot: u32, empty: Box<dyn Memory>, most: usize) -> bool {
        if self.memories >= most {
            return false;
        }
        self.memories += 1;
        self.kept[slot as usize].memory = Some(empty);
        true
    }

    /// The server's memory may have changed. It learns no more if all take more than `most` bytes, about.
    pub(crate) fn weigh(&mut self, slot: u32, most: usize) {
        let one = &mut self.kept[slot as usize];
        let Some(memory) = one.memory.as_deref_mut() else { return };
        let weight = memory.bytes();
        self.memory_bytes = self.memory_bytes + weight - std::mem::replace(&mut one.weight, weight);
        if self.memory_bytes > most {
            memory.close();
        }
    }

    /// How many there are, how many of them have a memory, and what these take.
    #[cfg(test)]
    pub(super) fn counts(&self) -> (usize, usize, usize) {
        assert_eq!(self.kept.len(), self.slots.len());
        (self.kept.len(), self.memories, self.memory_bytes)
    }
}
