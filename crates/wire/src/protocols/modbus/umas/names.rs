//! Names of variables, as the data dictionary of a controller tells them.

use std::collections::BTreeMap;

use super::message::Umas;
use super::place::record_type;
use super::{device, functions, VARIABLES, VARIABLE_NAMES};
use crate::protocols::{Learnt, Meaning, PointValue, Said};

/// Names of one controller; the attack: a controller that invents variables without end. Large projects have some thousands.
const MOST: usize = 20_000;

/// Variables with block, offset and name, if the pair tells such.
pub(in super::super) fn named(request: &Umas<'_>, answer: &Umas<'_>) -> Option<Vec<(u16, u32, String)>> {
    let asks = record_type(request) == Some(VARIABLE_NAMES) && answer.code == functions::OK;
    asks.then(|| device::dictionary(answer)).flatten()
}

/// See the module; by address of the point.
#[derive(Debug, Default)]
pub(in super::super) struct Names(BTreeMap<u32, String>);

impl Names {
    /// Takes names; a later one of the same place counts.
    pub(in super::super) fn learn(&mut self, names: Vec<(u16, u32, String)>) -> Learnt {
        let mut learnt = Learnt::Nothing;
        for (block, offset, name) in names {
            let Ok(offset) = u16::try_from(offset) else { continue };
            let address = u32::from(block) << 16 | u32::from(offset);
            if name.is_empty() || self.0.get(&address) == Some(&name) {
                continue;
            }
            if self.0.len() >= MOST && !self.0.contains_key(&address) {
                return Learnt::Full;
            }
            self.0.insert(address, name);
            learnt = Learnt::More;
        }
        learnt
    }

    /// The name of a variable.
    pub(in super::super) fn meaning(&self, value: &PointValue) -> Option<Meaning> {
        let name = self.0.get(&value.address).filter(|_| value.table == VARIABLES)?;
        Some(Meaning { label: name.clone(), measure: "", scale: 0, said: Said::AsIs })
    }
}
