//! What can be read and has been formatted stays as it is.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| evenkeel_caddyfile::fuzz::format_idempotent(bytes));
