//! The built-in types (OPC 10000-6 §5.1.2) and a value of any of them.

use super::cursor::{Cursor, Read, Violation};
use super::data_value::DataValue;
use super::diagnostic::DiagnosticInfo;
use super::extension::ExtensionObject;
use super::node_id::{ExpandedNodeId, NodeId};
use super::plain::{Guid, LocalizedText, QualifiedName, Text};
use super::time::DateTime;
use super::variant::Variant;

/// A built-in type by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Builtin {
    /// True or false.
    Boolean = 1,
    /// 8 bits, signed.
    SByte,
    /// 8 bits.
    Byte,
    /// 16 bits, signed.
    Int16,
    /// 16 bits.
    UInt16,
    /// 32 bits, signed.
    Int32,
    /// 32 bits.
    UInt32,
    /// 64 bits, signed.
    Int64,
    /// 64 bits.
    UInt64,
    /// IEEE 754, 32 bits.
    Float,
    /// IEEE 754, 64 bits.
    Double,
    /// Text.
    String,
    /// A time.
    DateTime,
    /// 16 bytes that name something.
    Guid,
    /// Bytes.
    ByteString,
    /// XML as text.
    XmlElement,
    /// A node.
    NodeId,
    /// A node of any server.
    ExpandedNodeId,
    /// How it went.
    StatusCode,
    /// A name with its namespace.
    QualifiedName,
    /// A text with its language.
    LocalizedText,
    /// A structure with the id of its type.
    ExtensionObject,
    /// A value with status and times.
    DataValue,
    /// A value of any type.
    Variant,
    /// More about a refusal.
    DiagnosticInfo,
}

/// All of them, by number less one.
const BUILTINS: [(Builtin, &str, usize); 25] = {
    use Builtin as B;
    [
        (B::Boolean, "Boolean", 1),
        (B::SByte, "SByte", 1),
        (B::Byte, "Byte", 1),
        (B::Int16, "Int16", 2),
        (B::UInt16, "UInt16", 2),
        (B::Int32, "Int32", 4),
        (B::UInt32, "UInt32", 4),
        (B::Int64, "Int64", 8),
        (B::UInt64, "UInt64", 8),
        (B::Float, "Float", 4),
        (B::Double, "Double", 8),
        (B::String, "String", 4),
        (B::DateTime, "DateTime", 8),
        (B::Guid, "Guid", 16),
        (B::ByteString, "ByteString", 4),
        (B::XmlElement, "XmlElement", 4),
        (B::NodeId, "NodeId", 2),
        (B::ExpandedNodeId, "ExpandedNodeId", 2),
        (B::StatusCode, "StatusCode", 4),
        (B::QualifiedName, "QualifiedName", 6),
        (B::LocalizedText, "LocalizedText", 1),
        (B::ExtensionObject, "ExtensionObject", 3),
        (B::DataValue, "DataValue", 1),
        (B::Variant, "Variant", 1),
        (B::DiagnosticInfo, "DiagnosticInfo", 1),
    ]
};

impl Builtin {
    /// By its number. Variants may carry 26 to 31 too: types of later versions, encoded as ByteString (§5.2.2.16).
    #[inline]
    pub fn of(number: u8) -> Option<Self> {
        if (26..=31).contains(&number) {
            return Some(Self::ByteString);
        }
        BUILTINS.get(usize::from(number).checked_sub(1)?).map(|row| row.0)
    }

    /// Its name in the specification.
    pub fn name(self) -> &'static str {
        BUILTINS[self as usize - 1].1
    }

    /// The fewest bytes that a value takes.
    #[inline]
    pub fn least(self) -> usize {
        BUILTINS[self as usize - 1].2
    }

    /// Bytes that each value takes, where they are the same for all.
    #[inline]
    pub fn fixed(self) -> Option<usize> {
        (self as u8 <= Self::Double as u8 || matches!(self, Self::DateTime | Self::Guid | Self::StatusCode)).then(|| self.least())
    }
}

/// A value of a built-in type. What nests is kept as the bytes it stands in, to be read when wanted.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    /// True or false.
    Boolean(bool),
    /// SByte, Int16, Int32 or Int64.
    Signed(i64),
    /// Byte, UInt16, UInt32 or UInt64.
    Unsigned(u64),
    /// Float.
    Float(f32),
    /// Double.
    Double(f64),
    /// String; `None`: null.
    String(Option<Text<'a>>),
    /// DateTime.
    DateTime(DateTime),
    /// Guid.
    Guid(Guid),
    /// ByteString; `None`: null.
    ByteString(Option<&'a [u8]>),
    /// XmlElement; `None`: null.
    XmlElement(Option<Text<'a>>),
    /// NodeId.
    NodeId(NodeId<'a>),
    /// ExpandedNodeId.
    ExpandedNodeId(ExpandedNodeId<'a>),
    /// StatusCode.
    StatusCode(u32),
    /// QualifiedName.
    QualifiedName(QualifiedName<'a>),
    /// LocalizedText.
    LocalizedText(LocalizedText<'a>),
    /// ExtensionObject at such a depth.
    ExtensionObject(ExtensionObject<'a>, u8),
    /// DataValue: [`DataValue::read`] at the cursor reads it again.
    DataValue(Cursor<'a>),
    /// Variant: [`Variant::read`] at the cursor reads it again.
    Variant(Cursor<'a>),
    /// DiagnosticInfo: [`DiagnosticInfo::read_level`] at the cursor reads it again.
    DiagnosticInfo(Cursor<'a>),
}

impl<'a> Value<'a> {
    /// Reads one.
    #[inline]
    pub fn read(builtin: Builtin, cursor: &mut Cursor<'a>) -> Read<Self> {
        Ok(match builtin {
            Builtin::Boolean => Self::Boolean(cursor.boolean()?),
            Builtin::SByte => Self::Signed(i64::from(i8::from_le_bytes(cursor.array()?))),
            Builtin::Byte => Self::Unsigned(u64::from(cursor.u8()?)),
            Builtin::Int16 => Self::Signed(i64::from(i16::from_le_bytes(cursor.array()?))),
            Builtin::UInt16 => Self::Unsigned(u64::from(cursor.u16()?)),
            Builtin::Int32 => Self::Signed(i64::from(cursor.i32()?)),
            Builtin::UInt32 => Self::Unsigned(u64::from(cursor.u32()?)),
            Builtin::Int64 => Self::Signed(cursor.i64()?),
            Builtin::UInt64 => Self::Unsigned(u64::from_le_bytes(cursor.array()?)),
            Builtin::Float => Self::Float(f32::from_le_bytes(cursor.array()?)),
            Builtin::Double => Self::Double(f64::from_le_bytes(cursor.array()?)),
            Builtin::DateTime => Self::DateTime(DateTime(cursor.i64()?)),
            Builtin::StatusCode => Self::StatusCode(cursor.u32()?),
            Builtin::String => Self::String(cursor.counted()?.map(Text)),
            _ => Self::read_composed(builtin, cursor)?,
        })
    }

    /// Reads over one: the same bytes, and wrong where [`Self::read`] is.
    #[inline]
    pub fn skip(builtin: Builtin, cursor: &mut Cursor<'a>) -> Read<()> {
        if let Some(size) = builtin.fixed() {
            return cursor.bytes(size).map(|_| ());
        }
        match builtin {
            Builtin::String | Builtin::ByteString | Builtin::XmlElement => cursor.counted().map(|_| ()),
            Builtin::DataValue => DataValue::skip(cursor),
            Builtin::Variant => Variant::skip(cursor),
            _ => Self::read_composed(builtin, cursor).map(|_| ()),
        }
    }

    /// Those that are not numbers, times or texts.
    fn read_composed(builtin: Builtin, cursor: &mut Cursor<'a>) -> Read<Self> {
        let start = *cursor;
        Ok(match builtin {
            Builtin::Guid => Self::Guid(Guid::read(cursor)?),
            Builtin::ByteString => Self::ByteString(cursor.counted()?),
            Builtin::XmlElement => Self::XmlElement(cursor.counted()?.map(Text)),
            Builtin::NodeId => Self::NodeId(NodeId::read(cursor)?),
            Builtin::ExpandedNodeId => Self::ExpandedNodeId(ExpandedNodeId::read(cursor)?),
            Builtin::QualifiedName => Self::QualifiedName(QualifiedName::read(cursor)?),
            Builtin::LocalizedText => Self::LocalizedText(LocalizedText::read(cursor)?),
            Builtin::ExtensionObject => Self::ExtensionObject(ExtensionObject::read(cursor)?, cursor.depth()),
            Builtin::DataValue => {
                DataValue::skip(cursor)?;
                Self::DataValue(start)
            }
            Builtin::Variant => {
                Variant::skip(cursor)?;
                Self::Variant(start)
            }
            Builtin::DiagnosticInfo => {
                DiagnosticInfo::skip(cursor)?;
                Self::DiagnosticInfo(start)
            }
            _ => return Err(Violation::BAD_ENCODING),
        })
    }

    /// As a number, where it is one; times and StatusCodes are none.
    pub fn number(&self) -> Option<f64> {
        match *self {
            Self::Boolean(value) => Some(f64::from(u8::from(value))),
            Self::Signed(value) => Some(value as f64),
            Self::Unsigned(value) => Some(value as f64),
            Self::Float(value) => Some(f64::from(value)),
            Self::Double(value) => Some(value),
            _ => None,
        }
    }
}
