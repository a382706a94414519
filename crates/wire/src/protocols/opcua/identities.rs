//! What names an operation besides its service, remembered: polls ask the same again and again.

use std::cell::RefCell;

use sha2::{Digest, Sha256};

use super::hot::{self, Head};
use crate::secret;

/// Requests whose identity is remembered, of all connections: each has one place, by the hash of its bytes.
const PLACES: usize = 16_384;

type Identity = [u8; 16];

thread_local! {
    static KNOWN: RefCell<Vec<(u64, Identity)>> = const { RefCell::new(Vec::new()) };
}

/// The identity of a request. It follows from its bytes alone.
pub(super) fn identity(head: &Head<'_>, body: &[u8]) -> Identity {
    // A place that nothing stands in has the hash 0.
    let hash = secret::hash((head.service.request_id, head.rest)) | 1;
    KNOWN.with_borrow_mut(|known| {
        if known.is_empty() {
            known.resize(PLACES, (0, Identity::default()));
        }
        let Some(place) = known.get_mut((hash >> 32) as usize % PLACES) else { return made(head, body) };
        if place.0 != hash {
            *place = (hash, made(head, body));
        }
        place.1
    })
}

fn made(head: &Head<'_>, body: &[u8]) -> Identity {
    let mut digest = Sha256::new();
    hot::identity(head.service, body, &mut |bytes| digest.update(bytes));
    digest.finalize().first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Read of the value of one node.
    fn read(node: u32) -> Vec<u8> {
        let header = [&[1, 0, 0x77, 2, 0, 0][..], &[0; 16], &[0xFF; 4], &[0; 7]].concat();
        let target = [&[2, 0, 0][..], &node.to_le_bytes(), &13_u32.to_le_bytes(), &[0xFF; 4], &[0; 2], &[0xFF; 4]].concat();
        [header, vec![0; 12], vec![1, 0, 0, 0], target].concat()
    }

    #[test]
    fn more_requests_than_places_keep_their_identities() {
        for node in (0..3 * PLACES as u32).chain(0..100) {
            let body = read(node);
            let head = hot::head(&body).expect("a Read");
            assert_eq!(identity(&head, &body), made(&head, &body), "{node}");
            assert_eq!(identity(&head, &body), made(&head, &body), "{node} again");
        }
        let [one, other] = [1, 2].map(read);
        assert_ne!(made(&hot::head(&one).expect("a Read"), &one), made(&hot::head(&other).expect("a Read"), &other));
    }
}
