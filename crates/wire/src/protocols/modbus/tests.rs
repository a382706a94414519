//! Placeholder until the decoder compiles.
