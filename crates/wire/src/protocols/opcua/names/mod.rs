//! Names for numbers of the specification.

use std::fmt;

mod status;

/// The name of a status code; of one that nobody knows, how good it is.
pub(super) fn status(code: u32) -> &'static str {
    // The lower half tells of the value, not of what happened (OPC 10000-4, 7.39).
    let known = code & 0xFFFF_0000;
    match status::STATUS.binary_search_by_key(&known, |(number, _)| *number) {
        Ok(at) => status::STATUS.get(at).map_or("Good", |(_, name)| *name),
        Err(_) => ["Good", "Uncertain", "Bad", "Bad"][(code >> 30) as usize],
    }
}

/// A status code as text: its name, or its number.
pub(super) struct Status(pub(super) u32);

impl fmt::Display for Status {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.0 & 0xFFFF_0000;
        match status::STATUS.binary_search_by_key(&known, |(number, _)| *number) {
            Ok(at) => out.write_str(status::STATUS[at].1),
            Err(_) => write!(out, "0x{:08X}", self.0),
        }
    }
}
