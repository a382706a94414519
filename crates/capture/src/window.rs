//! Which of several interfaces gives the next packet: the one with the earliest, once no earlier one can come.

use std::time::{Duration, Instant};

/// How long a packet waits for older ones of other interfaces.
pub(crate) const WINDOW: Duration = Duration::from_millis(50);

/// What is known of one interface.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Front {
    /// Time of its next packet, ns since 1970, and when that was read.
    pub(crate) head: Option<(i64, Instant)>,
    /// Whether more may come from it.
    pub(crate) is_open: bool,
}

/// The interface whose packet is next; ties by the order of interfaces. `now` is asked only where it matters.
pub(crate) fn choose(fronts: impl Iterator<Item = Front> + Clone, now: impl FnOnce() -> Instant) -> Option<usize> {
    let heads = fronts.clone().enumerate().filter_map(|(number, front)| front.head.map(|(time, _)| (time, number)));
    let (_, first) = heads.min()?;
    let may_be_earlier = fronts.clone().any(|front| front.is_open && front.head.is_none());
    if !may_be_earlier {
        return Some(first);
    }
    let now = now();
    due(fronts).is_some_and(|due| due <= now).then_some(first)
}

/// When the packet that has waited longest has waited long enough.
pub(crate) fn due(fronts: impl Iterator<Item = Front>) -> Option<Instant> {
    fronts.filter_map(|front| front.head.map(|(_, arrived)| arrived + WINDOW)).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn front(head: Option<(i64, Instant)>, is_open: bool) -> Front {
        Front { head, is_open }
    }

    #[test]
    fn the_earliest_goes_first() {
        let now = Instant::now();
        let fronts = [front(Some((20, now)), true), front(Some((10, now)), true), front(Some((10, now)), true)];
        assert_eq!(choose(fronts.into_iter(), || now), Some(1));
        assert_eq!(choose([front(None, true)].into_iter(), || now), None);
    }

    #[test]
    fn a_packet_waits_for_an_interface_that_may_have_an_older_one() {
        let now = Instant::now();
        let fronts = [front(Some((20, now)), true), front(None, true)];
        assert_eq!(choose(fronts.into_iter(), || now), None);
        assert_eq!(choose(fronts.into_iter(), || now + WINDOW), Some(0));
        assert_eq!(due(fronts.into_iter()), Some(now + WINDOW));
        let gone = [front(Some((20, now)), true), front(None, false)];
        assert_eq!(choose(gone.into_iter(), || now), Some(0), "nothing can come from it");
    }

    #[test]
    fn who_has_waited_lets_older_ones_of_others_out_first() {
        let now = Instant::now();
        let late = now + WINDOW;
        let fronts = [front(Some((20, now)), true), front(Some((10, late)), true), front(None, true)];
        assert_eq!(choose(fronts.into_iter(), || late), Some(1));
    }
}
