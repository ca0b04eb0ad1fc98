//! Any bytes become a tree and findings.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| drop(evenkeel_caddyfile::fuzz::parse(bytes)));
