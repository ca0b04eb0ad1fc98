//! End to end: the real binary on real sockets, with real certificate authorities and signals.

mod article;
mod drain;
mod failover;
mod harness;
mod start;

// One fixture for all who need a real ACME server.
#[path = "../../crates/tls/tests/pebble/mod.rs"]
mod pebble;

