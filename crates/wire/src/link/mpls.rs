//! MPLS: labels are skipped (RFC 3032). What follows them has no type field: it is IP, or a pseudowire's Ethernet frame
//! (RFC 4448) with or without control word (RFC 4385), where one of them is sure.

use super::{word, Header, Payload, CUT};

/// The label that says that the bottom of the stack carries no traffic but its management (RFC 5586).
const ASSOCIATED_CHANNEL: u32 = 13;

impl<'a> Header<'a, '_> {
    /// From the first label on.
    pub(super) fn mpls(&mut self, ethertype: u16, bytes: &'a [u8]) {
        if !self.deeper() {
            return;
        }
        self.frame.wraps.push("MPLS");
        let mut rest = bytes;
        let mut label;
        let mut labels = 0;
        loop {
            let Some((head, tail)) = rest.split_first_chunk::<4>() else { return self.unread(CUT) };
            labels += 1;
            if labels > self.limits.mpls_labels {
                return self.unread("more MPLS labels than the limit");
            }
            let entry = u32::from_be_bytes(*head);
            (label, rest) = (entry >> 12, tail);
            if entry & 0x100 != 0 {
                break;
            }
        }
        self.frame.payload = match rest {
            _ if label == ASSOCIATED_CHANNEL => Payload::Unread("MPLS management"),
            ip if is_ip(ip) => Payload::Ip(ip),
            // An associated channel of a pseudowire, told by its first four bits.
            [first, ..] if first >> 4 == 1 => Payload::Unread("MPLS management"),
            // The control word begins with four zero bits and is no more than flags, a length and a number.
            [0..=0x0F, _, _, _, frame @ ..] if is_ethernet(frame) => Payload::Ethernet(frame),
            frame if is_ethernet(frame) => Payload::Ethernet(frame),
            _ => Payload::Other { ethertype, bytes },
        };
    }
}

/// Whether these bytes are an IP packet beyond doubt: no address of a card begins like this by chance.
fn is_ip(bytes: &[u8]) -> bool {
    match bytes.first().map(|first| (first >> 4, first & 0x0F)) {
        Some((4, words)) => bytes.get(..usize::from(words) * 4).is_some_and(|header| words >= 5 && sums_up(header)),
        Some((6, _)) => bytes.len() >= 40 && (word(bytes, 4) == Some(0) || length_fits(bytes)),
        _ => false,
    }
}

/// The header checksum of IPv4 (RFC 791 §3.1): routers that forward by label cannot leave it wrong.
fn sums_up(header: &[u8]) -> bool {
    let sum = header.chunks_exact(2).fold(0_u32, |sum, two| sum + u32::from(u16::from_be_bytes([two[0], two[1]])));
    (sum & 0xFFFF) + (sum >> 16) == 0xFFFF
}

/// IPv6 has no checksum: its length must be that of what is there, but for the padding of a short frame.
fn length_fits(bytes: &[u8]) -> bool {
    let length = usize::from(word(bytes, 4).unwrap_or(0)) + 40;
    length == bytes.len() || (length < bytes.len() && bytes.len() <= 64)
}

/// Whether these bytes are an Ethernet frame beyond doubt: its type is followed by what it says.
fn is_ethernet(bytes: &[u8]) -> bool {
    let mut at = 12;
    // Tags of a customer and of a provider, no more: this decides, it does not read.
    for _ in 0..3 {
        let (Some(ethertype), Some(rest)) = (word(bytes, at), bytes.get(at + 2..)) else { return false };
        match ethertype {
            0x8100 | 0x88A8 => at += 4,
            0x0800 | 0x86DD => return is_ip(rest),
            0x0806 => return rest.starts_with(&[0, 1, 8, 0, 6, 4, 0]),
            // Spanning tree, SNAP and the length that belongs to it.
            3..=0x05DC => return usize::from(ethertype) <= rest.len() && matches!(rest, [0x42, 0x42, 3, ..] | [0xAA, 0xAA, 3, ..]),
            _ => return false,
        }
    }
    false
}
