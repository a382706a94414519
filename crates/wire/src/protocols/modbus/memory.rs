//! What a server told of its own registers and variables: a SunSpec map, or names out of UMAS' data dictionary.

use super::sunspec::{begins, Maps};
use super::umas::{Names, Umas};
use super::Wrapping;
use crate::protocols::{Claim, Learnt, Meaning, Memory, PointValue};

/// See the module.
#[derive(Debug)]
struct Told {
    /// A port of a server speaks one framing.
    wrapping: Wrapping,
    maps: Maps,
    names: Names,
}

/// An empty memory, if this pair is worth one.
pub(super) fn begin(wrapping: Wrapping, request: Option<&[u8]>, answer: Option<&[u8]>, values: &[PointValue]) -> Option<Box<dyn Memory>> {
    let tells = begins(values) || names(wrapping, request, answer).is_some();
    tells.then(|| Box::new(Told { wrapping, maps: Maps::default(), names: Names::default() }) as Box<dyn Memory>)
}

fn names(wrapping: Wrapping, request: Option<&[u8]>, answer: Option<&[u8]>) -> Option<Vec<(u16, u32, String)>> {
    let (request, answer) = (wrapping.read(request?)?, wrapping.read(answer?)?);
    if request.function != 90 {
        return None;
    }
    super::umas::named(&Umas::request(&request)?, &Umas::answer(&answer)?)
}

impl Memory for Told {
    fn learn(&mut self, request: Option<&[u8]>, answer: Option<&[u8]>, values: &[PointValue], claim: &mut dyn FnMut(Claim)) -> Learnt {
        match names(self.wrapping, request, answer) {
            Some(names) => self.names.learn(names),
            None => self.maps.learn(values, claim),
        }
    }

    fn meanings(&self, values: &[PointValue]) -> Vec<Option<Meaning>> {
        (0..values.len()).map(|index| self.maps.meaning(values, index).or_else(|| self.names.meaning(values.get(index)?))).collect()
    }
}
