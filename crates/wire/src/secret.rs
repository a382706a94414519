//! Hashes that nobody can foresee. What is hashed comes from the wire: whoever knew the seed could send keys that all fall into one
//! place of a table, or bytes that pass for others.

use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::LazyLock;

use foldhash::quality::RandomState;

static SECRET: LazyLock<RandomState> = LazyLock::new(RandomState::default);

/// A hash by the secret of this process: the same as long as it lasts, and in no other.
pub(crate) fn hash(value: impl Hash) -> u64 {
    SECRET.hash_one(value)
}

/// For a hash of several values.
pub(crate) fn hasher() -> impl Hasher {
    SECRET.build_hasher()
}
