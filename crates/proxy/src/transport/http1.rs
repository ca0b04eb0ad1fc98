//! HTTP/1.1 towards an upstream: one hyper connection, driven by a task of its own.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use http::header::{HOST, HeaderMap, PROXY_AUTHORIZATION};
use http::uri::{Parts, Scheme};
use http::{HeaderName, HeaderValue, Request, Response, Uri};
use hyper::body::Incoming;
use hyper::client::conn::http1::{Builder, SendRequest};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::io::TokioIo;
use super::places::Place;
use super::wire::{Carrier, Heard, Wire};
use super::{Endpoint, Unanswered};
use crate::Body;

/// Read ahead at most, unless heads may be larger.
const READ_AHEAD: usize = 256 * 1024;

/// In which an upstream says how long it keeps an idle connection (RFC 2068 section 19.7.1.1).
const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");

/// A connection that carries one request at a time. Closed when dropped.
#[derive(Debug)]
pub(crate) struct Http1 {
    sender: SendRequest<Body>,
    task: Option<JoinHandle<()>>,
    heard: Heard,
    closed: Rc<Cell<Option<Instant>>>,
    announced: Option<Duration>,
    whole_urls: Option<WholeUrls>,
    _place: Option<Place>,
}

/// Requests go to a forward proxy, which wants to know the whole URL.
#[derive(Debug)]
struct WholeUrls {
    authorization: Option<HeaderValue>,
}

impl Http1 {
    /// Makes a fresh carrier a connection. Must be called on a worker.
    pub(super) async fn start(
        carrier: Carrier,
        endpoint: &Endpoint,
        place: Option<Place>,
    ) -> hyper::Result<Box<Self>> {
        let settings = &endpoint.settings;
        let heard = Heard::new(settings);
        let is_clear = matches!(carrier, Carrier::Plain(_));
        let forward = endpoint.forward.as_ref().filter(|_| is_clear);
        let whole_urls = forward.filter(|forward| forward.wants_whole_urls());
        let io = TokioIo::new(Wire::new(carrier, heard.clone(), settings));
        let (sender, connection) = builder(settings.head_limit).handshake(io).await?;
        let closed = Rc::new(Cell::new(None));
        let ended = Rc::clone(&closed);
        let task = tokio::task::spawn_local(async move {
            // Whoever waits for a response gets the error; if nobody does, it is not one.
            if let Err(error) = connection.with_upgrades().await {
                tracing::trace!(
                    error = &error as &dyn std::error::Error,
                    "connection closed"
                );
            }
            ended.set(Some(Instant::now()));
        });
        Ok(Box::new(Self {
            sender,
            task: Some(task),
            heard,
            closed,
            announced: None,
            whole_urls: whole_urls.map(|forward| WholeUrls {
                authorization: forward.authorization(),
            }),
            _place: place,
        }))
    }

    /// Whether it is closed for certain; an open one may still turn out to be dead.
    pub(super) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// When it was closed, if it is.
    pub(super) fn closed_at(&self) -> Option<Instant> {
        self.closed.get()
    }

    /// Whether the last exchange is over on both sides, so that the next may begin.
    pub(super) fn is_ready(&self) -> bool {
        self.sender.is_ready()
    }

    /// How long the upstream keeps it when it is idle, as far as the last response said.
    pub(super) const fn announced(&self) -> Option<Duration> {
        self.announced
    }

    /// Sends a request and returns the head of the response. The body of the request is read
    /// while the response is awaited, and afterwards until the connection is dropped.
    pub(super) async fn send(
        &mut self,
        mut request: Request<Body>,
    ) -> Result<Response<Incoming>, Unanswered> {
        if let Some(whole) = &self.whole_urls {
            whole.address(&mut request);
        }
        self.heard.await_response();
        let answered = self.sender.try_send_request(request).await;
        let heard = self.heard.stop();
        match answered {
            Ok(response) => {
                self.announced = announced(response.headers());
                Ok(response)
            }
            Err(mut failure) => Err(Unanswered {
                unsent: failure.take_message().map(Box::new),
                error: failure.into_error(),
                heard: heard > 0,
                refused: false,
            }),
        }
    }

    /// Lets the connection live on as what it was upgraded to.
    pub(super) fn detach(mut self) {
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

impl WholeUrls {
    fn address(&self, request: &mut Request<Body>) {
        let host = request.headers().get(HOST);
        let authority = host.and_then(|host| host.as_bytes().try_into().ok());
        let mut parts = Parts::default();
        parts.scheme = Some(Scheme::HTTP);
        parts.authority = authority;
        parts.path_and_query = request.uri().path_and_query().cloned();
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
        if let Some(authorization) = &self.authorization {
            let headers = request.headers_mut();
            headers.insert(PROXY_AUTHORIZATION, authorization.clone());
        }
    }
}

fn builder(head_limit: usize) -> Builder {
    let mut builder = Builder::new();
    builder
        .max_buf_size(READ_AHEAD.max(head_limit))
        // Names as Caddy (Go) writes them: some applications do not know them otherwise.
        .title_case_headers(true)
        // RFC 9112 sections 5.1 and 5.2: a proxy mends these; it need not refuse them.
        .allow_spaces_after_header_name_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true);
    if head_limit < READ_AHEAD {
        builder.max_header_size(head_limit);
    }
    builder
}

/// `timeout=SECONDS` among the parameters.
fn announced(headers: &HeaderMap) -> Option<Duration> {
    let field = headers.get(KEEP_ALIVE)?.to_str().ok()?;
    field.split(',').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        if !name.trim().eq_ignore_ascii_case("timeout") {
            return None;
        }
        value
            .trim()
            .trim_matches('"')
            .parse()
            .ok()
            .map(Duration::from_secs)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_an_upstream_announces_is_read() {
        let time = |field: &'static str| {
            let value = HeaderValue::from_static(field);
            announced(&[(KEEP_ALIVE, value)].into_iter().collect())
        };
        assert_eq!(time("timeout=5"), Some(Duration::from_secs(5)));
        assert_eq!(
            time("max=100, Timeout = \"7\""),
            Some(Duration::from_secs(7))
        );
        for field in ["", "max=5", "timeout", "timeout=-1", "timeout=x"] {
            assert_eq!(time(field), None, "{field}");
        }
        assert_eq!(announced(&HeaderMap::new()), None);
    }
}
