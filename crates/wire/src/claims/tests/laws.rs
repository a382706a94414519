//! Whatever comes: nothing panics, all is bounded, and any cutting tells the same.

use proptest::prelude::*;

use super::*;

pub(super) use super::alone::STREAMS;
use super::alone::{DATAGRAMS, FRAMES};

pub(super) fn readers() -> Vec<(Reader, &'static str)> {
    let mut readers: Vec<(Reader, &'static str)> = DATAGRAMS.iter().filter_map(|one| of_datagrams(one).map(|read| (read, *one))).collect();
    assert_eq!(readers.len(), DATAGRAMS.len());
    readers.extend(FRAMES.map(|(name, read)| (read, name)));
    readers
}

/// A sample with bytes changed and its end cut, or bytes of chance.
fn bent() -> impl Strategy<Value = Vec<u8>> {
    let names: Vec<String> = include_str!("../samples.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split('\t').next().map(str::to_owned))
        .collect();
    let changed = (
        prop::sample::select(names),
        prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        any::<prop::sample::Index>(),
    )
        .prop_map(|(name, changes, end)| {
            let mut bytes = sample(&name);
            for (at, value) in changes {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            let end = end.index(bytes.len() * 2 + 1).min(bytes.len());
            bytes.truncate(end);
            bytes
        });
    prop_oneof![3 => changed, 1 => prop::collection::vec(any::<u8>(), 0..400)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn nothing_panics_and_all_is_bounded(bytes in bent()) {
        for (read, _) in readers() {
            let said = told_by(read, &bytes, "10.0.0.5", "10.0.0.9");
            prop_assert!(said.claims.len() <= MOST);
            prop_assert!(said.claims.iter().all(|one| !one.value.is_empty() && one.value.chars().count() <= LONGEST));
        }
        for payload in [Payload::Arp(&bytes), Payload::Ip(&bytes), Payload::Llc { bytes: &bytes }, Payload::Other { ethertype: 0x8892, bytes: &bytes }] {
            frame(payload);
        }
    }

    #[test]
    fn any_cutting_tells_the_same(bytes in bent(), other in bent(), sizes in prop::collection::vec(1_usize..200, 1..5)) {
        for application in STREAMS {
            let whole = heard(application, [&bytes, &other], &[usize::MAX]);
            prop_assert_eq!(&whole, &heard(application, [&bytes, &other], &sizes), "{}", application);
        }
    }
}
