//! VLAN tags of a frame: part of what tells every flow apart, so copied and compared for each packet.

use std::ops::Deref;

/// Tags that tell flows apart; of a frame with more, those behind do not (no network in use nests as many).
const MOST: usize = 8;

/// VLAN identifiers, outermost first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Vlans {
    tags: [u16; MOST],
    count: u8,
}

impl Vlans {
    /// None.
    pub const fn new() -> Self {
        Self { tags: [0; MOST], count: 0 }
    }

    /// These, outermost first.
    pub fn from_slice(tags: &[u16]) -> Self {
        tags.iter().copied().collect()
    }

    /// One more, inside the others.
    pub fn push(&mut self, tag: u16) {
        if let Some(place) = self.tags.get_mut(usize::from(self.count)) {
            *place = tag;
            self.count += 1;
        }
    }
}

impl Deref for Vlans {
    type Target = [u16];

    fn deref(&self) -> &[u16] {
        &self.tags[..usize::from(self.count)]
    }
}

impl Extend<u16> for Vlans {
    fn extend<I: IntoIterator<Item = u16>>(&mut self, tags: I) {
        tags.into_iter().for_each(|tag| self.push(tag));
    }
}

impl FromIterator<u16> for Vlans {
    fn from_iter<I: IntoIterator<Item = u16>>(tags: I) -> Self {
        let mut vlans = Self::new();
        vlans.extend(tags);
        vlans
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_in_their_order_and_no_more_than_fit() {
        assert_eq!(&*Vlans::from_slice(&[20, 10]), [20, 10]);
        assert_eq!(Vlans::from_slice(&[1; 9]).len(), 8);
        assert_ne!(Vlans::from_slice(&[1]), Vlans::from_slice(&[1, 0]));
        assert!(Vlans::new().is_empty());
    }
}
