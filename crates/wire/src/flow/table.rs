//! Every flow by its key, the longest idle one first to go.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::{Flow, Key};

const NONE: u32 = u32::MAX;

/// Keys of one flow besides its own; the attack: copies with ever other VLAN tags.
const OTHER_KEYS: usize = 4;

struct Slot {
    /// Other VLAN tags under which the flow was seen.
    others: Vec<Key>,
    generation: u32,
    older: u32,
    newer: u32,
    flow: Option<Box<Flow>>,
}

/// A place in the table; stale once its flow is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) slot: u32,
    pub(crate) generation: u32,
}

/// See the module.
pub(crate) struct FlowTable {
    by_key: HashMap<Key, u32, RandomState>,
    slots: Vec<Slot>,
    free: Vec<u32>,
    oldest: u32,
    newest: u32,
}

impl FlowTable {
    pub(crate) fn new() -> Self {
        Self { by_key: HashMap::default(), slots: Vec::new(), free: Vec::new(), oldest: NONE, newest: NONE }
    }

    pub(crate) fn len(&self) -> usize {
        self.by_key.len()
    }

    #[inline]
    pub(crate) fn find(&self, key: &Key) -> Option<Place> {
        let slot = *self.by_key.get(key)?;
        Some(Place { slot, generation: self.slots[slot as usize].generation })
    }

    /// Takes a flow out to work on it; [`Self::put`] brings it back as the newest.
    pub(crate) fn take(&mut self, place: Place) -> Option<Box<Flow>> {
        let slot = self.slots.get_mut(place.slot as usize).filter(|slot| slot.generation == place.generation)?;
        slot.flow.take()
    }

    pub(crate) fn put(&mut self, place: Place, flow: Box<Flow>) {
        self.slots[place.slot as usize].flow = Some(flow);
    }

    /// Makes it the newest.
    pub(crate) fn touch(&mut self, place: Place) {
        if self.newest != place.slot {
            self.unlink(place.slot);
            self.link_newest(place.slot);
        }
    }

    pub(crate) fn insert(&mut self, flow: Flow) -> Place {
        let key = flow.key.clone();
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot { others: Vec::new(), generation: 0, older: NONE, newer: NONE, flow: None });
            self.slots.len() as u32 - 1
        });
        self.slots[slot as usize].flow = Some(Box::new(flow));
        self.by_key.insert(key, slot);
        self.link_newest(slot);
        Place { slot, generation: self.slots[slot as usize].generation }
    }

    /// Packets with this key belong to the flow too, unless another has it.
    pub(crate) fn also(&mut self, place: Place, key: Key) {
        let slot = &mut self.slots[place.slot as usize];
        if slot.others.len() < OTHER_KEYS && !self.by_key.contains_key(&key) {
            slot.others.push(key.clone());
            self.by_key.insert(key, place.slot);
        }
    }

    /// Removes a flow that was taken out.
    pub(crate) fn forget(&mut self, place: Place, key: &Key) {
        self.by_key.remove(key);
        self.unlink(place.slot);
        let slot = &mut self.slots[place.slot as usize];
        slot.generation = slot.generation.wrapping_add(1);
        slot.flow = None;
        for other in slot.others.drain(..) {
            self.by_key.remove(&other);
        }
        self.free.push(place.slot);
    }

    pub(crate) fn oldest(&self) -> Option<Place> {
        (self.oldest != NONE).then(|| Place { slot: self.oldest, generation: self.slots[self.oldest as usize].generation })
    }

    /// All places in the order of their slots.
    pub(crate) fn places(&self) -> Vec<Place> {
        let taken =
            |(index, slot): (usize, &Slot)| slot.flow.is_some().then_some(Place { slot: index as u32, generation: slot.generation });
        self.slots.iter().enumerate().filter_map(taken).collect()
    }

    pub(crate) fn peek(&self, place: Place) -> Option<&Flow> {
        self.slots.get(place.slot as usize).filter(|slot| slot.generation == place.generation)?.flow.as_deref()
    }

    fn link_newest(&mut self, slot: u32) {
        self.slots[slot as usize].older = self.newest;
        self.slots[slot as usize].newer = NONE;
        if self.newest == NONE {
            self.oldest = slot;
        } else {
            self.slots[self.newest as usize].newer = slot;
        }
        self.newest = slot;
    }

    fn unlink(&mut self, slot: u32) {
        let (older, newer) = (self.slots[slot as usize].older, self.slots[slot as usize].newer);
        if older == NONE {
            self.oldest = newer;
        } else {
            self.slots[older as usize].newer = newer;
        }
        if newer == NONE {
            self.newest = older;
        } else {
            self.slots[newer as usize].older = older;
        }
    }
}
