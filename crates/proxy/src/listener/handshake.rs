//! The server's side of a TLS handshake, under a deadline.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use evenkeel_net::Stream;
use rustls::ServerConfig;
use rustls::server::{Accepted, Acceptor, ClientHello};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;
use tokio_rustls::StartHandshake;
use tokio_rustls::server::TlsStream;

/// For the whole handshake, however slowly it drips in.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// A fatal `internal_error` in a record of its own (RFC 8446 section 6): what Caddy sends when no
/// certificate fits.
const NO_CERTIFICATE: [u8; 7] = [21, 3, 3, 0, 2, 2, 80];

/// What Go, and thus Caddy, answers to HTTP on a port for HTTPS.
const NOT_TLS: &[u8] =
    b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";

/// Read at one time of a client's first message; rustls bounds the message as a whole. Small,
/// because every connection of HTTPS carries it with it.
const HELLO_READ: usize = 1024;

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

async fn shake_hands(
    mut stream: Stream,
    tls: &dyn ServeTls,
) -> io::Result<Option<TlsStream<Stream>>> {
    let local = stream
        .local_address()
        .map(|address| address.ip().to_canonical());
    let accepted = read_hello(&mut stream).await?;
    match tls.choose(&accepted.client_hello(), local) {
        TlsChoice::Serve(config) => {
            let start = StartHandshake::from_parts(accepted, stream);
            start.into_stream(config).await.map(Some)
        }
        TlsChoice::Challenge(config) => {
            let start = StartHandshake::from_parts(accepted, stream);
            start.into_stream(config).await?.shutdown().await?;
            Ok(None)
        }
        TlsChoice::Refuse => {
            stream.write_all(&NO_CERTIFICATE).await?;
            stream.shutdown().await?;
            Err(io::Error::new(
                io::ErrorKind::NotFound,
                "no certificate for this name",
            ))
        }
    }
}

/// Reads the client's first message. Whoever speaks HTTP instead is told so, in clear text.
async fn read_hello(stream: &mut Stream) -> io::Result<Accepted> {
    let mut acceptor = Acceptor::default();
    let mut buffer = [0; HELLO_READ];
    let mut is_first = true;
    loop {
        let count = stream.read(&mut buffer).await?;
        let mut bytes = &buffer[..count];
        match bytes {
            [] => return Err(io::ErrorKind::UnexpectedEof.into()),
            [b'A'..=b'Z', ..] if is_first => {
                stream.write_all(NOT_TLS).await?;
                stream.shutdown().await?;
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "HTTP in clear text",
                ));
            }
            _ => is_first = false,
        }
        while !bytes.is_empty() {
            acceptor.read_tls(&mut bytes)?;
        }
        match acceptor.accept() {
            Ok(Some(accepted)) => return Ok(accepted),
            Ok(None) => {}
            Err((error, mut alert)) => {
                let mut bytes = Vec::new();
                alert.write_all(&mut bytes)?;
                stream.write_all(&bytes).await?;
                return Err(io::Error::new(io::ErrorKind::InvalidData, error));
            }
        }
    }
}
