//! Variant: a value of any built-in type, an array or a matrix of them (OPC 10000-6 §5.2.2.16).

use super::cursor::{Cursor, Read, Violation};
use super::value::{Builtin, Value};

/// A value of any type.
#[derive(Debug, Clone, Copy)]
pub enum Variant<'a> {
    /// No value.
    Null,
    /// One value.
    Scalar(Builtin, Value<'a>),
    /// Many.
    Array(Array<'a>),
}

/// Values of one type, read one by one when asked.
#[derive(Debug, Clone, Copy)]
pub struct Array<'a> {
    /// What each of them is.
    pub builtin: Builtin,
    /// How many; `None`: a null array.
    pub count: Option<u32>,
    /// The dimensions of a matrix as encoded, 4 bytes each; empty: a plain array.
    dimensions: &'a [u8],
    start: Cursor<'a>,
    size: usize,
}

impl<'a> Variant<'a> {
    const ARRAY: u8 = 0x80;
    const DIMENSIONS: u8 = 0x40;

    /// Reads one.
    #[inline]
    pub fn read(cursor: &mut Cursor<'a>) -> Read<Self> {
        let encoding = cursor.u8()?;
        if encoding == 0 {
            return Ok(Self::Null);
        }
        if encoding & (Self::ARRAY | Self::DIMENSIONS) == 0 {
            let builtin = Builtin::of(encoding).ok_or(Violation::BAD_ENCODING)?;
            return Ok(Self::Scalar(builtin, nested(builtin, cursor)?));
        }
        Self::read_array(encoding, cursor)
    }

    /// Reads over one, as [`Value::skip`] does.
    #[inline]
    pub fn skip(cursor: &mut Cursor<'a>) -> Read<()> {
        let encoding = cursor.u8()?;
        if encoding == 0 {
            return Ok(());
        }
        if encoding & (Self::ARRAY | Self::DIMENSIONS) == 0 {
            return skip_nested(Builtin::of(encoding).ok_or(Violation::BAD_ENCODING)?, cursor);
        }
        Self::read_array(encoding, cursor).map(|_| ())
    }

    fn read_array(encoding: u8, cursor: &mut Cursor<'a>) -> Read<Self> {
        // Dimensions without an array are nothing the specification knows.
        if encoding & Self::ARRAY == 0 {
            return Err(Violation::BAD_ENCODING);
        }
        let builtin = Builtin::of(encoding & 0x3F).ok_or(Violation::BAD_ENCODING)?;
        let count = cursor.count(builtin.least())?;
        let start = *cursor;
        let elements = count.unwrap_or(0);
        match builtin.fixed() {
            Some(size) => {
                cursor.bytes(size.saturating_mul(elements as usize))?;
            }
            None => {
                for _ in 0..elements {
                    skip_nested(builtin, cursor)?;
                }
            }
        }
        let size = cursor.since(&start).len();
        let mut dimensions: &[u8] = &[];
        if encoding & Self::DIMENSIONS != 0 {
            let many = cursor.count(4)?.unwrap_or(0);
            dimensions = cursor.bytes(4 * many as usize)?;
        }
        let mut start = start;
        if nests(builtin) {
            start.deeper()?;
        }
        Ok(Self::Array(Array { builtin, count, dimensions, start, size }))
    }
}

/// Whether values of this type may hold values again.
pub fn nests(builtin: Builtin) -> bool {
    matches!(builtin, Builtin::Variant | Builtin::DataValue | Builtin::DiagnosticInfo | Builtin::ExtensionObject)
}

/// Reads a value of a Variant, one level in if it may hold others.
#[inline]
fn nested<'a>(builtin: Builtin, cursor: &mut Cursor<'a>) -> Read<Value<'a>> {
    if !nests(builtin) {
        return Value::read(builtin, cursor);
    }
    cursor.deeper()?;
    let value = Value::read(builtin, cursor)?;
    cursor.shallower();
    Ok(value)
}

/// Reads over a value of a Variant.
#[inline]
fn skip_nested(builtin: Builtin, cursor: &mut Cursor<'_>) -> Read<()> {
    if !nests(builtin) {
        return Value::skip(builtin, cursor);
    }
    cursor.deeper()?;
    Value::skip(builtin, cursor)?;
    cursor.shallower();
    Ok(())
}

impl<'a> Array<'a> {
    /// Its values in their order: those of a matrix run through the last dimension first.
    pub fn values(&self) -> impl Iterator<Item = Value<'a>> {
        let (builtin, mut cursor) = (self.builtin, self.start);
        (0..self.count.unwrap_or(0)).map_while(move |_| Value::read(builtin, &mut cursor).ok())
    }

    /// The encoding of its values.
    pub fn bytes(&self) -> &'a [u8] {
        self.start.rest().get(..self.size).unwrap_or_default()
    }

    /// Bytes that its values take.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The dimensions of a matrix; none: a plain array.
    pub fn dimensions(&self) -> impl DoubleEndedIterator<Item = u32> + ExactSizeIterator + 'a {
        let (whole, _) = self.dimensions.as_chunks::<4>();
        whole.iter().map(|bytes| u32::from_le_bytes(*bytes))
    }

    /// Whether the dimensions, if there are any, amount to its elements.
    pub fn fits(&self) -> bool {
        let product = self.dimensions().try_fold(1_u64, |product, size| product.checked_mul(u64::from(size)));
        self.dimensions.is_empty() || product == Some(u64::from(self.count.unwrap_or(0)))
    }
}
