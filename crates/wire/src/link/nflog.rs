//! NFLOG: packets as Linux' packet filter logs them (tcpdump.org/linktypes/LINKTYPE_NFLOG.html): a header of four bytes,
//! then records of length, type and value, each padded to four bytes. The lengths are in the order of the machine.

use super::{mac, word, Header, Payload, CUT};

/// Family, version, resource.
const HEADER: usize = 4;
/// Record types of Linux' nfnetlink_log: the Ethernet type is in the first, the sender's card in the second.
const PACKET_HEADER: u16 = 1;
const HARDWARE_ADDRESS: u16 = 8;
const PAYLOAD: u16 = 9;

impl<'a> Header<'a, '_> {
    pub(super) fn nflog(&mut self, bytes: &'a [u8]) {
        let Some((head, mut rest)) = bytes.split_first_chunk::<HEADER>() else { return self.unread(CUT) };
        if head[1] != 0 {
            return self.unread("NFLOG version that is not known");
        }
        let is_big = rest.first_chunk::<2>().is_some_and(|length| is_big(*length, rest.len()));
        let mut ethertype = match head[0] {
            2 => Some(0x0800),
            10 => Some(0x86DD),
            _ => None,
        };
        while let Some((lengths, _)) = rest.split_first_chunk::<4>() {
            let (length, kind) = ([lengths[0], lengths[1]], [lengths[2], lengths[3]]);
            let (length, kind) = if is_big {
                (u16::from_be_bytes(length), u16::from_be_bytes(kind))
            } else {
                (u16::from_le_bytes(length), u16::from_le_bytes(kind))
            };
            let length = usize::from(length);
            if length < 4 {
                return self.unread("NFLOG record shorter than its header");
            }
            let value = &rest[4..length.min(rest.len())];
            match kind & 0x7FFF {
                PACKET_HEADER => ethertype = word(value, 0).filter(|one| *one != 0).or(ethertype),
                HARDWARE_ADDRESS if word(value, 0) == Some(6) => self.frame.source_mac = mac(value, 4),
                PAYLOAD => {
                    // A rule may log only the first bytes of a packet, and nothing says so.
                    self.frame.is_short = true;
                    match ethertype {
                        Some(ethertype) => self.typed(ethertype, value),
                        None => self.frame.payload = Payload::Unread("NFLOG packet without a protocol"),
                    }
                    return;
                }
                _ => {}
            }
            rest = rest.get(length.next_multiple_of(4)..).unwrap_or(&[]);
        }
        self.unread("NFLOG record without a packet");
    }
}

/// The first length, read in the right order, is the smaller: no record is longer than the rest.
fn is_big(length: [u8; 2], rest: usize) -> bool {
    let (big, little) = (u16::from_be_bytes(length), u16::from_le_bytes(length));
    usize::from(little) > rest && usize::from(big) <= rest
}
