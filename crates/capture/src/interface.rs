//! What is known of an interface before it is listened on.

use std::io;
use std::net::IpAddr;

use crate::sys;

/// LINKTYPE values (tcpdump.org/linktypes).
pub(crate) const ETHERNET: u32 = 1;
const RAW_IP: u32 = 101;

/// One interface as the system describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Its name.
    pub name: String,
    /// The system's number of it; another one after it was removed and made anew.
    pub index: i32,
    /// LINKTYPE of its frames, or what it is where its frames are not read.
    pub link: Result<u32, &'static str>,
    /// It was switched on.
    pub is_up: bool,
    /// It has a carrier: a cable, and something at its other end.
    pub has_link: bool,
    /// It is this computer's own loopback: each frame passes twice.
    pub is_loopback: bool,
    /// It asks and answers for addresses (ARP).
    pub has_arp: bool,
    /// Its IP addresses.
    pub addresses: Vec<IpAddr>,
    /// IPv6 is switched on: then the kernel asks for routers and neighbours of itself.
    pub has_ipv6: bool,
}

/// The interface of this name; `None` if there is none.
///
/// # Errors
/// Those of the system.
pub fn describe(name: &str) -> io::Result<Option<Description>> {
    let mut found: Option<Description> = None;
    let mut addresses = Vec::new();
    for entry in sys::entries()? {
        // An address may have a label of its own, as `eth1:0`.
        if entry.name != name && entry.name.split(':').next() != Some(name) {
            continue;
        }
        addresses.extend(entry.address);
        if let Some((index, kind)) = entry.card {
            let has = |bit: i32| entry.flags & bit.cast_unsigned() != 0;
            found = Some(Description {
                name: name.to_owned(),
                index,
                link: link_of(kind),
                is_up: has(libc::IFF_UP),
                has_link: has(libc::IFF_RUNNING),
                is_loopback: has(libc::IFF_LOOPBACK),
                has_arp: !has(libc::IFF_NOARP),
                addresses: Vec::new(),
                has_ipv6: has_ipv6(name),
            });
        }
    }
    Ok(found.map(|one| Description { addresses, ..one }))
}

/// A kernel without IPv6 has no such file.
fn has_ipv6(name: &str) -> bool {
    // A name cannot hold a slash, so the path cannot leave the folder.
    let switch = format!("/proc/sys/net/ipv6/conf/{name}/disable_ipv6");
    !name.contains('/') && std::fs::read_to_string(switch).is_ok_and(|text| text.trim() == "0")
}

/// The LINKTYPE of a kind of device (ARPHRD_ of linux/if_arp.h).
fn link_of(kind: u16) -> Result<u32, &'static str> {
    match kind {
        libc::ARPHRD_ETHER | libc::ARPHRD_LOOPBACK => Ok(ETHERNET),
        // A tunnel of a program (tun), and modems that carry IP alone.
        0xFFFE | 519 => Ok(RAW_IP),
        280 => Err("a CAN bus"),
        32 => Err("an InfiniBand card"),
        512 => Err("a PPP link"),
        768 | 769 | 776 | 778 | 823 => Err("an IP tunnel"),
        801..=803 => Err("a wireless card in monitor mode"),
        804 | 805 => Err("an IEEE 802.15.4 radio"),
        824 => Err("a Netlink monitor"),
        _ => Err("of a kind that is not known"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loopback_is_described() {
        let found = describe("lo").expect("the system tells").expect("every computer has one");
        assert!(found.is_loopback);
        assert_eq!(found.link, Ok(ETHERNET));
        assert!(found.index > 0);
    }

    #[test]
    fn what_is_not_there_is_none() {
        assert_eq!(describe("no-such-card").expect("the system tells"), None);
        assert_eq!(describe("../lo").expect("the system tells"), None);
    }

    #[test]
    fn devices_that_are_not_read_have_a_name() {
        assert_eq!(link_of(803), Err("a wireless card in monitor mode"));
        assert_eq!(link_of(9_999), Err("of a kind that is not known"));
    }
}
