//! Texts, Guids, and the pairs made of them.

use std::borrow::Cow;
use std::fmt;

use super::cursor::{Cursor, Read, Violation};

/// Text as it stands on the wire: UTF-8 by the specification, anything by what servers send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text<'a>(pub &'a [u8]);

impl<'a> Text<'a> {
    /// As text; what is not UTF-8 is replaced.
    pub fn lossy(self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.0)
    }
}

/// At most so many bytes of a text, up to the end of a letter.
pub fn cut(text: Cow<'_, str>, most: usize) -> Cow<'_, str> {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(..end).unwrap_or_default()),
        Cow::Owned(mut text) => {
            text.truncate(end);
            Cow::Owned(text)
        }
    }
}

/// A Guid in the order of its text form (the wire's first three parts are little-endian, §5.2.2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Guid(pub [u8; 16]);

impl Guid {
    /// Reads one.
    pub fn read(cursor: &mut Cursor<'_>) -> Read<Self> {
        let [a, b, c, d, e, f, g, h, rest @ ..]: [u8; 16] = cursor.array()?;
        let [i, j, k, l, m, n, o, p] = rest;
        Ok(Self([d, c, b, a, f, e, h, g, i, j, k, l, m, n, o, p]))
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                out.write_str("-")?;
            }
            write!(out, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// A name with the namespace it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QualifiedName<'a> {
    /// Index into the server's namespaces.
    pub namespace: u16,
    /// The name; `None`: null.
    pub name: Option<Text<'a>>,
}

impl<'a> QualifiedName<'a> {
    /// Reads one.
    pub fn read(cursor: &mut Cursor<'a>) -> Read<Self> {
        Ok(Self { namespace: cursor.u16()?, name: cursor.counted()?.map(Text) })
    }

    /// Whether it says nothing.
    pub fn is_null(&self) -> bool {
        self.namespace == 0 && self.name.is_none()
    }
}

impl fmt::Display for QualifiedName<'_> {
    /// `2:Level`, without the namespace where it is 0.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace != 0 {
            write!(out, "{}:", self.namespace)?;
        }
        out.write_str(&self.name.unwrap_or(Text(&[])).lossy())
    }
}

/// A text with its language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalizedText<'a> {
    /// E.g. `en-US`; `None`: null.
    pub locale: Option<Text<'a>>,
    /// The text; `None`: null.
    pub text: Option<Text<'a>>,
}

impl<'a> LocalizedText<'a> {
    /// Reads one (§5.2.2.14).
    pub fn read(cursor: &mut Cursor<'a>) -> Read<Self> {
        let mask = cursor.u8()?;
        if mask & !0b11 != 0 {
            return Err(Violation::BAD_ENCODING);
        }
        let locale = if mask & 1 != 0 { cursor.counted()?.map(Text) } else { None };
        let text = if mask & 2 != 0 { cursor.counted()?.map(Text) } else { None };
        Ok(Self { locale, text })
    }
}

/// Writes bytes as Base64 (RFC 4648 §4), in the text forms of NodeIds and in JSON.
pub fn base64(bytes: &[u8], out: &mut impl fmt::Write) -> fmt::Result {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for group in bytes.chunks(3) {
        let [a, b, c] = [group.first(), group.get(1), group.get(2)].map(|byte| u32::from(byte.copied().unwrap_or(0)));
        let bits = a << 16 | b << 8 | c;
        for place in 0..4_usize {
            let letter = if place <= group.len() { LETTERS[(bits >> (18 - 6 * place) & 63) as usize] } else { b'=' };
            out.write_char(char::from(letter))?;
        }
    }
    Ok(())
}
