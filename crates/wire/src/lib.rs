//! Captured bytes in, tables out: files, links, flows, protocols, interning.
//!
//! Nothing here knows a rule, an asset or a network service. A decoder cannot fail: what is malformed becomes a row
//! with named `weird` flags. Every length is checked against what is there and against [`Limits`] before use.
#![forbid(unsafe_code)]

pub mod claims;
pub mod columns;
pub mod engine;
mod flow;
mod intern;
pub mod limits;
pub mod link;
pub mod network;
pub mod protocols;
mod secret;
pub mod source;
mod tables;

pub use limits::Limits;
pub use tables::schema;
