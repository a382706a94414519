//! Walks through a message by the table of its fields, and tells a visitor what is there.
//!
//! Structures inside ExtensionObjects are opened where their type is known. What a visitor has seen stays seen when an
//! encoding breaks off.

use super::encoding::{Body, Bounds, Cursor, ExtensionObject, Read, Value, Violation};
use super::schema::{Field, Kind, Names, Structure};
use super::structures;

/// What is told of a message, in its order.
pub(super) trait Visitor<'a> {
    /// A structure begins; `name` is that of its field.
    fn begin(&mut self, name: &'static str, structure: &'static Structure);
    /// It ends.
    fn end(&mut self);
    /// An array begins; `None`: a null one.
    fn begin_list(&mut self, field: &'static Field, count: Option<u32>);
    /// It ends; so many of its elements were passed over.
    fn end_list(&mut self, passed: u32);
    /// A value. ExtensionObjects of known types are begun and ended instead.
    fn value(&mut self, field: &'static Field, value: Value<'a>);
    /// A value of an enumeration.
    fn choice(&mut self, field: &'static Field, number: i32, names: Names);
}

/// Walks through a structure.
///
/// # Errors
/// The violation that ended the walk.
pub(super) fn walk<'a>(structure: &'static Structure, cursor: &mut Cursor<'a>, bounds: &Bounds, visitor: &mut dyn Visitor<'a>) -> Read<()> {
    structure.fields.iter().try_for_each(|field| self::field(field, cursor, bounds, visitor))
}

fn field<'a>(field: &'static Field, cursor: &mut Cursor<'a>, bounds: &Bounds, visitor: &mut dyn Visitor<'a>) -> Read<()> {
    if !field.many {
        return element(field, cursor, bounds, visitor);
    }
    let count = cursor.count(least(field.kind))?;
    visitor.begin_list(field, count);
    let count = count.unwrap_or_default();
    let mut told = 0;
    let mut result = Ok(());
    while told < count && result.is_ok() {
        if told as usize >= bounds.elements {
            result = element(field, cursor, bounds, &mut Nobody);
        } else {
            result = element(field, cursor, bounds, visitor);
        }
        told += 1;
    }
    visitor.end_list(count.saturating_sub(u32::try_from(bounds.elements).unwrap_or(u32::MAX)));
    result
}

fn element<'a>(field: &'static Field, cursor: &mut Cursor<'a>, bounds: &Bounds, visitor: &mut dyn Visitor<'a>) -> Read<()> {
    match field.kind {
        Kind::Value(builtin) => match Value::read(builtin, cursor)? {
            Value::ExtensionObject(object, depth) => extension(field, object, depth, bounds, visitor),
            value => {
                visitor.value(field, value);
                Ok(())
            }
        },
        Kind::Choice(names) => {
            visitor.choice(field, cursor.i32()?, names);
            Ok(())
        }
        Kind::Part(structure) => {
            cursor.deeper()?;
            visitor.begin(field.name, structure);
            let result = walk(structure, cursor, bounds, visitor);
            visitor.end();
            cursor.shallower();
            result
        }
    }
}

/// Opens an ExtensionObject of a known type; hands any other on as it is.
fn extension<'a>(
    field: &'static Field,
    object: ExtensionObject<'a>,
    depth: u8,
    bounds: &Bounds,
    visitor: &mut dyn Visitor<'a>,
) -> Read<()> {
    let Some((structure, body)) = known(&object) else {
        visitor.value(field, Value::ExtensionObject(object, depth));
        return Ok(());
    };
    if depth >= bounds.nesting {
        visitor.value(field, Value::ExtensionObject(object, depth));
        return Err(Violation::TOO_DEEP);
    }
    let mut cursor = Cursor::at_depth(body, depth + 1);
    visitor.begin(field.name, structure);
    let result = walk(structure, &mut cursor, bounds, visitor);
    visitor.end();
    result
}

/// The structure that an ExtensionObject holds, and its bytes; `None`: it is empty, or its type is not known.
pub(super) fn known<'a>(object: &ExtensionObject<'a>) -> Option<(&'static Structure, &'a [u8])> {
    let Body::Binary(body) = object.body else { return None };
    let number = object.type_id.number()?;
    let at = structures::ALL.binary_search_by_key(&number, |one| one.id).ok()?;
    structures::ALL.get(at).map(|structure| (*structure, body))
}

/// The fewest bytes that an element takes: a count that asks for more bytes than there are is a lie.
fn least(kind: Kind) -> usize {
    match kind {
        Kind::Value(builtin) => builtin.least(),
        Kind::Choice(_) => 4,
        // Every structure that comes in arrays holds a length or a number at least.
        Kind::Part(structure) => structure.fields.len().max(1),
    }
}

/// Looks away: for what is passed over.
struct Nobody;

impl Visitor<'_> for Nobody {
    fn begin(&mut self, _: &'static str, _: &'static Structure) {}
    fn end(&mut self) {}
    fn begin_list(&mut self, _: &'static Field, _: Option<u32>) {}
    fn end_list(&mut self, _: u32) {}
    fn value(&mut self, _: &'static Field, _: Value<'_>) {}
    fn choice(&mut self, _: &'static Field, _: i32, _: Names) {}
}
