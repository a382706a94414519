//! One interface's receive ring: opened, emptied block by block, counted.

use std::fmt;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use crate::interface::{describe, Description};
use crate::sys::{self, Map};

/// Milliseconds after which the kernel hands over a block that is not full.
pub(crate) const HAND_OVER: u32 = 20;
/// Bytes of a block: at least a frame of 64 KiB with its headers, at most what one copy should take.
const BLOCK: std::ops::RangeInclusive<usize> = (128 << 10)..=(1 << 20);
/// What the kernel wants to be told and TPACKET_V3 does not use, but must divide a block.
const FRAME: usize = 2_048;
/// Time of reception from the moment the frame came, not from when it was handled: the same for whoever else captures it.
const STAMPED: i32 = libc::SO_TIMESTAMPNS;

/// Why an interface cannot be listened on.
#[derive(Debug)]
pub enum Fault {
    /// There is none of this name.
    Missing,
    /// It is not switched on.
    Down,
    /// Its frames are not read; what it is.
    Kind(&'static str),
    /// We may not.
    NotAllowed,
    /// The system's reason.
    System(io::Error),
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => formatter.write_str("there is no such interface"),
            Self::Down => formatter.write_str("is switched off"),
            Self::Kind(kind) => write!(formatter, "is {kind}: its frames are not read"),
            Self::NotAllowed => formatter.write_str("listening needs the right to receive raw packets (CAP_NET_RAW)"),
            Self::System(error) => write!(formatter, "cannot be listened on: {error}"),
        }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.raw_os_error() {
            Some(libc::EPERM | libc::EACCES) => Self::NotAllowed,
            Some(libc::ENODEV | libc::ENXIO) => Self::Missing,
            Some(libc::ENETDOWN) => Self::Down,
            _ => Self::System(error),
        }
    }
}

/// See the module.
pub(crate) struct Ring {
    /// Unmapped before the socket is closed.
    map: Map,
    socket: OwnedFd,
    next: usize,
    pub(crate) about: Description,
}

impl Ring {
    /// Listens on an interface with about so many bytes of memory. `outgoing`: what this computer itself sends is read too.
    pub(crate) fn open(name: &str, bytes: usize, outgoing: bool) -> Result<Self, Fault> {
        let about = describe(name)?.ok_or(Fault::Missing)?;
        about.link.map_err(Fault::Kind)?;
        if !about.is_up {
            return Err(Fault::Down);
        }
        let socket = sys::packet_socket()?;
        let block = (bytes / 32).clamp(*BLOCK.start(), *BLOCK.end()).next_power_of_two().min(*BLOCK.end());
        let blocks = (bytes / block).max(2);
        let fd = socket.as_fd();
        sys::set_option(fd, libc::SOL_PACKET, libc::PACKET_VERSION, &(libc::tpacket_versions::TPACKET_V3 as i32))?;
        let request = libc::tpacket_req3 {
            tp_block_size: block as u32,
            tp_block_nr: blocks as u32,
            tp_frame_size: FRAME as u32,
            tp_frame_nr: (block / FRAME * blocks) as u32,
            tp_retire_blk_tov: HAND_OVER,
            tp_sizeof_priv: 0,
            tp_feature_req_word: 0,
        };
        sys::set_option(fd, libc::SOL_PACKET, libc::PACKET_RX_RING, &request)?;
        sys::set_option(fd, libc::SOL_SOCKET, STAMPED, &1)?;
        if !outgoing {
            // Kernels before 4.20 do not know it: such frames are also told by their kind when they are read.
            drop(sys::set_option(fd, libc::SOL_PACKET, libc::PACKET_IGNORE_OUTGOING, &1));
        }
        let map = Map::of(fd, block, blocks)?;
        let all = libc::packet_mreq { mr_ifindex: about.index, mr_type: libc::PACKET_MR_PROMISC as u16, mr_alen: 0, mr_address: [0; 8] };
        sys::set_option(fd, libc::SOL_PACKET, libc::PACKET_ADD_MEMBERSHIP, &all)?;
        sys::bind(fd, about.index)?;
        Ok(Self { map, socket, next: 0, about })
    }

    /// Copies the next block, if the kernel has handed one over; it has its memory back at once.
    pub(crate) fn take(&mut self, into: &mut Vec<u8>) -> bool {
        let is_taken = self.map.take(self.next, into);
        self.next += usize::from(is_taken);
        is_taken
    }

    /// Whether a block waits.
    pub(crate) fn has_more(&self) -> bool {
        self.map.is_ours(self.next)
    }

    /// Packets that were dropped since the last call.
    pub(crate) fn dropped(&self) -> u64 {
        sys::statistics(self.socket.as_fd()).map_or(0, |(_, dropped)| u64::from(dropped))
    }

    /// Takes the error that waits, if one does: the interface went down.
    pub(crate) fn error(&self) -> Option<io::Error> {
        sys::pending_error(self.socket.as_fd())
    }

    /// For waiting.
    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
