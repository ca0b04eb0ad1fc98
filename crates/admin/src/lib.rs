//! The admin API: reading what runs, and stopping it, over HTTP/1.1.
//!
//! Reads in this order: [`serve_connection`] speaks HTTP, [`Access`] decides who may ask, the
//! router finds the endpoint, and the endpoint asks the server through [`Control`]. Nothing here
//! knows how the server works inside. Caddy: `admin.go`.

mod access;
mod config_path;
mod connection;
mod control;
mod endpoints;
mod error;
mod hyper_io;
mod listen;
mod origin;
mod request_path;
mod router;
#[cfg(test)]
mod tests;

pub use access::Access;
pub use connection::{serve_connection, serve_connection_from};
pub use control::{Control, UpstreamStatus};
pub use listen::{DEFAULT_LISTEN, ListenError, listen_address};
