//! Numbers for the nodes of one server, and which node a client's handle stands for.
//!
//! A node is known by the bytes of its identifier in one form, so that none of the ways to write it makes another point.

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet, HashTable};

use super::encoding::{DataValue, Variant};
use super::nameplates::Nameplates;
use super::points::Points;
use crate::protocols::{Claim, Learnt, Meaning, Memory, PointValue, Said};
use crate::secret;

/// Nodes of one server that are numbered; the attack: a client that asks for invented ones.
const MOST_NODES: usize = 200_000;
/// Bytes of their identifiers and names; the attack: invented ones that fill a message each.
const MOST_BYTES: usize = 64 << 20;
/// Monitored items of one server that are remembered; the attack: subscriptions without end.
const MOST_ITEMS: usize = 200_000;

/// What a node takes besides its identifier and name, and what an item and a handle take, about.
const NODE_BYTES: usize = 64;
const ITEM_BYTES: usize = 32;

/// What a monitored item watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item {
    /// The node's number.
    pub(super) node: u32,
    /// The attribute watched.
    pub(super) attribute: u32,
    /// The client's handle for it.
    pub(super) handle: u32,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    /// Identifiers, one behind the other; where each ends.
    bytes: Vec<u8>,
    ends: Vec<usize>,
    names: Vec<Box<str>>,
    /// Bytes of the names.
    named: usize,
    labels: HashMap<u32, Box<str>, RandomState>,
    numbers: HashTable<u32>,
    /// Of elements, by the number of their node and their index.
    elements: HashMap<(u32, u32), u32, RandomState>,
    /// By subscription and the client's handle.
    handles: HashMap<(u32, u32), (u32, u32), RandomState>,
    /// By subscription and the server's number of the item.
    items: HashMap<(u32, u32), Item, RandomState>,
    /// What companion models call some of them.
    pub(super) nameplates: Nameplates,
    /// The variable that lists the server's namespaces.
    namespace_array: Option<u32>,
    /// More was learnt since this was asked last.
    more: bool,
    /// A bound was reached since this was asked last.
    full: bool,
    /// There is no more room: what is known stays known, and nothing is added.
    is_closed: bool,
}

impl Nodes {
    fn identifier(&self, number: u32) -> &[u8] {
        let at = number as usize;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        self.ends.get(at).and_then(|end| self.bytes.get(start..*end)).unwrap_or_default()
    }

    /// How many have a number.
    pub(super) fn count(&self) -> u32 {
        self.ends.len() as u32
    }

    /// The node's number, new or known; `name` is asked for a new one's text.
    pub(super) fn number(&mut self, identifier: &[u8], name: impl FnOnce() -> String) -> Option<u32> {
        let hashed = secret::hash(identifier);
        if let Some(number) = self.numbers.find(hashed, |number| self.identifier(*number) == identifier) {
            return Some(*number);
        }
        let number = self.add(identifier, name())?;
        let (ends, bytes) = (&self.ends, &self.bytes);
        let hash_of = |number: &u32| {
            let at = *number as usize;
            let start = at.checked_sub(1).map_or(0, |before| ends[before]);
            secret::hash(&bytes[start..ends[at]])
        };
        self.numbers.insert_unique(hashed, number, hash_of);
        Some(number)
    }

    /// The number of an element of a node whose value is an array.
    pub(super) fn element(&mut self, node: u32, index: u32) -> Option<u32> {
        if let Some(number) = self.elements.get(&(node, index)) {
            return Some(*number);
        }
        let number = self.add(&[], format!("{}[{index}]", self.name(node).unwrap_or_default()))?;
        self.elements.insert((node, index), number);
        Some(number)
    }

    fn add(&mut self, identifier: &[u8], name: String) -> Option<u32> {
        let held = self.bytes.len() + identifier.len() + self.named + name.len();
        if self.is_closed || self.ends.len() >= MOST_NODES || held > MOST_BYTES {
            self.full = true;
            return None;
        }
        let number = self.ends.len() as u32;
        self.bytes.extend_from_slice(identifier);
        self.ends.push(self.bytes.len());
        self.named += name.len();
        self.names.push(name.into_boxed_str());
        Some(number)
    }

    /// The text of a node's identifier.
    pub(super) fn name(&self, number: u32) -> Option<&str> {
        self.names.get(number as usize).map(AsRef::as_ref)
    }

    /// What its server calls it.
    pub(super) fn label(&self, number: u32) -> Option<&str> {
        self.labels.get(&number).map(AsRef::as_ref)
    }

    /// Takes what a server calls a node. False: nothing new.
    pub(super) fn set_label(&mut self, number: u32, label: &str) -> bool {
        if label.is_empty() || self.label(number) == Some(label) {
            return false;
        }
        self.labels.insert(number, label.into());
        true
    }

    /// Whether any node has a label.
    pub(super) fn has_labels(&self) -> bool {
        !self.labels.is_empty()
    }

    /// A monitored item was made, or has another handle now.
    pub(super) fn watch(&mut self, subscription: u32, item: u32, watched: Item) {
        if (self.is_closed || self.items.len() >= MOST_ITEMS) && !self.items.contains_key(&(subscription, item)) {
            self.full = true;
            return;
        }
        self.items.insert((subscription, item), watched);
        if self.handles.len() >= 2 * MOST_ITEMS {
            let used: HashSet<(u32, u32), RandomState> = self.items.iter().map(|((of, _), item)| (*of, item.handle)).collect();
            self.handles.retain(|handle, _| used.contains(handle));
        }
        self.handles.insert((subscription, watched.handle), (watched.node, watched.attribute));
    }

    /// The item of that number.
    pub(super) fn item(&self, subscription: u32, item: u32) -> Option<Item> {
        self.items.get(&(subscription, item)).copied()
    }

    /// A monitored item is gone. Reports of it may still be under way (OPC 10000-4, 5.13.6), so its handle is known until it is used anew.
    pub(super) fn forget(&mut self, subscription: u32, item: u32) {
        self.items.remove(&(subscription, item));
    }

    /// These subscriptions are gone: all at once, for a message may name a million.
    pub(super) fn forget_all(&mut self, subscriptions: &HashSet<u32, RandomState>) {
        self.items.retain(|(of, _), _| !subscriptions.contains(of));
        self.handles.retain(|(of, _), _| !subscriptions.contains(of));
    }

    /// Node and attribute behind a client's handle.
    pub(super) fn behind(&self, subscription: u32, handle: u32) -> Option<(u32, u32)> {
        self.handles.get(&(subscription, handle)).copied()
    }

    /// The node is the one that lists the server's namespaces.
    pub(super) fn set_namespace_array(&mut self, number: u32) {
        self.namespace_array = Some(number);
    }

    /// Takes the server's namespaces, if that is what this node says.
    pub(super) fn take_namespaces(&mut self, number: u32, value: &DataValue<'_>) {
        if let (true, Some(Variant::Array(array))) = (self.namespace_array == Some(number), &value.value) {
            self.more |= self.nameplates.namespaces(array.values());
        }
    }

    /// Takes what a Browse or a translation of paths says that nodes are called.
    pub(super) fn look(&mut self, request: &[u8], answer: &[u8]) {
        if self.is_closed {
            self.full = true;
            return;
        }
        let mut nameplates = std::mem::take(&mut self.nameplates);
        let told = nameplates.look(request, answer, &mut |node| Points { nodes: &mut *self, point: &mut |_| {} }.number(node));
        self.nameplates = nameplates;
        self.more |= told == Some(true);
        self.full |= told.is_none();
    }

    /// Whether a bound was reached since this was asked last.
    pub(super) fn was_full(&mut self) -> bool {
        std::mem::take(&mut self.full)
    }
}

impl Memory for Nodes {
    /// What nodes are is learnt while their values are read.
    fn learn(&mut self, _: Option<&[u8]>, _: Option<&[u8]>, values: &[PointValue], claim: &mut dyn FnMut(Claim)) -> Learnt {
        self.nameplates.take(values, claim);
        match (self.was_full(), std::mem::take(&mut self.more)) {
            (true, _) => Learnt::Full,
            (false, true) => Learnt::More,
            (false, false) => Learnt::Nothing,
        }
    }

    fn meanings(&self, values: &[PointValue]) -> Vec<Option<Meaning>> {
        if !self.has_labels() {
            return Vec::new();
        }
        let meaning = |label: &str| Meaning { label: label.to_owned(), measure: "", scale: 0, said: Said::AsIs };
        values.iter().map(|value| self.label(value.address).map(meaning)).collect()
    }

    fn name(&self, _: &'static str, address: u32) -> Option<&str> {
        Self::name(self, address)
    }

    fn bytes(&self) -> usize {
        self.bytes.len()
            + self.named
            + self.ends.len() * NODE_BYTES
            + (self.items.len() + self.handles.len()) * ITEM_BYTES
            + self.nameplates.bytes()
    }

    fn close(&mut self) {
        self.is_closed = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_one_keeps_what_it_knows() {
        let mut nodes = Nodes::default();
        let known = nodes.number(b"one", || "one".to_owned());
        let weight = nodes.bytes();
        nodes.close();
        assert_eq!(nodes.number(b"two", || "two".to_owned()), None);
        nodes.watch(1, 1, Item { node: 0, attribute: 13, handle: 1 });
        assert_eq!((nodes.number(b"one", String::new), nodes.bytes(), nodes.was_full()), (known, weight, true));
    }

    #[test]
    fn subscriptions_go_with_their_items() {
        let mut nodes = Nodes::default();
        for subscription in 1..=3 {
            nodes.watch(subscription, 7, Item { node: 0, attribute: 13, handle: 9 });
        }
        nodes.forget_all(&[1, 3].into_iter().collect());
        assert_eq!([1, 2, 3].map(|one| nodes.behind(one, 9).is_some()), [false, true, false]);
        assert_eq!([1, 2, 3].map(|one| nodes.item(one, 7).is_some()), [false, true, false]);
    }

    #[test]
    fn long_identifiers_are_bounded_in_all() {
        let mut nodes = Nodes::default();
        let name = "n".repeat(1 << 20);
        let numbered =
            (0_u32..100).filter(|one| nodes.number(&[&one.to_le_bytes()[..], name.as_bytes()].concat(), || name.clone()).is_some());
        assert_eq!(numbered.count(), 31);
        assert!(nodes.was_full() && nodes.bytes.len() + nodes.named <= MOST_BYTES);
        assert!(nodes.number(b"short", || "short".to_owned()).is_some(), "what fits still has a number");
    }
}
