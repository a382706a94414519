//! The laws of the packet reader, over captures made here byte by byte.

mod channels;
mod datagrams;
mod forgetting;
mod fragments;
mod laws;
mod mirrors;
mod network;
mod pairs;
mod serial;
mod services;
mod streams;
mod ticks;
mod time;
mod unread;
