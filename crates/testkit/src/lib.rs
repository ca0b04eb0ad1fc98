//! A server on a memory network, under paused time: the stage that behaviour is tested on.
//!
//! A [`Stage`] runs real workers on a real graph, built from a Caddyfile, between scripted
//! [`Origin`]s and clients. Nothing leaves the process and nothing waits: tests state exact times.
//! A [`Pebble`] is the exception: a real ACME server, for tests on real sockets.

mod access;
mod caddy;
mod client;
mod log;
mod origin;
mod pebble;
mod raw;
mod stage;
mod tls;

pub use http::Request;
pub use tokio_rustls::client::TlsStream;

pub use caddy::real_caddy;
pub use client::{Client, Client2, Opened, Pieces, Reply, Tunnel, Upload};
pub use origin::{Answer, Answer2, Http2Origin, Origin, Seen};
pub use pebble::{FORBIDDEN, Pebble};
pub use raw::{Heard, Raw};
pub use stage::{Stage, Staging};
