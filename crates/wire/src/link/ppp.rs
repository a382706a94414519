//! PPP (RFC 1661, in HDLC-like framing RFC 1662), PPPoE (RFC 2516) and Cisco's HDLC.

use super::{word, Header, Payload, CUT};

/// Ethernet type of PPPoE's sessions.
const SESSION: u16 = 0x8864;

const LINK_CONTROL: &str = "PPP link control";
const NETWORK_CONTROL: &str = "PPP network control";
const AUTHENTICATION: &str = "PPP authentication";

impl<'a> Header<'a, '_> {
    /// A PPP frame; address and control, FF 03, may be compressed away (RFC 1661 §6.6). 0F 00 and 8F 00 are Cisco's.
    pub(super) fn ppp_frame(&mut self, bytes: &'a [u8]) {
        match bytes {
            [0x0F | 0x8F, 0, ..] => self.cisco(bytes),
            // A direction in the place of the address leaves the control byte.
            [0xFF, 0x03, rest @ ..] | [0x03, rest @ ..] => self.ppp(rest),
            _ => self.ppp(bytes),
        }
    }

    /// From the protocol field on, which is one byte where it is odd (RFC 1661 §6.5). Numbers: IANA, PPP DLL protocols.
    fn ppp(&mut self, bytes: &'a [u8]) {
        let (protocol, rest) = match bytes {
            [short, rest @ ..] if short & 1 == 1 => (u16::from(*short), rest),
            [high, low, rest @ ..] => (u16::from_be_bytes([*high, *low]), rest),
            _ => return self.unread(CUT),
        };
        match protocol {
            0x0021 | 0x0057 => self.frame.payload = Payload::Ip(rest),
            0x0281 => self.mpls(0x8847, rest),
            0x0283 => self.mpls(0x8848, rest),
            0x002D | 0x002F => self.unread("PPP with compressed TCP headers"),
            0x003D => self.unread("PPP multilink fragment"),
            0x00FB | 0x00FD => self.unread("PPP compressed or encrypted packet"),
            0xC023 | 0xC223 | 0xC227 => self.unread(AUTHENTICATION),
            0x8000..=0xBFFF => self.unread(NETWORK_CONTROL),
            0xC000.. => self.unread(LINK_CONTROL),
            _ => self.unread("PPP protocol that is not read"),
        }
    }

    /// PPPoE from its version on. What only keeps the session stays what its Ethernet type says.
    pub(super) fn pppoe(&mut self, ethertype: u16, bytes: &'a [u8]) {
        let other = Payload::Other { ethertype, bytes };
        let (&[0x11, 0, ..], Some(length), Some(rest)) = (bytes, word(bytes, 4), bytes.get(6..)) else {
            self.frame.payload = other;
            return;
        };
        if ethertype == SESSION && self.deeper() {
            self.frame.wraps.push("PPPoE");
            self.ppp(&rest[..rest.len().min(usize::from(length))]);
            if matches!(self.frame.payload, Payload::Unread(LINK_CONTROL | NETWORK_CONTROL | AUTHENTICATION)) {
                self.frame.payload = other;
            }
        }
    }

    /// Cisco HDLC (RFC 1547 §4.3.1): address, control, an Ethernet type.
    pub(super) fn cisco(&mut self, bytes: &'a [u8]) {
        match (bytes.first(), word(bytes, 2)) {
            (Some(0x0F | 0x8F), Some(0x8035)) => self.unread("Cisco HDLC keepalive (SLARP)"),
            (Some(0x0F | 0x8F), Some(ethertype)) => self.typed(ethertype, &bytes[4..]),
            (Some(0x0F | 0x8F) | None, None) => self.unread(CUT),
            _ => self.unread("Cisco HDLC frame of another kind"),
        }
    }
}
