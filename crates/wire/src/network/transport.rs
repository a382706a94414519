//! TCP and UDP headers (RFC 9293, 768). Ports and numbers are read also where the capture cut what follows them.

use super::{long, word};

/// What an IP packet carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transport<'a> {
    /// A TCP segment.
    Tcp(Segment<'a>),
    /// A UDP datagram.
    Udp(Udp<'a>),
    /// A part of a larger packet.
    Fragment(Fragment<'a>),
    /// Another protocol.
    Other {
        /// Its number.
        protocol: u8,
        /// What was captured, without padding.
        bytes: &'a [u8],
    },
    /// A header that cannot be.
    Broken(&'static str),
}

/// A part of a larger packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment<'a> {
    /// Number of the protocol of the whole packet; for IPv6 that of the first fragment counts.
    pub protocol: u8,
    /// Where it belongs in the whole packet's payload, bytes.
    pub offset: u32,
    /// Others follow it.
    pub more: bool,
    /// What was captured, without padding.
    pub bytes: &'a [u8],
    /// Bytes that the capture cut off.
    pub missing: usize,
}

/// A TCP segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment<'a> {
    /// Port of the sender.
    pub source_port: u16,
    /// Port of the receiver.
    pub destination_port: u16,
    /// Number of the first byte.
    pub sequence: u32,
    /// Number of the next byte expected from the other side.
    pub acknowledgement: u32,
    /// FIN 1, SYN 2, RST 4, PSH 8, ACK 16.
    pub flags: u8,
    /// Window as on the wire, not scaled.
    pub window: u16,
    /// What was captured, without padding.
    pub payload: &'a [u8],
    /// Bytes of payload on the wire: more than `payload` has where the capture cut it.
    pub wire_payload: u32,
}

/// A UDP datagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Udp<'a> {
    /// Port of the sender.
    pub source_port: u16,
    /// Port of the receiver.
    pub destination_port: u16,
    /// What was captured, without padding.
    pub payload: &'a [u8],
    /// Bytes of payload on the wire: more than `payload` has where the capture cut it.
    pub wire_payload: u32,
}

/// What the IP packet carries; `missing` bytes at its end were cut by the capture.
#[inline]
pub(super) fn transport(protocol: u8, bytes: &[u8], missing: usize) -> Transport<'_> {
    match protocol {
        6 => segment(bytes, missing),
        17 => datagram(bytes, missing),
        59 => Transport::Broken("IPv6 packet that carries nothing (no next header)"),
        protocol => Transport::Other { protocol, bytes },
    }
}

/// RFC 9293 §3.1.
#[inline]
fn segment(bytes: &[u8], missing: usize) -> Transport<'_> {
    let Some(head) = bytes.first_chunk::<20>() else { return Transport::Broken("TCP header cut") };
    let header = usize::from(head[12] >> 4) * 4;
    if header < 20 {
        return Transport::Broken("TCP header shorter than 20 bytes");
    }
    let Some(wire_payload) = (bytes.len() + missing).checked_sub(header) else {
        return Transport::Broken("TCP header longer than the packet");
    };
    Transport::Tcp(Segment {
        source_port: word(head, 0),
        destination_port: word(head, 2),
        sequence: long(head, 4),
        acknowledgement: long(head, 8),
        flags: head[13],
        window: word(head, 14),
        // Where the capture cut within the options, the ports and numbers are still good.
        payload: bytes.get(header..).unwrap_or(&[]),
        wire_payload: wire_payload as u32,
    })
}

/// RFC 768.
fn datagram(bytes: &[u8], missing: usize) -> Transport<'_> {
    if bytes.len() < 8 {
        return Transport::Broken("UDP header cut");
    }
    let there = bytes.len() + missing;
    let length = match usize::from(word(bytes, 4)) {
        // Offload and jumbograms (RFC 2675 §4): what is there is the datagram.
        0 => there,
        length if length < 8 => return Transport::Broken("UDP length shorter than its header"),
        length => length.min(there),
    };
    Transport::Udp(Udp {
        source_port: word(bytes, 0),
        destination_port: word(bytes, 2),
        payload: &bytes[8..length.min(bytes.len())],
        wire_payload: (length - 8) as u32,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{read, Datagram};
    use super::*;

    /// 10.0.0.1:1000 → 10.0.0.2:502, sequence 7, one byte of payload, then two bytes of Ethernet padding.
    fn tcp4() -> Vec<u8> {
        let mut bytes = vec![0x45, 0, 0, 41, 0, 9, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        bytes.extend([0x03, 0xE8, 0x01, 0xF6, 0, 0, 0, 7, 0, 0, 0, 8, 0x50, 0x18, 0, 100, 0, 0, 0, 0, 0xAA, 0, 0]);
        bytes
    }

    #[test]
    fn a_cut_in_the_options_leaves_ports_and_lengths() {
        let mut bytes = tcp4();
        // data offset 8: twelve bytes of options, of a packet of 62 bytes; 42 are captured
        (bytes[32], bytes[3]) = (0x80, 62);
        let Ok(Datagram { transport: Transport::Tcp(segment), cut, .. }) = read(&bytes[..42], true) else { unreachable!("TCP") };
        assert_eq!((segment.destination_port, segment.payload, segment.wire_payload, cut), (502, &[][..], 10, true));
    }

    #[test]
    fn udp_lengths() {
        // 10.0.0.1:53 → 10.0.0.2:53, one byte
        let mut bytes = vec![0x45, 0, 0, 29, 0, 9, 0x40, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 53, 0, 53, 0, 9, 0, 0, 0xAA];
        let payloads = |bytes: &[u8], is_cut| match read(bytes, is_cut) {
            Ok(Datagram { transport: Transport::Udp(udp), .. }) => Some((udp.payload.len(), udp.wire_payload)),
            _ => None,
        };
        assert_eq!(payloads(&bytes, false), Some((1, 1)));
        // a length that the IP packet does not hold
        bytes[25] = 200;
        assert_eq!(payloads(&bytes, false), Some((1, 1)));
        // an IP packet that holds it, cut by the capture
        bytes[3] = 220;
        assert_eq!(payloads(&bytes, true), Some((1, 192)));
        bytes[25] = 7;
        assert_eq!(payloads(&bytes, false), None);
    }
}
