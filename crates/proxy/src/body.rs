//! Message bodies of the data plane: none, a whole one, or a stream from either side. A stream is
//! read only as fast as it is written, so nothing is ever held in memory as a whole.

use std::cell::Cell;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use evenkeel_balance::Attempt;
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::sync::Notify;
use tokio::time::Instant;

pub use crate::buffered::Buffered;
pub use crate::client_body::ClientBody;
use crate::client_body::cleaned;
pub use crate::file_body::FileBody;
pub use crate::limited::Limited;
use crate::transport::Connection;

/// The body of a request or response.
#[derive(Debug, Default)]
pub enum Body {
    /// None.
    #[default]
    Empty,
    /// The whole of it.
    Full(Bytes),
    /// From the client.
    Incoming(ClientBody),
    /// From the client, on its way to an upstream whose answer is due some time after its end.
    Upload(Box<Upload>),
    /// From the client, and what has been read of it is counted.
    Counted(Box<Counted>),
    /// From an upstream.
    Upstream(UpstreamBody),
    /// From a file.
    File(Box<FileBody>),
    /// No longer than allowed.
    Limited(Box<Limited>),
    /// From either, and its beginning is here already.
    Buffered(Box<Buffered>),
}

/// Why a body ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// The client's request.
    #[error("the request's body broke off")]
    Client(#[source] hyper::Error),
    /// The client owes more of the request and has sent nothing for too long.
    #[error("the request's body stalled")]
    Stalled,
    /// There is more of it than is taken.
    #[error("the request's body is too large")]
    TooLarge,
    /// A file that is sent.
    #[error("the file broke off")]
    File(#[source] std::io::Error),
    /// The upstream's response.
    #[error("the response's body broke off")]
    Upstream(#[source] hyper::Error),
}

impl Body {
    /// No body.
    pub const fn empty() -> Self {
        Self::Empty
    }

    /// A whole body; none if there is nothing in it.
    pub fn full(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        if bytes.is_empty() {
            return Self::Empty;
        }
        Self::Full(bytes)
    }

    /// The body for one attempt: a copy if all of it is here, so that the next attempt has it, too.
    pub(crate) fn take_for_attempt(&mut self) -> Self {
        match self {
            Self::Full(bytes) => Self::Full(bytes.clone()),
            body => std::mem::take(body),
        }
    }

    /// Whether sending it leaves nothing for another attempt.
    pub(crate) fn can_be_sent_once(&self) -> bool {
        !matches!(self, Self::Full(_)) && !self.is_end_stream()
    }

    /// Makes a body that is still to come from the client tell when it has been sent to its end;
    /// `None` if there is nothing to come.
    pub(crate) fn watch(&mut self) -> Option<Rc<Notify>> {
        let sent = Rc::new(Notify::new());
        match self {
            Self::Upload(upload) => upload.sent = Rc::clone(&sent),
            Self::Incoming(_) => {
                if let Self::Incoming(incoming) = std::mem::take(self) {
                    *self = Self::Upload(Box::new(Upload {
                        incoming,
                        sent: Rc::clone(&sent),
                    }));
                }
            }
            Self::Counted(counted) => return counted.body.watch(),
            Self::Buffered(buffered) => return buffered.rest().watch(),
            Self::Limited(limited) => return limited.inner_mut().watch(),
            Self::Empty | Self::Full(_) | Self::Upstream(_) | Self::File(_) => return None,
        }
        Some(sent)
    }

    /// The same, but an error once it has more bytes than these.
    pub(crate) fn limited(self, limit: u64) -> Self {
        if matches!(self, Self::Empty) {
            return self;
        }
        Self::Limited(Box::new(Limited::new(self, limit)))
    }

    /// Whether it is known to be longer than allowed.
    pub(crate) fn is_too_long(&self) -> bool {
        matches!(self, Self::Limited(limited) if limited.is_too_long())
    }

    /// Counts the bytes that are read of a body that comes from the client; `None` if there is
    /// nothing to come.
    pub(crate) fn count(&mut self) -> Option<Rc<Cell<u64>>> {
        if !matches!(self, Self::Incoming(_) | Self::Upload(_)) {
            return None;
        }
        let read = Rc::new(Cell::new(0));
        let (body, counter) = (std::mem::take(self), Rc::clone(&read));
        *self = Self::Counted(Box::new(Counted {
            body,
            read: counter,
        }));
        Some(read)
    }
}

impl From<Incoming> for Body {
    fn from(incoming: Incoming) -> Self {
        if incoming.is_end_stream() {
            return Self::Empty;
        }
        Self::Incoming(ClientBody::from(incoming))
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let body = self.get_mut();
        match body {
            Self::Empty => Poll::Ready(None),
            Self::Full(_) => {
                let Self::Full(bytes) = std::mem::take(body) else {
                    return Poll::Ready(None);
                };
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Self::Incoming(incoming) => incoming.poll(cx),
            Self::Upload(upload) => upload.incoming.poll(cx),
            Self::Counted(counted) => counted.poll(cx),
            Self::Upstream(upstream) => upstream.poll(cx),
            Self::Buffered(buffered) => buffered.poll(cx),
            Self::File(file) => file.poll(cx),
            Self::Limited(limited) => limited.poll(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Full(bytes) => bytes.is_empty(),
            Self::Incoming(incoming) => incoming.is_end_stream(),
            Self::Upload(upload) => upload.incoming.is_end_stream(),
            Self::Counted(counted) => counted.body.is_end_stream(),
            Self::Upstream(upstream) => upstream.incoming.is_end_stream(),
            Self::Buffered(buffered) => buffered.is_end_stream(),
            Self::File(file) => file.left() == 0,
            Self::Limited(limited) => limited.inner().is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Incoming(incoming) => incoming.size_hint(),
            Self::Upload(upload) => upload.incoming.size_hint(),
            Self::Counted(counted) => counted.body.size_hint(),
            Self::Upstream(upstream) => upstream.incoming.size_hint(),
            Self::Buffered(buffered) => buffered.size_hint(),
            Self::File(file) => file.size_hint(),
            Self::Limited(limited) => limited.inner().size_hint(),
        }
    }
}

/// A request's body that tells when the upstream has all of it.
#[derive(Debug)]
pub struct Upload {
    incoming: ClientBody,
    sent: Rc<Notify>,
}

impl Drop for Upload {
    fn drop(&mut self) {
        self.sent.notify_one();
    }
}

/// A body of which the bytes that are read are counted, for the access log.
#[derive(Debug)]
pub struct Counted {
    body: Body,
    read: Rc<Cell<u64>>,
}

impl Counted {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(data) = frame.data_ref()
        {
            self.read.set(self.read.get() + data.len() as u64);
        }
        polled
    }
}

/// A response's body, with the connection it comes on and the attempt it belongs to.
///
/// At its end the connection is kept for the next request; when it is dropped earlier or breaks
/// off, the connection is closed.
pub struct UpstreamBody {
    incoming: Incoming,
    /// In a box: bodies are moved many times on their way, and requests, which have bodies of the
    /// same type, would have to be as large.
    held: Option<Box<Held>>,
}

struct Held {
    connection: Connection,
    attempt: Attempt,
    /// When the attempt began.
    since: Instant,
}

impl UpstreamBody {
    /// The body of a response that came on `connection`; none if there is nothing to come.
    /// The attempt began at `since`.
    pub(crate) fn wrap(
        incoming: Incoming,
        connection: Connection,
        (attempt, since): (Attempt, Instant),
    ) -> Body {
        let held = Held {
            connection,
            attempt,
            since,
        };
        if incoming.is_end_stream() {
            held.finish();
            return Body::Empty;
        }
        Body::Upstream(Self {
            incoming,
            held: Some(Box::new(held)),
        })
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let polled = Pin::new(&mut self.incoming).poll_frame(cx);
        match &polled {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(None) => self.finish(),
            // Whoever writes the body may stop asking at its end, so that is noticed here.
            Poll::Ready(Some(Ok(frame))) => {
                if frame.is_trailers() || self.incoming.is_end_stream() {
                    self.finish();
                }
            }
            Poll::Ready(Some(Err(error))) => self.break_off(error),
        }
        polled.map(|frame| frame.map(|frame| frame.map(cleaned).map_err(BodyError::Upstream)))
    }

    fn finish(&mut self) {
        if let Some(held) = self.held.take() {
            held.finish();
        }
    }

    fn break_off(&mut self, error: &hyper::Error) {
        if let Some(held) = self.held.take() {
            if let Some(tally) = held.connection.tally() {
                tally.broken();
            }
            tracing::error!(
                target: "http.handlers.reverse_proxy",
                upstream = held.connection.dial(),
                error = error as &dyn std::error::Error,
                "aborting with incomplete response",
            );
        }
    }
}

impl Held {
    fn finish(self) {
        if let Some(tally) = self.connection.tally() {
            tally.finished(self.since.elapsed());
        }
        self.connection.finish();
        drop(self.attempt);
    }
}

impl Drop for UpstreamBody {
    fn drop(&mut self) {
        if let Some(tally) = self.held.as_ref().and_then(|held| held.connection.tally()) {
            tally.left();
        }
    }
}

impl fmt::Debug for UpstreamBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpstreamBody").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use evenkeel_net::memory::Pipe;
    use http::Response;
    use hyper::service::service_fn;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;
    use crate::transport::io::TokioIo;

    #[tokio::test]
    async fn what_is_read_of_a_clients_body_is_counted() {
        let (ours, mut theirs) = Pipe::pair();
        let counter = Rc::new(Cell::new(None));
        let service = service_fn(|request: http::Request<Incoming>| {
            let counter = Rc::clone(&counter);
            async move {
                let mut body = Body::from(request.into_body());
                counter.set(body.count());
                assert!(
                    body.watch().is_some(),
                    "a counted body can still be watched"
                );
                let mut body = std::pin::pin!(body);
                while std::future::poll_fn(|cx| body.as_mut().poll_frame(cx))
                    .await
                    .is_some()
                {}
                Ok::<_, Infallible>(Response::new(Body::empty()))
            }
        });
        let server = hyper::server::conn::http1::Builder::new()
            .header_read_timeout(None)
            .serve_connection(TokioIo::new(ours), service);
        let client = async {
            let head = b"POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n";
            theirs.write_all(head).await.unwrap();
            let body = b"connection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
            theirs.write_all(body).await.unwrap();
            theirs.read_to_end(&mut Vec::new()).await.unwrap();
        };
        let (outcome, ()) = tokio::join!(server, client);
        outcome.unwrap();
        assert_eq!(counter.take().unwrap().get(), 5);
    }

    #[test]
    fn a_body_that_is_here_already_is_not_counted() {
        assert!(Body::empty().count().is_none());
        assert!(Body::full("x").count().is_none());
    }
}
