//! What the server holds: the same numbers in every server of the round trips.

pub const BITS: usize = 2100;
pub const REGISTERS: usize = 300;
/// From here on an address is refused with the exception whose code is its distance.
pub const REFUSED: u16 = 60_000;

pub struct Memory {
    pub coils: Vec<bool>,
    pub inputs: Vec<bool>,
    pub holding: Vec<u16>,
    pub input: Vec<u16>,
}

impl Memory {
    pub fn new() -> Self {
        Self {
            coils: (0..BITS).map(|at| at % 5 < 2).collect(),
            inputs: (0..BITS).map(|at| at % 3 == 0).collect(),
            holding: (500..).take(REGISTERS).collect(),
            input: (200..).take(REGISTERS).collect(),
        }
    }
}

/// The part of a table that a request names, if it is all there.
pub fn part<T>(table: &mut [T], address: u16, quantity: usize) -> Option<&mut [T]> {
    table.get_mut(usize::from(address)..usize::from(address) + quantity)
}
