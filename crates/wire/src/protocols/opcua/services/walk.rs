//! Reads any structure by its description.

use super::super::encoding::{Body, Builtin, Cursor, ExtensionObject, NodeId, Read, Value, Violation};
use super::extensions;
use super::schema::{Field, Kind, Structure};

/// Who is told what a walk comes by. Everything that begins ends too, whatever is wrong with the message; all has an empty default.
pub trait Visitor<'a> {
    /// A structure begins: the field's, or an element of it.
    fn enter(&mut self, _field: &'static Field, _structure: &'static Structure) {}

    /// It ends.
    fn leave(&mut self, _field: &'static Field, _structure: &'static Structure) {}

    /// An array of so many begins; `None`: it is null, and does not end.
    fn array(&mut self, _field: &'static Field, _count: Option<u32>) {}

    /// It ends.
    fn array_end(&mut self, _field: &'static Field) {}

    /// An ExtensionObject begins whose structure is known.
    fn body(&mut self, _field: &'static Field, _type_id: NodeId<'a>, _structure: &'static Structure) {}

    /// It ends.
    fn body_end(&mut self, _field: &'static Field) {}

    /// A value.
    fn leaf(&mut self, _field: &'static Field, _value: Value<'a>) {}

    /// Whether values are told: where nobody listens they are read over, which is faster.
    #[inline]
    fn hears_values(&self) -> bool {
        true
    }

    /// Something is wrong here. Reading goes on where the end of what is wrong is known.
    fn violation(&mut self, violation: Violation);
}

/// Reads a structure from the cursor on.
///
/// # Errors
/// What is wrong with the encoding, where nothing behind it can be read. The visitor was told all before it.
pub fn walk<'a, V: Visitor<'a> + ?Sized>(structure: &'static Structure, cursor: &mut Cursor<'a>, visitor: &mut V) -> Read<()> {
    cursor.deeper()?;
    for field in structure.fields {
        if field.many {
            array(field, cursor, visitor)?;
        } else {
            one(field, cursor, visitor)?;
        }
    }
    cursor.shallower();
    Ok(())
}

fn array<'a, V: Visitor<'a> + ?Sized>(field: &'static Field, cursor: &mut Cursor<'a>, visitor: &mut V) -> Read<()> {
    let count = cursor.count(field.kind.least())?;
    visitor.array(field, count);
    let Some(count) = count else { return Ok(()) };
    let read = (0..count).try_for_each(|_| one(field, cursor, visitor));
    visitor.array_end(field);
    read
}

fn one<'a, V: Visitor<'a> + ?Sized>(field: &'static Field, cursor: &mut Cursor<'a>, visitor: &mut V) -> Read<()> {
    match field.kind {
        Kind::Builtin(builtin) if !visitor.hears_values() && builtin != Builtin::ExtensionObject => Value::skip(builtin, cursor)?,
        Kind::Builtin(builtin) => match Value::read(builtin, cursor)? {
            Value::ExtensionObject(object, depth) => extension(field, object, depth, visitor),
            value => visitor.leaf(field, value),
        },
        Kind::Enumeration(_) => visitor.leaf(field, Value::Signed(i64::from(cursor.i32()?))),
        Kind::Structure(structure) => {
            visitor.enter(field, structure);
            let read = walk(structure, cursor, visitor);
            visitor.leave(field, structure);
            return read;
        }
    }
    Ok(())
}

/// Opens an ExtensionObject if its structure is known. Its length is known too: what is wrong in it ends with it.
pub fn extension<'a, V: Visitor<'a> + ?Sized>(field: &'static Field, object: ExtensionObject<'a>, depth: u8, visitor: &mut V) {
    let known = object.type_id.number().and_then(extensions::structure);
    let (Body::Binary(bytes), Some(structure)) = (object.body, known) else {
        return visitor.leaf(field, Value::ExtensionObject(object, depth));
    };
    visitor.body(field, object.type_id, structure);
    let mut cursor = Cursor::at_depth(bytes, depth);
    match walk(structure, &mut cursor, visitor) {
        Err(violation) => visitor.violation(violation),
        Ok(()) if !cursor.rest().is_empty() => visitor.violation(Violation::TRAILING_BYTES),
        Ok(()) => {}
    }
    visitor.body_end(field);
}
