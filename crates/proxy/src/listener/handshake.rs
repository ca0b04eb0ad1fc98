//! The server's side of a TLS handshake, under a deadline.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::server::ClientHello;

/// Who knows which certificate and settings a client gets.
pub trait ServeTls: Send + Sync {
    /// Chooses by what the client says first.
    fn choose(&self, hello: &ClientHello<'_>) -> TlsChoice;
}

/// How a handshake goes on after the client's first message.
#[derive(Clone, Debug)]
pub enum TlsChoice {
    /// Finish it and speak HTTP.
    Serve(Arc<ServerConfig>),
    /// Finish it and close: all a CA wants of TLS-ALPN-01 (RFC 8737 section 3).
    Challenge(Arc<ServerConfig>),
    /// No certificate fits.
    Refuse,
}
