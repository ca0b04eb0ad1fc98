//! HTTP/2 towards an upstream: one hyper connection for many requests at one time.

use std::cell::{Cell, RefCell};
use std::error::Error as _;
use std::future::{Future as _, poll_fn};
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONNECTION, HOST, HeaderMap, TRANSFER_ENCODING, UPGRADE};
use http::uri::{Authority, Parts, Scheme};
use http::{Request, Response, Uri, Version};
use hyper::body::Incoming;
use hyper::client::conn::http2::{Builder, SendRequest};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::io::{TokioIo, TokioTimer};
use super::places::Place;
use super::wire::{Carrier, Heard, Wire};
use super::{Endpoint, Unanswered};
use crate::Body;
use crate::worker::LocalTasks;

/// Requests at one time on one connection; the upstream may allow fewer.
const STREAMS: usize = 100;

/// How long the upstream's settings are waited for before the first request.
const SETTINGS: Duration = Duration::from_millis(100);

/// An upstream that is silent for so long while it owes something is asked whether it is there.
const PING_INTERVAL: Duration = Duration::from_secs(15);
const PING_TIMEOUT: Duration = Duration::from_secs(15);

/// What an upstream may send of one response, and of all, before somebody reads it.
const STREAM_WINDOW: u32 = 1024 * 1024;
const CONNECTION_WINDOW: u32 = 4 * 1024 * 1024;

type Connection = hyper::client::conn::http2::Connection<TokioIo<Wire>, Body, LocalTasks>;

/// A connection that carries many requests. Closed when the last stream and the store let it go.
#[derive(Debug)]
pub(crate) struct Http2 {
    sender: SendRequest<Body>,
    scheme: Scheme,
    connection: Weak<RefCell<Connection>>,
    active: Cell<usize>,
    used: Cell<bool>,
    quiet_since: Cell<Instant>,
    _place: Option<Place>,
}

/// One request's part of a connection.
#[derive(Debug)]
pub(crate) struct Stream {
    http2: Rc<Http2>,
    /// Whether the connection has carried another exchange before.
    pub(super) reused: bool,
}

impl Http2 {
    /// Makes a fresh carrier a connection. Must be called on a worker.
    pub(super) async fn start(
        carrier: Carrier,
        endpoint: &Endpoint,
        place: Option<Place>,
    ) -> hyper::Result<Rc<Self>> {
        let settings = &endpoint.settings;
        let scheme = match carrier {
            Carrier::Plain(_) | Carrier::Bridge(_) => Scheme::HTTP,
            Carrier::Tls(_) => Scheme::HTTPS,
        };
        let spoken = Arc::new(Notify::new());
        let wire = Wire::new(carrier, Heard::new(settings), settings).telling(&spoken);
        let (sender, connection) = Builder::new(LocalTasks)
            .timer(TokioTimer::new())
            .keep_alive_interval(PING_INTERVAL)
            .keep_alive_timeout(PING_TIMEOUT)
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_header_list_size(u32::try_from(settings.head_limit).unwrap_or(u32::MAX))
            .handshake::<_, Body>(TokioIo::new(wire))
            .await?;
        let connection = Rc::new(RefCell::new(connection));
        let shared = Rc::downgrade(&connection);
        tokio::task::spawn_local(async move {
            let ended = poll_fn(|cx| Pin::new(&mut *connection.borrow_mut()).poll(cx));
            // Whoever waits for a response gets the error; if nobody does, it is not one.
            if let Err(error) = ended.await {
                tracing::trace!(
                    error = &error as &dyn std::error::Error,
                    "connection closed"
                );
            }
        });
        // The upstream begins with how many streams it takes (RFC 9113 section 3.4); until then
        // it would have to be guessed.
        let settings_came = tokio::time::timeout(SETTINGS, spoken.notified()).await;
        if settings_came.is_err() {
            tracing::trace!("no settings yet");
        }
        Ok(Rc::new(Self {
            sender,
            scheme,
            connection: shared,
            active: Cell::new(0),
            used: Cell::new(false),
            quiet_since: Cell::new(Instant::now()),
            _place: place,
        }))
    }

    /// Whether it is closed, or about to be: nothing new can be sent.
    pub(super) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// A stream for one more request, if the upstream takes that many at a time.
    pub(super) fn open(self: &Rc<Self>) -> Option<Stream> {
        if self.is_closed() || self.active.get() >= self.limit() {
            return None;
        }
        self.active.set(self.active.get() + 1);
        Some(Stream {
            http2: Rc::clone(self),
            reused: self.used.replace(true),
        })
    }

    fn limit(&self) -> usize {
        let connection = self.connection.upgrade();
        let limit = connection.map_or(1, |open| open.borrow().current_max_send_streams());
        // Without a single one the request waits for it.
        limit.clamp(1, STREAMS)
    }

    /// Since when it carries nothing; `None` if it does.
    pub(super) fn quiet_since(&self) -> Option<Instant> {
        (self.active.get() == 0).then(|| self.quiet_since.get())
    }
}

impl Stream {
    /// Sends a request and returns the head of the response.
    pub(super) async fn send(
        &mut self,
        mut request: Request<Body>,
    ) -> Result<Response<Incoming>, Unanswered> {
        address(&mut request, &self.http2.scheme);
        let mut sender = self.http2.sender.clone();
        let answered = sender.try_send_request(request).await;
        answered.map_err(|mut failure| {
            let unsent = failure.take_message().map(Box::new);
            let error = failure.into_error();
            Unanswered {
                unsent,
                refused: is_refusal(&error),
                error,
                heard: false,
            }
        })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let left = self.http2.active.get() - 1;
        self.http2.active.set(left);
        if left == 0 {
            self.http2.quiet_since.set(Instant::now());
        }
    }
}

/// The target with scheme and authority, and no field that HTTP/2 has other means for (RFC 9113
/// sections 8.2.2 and 8.3.1).
fn address(request: &mut Request<Body>, scheme: &Scheme) {
    *request.version_mut() = Version::HTTP_2;
    let authority = take_host(request.headers_mut());
    let mut parts = Parts::default();
    parts.scheme = Some(scheme.clone());
    parts.authority = authority;
    parts.path_and_query = request.uri().path_and_query().cloned();
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
}

fn take_host(headers: &mut HeaderMap) -> Option<Authority> {
    for name in [CONNECTION, TRANSFER_ENCODING, UPGRADE] {
        headers.remove(name);
    }
    let host = headers.remove(HOST)?;
    Authority::try_from(host.as_bytes()).ok()
}

/// Whether the upstream says that it has not even looked at the request: the stream is refused
/// (RFC 9113 section 8.7), or beyond the last one of a connection that ends in peace.
fn is_refusal(error: &hyper::Error) -> bool {
    let Some(error) = error
        .source()
        .and_then(|cause| cause.downcast_ref::<h2::Error>())
    else {
        return false;
    };
    match error.reason() {
        Some(h2::Reason::REFUSED_STREAM) => error.is_remote(),
        Some(h2::Reason::NO_ERROR) => error.is_go_away() && error.is_remote(),
        _ => false,
    }
}
