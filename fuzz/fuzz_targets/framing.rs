//! One framing, named by the environment: see `sentinel_fuzz::framing`.
#![no_main]
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use sentinel_fuzz::{framing, part};

static PART: OnceLock<String> = OnceLock::new();

fuzz_target!(|data: &[u8]| framing::run(PART.get_or_init(part), data));
