//! A server on a memory network, under paused time: the stage that behaviour is tested on.
//!
//! A [`Stage`] runs real workers on a real graph, built from a Caddyfile, between scripted
//! [`Origin`]s and clients. Nothing leaves the process and nothing waits: tests state exact times.

mod access;
mod client;
mod log;
mod origin;
mod raw;
mod stage;
mod tls;

pub use http::Request;

pub use client::{Client, Client2, Opened, Pieces, Reply, Upload};
pub use origin::{Answer, Origin, Seen};
pub use raw::{Heard, Raw};
pub use stage::{Stage, Staging};
