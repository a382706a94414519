//! Which model stands where: learnt from answers as they pass, for each unit behind a server.

use std::collections::BTreeMap;

use super::models::{model, Kind, Scale};
use super::values::{exponent, said};
use crate::protocols::modbus::identification::text;
use crate::protocols::{Claim, Learnt, Meaning, PointValue, Said, Side};

/// Where the mark may stand (V1.1 §3.1), and one beside each: some devices, and some who ask, count registers from 1.
const BASES: [u32; 8] = [0, 1, 39_999, 40_000, 40_001, 49_999, 50_000, 50_001];
/// `SunS`.
const MARK: [u16; 2] = [0x5375, 0x6E53];
/// Number of the model that ends the chain.
const END: u16 = 0xFFFF;
/// Models of one unit; the attack: a device that invents models without end. 248 units of 64 models are 400 kB.
const MOST_MODELS: usize = 64;
/// Scale factors of one unit; the same attack.
const MOST_SCALES: usize = 512;
/// Table of points that a map is about.
const TABLE: &str = "holding_register";
/// Texts of the common model (number 1) that say what the device is: first register, registers, attribute.
const IDENTITY: [(u16, u16, &str); 5] = [(2, 16, "vendor"), (18, 16, "model"), (34, 8, "options"), (42, 8, "firmware"), (50, 16, "serial")];

/// Registers in a row that one answer brought.
struct Run {
    unit: u8,
    start: u32,
    registers: Vec<u16>,
}

impl Run {
    fn of(values: &[PointValue]) -> Option<Self> {
        let mut run: Option<Self> = None;
        for value in values.iter().filter(|value| !value.written && value.table == TABLE) {
            let register = u16::try_from(value.number?).ok()?;
            let run = run.get_or_insert_with(|| Self { unit: value.unit, start: value.address, registers: Vec::new() });
            if run.start as usize + run.registers.len() != value.address as usize {
                return None;
            }
            run.registers.push(register);
        }
        run
    }

    fn at(&self, address: u32) -> Option<u16> {
        self.registers.get(address.checked_sub(self.start)? as usize).copied()
    }

    fn slice(&self, address: u32, count: u16) -> Option<&[u16]> {
        let first = address.checked_sub(self.start)? as usize;
        self.registers.get(first..first + usize::from(count))
    }

    /// Where the mark stands in it.
    fn mark(&self) -> Option<u32> {
        BASES.into_iter().find(|base| self.slice(*base, 2).is_some_and(|two| two == MARK))
    }
}

/// Whether the values have the mark: the chain begins to be learnt there.
pub(in super::super) fn begins(values: &[PointValue]) -> bool {
    let is_mark = |two: &[PointValue]| two[0].number == Some(i64::from(MARK[0])) && two[1].number == Some(i64::from(MARK[1]));
    let may = values.first().is_some_and(|value| value.table == TABLE);
    may && values.windows(2).any(is_mark) && Run::of(values).is_some_and(|run| run.mark().is_some())
}

/// A model in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Placed {
    /// Address of its number.
    start: u32,
    number: u16,
    /// Registers behind number and length.
    length: u16,
}

impl Placed {
    fn end(&self) -> u32 {
        self.start + 2 + u32::from(self.length)
    }
}

/// One unit's registers.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Map {
    base: u32,
    models: Vec<Placed>,
    /// Where the next model's number stands, or the end; `None` where nothing more can come.
    next: Option<u32>,
    /// Number and length there, which may come in different answers.
    head: [Option<u16>; 2],
    /// Powers of ten by address.
    scales: BTreeMap<u32, i16>,
}

impl Map {
    fn new(base: u32) -> Self {
        Self { base, models: Vec::new(), next: Some(base + 2), head: [None; 2], scales: BTreeMap::new() }
    }

    /// Forgets what the answer contradicts: the device was changed or replaced.
    fn check(&mut self, run: &Run) -> bool {
        let other = |told: Option<u16>, known: u16| told.is_some_and(|told| told != known);
        let wrong = |one: &Placed| other(run.at(one.start), one.number) || other(run.at(one.start + 1), one.length);
        let Some(first) = self.models.iter().position(wrong) else { return false };
        let start = self.models[first].start;
        self.models.truncate(first);
        self.scales.retain(|address, _| *address < start);
        (self.next, self.head) = (Some(start), [None; 2]);
        true
    }

    /// Follows the chain as far as the answer goes.
    fn walk(&mut self, run: &Run) -> Learnt {
        let mut learnt = Learnt::Nothing;
        while let Some(next) = self.next {
            let head = [run.at(next).or(self.head[0]), run.at(next + 1).or(self.head[1])];
            self.head = head;
            let (number, length) = match head {
                // The chain may go on here one day.
                [Some(END | 0), _] => {
                    self.head = [None; 2];
                    break;
                }
                [Some(number), Some(length)] => (number, length),
                _ => break,
            };
            let placed = Placed { start: next, number, length };
            if placed.end() > 0x1_0000 {
                self.next = None;
                break;
            }
            if self.models.len() >= MOST_MODELS {
                self.next = None;
                return Learnt::Full;
            }
            self.models.push(placed);
            (self.next, self.head) = (Some(placed.end()), [None; 2]);
            learnt = Learnt::More;
        }
        learnt
    }

    /// Scale factors in the answer. True if one is new or another.
    fn scale(&mut self, run: &Run) -> bool {
        let mut changed = false;
        let end = run.start + run.registers.len() as u32;
        for placed in self.models.iter().filter(|one| one.start < end && run.start < one.end()) {
            let Some(model) = model(placed.number) else { continue };
            let (first, last) = (placed.start.max(run.start), placed.end().min(end));
            for address in first..last {
                let found = u16::try_from(address - placed.start).ok().and_then(|register| model.point(register));
                if found.is_none_or(|found| found.point.kind != Kind::Scale) {
                    continue;
                }
                match run.at(address).and_then(exponent) {
                    Some(power) if self.scales.len() < MOST_SCALES || self.scales.contains_key(&address) => {
                        changed |= self.scales.insert(address, power) != Some(power);
                    }
                    Some(_) => {}
                    None => changed |= self.scales.remove(&address).is_some(),
                }
            }
        }
        changed
    }

    /// What the device says of itself: the first common model; a later one is about what is attached to it.
    fn claims(&self, run: &Run, claim: &mut dyn FnMut(Claim)) {
        let Some(common) = self.models.iter().find(|one| one.number == 1) else { return };
        for (at, count, attribute) in IDENTITY {
            let Some(registers) = run.slice(common.start + u32::from(at), count).filter(|_| at + count <= common.length + 2) else {
                continue;
            };
            let bytes: Vec<u8> = registers.iter().flat_map(|register| register.to_be_bytes()).take_while(|byte| *byte != 0).collect();
            let value = text(&bytes);
            if !value.is_empty() {
                claim(Claim { side: Side::Answer, unit: Some(run.unit), attribute, value, source: "modbus sunspec identity" });
            }
        }
    }

    fn meaning(&self, values: &[PointValue], index: usize) -> Option<Meaning> {
        let value = values.get(index)?;
        let plain = |label: String| Some(Meaning { label, measure: "", scale: 0, said: Said::AsIs });
        if (self.base..self.base + 2).contains(&value.address) {
            return plain("SunSpec: mark".to_owned());
        }
        let placed = self.models.get(self.models.partition_point(|one| one.start <= value.address).checked_sub(1)?)?;
        let register = u16::try_from(value.address - placed.start).ok().filter(|_| value.address < placed.end())?;
        let known = model(placed.number);
        let title = known.map_or_else(|| format!("SunSpec model {}", placed.number), |model| model.title.to_owned());
        match register {
            0 => return plain(format!("{title}: number of the model")),
            1 => return plain(format!("{title}: length of the model")),
            _ => {}
        }
        let Some(found) = known.and_then(|model| model.point(register)) else { return plain(title) };
        let point = &found.point;
        // Devices of an earlier version of the model end before its last points.
        if u32::from(found.at) + u32::from(point.size) > u32::from(placed.length) + 2 {
            return plain(title);
        }
        let title = if found.repetition > 0 { format!("{title} {}", found.repetition) } else { title };
        let (scale, needs) = match (point.scale, found.scale_at) {
            (Scale::Fixed(exponent), _) => (Some(exponent), false),
            (_, Some(at)) => (self.scales.get(&(placed.start + u32::from(at))).copied(), true),
            (..) => (None, false),
        };
        let unscaled = needs && scale.is_none();
        let part = register - found.at;
        let mut label = format!("{title}: {}", point.label);
        if unscaled {
            label.push_str(", not scaled");
        }
        if part > 0 {
            label.push_str(&format!(", register {}", part + 1));
        }
        let measure = if unscaled { "" } else { point.measure };
        let said = if part == 0 { together(values, index, point.size).map(|all| said(point, &all, scale)) } else { None };
        Some(Meaning { label, measure, scale: scale.unwrap_or_default(), said: said.unwrap_or(Said::Part) })
    }
}

/// The registers of one point, if this message has all of them.
fn together(values: &[PointValue], index: usize, size: u16) -> Option<Vec<u16>> {
    let all = values.get(index..index + usize::from(size))?;
    let first = all.first()?;
    let belongs = |(offset, one): (u32, &PointValue)| {
        let same = one.unit == first.unit && one.table == first.table && one.written == first.written;
        u16::try_from(one.number?).ok().filter(|_| same && one.address == first.address + offset)
    };
    (0..).zip(all).map(belongs).collect()
}

/// The maps of all units behind one server.
#[derive(Debug, Default)]
pub(in super::super) struct Maps {
    units: BTreeMap<u8, Map>,
}

impl Maps {
    /// See [`crate::protocols::Memory::learn`].
    pub(in super::super) fn learn(&mut self, values: &[PointValue], claim: &mut dyn FnMut(Claim)) -> Learnt {
        let Some(run) = Run::of(values) else { return Learnt::Nothing };
        let mut changed = false;
        match (run.mark(), self.units.get(&run.unit).map(|map| map.base)) {
            (Some(base), known) if known != Some(base) => {
                self.units.insert(run.unit, Map::new(base));
                changed = true;
            }
            // Where the mark was is something else now.
            (None, Some(base)) if run.at(base).is_some_and(|one| one != MARK[0]) || run.at(base + 1).is_some_and(|one| one != MARK[1]) => {
                self.units.remove(&run.unit);
                return Learnt::More;
            }
            _ => {}
        }
        let Some(map) = self.units.get_mut(&run.unit) else { return Learnt::Nothing };
        changed |= map.check(&run);
        let walked = map.walk(&run);
        changed |= map.scale(&run);
        map.claims(&run, claim);
        match walked {
            Learnt::Nothing if changed => Learnt::More,
            walked => walked,
        }
    }

    /// See [`crate::protocols::Memory::meanings`].
    pub(in super::super) fn meaning(&self, values: &[PointValue], index: usize) -> Option<Meaning> {
        let value = values.get(index).filter(|value| value.table == TABLE)?;
        self.units.get(&value.unit)?.meaning(values, index)
    }
}
