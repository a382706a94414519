//! A place in a message, and what may be read from there.

use std::fmt;

/// What a message may make us keep. The caller maps it from its limits.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Levels of structures, Variants and ExtensionObjects that are opened. Stops nesting bombs; what is deeper is told by its length.
    pub nesting: u8,
    /// Elements of one array that are kept. Stops arrays of millions; the others are read over and counted.
    pub elements: usize,
    /// Bytes of one text or ByteString that are kept. Stops texts of megabytes; the rest is cut.
    pub text_bytes: usize,
    /// Bytes of all parameters of a message as text.
    pub parameter_bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { nesting: 16, elements: 10_000, text_bytes: 4_096, parameter_bytes: 65_536 }
    }
}

/// What is wrong with an encoding, e.g. `bad_length`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Violation(pub &'static str);

impl Violation {
    /// A length or count that goes beyond the bytes there are, or bytes that end early.
    pub const BAD_LENGTH: Self = Self("bad_length");
    /// An encoding byte or mask that the specification does not know.
    pub const BAD_ENCODING: Self = Self("bad_encoding");
    /// Bytes behind the end of what was announced.
    pub const TRAILING_BYTES: Self = Self("trailing_bytes");
    /// More levels of nesting than the specification asks decoders to bear.
    pub const TOO_DEEP: Self = Self("too_deep");
    /// Dimensions of a matrix that do not amount to its elements.
    pub const BAD_DIMENSIONS: Self = Self("bad_dimensions");
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.0)
    }
}

/// A value, or why there is none.
pub type Read<T> = Result<T, Violation>;

/// Levels that values may nest in each other before reading ends: decoders shall bear 100 (OPC 10000-6 §5.1.12); it bounds the stack.
pub const DEEPEST: u8 = 100;

/// What is still unread of a message, and how deep in it this is.
#[derive(Debug, Clone, Copy)]
pub struct Cursor<'a> {
    rest: &'a [u8],
    depth: u8,
}

impl<'a> Cursor<'a> {
    /// From the start of a message body.
    pub fn new(body: &'a [u8]) -> Self {
        Self { rest: body, depth: 0 }
    }

    /// From the start of bytes that stood at such a depth.
    pub fn at_depth(body: &'a [u8], depth: u8) -> Self {
        Self { rest: body, depth }
    }

    /// What is unread.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// How deep in the message this is.
    pub fn depth(&self) -> u8 {
        self.depth
    }

    /// One level in.
    pub fn deeper(&mut self) -> Read<()> {
        if self.depth >= DEEPEST {
            return Err(Violation::TOO_DEEP);
        }
        self.depth += 1;
        Ok(())
    }

    /// And out again.
    pub fn shallower(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// The next bytes of a known number.
    #[inline]
    pub fn bytes(&mut self, count: usize) -> Read<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Violation::BAD_LENGTH)?;
        self.rest = rest;
        Ok(taken)
    }

    /// The same, their number known to the compiler.
    #[inline]
    pub fn array<const N: usize>(&mut self) -> Read<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or(Violation::BAD_LENGTH)?;
        self.rest = rest;
        Ok(*taken)
    }

    /// A Byte.
    #[inline]
    pub fn u8(&mut self) -> Read<u8> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    /// A Boolean: anything but 0 is true.
    #[inline]
    pub fn boolean(&mut self) -> Read<bool> {
        Ok(self.u8()? != 0)
    }

    /// A UInt16.
    #[inline]
    pub fn u16(&mut self) -> Read<u16> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    /// A UInt32.
    #[inline]
    pub fn u32(&mut self) -> Read<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    /// An Int32.
    #[inline]
    pub fn i32(&mut self) -> Read<i32> {
        Ok(i32::from_le_bytes(self.array()?))
    }

    /// An Int64.
    #[inline]
    pub fn i64(&mut self) -> Read<i64> {
        Ok(i64::from_le_bytes(self.array()?))
    }

    /// Bytes with their length before them: ByteString, String, XmlElement. `None`: null, which is not empty (§5.2.2.4).
    #[inline]
    pub fn counted(&mut self) -> Read<Option<&'a [u8]>> {
        let length = self.i32()?;
        match usize::try_from(length) {
            Ok(length) => self.bytes(length).map(Some),
            Err(_) if length == -1 => Ok(None),
            Err(_) => Err(Violation::BAD_LENGTH),
        }
    }

    /// The count of an array whose elements take `least` bytes each, at least. `None`: a null array (§5.2.5).
    #[inline]
    pub fn count(&mut self, least: usize) -> Read<Option<u32>> {
        let count = self.i32()?;
        let Ok(elements) = u32::try_from(count) else {
            return if count == -1 { Ok(None) } else { Err(Violation::BAD_LENGTH) };
        };
        let needed = usize::try_from(elements).unwrap_or(usize::MAX).saturating_mul(least.max(1));
        if needed > self.rest.len() {
            return Err(Violation::BAD_LENGTH);
        }
        Ok(Some(elements))
    }

    /// The bytes between an earlier place and this one.
    pub fn since(&self, earlier: &Self) -> &'a [u8] {
        let length = earlier.rest.len().saturating_sub(self.rest.len());
        earlier.rest.get(..length).unwrap_or_default()
    }
}
