//! DataValue: a value with its status and times (OPC 10000-6 §5.2.2.17).

use super::cursor::{Cursor, Read, Violation};
use super::time::DateTime;
use super::variant::Variant;

/// A value as a server tells it.
#[derive(Debug, Clone, Copy)]
pub struct DataValue<'a> {
    /// `None`: it has none, which is not a null value.
    pub value: Option<Variant<'a>>,
    /// `None`: Good.
    pub status: Option<u32>,
    /// When the source had it.
    pub source_time: Option<DateTime>,
    /// Tens of picoseconds to add.
    pub source_picoseconds: Option<u16>,
    /// When the server had it.
    pub server_time: Option<DateTime>,
    /// Tens of picoseconds to add.
    pub server_picoseconds: Option<u16>,
}

impl<'a> DataValue<'a> {
    /// Reads one.
    #[inline]
    pub fn read(cursor: &mut Cursor<'a>) -> Read<Self> {
        let mask = cursor.u8()?;
        if mask & 0xC0 != 0 {
            return Err(Violation::BAD_ENCODING);
        }
        let value = if mask & 0x01 != 0 { Some(Variant::read(cursor)?) } else { None };
        let status = if mask & 0x02 != 0 { Some(cursor.u32()?) } else { None };
        let source_time = if mask & 0x04 != 0 { Some(DateTime(cursor.i64()?)) } else { None };
        let source_picoseconds = if mask & 0x10 != 0 { Some(cursor.u16()?) } else { None };
        let server_time = if mask & 0x08 != 0 { Some(DateTime(cursor.i64()?)) } else { None };
        let server_picoseconds = if mask & 0x20 != 0 { Some(cursor.u16()?) } else { None };
        Ok(Self { value, status, source_time, source_picoseconds, server_time, server_picoseconds })
    }

    /// Reads over one, as [`Value::skip`](super::Value::skip) does.
    #[inline]
    pub fn skip(cursor: &mut Cursor<'a>) -> Read<()> {
        /// Bytes behind the value that each mask promises: status, source time, server time and their picoseconds.
        const BEHIND: [u8; 64] = {
            let (mut sizes, mut mask) = ([0; 64], 0_usize);
            while mask < sizes.len() {
                sizes[mask] =
                    (4 * (mask >> 1 & 1) + 8 * (mask >> 2 & 1) + 8 * (mask >> 3 & 1) + 2 * (mask >> 4 & 1) + 2 * (mask >> 5 & 1)) as u8;
                mask += 1;
            }
            sizes
        };
        let mask = cursor.u8()?;
        let behind = *BEHIND.get(usize::from(mask)).ok_or(Violation::BAD_ENCODING)?;
        if mask & 0x01 != 0 {
            Variant::skip(cursor)?;
        }
        cursor.bytes(usize::from(behind)).map(|_| ())
    }
}
