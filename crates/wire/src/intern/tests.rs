//! Conversations, servers and operations against a model that keeps them by their names.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use smallvec::smallvec;

use super::*;
use crate::link::Vlans;
use crate::protocols::{Claim, Class, Learnt, Meaning, Memory, Said};

const PAGES: usize = 3;

fn key(client: u8, server: u8) -> ConversationKey {
    ConversationKey {
        protocol: 0,
        framing: "toy",
        client: [10, 0, 0, client].into(),
        server: [10, 0, 1, server].into(),
        server_port: 502,
        vlans: Vlans::default(),
    }
}

fn value(address: u32) -> PointValue {
    PointValue {
        unit: 1,
        table: "toy",
        address,
        number: Some(1),
        said: Said::AsIs,
        written: false,
        past: false,
        status: None,
        source_time: None,
    }
}

struct Told;

impl Memory for Told {
    fn learn(&mut self, _: Option<&[u8]>, _: Option<&[u8]>, _: &[PointValue], _: &mut dyn FnMut(Claim)) -> Learnt {
        Learnt::Nothing
    }

    fn meanings(&self, _: &[PointValue]) -> Vec<Option<Meaning>> {
        Vec::new()
    }

    fn bytes(&self) -> usize {
        100
    }
}

/// Client, server, identity, and a point that is read, if any.
type Step = (u8, u8, u8, Option<u8>);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((0_u8..4, 0_u8..4, 0_u8..5, prop::option::of(0_u8..3)), 1..200)
}

proptest! {
    #[test]
    fn what_has_nothing_left_goes(steps in steps(), most in 1_usize..8) {
        let mut interner = Interner::default();
        let mut model: Vec<(u32, Step)> = Vec::new();
        let (mut pages, mut handles, mut numbers) = (BTreeSet::new(), BTreeMap::new(), BTreeSet::new());
        for step in steps {
            let (client, server, identity, point) = step;
            let place = key(client, server);
            let conversation = interner.conversations.find(&place).unwrap_or_else(|| interner.add_conversation(place));
            let is_known = model.iter().any(|(_, (one, other, ..))| (*one, *other) == (client, server));
            let before = handles.insert((client, server), conversation);
            prop_assert_eq!(before == Some(conversation), is_known, "a number stands for one conversation");
            let known = interner.operations.find(conversation.slot, &[identity]);
            let found = model.iter().find(|(_, (one, other, what, _))| (*one, *other, *what) == (client, server, identity));
            prop_assert_eq!(known.map(|one| one.number), found.map(|(number, _)| *number));
            if known.is_none() {
                let kind = Kind { class: Class::Read, tells: false };
                let (added, evicted) = interner.add_operation(conversation.slot, smallvec![identity], kind, most);
                prop_assert!(numbers.insert(added.number));
                prop_assert_eq!(evicted.map(|one| one.number), (model.len() == most).then(|| model.remove(0).0));
                model.push((added.number, step));
            }
            let slot = interner.conversations.at(conversation.slot).server;
            if interner.servers.memory(slot).is_none() {
                prop_assert!(interner.servers.remember(slot, Box::new(Told), usize::MAX));
                interner.servers.weigh(slot, usize::MAX);
            }
            if let Some(address) = point {
                let page = (server, address);
                let told = interner.point(slot, &value(16 * u32::from(address)), 16 * PAGES);
                prop_assert_eq!(told.is_some(), pages.contains(&page) || pages.len() < PAGES);
                pages.extend(told.map(|_| page));
            }
            let talking: BTreeSet<(u8, u8)> = model.iter().map(|(_, (client, server, ..))| (*client, *server)).collect();
            let serving: BTreeSet<u8> = talking.iter().map(|(_, server)| *server).chain(pages.iter().map(|(server, _)| *server)).collect();
            prop_assert_eq!(interner.conversations.len(), talking.len());
            prop_assert_eq!(interner.servers.counts(), (serving.len(), serving.len(), 100 * serving.len()));
            for (ends, handle) in &handles {
                prop_assert_eq!(interner.conversations.is_kept(*handle), talking.contains(ends));
            }
        }
    }
}
