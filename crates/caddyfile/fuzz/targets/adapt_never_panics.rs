//! Any bytes are planned or refused.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| evenkeel_planner::fuzz::adapt(bytes));
