//! From a bound socket to a connection that speaks HTTP: accepting, and the TLS handshake.

pub(crate) mod accept;
pub(crate) mod handshake;

pub use handshake::{ServeTls, TlsChoice};
