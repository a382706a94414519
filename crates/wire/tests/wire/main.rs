//! The laws of the packet reader, over captures made here byte by byte.

mod laws;
mod network;
mod pairs;
mod streams;
mod ticks;
