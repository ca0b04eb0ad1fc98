//! HTTP/1.1 towards an upstream: one hyper connection, driven by a task of its own.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

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

/// A connection that carries one request at a time. Closed when dropped.
#[derive(Debug)]
pub(crate) struct Http1 {
    sender: SendRequest<Body>,
    task: Option<JoinHandle<()>>,
    heard: Arc<AtomicBool>,
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
        let heard = Arc::new(AtomicBool::new(false));
        let io = TokioIo::new(Heard {
            stream,
            heard: Arc::clone(&heard),
        });
        let (sender, connection) = Builder::new()
            .max_buf_size(READ_AHEAD)
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
        self.heard.store(false, Ordering::Relaxed);
        match self.sender.try_send_request(request).await {
            Ok(response) => Ok(response),
            Err(mut failure) => Err(Unanswered {
                unsent: failure.take_message().map(Box::new),
                error: failure.into_error(),
                heard: self.heard.load(Ordering::Relaxed),
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

/// A stream that notes when something is read from it.
#[derive(Debug)]
struct Heard {
    stream: Stream,
    heard: Arc<AtomicBool>,
}

impl AsyncRead for Heard {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.heard.store(true, Ordering::Relaxed);
        }
        polled
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
