//! What the fuzz targets run, as plain functions of bytes, so that the corpus is replayed as an ordinary test too.
//!
//! Each function panics where the packet reader broke a law: it panicked, a decoder of its did, the account of
//! transactions does not come out, a cutting changed rows, or more memory was taken than its bounds allow. All go
//! through public entries of the packet reader: what cannot be reached from outside is not fuzzed.

pub mod bytes;
pub mod claims;
pub mod engine;
pub mod file;
pub mod framing;
pub mod link;
pub mod memory;
pub mod packets;
pub mod recognise;
pub mod tcp;

/// The variable that names which framing or parser a target with several is to run.
pub const PART: &str = "SENTINEL_FUZZ_PART";

/// Which part a target with several is to run.
///
/// # Panics
/// If the environment does not name one.
pub fn part() -> String {
    std::env::var(PART).unwrap_or_else(|_| panic!("set {PART} to one of: {}", parts().join(" ")))
}

/// Every target, those with several parts once for each: `file`, `framing/…`, `claims/…`.
pub fn parts() -> Vec<String> {
    let alone = ["file", "link", "tcp", "recognise"].map(str::to_owned);
    let framings = framing::parts().into_iter().map(|part| format!("framing/{part}"));
    alone.into_iter().chain(framings).chain(claims::parts().into_iter().map(|part| format!("claims/{part}"))).collect()
}
