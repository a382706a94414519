//! The public models as data: `models.tsv`, made by `tools/make_sunspec_table.py` from SunSpec's own definitions (Apache-2.0).

use std::collections::HashMap;
use std::sync::OnceLock;

/// How the registers of a point are read (V1.1 §4.2 to §4.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `int16`, `int32`, `int64`.
    Signed,
    /// `uint16`, `uint32`, `uint64`, `count`.
    Unsigned,
    /// `acc32`, `acc64`: they only rise, so all ones is a number like any other.
    Sum,
    /// `enum16`, `enum32`, `bitfield16`, `bitfield32`: never scaled.
    Code,
    /// `float32`.
    Float,
    /// `string`.
    Text,
    /// `sunssf`: power of ten for other points.
    Scale,
}

/// What scales a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    /// Nothing.
    None,
    /// Always this power of ten.
    Fixed(i16),
    /// The scale factor at this register of the model.
    At(u16),
    /// The scale factor at this register of the same repetition.
    Repeated(u16),
}

/// One point of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Point {
    /// First register, from the model's number on; in the repeating part from its start.
    pub(super) at: u16,
    /// Registers.
    pub(super) size: u16,
    pub(super) kind: Kind,
    pub(super) scale: Scale,
    pub(super) measure: &'static str,
    pub(super) label: &'static str,
}

/// One model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Model {
    pub(super) title: &'static str,
    /// Registers before the repeating part.
    size: u16,
    /// Registers of one repetition; 0: nothing repeats.
    again: u16,
    points: Vec<Point>,
    repeated: Vec<Point>,
}

/// A point in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) point: Point,
    /// Its first register, from the model's number on.
    pub(super) at: u16,
    /// The register of its scale factor, likewise.
    pub(super) scale_at: Option<u16>,
    /// Which repetition, from 1; 0 outside.
    pub(super) repetition: u16,
}

impl Model {
    /// The point that has this register.
    pub(super) fn point(&self, register: u16) -> Option<Found> {
        let (points, start, repetition) = match register.checked_sub(self.size).filter(|_| self.again > 0) {
            Some(behind) => (&self.repeated, self.size + behind / self.again * self.again, behind / self.again + 1),
            None => (&self.points, 0, 0),
        };
        let within = register - start;
        let index = points.partition_point(|point| point.at <= within).checked_sub(1)?;
        let point = *points.get(index).filter(|point| within < point.at + point.size)?;
        let scale_at = match point.scale {
            Scale::At(at) => Some(at),
            Scale::Repeated(at) => Some(start + at),
            Scale::None | Scale::Fixed(_) => None,
        };
        Some(Found { point, at: start + point.at, scale_at, repetition })
    }
}

/// The model with this number, if it is a public one that is known here.
pub(super) fn model(number: u16) -> Option<&'static Model> {
    static MODELS: OnceLock<HashMap<u16, Model>> = OnceLock::new();
    MODELS.get_or_init(|| read(include_str!("models.tsv"))).get(&number)
}

/// A line that is none says nothing; a test reads the table and counts.
pub(super) fn read(table: &'static str) -> HashMap<u16, Model> {
    let mut models: HashMap<u16, Model> = HashMap::new();
    let mut current = 0;
    for line in table.lines() {
        let parts: Vec<&'static str> = line.split('\t').collect();
        match parts[..] {
            ["model", number, title, size, again] => {
                let (Ok(number), Ok(size), Ok(again)) = (number.parse(), size.parse(), again.parse()) else { continue };
                current = number;
                models.insert(number, Model { title, size, again, points: Vec::new(), repeated: Vec::new() });
            }
            [part, at, size, kind, scale, measure, label] => {
                let (Some(model), Some(kind)) = (models.get_mut(&current), kind_of(kind)) else { continue };
                let (Ok(at), Ok(size), Some(scale)) = (at.parse(), size.parse(), scale_of(scale)) else { continue };
                let points = if part == "+" { &mut model.repeated } else { &mut model.points };
                points.push(Point { at, size, kind, scale, measure, label });
            }
            _ => {}
        }
    }
    models
}

fn kind_of(name: &str) -> Option<Kind> {
    Some(match name {
        "int16" | "int32" | "int64" => Kind::Signed,
        "uint16" | "uint32" | "uint64" | "count" => Kind::Unsigned,
        "acc16" | "acc32" | "acc64" => Kind::Sum,
        "enum16" | "enum32" | "bitfield16" | "bitfield32" | "bitfield64" => Kind::Code,
        "float32" => Kind::Float,
        "string" => Kind::Text,
        "sunssf" => Kind::Scale,
        _ => return None,
    })
}

fn scale_of(text: &str) -> Option<Scale> {
    match text.split_at_checked(1)? {
        ("-", "") => Some(Scale::None),
        ("^", exponent) => exponent.parse().ok().map(Scale::Fixed),
        ("+", at) => at.parse().ok().map(Scale::Repeated),
        _ => text.parse().ok().map(Scale::At),
    }
}
