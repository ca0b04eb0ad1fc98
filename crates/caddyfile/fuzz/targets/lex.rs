//! Any bytes are cut into tokens that cover them.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| evenkeel_caddyfile::fuzz::lex(bytes));
