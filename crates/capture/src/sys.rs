//! Calls into the system: the only unsafe code of the crate. Everything here is a thin, checked wrapper; meaning is elsewhere.
#![expect(unsafe_code, reason = "sockets, shared memory and lists of the C library have no safe form in std")]

use std::ffi::{c_int, c_void, CStr};
use std::io;
use std::mem::{size_of, zeroed};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};

/// The number or the system's reason.
fn checked(result: c_int) -> io::Result<c_int> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

/// A packet socket that receives nothing yet: it has no protocol until it is bound.
pub(crate) fn packet_socket() -> io::Result<OwnedFd> {
    let kind = libc::SOCK_RAW | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
    // SAFETY: takes three numbers, touches no memory of ours.
    let fd = checked(unsafe { libc::socket(libc::AF_PACKET, kind, 0) })?;
    // SAFETY: the descriptor is new and nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Values that the kernel reads byte by byte as they are.
pub(crate) trait Plain: Copy {}
impl Plain for c_int {}
impl Plain for libc::tpacket_req3 {}
impl Plain for libc::packet_mreq {}

/// Sets an option of a socket.
pub(crate) fn set_option<T: Plain>(fd: BorrowedFd<'_>, level: c_int, name: c_int, value: &T) -> io::Result<()> {
    // SAFETY: the pointer and the length are those of `value`, which lives through the call; the kernel only reads it.
    let result = unsafe { libc::setsockopt(fd.as_raw_fd(), level, name, ptr::from_ref(value).cast::<c_void>(), size_of::<T>() as u32) };
    checked(result).map(drop)
}

/// Packets that came and packets that were dropped, since the last call.
pub(crate) fn statistics(fd: BorrowedFd<'_>) -> io::Result<(u32, u32)> {
    let mut counts = [0_u32; 3];
    let mut length = size_of::<[u32; 3]>() as libc::socklen_t;
    let target = counts.as_mut_ptr().cast::<c_void>();
    // SAFETY: the kernel writes at most `length` bytes to `counts`, which has so many.
    checked(unsafe { libc::getsockopt(fd.as_raw_fd(), libc::SOL_PACKET, libc::PACKET_STATISTICS, target, &raw mut length) })?;
    Ok((counts[0], counts[1]))
}

/// Takes the error that waits at a socket, so that it does not wake us again.
pub(crate) fn pending_error(fd: BorrowedFd<'_>) -> Option<io::Error> {
    let mut code: c_int = 0;
    let mut length = size_of::<c_int>() as libc::socklen_t;
    let target = (&raw mut code).cast::<c_void>();
    // SAFETY: the kernel writes at most `length` bytes to `code`, which has so many.
    let result = unsafe { libc::getsockopt(fd.as_raw_fd(), libc::SOL_SOCKET, libc::SO_ERROR, target, &raw mut length) };
    match checked(result) {
        Ok(_) if code == 0 => None,
        Ok(_) => Some(io::Error::from_raw_os_error(code)),
        Err(error) => Some(error),
    }
}

/// From now on the socket receives every frame of the interface.
pub(crate) fn bind(fd: BorrowedFd<'_>, index: c_int) -> io::Result<()> {
    // SAFETY: all zeros is a value of this structure of integers.
    let mut address: libc::sockaddr_ll = unsafe { zeroed() };
    address.sll_family = libc::AF_PACKET as u16;
    address.sll_protocol = (libc::ETH_P_ALL as u16).to_be();
    address.sll_ifindex = index;
    let length = size_of::<libc::sockaddr_ll>() as libc::socklen_t;
    // SAFETY: the pointer and the length are those of `address`, which lives through the call; the kernel only reads it.
    checked(unsafe { libc::bind(fd.as_raw_fd(), (&raw const address).cast(), length) }).map(drop)
}

/// What a descriptor has to say after [`wait`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) is_readable: bool,
    pub(crate) is_error: bool,
}

/// Waits until one of the descriptors has something to say, or for so many milliseconds.
pub(crate) fn wait(fds: &[BorrowedFd<'_>], milliseconds: i32) -> Vec<Said> {
    let mut asked: Vec<libc::pollfd> = fds.iter().map(|fd| libc::pollfd { fd: fd.as_raw_fd(), events: libc::POLLIN, revents: 0 }).collect();
    // SAFETY: the pointer and the length are those of `asked`; the kernel writes only the `revents` in it.
    let result = unsafe { libc::poll(asked.as_mut_ptr(), asked.len() as libc::nfds_t, milliseconds) };
    if result < 0 {
        // A signal came: whoever called looks again.
        return vec![Said::default(); fds.len()];
    }
    let said = |one: &libc::pollfd| Said {
        is_readable: one.revents & libc::POLLIN != 0,
        is_error: one.revents & (libc::POLLERR | libc::POLLHUP | libc::POLLNVAL) != 0,
    };
    asked.iter().map(said).collect()
}

/// A ring of blocks that is shared with the kernel.
pub(crate) struct Map {
    start: ptr::NonNull<u8>,
    block: usize,
    blocks: usize,
}

// SAFETY: the memory belongs to this value alone on our side, is not bound to a thread, and is given back when it is dropped.
unsafe impl Send for Map {}

/// Offsets in a block's header (struct tpacket_block_desc of linux/if_packet.h).
const STATUS: usize = 8;
const LENGTH: usize = 20;

impl Map {
    /// Maps the ring of a socket, which has `blocks` of `block` bytes.
    pub(crate) fn of(fd: BorrowedFd<'_>, block: usize, blocks: usize) -> io::Result<Self> {
        let (length, access) = (block * blocks, libc::PROT_READ | libc::PROT_WRITE);
        // SAFETY: a new mapping at an address that the kernel chooses; it overlaps nothing of ours.
        let start = unsafe { libc::mmap(ptr::null_mut(), length, access, libc::MAP_SHARED, fd.as_raw_fd(), 0) };
        match ptr::NonNull::new(start.cast::<u8>()) {
            Some(start) if start.as_ptr().cast() != libc::MAP_FAILED => Ok(Self { start, block, blocks }),
            _ => Err(io::Error::last_os_error()),
        }
    }

    fn status(&self, number: usize) -> &AtomicU32 {
        let at = (number % self.blocks) * self.block + STATUS;
        // SAFETY: inside the mapping, and aligned, for blocks are whole pages. The kernel changes the word at any time, which
        // an atomic allows; the mapping lives as long as the reference.
        unsafe { AtomicU32::from_ptr(self.start.as_ptr().add(at).cast()) }
    }

    /// Whether the kernel has handed this block over.
    pub(crate) fn is_ours(&self, number: usize) -> bool {
        self.status(number).load(Ordering::Acquire) & libc::TP_STATUS_USER != 0
    }

    /// Copies what the kernel wrote into a block and gives the block back. False: it is not ours yet.
    pub(crate) fn take(&self, number: usize, into: &mut Vec<u8>) -> bool {
        if !self.is_ours(number) {
            return false;
        }
        let at = (number % self.blocks) * self.block;
        into.clear();
        into.reserve(self.block);
        // SAFETY: the block is ours until its status is set back, so the kernel does not write to it; the length word lies in
        // it and is aligned.
        let written = unsafe { self.start.as_ptr().add(at + LENGTH).cast::<u32>().read() } as usize;
        let written = written.min(self.block);
        // SAFETY: both are valid for so many bytes: the block has `block`, the vector reserved as many, and they do not
        // overlap, one being ours and one the mapping; the copy fills what `set_len` then counts.
        unsafe {
            ptr::copy_nonoverlapping(self.start.as_ptr().add(at), into.as_mut_ptr(), written);
            into.set_len(written);
        }
        self.status(number).store(libc::TP_STATUS_KERNEL, Ordering::Release);
        true
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        // SAFETY: the mapping was made by `of` with this length, and nothing refers to it any more.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.block * self.blocks) };
    }
}

/// One entry of the system's list of interfaces: a card, or an address of one.
pub(crate) struct Entry {
    pub(crate) name: String,
    /// IFF_ bits (netdevice(7)).
    pub(crate) flags: u32,
    /// Index and kind of device (ARPHRD_), for a card.
    pub(crate) card: Option<(c_int, u16)>,
    /// For an address.
    pub(crate) address: Option<IpAddr>,
}

/// Every interface with its addresses.
pub(crate) fn entries() -> io::Result<Vec<Entry>> {
    let mut list: *mut libc::ifaddrs = ptr::null_mut();
    // SAFETY: the pointer is to our own variable, which the call sets.
    checked(unsafe { libc::getifaddrs(&raw mut list) })?;
    let mut all = Vec::new();
    let mut next = list;
    while !next.is_null() {
        // SAFETY: `next` is an entry of the list, which is valid until `freeifaddrs`.
        let one = unsafe { &*next };
        // SAFETY: every entry has a name that ends with a zero.
        let name = unsafe { CStr::from_ptr(one.ifa_name) }.to_string_lossy().into_owned();
        let mut entry = Entry { name, flags: one.ifa_flags, card: None, address: None };
        if !one.ifa_addr.is_null() {
            // SAFETY: the address is there and begins with its family, which says what structure it is.
            match c_int::from(unsafe { (*one.ifa_addr).sa_family }) {
                libc::AF_PACKET => {
                    // SAFETY: this family is this structure; it may not be aligned.
                    let card = unsafe { one.ifa_addr.cast::<libc::sockaddr_ll>().read_unaligned() };
                    entry.card = Some((card.sll_ifindex, card.sll_hatype));
                }
                libc::AF_INET => {
                    // SAFETY: as above.
                    let found = unsafe { one.ifa_addr.cast::<libc::sockaddr_in>().read_unaligned() };
                    entry.address = Some(IpAddr::V4(Ipv4Addr::from(u32::from_be(found.sin_addr.s_addr))));
                }
                libc::AF_INET6 => {
                    // SAFETY: as above.
                    let found = unsafe { one.ifa_addr.cast::<libc::sockaddr_in6>().read_unaligned() };
                    entry.address = Some(IpAddr::V6(Ipv6Addr::from(found.sin6_addr.s6_addr)));
                }
                _ => {}
            }
        }
        all.push(entry);
        next = one.ifa_next;
    }
    // SAFETY: the list came from `getifaddrs` and nothing of it is kept.
    unsafe { libc::freeifaddrs(list) };
    Ok(all)
}
