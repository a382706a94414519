//! A message whatever stands around its PDU: the MBAP header (MODBUS Messaging on TCP/IP Implementation Guide V1.0b §3.1.3),
//! or unit and checksum of the serial line (MODBUS over Serial Line V1.02 §2.5.1).

/// Bytes of header before the function code.
pub(super) const HEADER: usize = 7;
/// Bytes of checksum behind a serial frame.
pub(super) const CHECKSUM: usize = 2;
/// Largest value of the length field: unit identifier and a PDU of 253 bytes (§4.1 of the application protocol).
const LONGEST: u16 = 254;
/// UMAS fills more than the specification allows: newer controllers of Schneider's agree on up to 1,022 bytes (their answer to Init
/// Comm) besides the header.
const LONGEST_UMAS: u16 = 1_024;

/// One message, whole, of at least header and function code.
#[derive(Debug, Clone, Copy)]
pub(super) struct Adu<'a> {
    /// A serial frame has none.
    pub(super) transaction: Option<u16>,
    pub(super) unit: u8,
    /// Function code without the exception bit.
    pub(super) function: u8,
    /// The exception bit is set.
    pub(super) refused: bool,
    /// What follows the function code.
    pub(super) data: &'a [u8],
}

impl<'a> Adu<'a> {
    /// Reads a whole message with an MBAP header.
    pub(super) fn read(message: &'a [u8]) -> Option<Self> {
        Some(Self::of(u16_at(message, 0), *message.get(HEADER - 1)?, message.get(HEADER..)?.split_first()?))
    }

    /// Reads a whole frame of a serial line.
    pub(super) fn read_serial(message: &'a [u8]) -> Option<Self> {
        Self::unwrapped(message.get(..message.len().checked_sub(CHECKSUM)?)?)
    }

    /// Reads unit and PDU.
    pub(super) fn unwrapped(bytes: &'a [u8]) -> Option<Self> {
        let (unit, pdu) = bytes.split_first()?;
        Some(Self::of(None, *unit, pdu.split_first()?))
    }

    fn of(transaction: Option<u16>, unit: u8, (code, data): (&'a u8, &'a [u8])) -> Self {
        Self { transaction, unit, function: code & 0x7F, refused: code & 0x80 != 0, data }
    }

    pub(super) fn word(&self, at: usize) -> Option<u16> {
        u16_at(self.data, at)
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.data.get(at).copied()
    }
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2).map(|two| u16::from_be_bytes([two[0], two[1]]))
}

/// 16-bit registers of a run of bytes.
pub(super) fn registers(bytes: &[u8]) -> Vec<i64> {
    bytes.chunks_exact(2).map(|two| i64::from(u16::from_be_bytes([two[0], two[1]]))).collect()
}

/// The first `count` bits, lowest of each byte first (§6.1).
pub(super) fn bits(bytes: &[u8], count: usize) -> Vec<i64> {
    (0..count.min(bytes.len() * 8)).map(|bit| i64::from(bytes[bit / 8] >> (bit % 8) & 1)).collect()
}

/// What the header at the start of `bytes` says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Header {
    /// A message of so many bytes in all.
    Length(usize),
    Short,
    Bad(&'static str),
}

/// Reads the header at the start of `bytes`, which may be cut anywhere: what cannot become a header is told at once.
pub(super) fn header(bytes: &[u8]) -> Header {
    if bytes.iter().skip(2).take(2).any(|byte| *byte != 0) {
        return Header::Bad("bad_protocol_id");
    }
    if bytes.get(4).is_some_and(|high| *high > LONGEST_UMAS.to_be_bytes()[0]) {
        return Header::Bad("bad_length");
    }
    match u16_at(bytes, 4) {
        None => Header::Short,
        Some(length @ 2..=LONGEST) => Header::Length(6 + usize::from(length)),
        Some(length @ 2..=LONGEST_UMAS) if bytes.get(HEADER).is_none_or(|code| *code == 90) => Header::Length(6 + usize::from(length)),
        Some(_) => Header::Bad("bad_length"),
    }
}
