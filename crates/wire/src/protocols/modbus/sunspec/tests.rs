//! Maps as they are learnt from answers in any order, and what registers then mean.

use proptest::prelude::*;

use super::models::{model, read};
use super::{begins, Maps};
use crate::protocols::{Claim, Learnt, PointValue, Said};

fn values(start: u32, registers: &[u16]) -> Vec<PointValue> {
    let one = |(address, register): (u32, &u16)| PointValue::plain(1, "holding_register", address, Some(i64::from(*register)), false);
    (start..).zip(registers).map(one).collect()
}

fn text(words: &str, registers: usize) -> Vec<u16> {
    let mut bytes = words.as_bytes().to_vec();
    bytes.resize(registers * 2, 0);
    bytes.chunks_exact(2).map(|two| u16::from_be_bytes([two[0], two[1]])).collect()
}

/// A common model, a three-phase inverter, the end; from the mark on.
fn device() -> Vec<u16> {
    let mut all = vec![0x5375, 0x6E53, 1, 66];
    for (words, registers) in [("Sunny Works", 16), ("SW-10", 16), ("", 8), ("2.1", 8), ("SN00017", 16)] {
        all.extend(text(words, registers));
    }
    all.extend([1, 0x8000]);
    all.extend([103, 50]);
    let mut inverter = vec![0xFFFF; 50];
    // AC current 12.34 A; voltage factor -1; power 5 kW as 500 and 1; frequency 50.01; energy over two registers.
    for (at, register) in [
        (0, 1234),
        (4, 0xFFFE),
        (8, 2301),
        (11, 0xFFFF),
        (12, 500),
        (13, 1),
        (14, 5001),
        (15, 0xFFFE),
        (22, 1),
        (23, 0x86A0),
        (24, 0),
        (31, 0xFF9C),
        (35, 0x8000),
        (36, 4),
    ] {
        inverter[at] = register;
    }
    all.extend(inverter);
    all.extend([0xFFFF, 0]);
    all
}

const BASE: u32 = 40_000;

fn learn(maps: &mut Maps, start: u32, registers: &[u16]) -> Learnt {
    maps.learn(&values(start, registers), &mut |_| {})
}

fn whole() -> Maps {
    let mut maps = Maps::default();
    assert_eq!(learn(&mut maps, BASE, &device()), Learnt::More);
    maps
}

/// Label with unit, and value, of each register of an answer.
fn told(maps: &Maps, start: u32, registers: &[u16]) -> Vec<String> {
    let values = values(start, registers);
    let one = |index| {
        let Some(meaning) = maps.meaning(&values, index) else { return "-".to_owned() };
        let measure = if meaning.measure.is_empty() { String::new() } else { format!(" ({})", meaning.measure) };
        let said = match meaning.said {
            Said::AsIs => "as is".to_owned(),
            Said::Integer(value) => value.to_string(),
            Said::Number { value, .. } => value.to_string(),
            Said::Text(text) => text,
            Said::Missing => "missing".to_owned(),
            Said::Part => "part".to_owned(),
        };
        format!("{}{measure} = {said}", meaning.label)
    };
    (0..values.len()).map(one).collect()
}

fn inverter(maps: &Maps, at: usize, count: usize) -> Vec<String> {
    let start = 4 + 66 + at;
    told(maps, BASE + start as u32, &device()[start..start + count])
}

#[test]
fn the_table_is_read_to_the_last_line() {
    let table = include_str!("models.tsv");
    let models = read(table);
    let lines = table.lines().filter(|line| line.starts_with(['.', '+'])).count();
    assert!(lines > 1_200);
    let mut points = 0;
    for number in models.keys() {
        let model = model(*number).expect("a model of the table");
        let mut register = 0;
        while register < 1_000 {
            register = match model.point(register).filter(|found| found.repetition <= 1) {
                Some(found) if found.at == register => {
                    points += 1;
                    register + found.point.size
                }
                _ => register + 1,
            };
        }
    }
    assert_eq!(points, lines, "each line is a point that is found at its first register");
    assert_eq!(model(64_110), None);
}

#[test]
fn the_mark_begins_it_and_nothing_else_does() {
    assert!(begins(&values(BASE, &[0x5375, 0x6E53, 1])));
    assert!(begins(&values(39_990, &[vec![7; 10], vec![0x5375, 0x6E53]].concat())));
    assert!(begins(&values(0, &[0x5375, 0x6E53])) && begins(&values(50_001, &[0x5375, 0x6E53])));
    assert!(!begins(&values(BASE + 7, &[0x5375, 0x6E53])), "no place for a mark");
    assert!(!begins(&values(BASE, &[0x5375, 0x6E54])) && !begins(&values(BASE, &[0x5375])) && !begins(&[]));
    let written = values(BASE, &[0x5375, 0x6E53]).into_iter().map(|value| PointValue { written: true, ..value }).collect::<Vec<_>>();
    assert!(!begins(&written), "somebody's write is no word of the device");
}

#[test]
fn an_inverter_in_one_answer() {
    let maps = whole();
    assert_eq!(
        told(&maps, BASE, &device()[..4]),
        ["SunSpec: mark = as is", "SunSpec: mark = as is", "Common: number of the model = as is", "Common: length of the model = as is"]
    );
    assert_eq!(told(&maps, BASE + 4, &device()[4..20])[0], "Common: maker = Sunny Works");
    assert_eq!(told(&maps, BASE + 4, &device()[4..20])[15], "Common: maker, register 16 = part");
    assert_eq!(
        inverter(&maps, 0, 4),
        [
            "Inverter: number of the model = as is",
            "Inverter: length of the model = as is",
            "Inverter: AC current (A) = 12.34",
            "Inverter: AC current phase A (A) = missing"
        ]
    );
    assert_eq!(inverter(&maps, 10, 1), ["Inverter: AC voltage phase A to neutral (V) = 230.1"]);
    assert_eq!(
        inverter(&maps, 14, 3),
        ["Inverter: AC power (W) = 5000", "Inverter: scale factor W_SF = 1", "Inverter: line frequency (Hz) = 50.01"]
    );
    assert_eq!(inverter(&maps, 24, 2), ["Inverter: AC energy (Wh) = 100000", "Inverter: AC energy, register 2 (Wh) = part"]);
    assert_eq!(inverter(&maps, 33, 1), ["Inverter: cabinet temperature, not scaled = -100"], "its scale factor is not implemented");
    assert_eq!(inverter(&maps, 38, 1), ["Inverter: operating state = 4"]);
    // Half of a value says nothing.
    assert_eq!(inverter(&maps, 24, 1), ["Inverter: AC energy (Wh) = part"]);
    assert_eq!(told(&maps, BASE + 2 + 68 + 52, &[0xFFFF, 0, 9]), ["-"; 3]);
    assert_eq!(told(&maps, BASE - 1, &[9]), ["-"]);
}

#[test]
fn only_the_first_identity_is_the_devices_own() {
    let claims = |maps: &mut Maps, start: u32, registers: &[u16]| {
        let mut found = Vec::new();
        maps.learn(&values(start, registers), &mut |claim: Claim| found.push((claim.attribute, claim.value)));
        found
    };
    let mut maps = Maps::default();
    let expected = [("vendor", "Sunny Works"), ("model", "SW-10"), ("firmware", "2.1"), ("serial", "SN00017")];
    let expected = expected.map(|(attribute, value)| (attribute, value.to_owned())).to_vec();
    assert_eq!(claims(&mut maps, BASE, &device()), expected);
    // A second one is about a meter that hangs on the inverter.
    let mut meter = vec![1, 66];
    meter.extend(text("Meter Works", 16));
    meter.extend(vec![0; 50]);
    let end = BASE + 2 + 68 + 52;
    assert_eq!(claims(&mut maps, end, &meter), []);
    assert_eq!(told(&maps, end + 2, &meter[2..18])[0], "Common: maker = Meter Works");
}

#[test]
fn a_client_that_asks_register_by_register() {
    let (mut maps, device) = (Maps::default(), device());
    let mut ask = |at: usize, count: usize| learn(&mut maps, BASE + at as u32, &device[at..at + count]);
    assert_eq!(ask(0, 3), Learnt::More, "the mark, and the number behind it");
    assert_eq!(ask(3, 1), Learnt::More, "its length");
    assert_eq!(ask(4, 66), Learnt::Nothing, "texts");
    assert_eq!(ask(70, 1), Learnt::Nothing);
    assert_eq!(ask(71, 1), Learnt::More);
    assert_eq!(ask(84, 1), Learnt::Nothing, "a value without its scale factor");
    assert_eq!(ask(85, 1), Learnt::More, "the scale factor");
    assert_eq!(ask(85, 1), Learnt::Nothing);
    assert_eq!(inverter(&maps, 14, 1), ["Inverter: AC power (W) = 5000"]);
    assert_eq!(inverter(&maps, 10, 1), ["Inverter: AC voltage phase A to neutral, not scaled = 2301"]);
}

#[test]
fn another_device_at_the_same_address_is_learnt_anew() {
    let mut maps = whole();
    // The inverter was replaced by one with single precision numbers.
    assert_eq!(learn(&mut maps, BASE + 70, &[113, 60]), Learnt::More);
    let power = 1_234.5_f32.to_bits();
    let answer = [(power >> 16) as u16, power as u16];
    assert_eq!(told(&maps, BASE + 70 + 22, &answer)[0], "Inverter: AC power (W) = 1234.5");
    assert_eq!(told(&maps, BASE + 70 + 22, &[0x7FC0, 0])[0], "Inverter: AC power (W) = missing", "not a number");
    // No longer SunSpec at all.
    assert_eq!(learn(&mut maps, BASE, &[1, 2, 3]), Learnt::More);
    assert_eq!(told(&maps, BASE + 70, &[113]), ["-"]);
}

#[test]
fn a_chain_that_never_ends_is_bounded() {
    let mut maps = Maps::default();
    learn(&mut maps, 0, &[0x5375, 0x6E53]);
    let mut learnt = Vec::new();
    for index in 0..70 {
        learnt.push(learn(&mut maps, 2 + 2 * index, &[64_000, 0]));
    }
    assert_eq!(learnt.iter().filter(|one| **one == Learnt::More).count(), 64);
    assert_eq!(learnt.iter().filter(|one| **one == Learnt::Full).count(), 1);
    // A length that passes the last register ends it.
    let mut maps = Maps::default();
    assert_eq!(learn(&mut maps, BASE, &[0x5375, 0x6E53, 103, 0xFFFF]), Learnt::More);
    assert_eq!(told(&maps, BASE + 2, &[103]), ["-"]);
}

#[test]
fn repeated_parts_and_models_of_the_maker() {
    let mut maps = Maps::default();
    let mut registers = vec![0x5375, 0x6E53, 160, 48];
    let mut mppt = vec![0_u16; 48];
    // Factors of current, voltage, power; then two inputs, whose currents stand at 9 and 29 behind the head.
    (mppt[0], mppt[1], mppt[2]) = (0xFFFE, 0xFFFF, 0);
    (mppt[8 + 9], mppt[8 + 20 + 9]) = (150, 250);
    registers.extend(mppt);
    registers.extend([64_110, 2, 5, 6]);
    learn(&mut maps, BASE, &registers);
    assert_eq!(told(&maps, BASE + 4 + 17, &[150]), ["MPPT 1: DC current (A) = 1.5"]);
    assert_eq!(told(&maps, BASE + 4 + 37, &[250]), ["MPPT 2: DC current (A) = 2.5"]);
    assert_eq!(
        told(&maps, BASE + 52, &[64_110, 2, 5]),
        [
            "SunSpec model 64110: number of the model = as is",
            "SunSpec model 64110: length of the model = as is",
            "SunSpec model 64110 = as is"
        ]
    );
}

#[test]
fn what_is_written_is_scaled_too() {
    let mut maps = Maps::default();
    let mut registers = vec![0x5375, 0x6E53, 123, 24];
    registers.extend(vec![0; 21]);
    registers.extend([0xFFFF, 0, 0]);
    learn(&mut maps, BASE, &registers);
    let write = [PointValue { written: true, ..values(BASE + 2 + 5, &[350])[0].clone() }];
    let meaning = maps.meaning(&write, 0).expect("a meaning");
    assert_eq!(
        (meaning.label.as_str(), meaning.measure, meaning.said),
        ("Controls: power limit", "%", Said::Number { raw: 350, value: 35.0 })
    );
}

proptest! {
    /// Any registers, at any of the places, in any order: nothing panics, and what is told is of these registers.
    #[test]
    fn any_device_is_read(answers in prop::collection::vec((0_u32..300, prop::collection::vec(prop::sample::select(vec![0_u16, 1, 2, 66, 103, 160, 203, 0x5375, 0x6E53, 0x8000, 0xFFFF]), 1..125)), 1..20)) {
        let mut maps = Maps::default();
        learn(&mut maps, 0, &[0x5375, 0x6E53]);
        for (start, registers) in answers {
            learn(&mut maps, start, &registers);
            let values = values(start, &registers);
            for index in 0..=values.len() {
                maps.meaning(&values, index);
            }
        }
    }

    /// However the registers are cut into answers, in their order the whole map is learnt.
    #[test]
    fn cut_anywhere_the_map_is_the_same(cuts in prop::collection::vec(1_usize..40, 1..40)) {
        let (mut maps, device) = (Maps::default(), device());
        let mut at = 0;
        for cut in cuts.into_iter().cycle() {
            if at >= device.len() {
                break;
            }
            // The mark is one thing: who asks reads both of its registers.
            let end = (at + cut).max(2).min(device.len());
            learn(&mut maps, BASE + at as u32, &device[at..end]);
            at = end;
        }
        prop_assert_eq!(told(&maps, BASE, &device), told(&whole(), BASE, &device));
    }
}
