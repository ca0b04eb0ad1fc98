//! HTTP/1.1 towards an upstream: one hyper connection, driven by a task of its own.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use evenkeel_net::Stream;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http1::{Builder, SendRequest};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::task::JoinHandle;

use super::io::TokioIo;
use crate::Body;

/// Bound of what is read ahead, and with it of a response's head (RFC 9110 section 5.4 leaves the
/// number to us). hyper also refuses more than 100 fields.
const READ_AHEAD: usize = 256 * 1024;

/// Bound of all that comes before the head of a response: interim responses (1xx), one after the
/// other, may be endless.
const PRELUDE: u64 = 1024 * 1024;

/// Stands for "no response is awaited" where else the bytes read so far are.
const NOT_AWAITED: u64 = u64::MAX;

/// A connection that carries one request at a time. Closed when dropped.
#[derive(Debug)]
pub(crate) struct Http1 {
    sender: SendRequest<Body>,
    task: Option<JoinHandle<()>>,
    heard: Arc<AtomicU64>,
}

/// A request that got no response.
#[derive(Debug)]
pub(crate) struct Unanswered {
    /// What happened to the connection.
    pub(crate) error: hyper::Error,
    /// The request, if nothing of it was sent.
    pub(crate) unsent: Option<Box<Request<Body>>>,
    /// Whether the upstream had begun to answer.
    pub(crate) heard: bool,
}

impl Http1 {
    /// Makes a fresh stream a connection. Must be called on a worker.
    pub(crate) async fn start(stream: Stream) -> hyper::Result<Self> {
        let heard = Arc::new(AtomicU64::new(NOT_AWAITED));
        let io = TokioIo::new(Heard {
            stream,
            heard: Arc::clone(&heard),
        });
        let (sender, connection) = Builder::new()
            .max_buf_size(READ_AHEAD)
            // Names as Caddy (Go) writes them: some applications do not know them otherwise.
            .title_case_headers(true)
            // RFC 9112 sections 5.1 and 5.2: a proxy mends these; it need not refuse them.
            .allow_spaces_after_header_name_in_responses(true)
            .allow_obsolete_multiline_headers_in_responses(true)
            .handshake(io)
            .await?;
        let task = tokio::task::spawn_local(async move {
            // Whoever waits for a response gets the error; if nobody does, it is not one.
            if let Err(error) = connection.with_upgrades().await {
                tracing::trace!(
                    error = &error as &dyn std::error::Error,
                    "connection closed"
                );
            }
        });
        Ok(Self {
            sender,
            task: Some(task),
            heard,
        })
    }

    /// Whether it is closed for certain; an open one may still turn out to be dead.
    pub(crate) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// Whether the last exchange is over on both sides, so that the next may begin.
    pub(crate) fn is_ready(&self) -> bool {
        self.sender.is_ready()
    }

    /// Sends a request and returns the head of the response. The body of the request is read
    /// while the response is awaited, and afterwards until the connection is dropped.
    pub(crate) async fn send(
        &mut self,
        request: Request<Body>,
    ) -> Result<Response<Incoming>, Unanswered> {
        self.heard.store(0, Ordering::Relaxed);
        let answered = self.sender.try_send_request(request).await;
        let heard = self.heard.swap(NOT_AWAITED, Ordering::Relaxed);
        match answered {
            Ok(response) => Ok(response),
            Err(mut failure) => Err(Unanswered {
                unsent: failure.take_message().map(Box::new),
                error: failure.into_error(),
                heard: heard > 0,
            }),
        }
    }

    /// Lets the connection live on as what it was upgraded to.
    pub(crate) fn detach(mut self) {
        self.task = None;
    }
}

impl Drop for Http1 {
    fn drop(&mut self) {
        // Without its sender the connection would still read and send to the end.
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }
}

/// A stream that counts what is read from it while a response is awaited, and ends if that is
/// more than any head.
#[derive(Debug)]
struct Heard {
    stream: Stream,
    heard: Arc<AtomicU64>,
}

impl Heard {
    fn count(&self, read: usize) -> io::Result<()> {
        let before = self.heard.load(Ordering::Relaxed);
        if before == NOT_AWAITED {
            return Ok(());
        }
        let after = before + read as u64;
        self.heard.store(after, Ordering::Relaxed);
        if after <= PRELUDE {
            return Ok(());
        }
        let message = "no end of the response's head within 1 MiB";
        Err(io::Error::new(io::ErrorKind::InvalidData, message))
    }
}

impl AsyncRead for Heard {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        Poll::Ready(self.count(buf.filled().len() - before))
    }
}

impl AsyncWrite for Heard {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
