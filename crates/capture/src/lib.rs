//! Packets from network interfaces: the memory-mapped receive ring of Linux (AF_PACKET, TPACKET_V3; packet(7) and the kernel's
//! Documentation/networking/packet_mmap.rst) as a live source for the engine.
//!
//! Contract: nothing is ever sent. The sockets are opened to receive only, no address is set, no state of an interface is
//! changed but that it takes in frames for others (a membership that ends with the socket). All `unsafe` is in `sys`.

#![deny(unsafe_code)]

mod block;
mod interface;
mod listener;
mod ring;
mod sys;
mod window;

pub use interface::{describe, Description};
pub use listener::{Listener, Options, Stop};
pub use ring::Fault;
