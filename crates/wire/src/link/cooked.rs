//! Headers that are made by the capturing system: the BSD loopback and Linux' cooked ones.

use super::{mac, word, Header, Payload, CUT};

/// NULL and LOOP: four bytes of address family. NULL has them in the order of the machine that captured, LOOP should have
/// them in network order, but files of Windows exist that do not; IPv6 has a number of its own on every system.
pub(super) fn loopback(bytes: &[u8]) -> Payload<'_> {
    let Some((family, rest)) = bytes.split_first_chunk::<4>() else { return Payload::Unread(CUT) };
    // IPv4; IPv6 of Linux, Windows, NetBSD and OpenBSD, FreeBSD, macOS
    let is_ip = |family: u32| matches!(family, 2 | 10 | 23 | 24 | 28 | 30);
    let version = rest.first().map(|byte| byte >> 4);
    if is_ip(u32::from_le_bytes(*family)) || is_ip(u32::from_be_bytes(*family)) || matches!(version, Some(4 | 6)) {
        return Payload::Ip(rest);
    }
    Payload::Unread("loopback frame that is not IP")
}

/// Linux' numbers for kinds of devices (ARPHRD_) whose frames differ from the rest.
const ETHERNET_DEVICE: u16 = 1;
const NETLINK_DEVICE: u16 = 824;

/// What a cooked header says, whichever its version.
struct Cooked {
    device: u16,
    address_length: usize,
    address: usize,
    protocol: u16,
    size: usize,
}

impl<'a> Header<'a, '_> {
    /// LINUX_SLL: 16 bytes; the kind of device at 2, the length of the sender's address at 4, the address at 6, the protocol at 14.
    pub(super) fn cooked(&mut self, bytes: &'a [u8]) {
        match (word(bytes, 2), word(bytes, 4), word(bytes, 14)) {
            (Some(device), Some(length), Some(protocol)) => {
                let header = Cooked { device, address_length: usize::from(length), address: 6, protocol, size: 16 };
                self.of_device(&header, bytes);
            }
            _ => self.unread(CUT),
        }
    }

    /// LINUX_SLL2: 20 bytes; the protocol at 0, the kind of device at 8, the length of the sender's address at 11, the address at 12.
    pub(super) fn cooked_v2(&mut self, bytes: &'a [u8]) {
        match (word(bytes, 0), word(bytes, 8), bytes.get(11), bytes.len() >= 20) {
            (Some(protocol), Some(device), Some(length), true) => {
                let header = Cooked { device, address_length: usize::from(*length), address: 12, protocol, size: 20 };
                self.of_device(&header, bytes);
            }
            _ => self.unread(CUT),
        }
    }

    /// Only Ethernet devices have MAC addresses: a loopback device's is all zeros.
    fn of_device(&mut self, header: &Cooked, bytes: &'a [u8]) {
        if header.device == ETHERNET_DEVICE && header.address_length == 6 {
            self.frame.source_mac = mac(bytes, header.address);
        }
        let bytes = bytes.get(header.size..).unwrap_or(&[]);
        match header.protocol {
            _ if header.device == NETLINK_DEVICE => self.unread("Netlink message"),
            // Below 0x0600 these are no lengths but Linux' numbers: 4 is 802.2, 1 is Novell's 802.3 without 802.2.
            0x0004 => self.llc(bytes),
            0x0001 => self.unread("Novell 802.3 frame"),
            protocol if protocol < 0x0600 => self.unread("Linux cooked frame of another kind"),
            protocol => self.typed(protocol, bytes),
        }
    }
}
