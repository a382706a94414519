//! UMAS (Unified Messaging Application Services), Schneider Electric's protocol inside function 90: engineering of Modicon
//! controllers. There is no public specification. What several public sources and recorded bytes agree on is told; of the rest its
//! length only.

mod columns;
mod device;
mod functions;
mod message;
mod names;
mod place;
#[cfg(test)]
mod tests;
mod variables;

pub(super) use columns::{event, operation};
pub(super) use functions::{ERROR, OK};
pub(super) use message::Umas;
pub(super) use names::{named, Names};
pub(super) use place::{identity, target};

use crate::protocols::{Claim, Class, PointValue, Side};

/// Kind of record that names variables.
const VARIABLE_NAMES: u16 = 0xDD02;
/// Table of points that are variables: their address is block and offset, 16 bits each.
pub(super) const VARIABLES: &str = "variable";

/// Name and class of a function that is known.
pub(super) fn known(code: u8) -> Option<(&'static str, Class)> {
    functions::known(code)
}

/// Whether this can be a request: its function is known, and those that say nothing without data have some.
pub(super) fn is_sound(request: &Umas<'_>) -> bool {
    let needs_none = matches!(request.code, 0x02 | 0x04 | 0x05 | 0x11 | 0x12);
    known(request.code).is_some() && (needs_none || !request.data.is_empty())
}

/// Elements of one array that become points; the attack: a request of many arrays of 65,535.
const MOST_ELEMENTS: u16 = 256;

/// What an address of [`VARIABLES`] stands for.
pub(super) fn variable_text(address: u32) -> String {
    format!("{VARIABLES} block {} offset {}", address >> 16, address & 0xFFFF)
}

/// Variables, and memory bits and words, with values where they are known.
pub(super) fn points(unit: u8, request: &Umas<'_>, answer: Option<&Umas<'_>>, point: &mut dyn FnMut(PointValue)) {
    if answer.is_some_and(|answer| answer.code != OK) {
        return;
    }
    if let Some(memory) = variables::memory(request) {
        let read = answer.and_then(|answer| variables::read_memory(&memory, answer));
        for (index, one) in memory.iter().enumerate() {
            let number = one.value.or_else(|| read.as_ref().and_then(|values| values.get(index)).copied());
            let address = u32::from(one.address);
            point(PointValue::plain(unit, one.table, address, number, one.value.is_some()));
        }
    } else if let Some(variables) = variables::variables(request) {
        let written = request.code == 0x23;
        let read = || answer.and_then(|answer| variables::read(&variables, answer));
        let values = if written { variables::written(&variables) } else { read().unwrap_or_default() };
        let mut first = 0;
        for one in &variables {
            for element in 0..one.count.min(MOST_ELEMENTS) {
                let number = values.get(first + usize::from(element)).copied();
                let offset = one.offset.and_then(|offset| u16::try_from(offset + u32::from(element) * u32::from(one.size)).ok());
                let Some(offset) = offset else { break };
                point(PointValue::plain(unit, VARIABLES, u32::from(one.block) << 16 | u32::from(offset), number, written));
            }
            first += usize::from(one.count);
        }
    }
}

/// What the controller says of itself.
pub(super) fn claims(unit: u8, request: &Umas<'_>, answer: &Umas<'_>, claim: &mut dyn FnMut(Claim)) {
    let mut told = |attribute, value: String| {
        if !value.is_empty() {
            claim(Claim { side: Side::Answer, unit: Some(unit), attribute, value, source: "modbus umas identity" });
        }
    };
    if answer.code != OK {
        return;
    }
    match request.code {
        0x02 => {
            if let Some(identity) = device::identity(answer) {
                // Nobody else's controllers speak it.
                told("vendor", "Schneider Electric".to_owned());
                told("model", identity.name);
                told("firmware", identity.firmware);
            }
        }
        0x03 if place::subfunction(request) == Some(0) => {
            if let Some(project) = device::project(answer) {
                told("application_name", project.name);
            }
        }
        _ => {}
    }
}
