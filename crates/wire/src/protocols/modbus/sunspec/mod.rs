//! SunSpec: how inverters, meters and batteries describe their own registers (SunSpec Device Information Model Specification V1.1).
//!
//! The mark `SunS` stands at one of a few addresses; model after model follows, each with its number and its length before its
//! points, until number 65,535. Who asks walks this chain, often a register at a time; so does [`Maps`], with what passes by.

mod maps;
mod models;
#[cfg(test)]
mod tests;
mod values;

pub(super) use maps::{begins, Maps};
