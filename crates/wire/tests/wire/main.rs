//! The laws of the packet reader, over captures made here byte by byte.

mod fragments;
mod laws;
mod mirrors;
mod network;
mod pairs;
mod streams;
mod time;
