//! Forms of Modbus that are named and not read: inside TLS, and as text.

use super::adu::Adu;
use super::names;
use super::shape::shape;
use crate::protocols::recognise::{Group, Signature};
use crate::protocols::{KnownBy, Side, Unread};

static SECURE: Signature = Signature { name: "modbus-tls", title: "Modbus/TLS (encrypted)", group: Group::Ot, carrier: false };
static TEXT: Signature = Signature { name: "modbus-ascii", title: "Modbus as text (ASCII)", group: Group::Ot, carrier: false };

/// The extension of a certificate that says its holder's role, 1.3.6.1.4.1.50316.802.1, in DER (MODBUS/TCP Security V2.1 §8.3).
const ROLE: &[u8] = &[0x06, 0x0B, 0x2B, 0x06, 0x01, 0x04, 0x01, 0x83, 0x89, 0x0C, 0x86, 0x22, 0x01];

pub(super) static FORMS: &[Unread] = &[
    Unread { signature: &SECURE, known_by: KnownBy::Tls { ports: &[802], mark: ROLE } },
    Unread { signature: &TEXT, known_by: KnownBy::Start(text) },
];

/// Most characters of a frame: colon, two a byte of unit, PDU and check, two at its end (MODBUS over Serial Line V1.02 §2.5.2).
const LONGEST_TEXT: usize = 513;

/// A frame as text: colon, hexadecimal digits, carriage return and line feed; all bytes add up to 0. `None`: it is none.
fn text(bytes: &[u8]) -> Option<Option<Side>> {
    let line = bytes.get(..LONGEST_TEXT).unwrap_or(bytes).strip_prefix(b":")?;
    let digits = line.get(..line.windows(2).position(|two| two == b"\r\n")?)?;
    let decoded: Option<Vec<u8>> = digits.chunks(2).map(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok()).collect();
    let decoded = decoded.filter(|decoded| digits.len() == 2 * decoded.len() && digits.iter().all(u8::is_ascii_hexdigit))?;
    let (_, message) = decoded.split_last()?;
    let sum = decoded.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    let adu = Adu::unwrapped(message)?;
    let is_sound = sum == 0 && names::public(adu.function).is_some();
    let shape = shape(&adu).filter(|shape| is_sound && (shape.request || shape.answer))?;
    Some(shape.side())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_as_text() {
        assert_eq!(text(b":1103006B00037E\r\n"), Some(Some(Side::Request)));
        assert_eq!(text(b":110306022B0000006455\r\n"), Some(Some(Side::Answer)));
        assert_eq!(text(b":1103006b00037e\r\n:11"), Some(Some(Side::Request)));
        assert_eq!(text(b":110500ACFF003F\r\n"), Some(None));
        for other in [
            &b":1103006B00037F\r\n"[..],
            b":1103006B00037E",
            b":1103006B0003E\r\n",
            b":+103006B00037E\r\n",
            b":irc.example 001\r\n",
            b":\r\n",
            b"1103006B00037E\r\n",
            b":1163006B00031E\r\n",
            b"",
        ] {
            assert_eq!(text(other), None, "{other:?}");
        }
    }
}
