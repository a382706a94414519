//! DiagnosticInfo: what a server says about a refusal (OPC 10000-6 §5.2.2.12).

use super::cursor::{Cursor, Read, Violation};
use super::plain::Text;

/// One level of it; numbers are indices into the string table of the response's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DiagnosticInfo<'a> {
    /// A name within the namespace of `namespace_uri`.
    pub symbolic_id: Option<i32>,
    /// The URI of the namespace.
    pub namespace_uri: Option<i32>,
    /// The language of `localized_text`.
    pub locale: Option<i32>,
    /// A text for people.
    pub localized_text: Option<i32>,
    /// What only its maker understands.
    pub additional_info: Option<Text<'a>>,
    /// The StatusCode of what was asked beneath.
    pub inner_status: Option<u32>,
}

impl<'a> DiagnosticInfo<'a> {
    /// Reads one level; true: the level it was caused by follows at the cursor.
    pub fn read_level(cursor: &mut Cursor<'a>) -> Read<(Self, bool)> {
        let mask = cursor.u8()?;
        if mask & 0x80 != 0 {
            return Err(Violation::BAD_ENCODING);
        }
        let mut index = |bit: u8| if mask & bit != 0 { cursor.i32().map(Some) } else { Ok(None) };
        let (symbolic_id, namespace_uri, locale, localized_text) = (index(0x01)?, index(0x02)?, index(0x08)?, index(0x04)?);
        let additional_info = if mask & 0x10 != 0 { cursor.counted()?.map(Text) } else { None };
        let inner_status = if mask & 0x20 != 0 { Some(cursor.u32()?) } else { None };
        Ok((Self { symbolic_id, namespace_uri, locale, localized_text, additional_info, inner_status }, mask & 0x40 != 0))
    }

    /// Reads over one with all its levels. They follow each other flat, so their number needs no stack, only a bound.
    pub fn skip(cursor: &mut Cursor<'a>) -> Read<()> {
        let start = cursor.depth();
        let mut more = true;
        while more {
            (_, more) = Self::read_level(cursor)?;
            if more {
                cursor.deeper()?;
            }
        }
        while cursor.depth() > start {
            cursor.shallower();
        }
        Ok(())
    }
}
