//! The laws of the packet reader, over captures made here byte by byte.

mod datagrams;
mod laws;
mod network;
mod pairs;
mod serial;
mod streams;
mod unread;
