//! One reader of claims, named by the environment: see `sentinel_fuzz::claims`.
#![no_main]
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use sentinel_fuzz::{claims, part};

static PART: OnceLock<String> = OnceLock::new();

fuzz_target!(|data: &[u8]| claims::run(PART.get_or_init(part), data));
