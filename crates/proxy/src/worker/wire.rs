//! The bytes of a client's connection, in clear or through TLS, as hyper reads and writes them;
//! it notices what hyper does not tell: that a request began to arrive, that a client stalls.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use evenkeel_net::Stream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};
use tokio_rustls::server::TlsStream;

/// A client that takes no byte for so long is given up. Caddy: `write_idle_timeout`.
const WRITE_STALL: Duration = Duration::from_mins(1);

/// What the wire tells the connection's other parts. An upgrade makes hyper ask for `Send`, which
/// is why these are atomics; nobody else than the worker's thread ever sees them.
#[derive(Debug, Default)]
pub(super) struct Signs {
    received: AtomicBool,
    tunnel: AtomicBool,
}

impl Signs {
    /// Whether bytes came in since [`Self::forget_received`].
    pub(super) fn has_received(&self) -> bool {
        self.received.load(Ordering::Relaxed)
    }

    pub(super) fn forget_received(&self) {
        self.received.store(false, Ordering::Relaxed);
    }

    /// The connection carries something else than HTTP from now on: no stall is noticed any more.
    pub(super) fn set_tunnel(&self) {
        self.tunnel.store(true, Ordering::Relaxed);
    }
}

/// A client's connection.
#[derive(Debug)]
pub(super) struct Wire {
    carrier: Carrier,
    signs: Arc<Signs>,
    stall: Option<Pin<Box<Sleep>>>,
}

/// What carries the bytes.
#[derive(Debug)]
pub(super) enum Carrier {
    Plain(Stream),
    Tls(Box<TlsStream<Stream>>),
}

evenkeel_net::stream_of_variants!(Carrier { Plain, Tls });

impl Wire {
    pub(super) const fn new(carrier: Carrier, signs: Arc<Signs>) -> Self {
        Self {
            carrier,
            signs,
            stall: None,
        }
    }

    /// Fails instead of waiting for ever for a peer that takes nothing.
    fn unless_stalled<T>(
        &mut self,
        cx: &mut Context<'_>,
        progress: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if progress.is_ready() {
            self.stall = None;
            return progress;
        }
        if self.signs.tunnel.load(Ordering::Relaxed) {
            return Poll::Pending;
        }
        let stall = self
            .stall
            .get_or_insert_with(|| Box::pin(sleep(WRITE_STALL)));
        ready!(stall.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "the client takes no data",
        )))
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.carrier).poll_read(cx, buf))?;
        if buf.filled().len() > before {
            self.signs.received.store(true, Ordering::Relaxed);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.carrier).poll_write(cx, buf);
        self.unless_stalled(cx, progress)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let progress = Pin::new(&mut self.carrier).poll_flush(cx);
        self.unless_stalled(cx, progress)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let progress = Pin::new(&mut self.carrier).poll_shutdown(cx);
        self.unless_stalled(cx, progress)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.carrier).poll_write_vectored(cx, bufs);
        self.unless_stalled(cx, progress)
    }

    fn is_write_vectored(&self) -> bool {
        self.carrier.is_write_vectored()
    }
}
