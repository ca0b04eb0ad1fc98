//! What is known about a client's connection, worked out once and not once a request.

use std::fmt::Write as _;

use evenkeel_net::{Address, Peer};
use http::HeaderValue;
use rustls::server::ServerConnection;
use rustls::{CipherSuite, HandshakeKind, ProtocolVersion};

/// One client connection, as the exchanges on it see it.
#[derive(Debug)]
pub(crate) struct Connection {
    /// Who is at the other end.
    pub(crate) peer: Peer,
    /// The peer's IP address as text, as `X-Forwarded-For` wants it; empty for Unix sockets.
    pub(crate) peer_ip: HeaderValue,
    /// The address that was connected to, as the listener knows it.
    pub(crate) local_address: Address,
    /// What the handshake agreed on; `None` without TLS.
    pub(crate) tls: Option<TlsInfo>,
}

/// What a TLS handshake agreed on.
#[derive(Debug)]
pub(crate) struct TlsInfo {
    /// The protocol version.
    pub(crate) version: Option<ProtocolVersion>,
    /// The cipher suite.
    pub(crate) cipher: Option<CipherSuite>,
    /// The application protocol, such as `h2`; empty if none was negotiated.
    pub(crate) alpn: Box<str>,
    /// The name the client asked for.
    pub(crate) sni: Option<Box<str>>,
    /// Whether an earlier session was resumed.
    pub(crate) resumed: bool,
}

impl Connection {
    pub(crate) fn new(peer: Peer, local_address: Address, tls: Option<TlsInfo>) -> Self {
        let mut text = String::new();
        if let Some(ip) = peer.ip() {
            write!(text, "{ip}").expect("a string takes everything");
        }
        let peer_ip = HeaderValue::try_from(text).expect("an IP address is a field value");
        Self {
            peer,
            peer_ip,
            local_address,
            tls,
        }
    }

    /// The peer's IP address as text; empty for Unix sockets.
    pub(crate) fn peer_ip_text(&self) -> &str {
        self.peer_ip.to_str().unwrap_or_default()
    }

    /// `http` or `https`.
    pub(crate) const fn scheme(&self) -> &'static str {
        match self.tls {
            None => "http",
            Some(_) => "https",
        }
    }

    /// Whether HTTP/2 was negotiated.
    pub(super) fn is_http2(&self) -> bool {
        self.tls.as_ref().is_some_and(|tls| &*tls.alpn == "h2")
    }
}

impl TlsInfo {
    pub(super) fn of(connection: &ServerConnection) -> Self {
        let alpn = connection.alpn_protocol().unwrap_or_default();
        Self {
            version: connection.protocol_version(),
            cipher: connection
                .negotiated_cipher_suite()
                .map(|suite| suite.suite()),
            alpn: String::from_utf8_lossy(alpn).into(),
            sni: connection.server_name().map(Into::into),
            resumed: connection.handshake_kind() == Some(HandshakeKind::Resumed),
        }
    }
}
