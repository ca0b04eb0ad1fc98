//! The server's side of a TLS handshake, under a deadline.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use evenkeel_net::Stream;
use rustls::ServerConfig;
use rustls::server::{Acceptor, ClientHello};
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

/// For the whole handshake, however slowly it drips in.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// A fatal `internal_error` in a record of its own (RFC 8446 section 6): what Caddy sends when no
/// certificate fits.
const NO_CERTIFICATE: [u8; 7] = [21, 3, 3, 0, 2, 2, 80];

/// Who knows which certificate and settings a client gets.
pub trait ServeTls: Send + Sync {
    /// Chooses by what the client says first. `local` is the address it connected to: it stands
    /// for the name when the client gives none.
    fn choose(&self, hello: &ClientHello<'_>, local: Option<IpAddr>) -> TlsChoice;
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

/// Does the handshake. `None` if the connection has served its purpose by that.
pub(crate) async fn handshake(
    stream: Stream,
    tls: &dyn ServeTls,
) -> io::Result<Option<TlsStream<Stream>>> {
    timeout(HANDSHAKE, shake_hands(stream, tls))
        .await
        .unwrap_or_else(|_| {
            Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "handshake timed out",
            ))
        })
}

async fn shake_hands(stream: Stream, tls: &dyn ServeTls) -> io::Result<Option<TlsStream<Stream>>> {
    let local = stream
        .local_address()
        .map(|address| address.ip().to_canonical());
    let mut start = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
    let choice = tls.choose(&start.client_hello(), local);
    match choice {
        TlsChoice::Serve(config) => start.into_stream(config).await.map(Some),
        TlsChoice::Challenge(config) => {
            let mut stream = start.into_stream(config).await?;
            stream.shutdown().await?;
            Ok(None)
        }
        TlsChoice::Refuse => {
            start.io.write_all(&NO_CERTIFICATE).await?;
            start.io.shutdown().await?;
            Err(io::Error::new(
                io::ErrorKind::NotFound,
                "no certificate for this name",
            ))
        }
    }
}
