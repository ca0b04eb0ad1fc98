//! End to end: the real binary on real sockets, with real certificate authorities and signals.

mod admin;
mod article;
mod drain;
mod failover;
mod failures;
mod floods;
mod harness;
mod php;
mod start;
mod upstream_tls;
