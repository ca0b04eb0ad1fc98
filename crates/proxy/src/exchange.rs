//! One request and its response while in flight: what handlers read and change.

use std::cell::Cell;
use std::rc::Rc;

use http::header::{HOST, SERVER};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Request};
use tokio::time::Instant;

use crate::Body;
use crate::graph::Groups;
use crate::handlers::ResponseStep;
use crate::worker::{Connection, Local};

/// An exchange of a graph that lives for `'g`.
pub(crate) struct Exchange<'g> {
    /// The request as the handlers so far have left it. `Host` is always in its header, also if
    /// the client named it in `:authority` or an absolute URI.
    pub(crate) request: Request<Body>,
    /// The connection it came on.
    pub(crate) connection: Rc<Connection>,
    /// The worker it runs on.
    pub(crate) local: Rc<Local>,
    /// Fields that handlers set before there was a response. The response of `static_response`
    /// takes them over; an upstream's fields are appended to them, as in Caddy.
    pub(crate) early: HeaderMap,
    /// Whether the response gets the server's own `Server` field.
    pub(crate) server_field: bool,
    /// What handlers left to be done on the response, undone from the last to the first.
    pub(crate) steps: Vec<ResponseStep<'g>>,
    /// What the reverse proxy did, for logs and placeholders.
    pub(crate) proxied: Option<Proxied<'g>>,
    /// When the head of the request was read.
    pub(crate) started: Instant,
    /// The route groups of which a route has run.
    pub(crate) groups: Groups,
    /// The request's identifier, once someone asked for it.
    pub(crate) uuid: Cell<Option<u128>>,
}

/// Which upstream an exchange went to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proxied<'g> {
    /// The upstream's address, as written in the plan.
    pub(crate) dial: &'g str,
    /// Attempts after the first.
    pub(crate) retries: u32,
}

/// The value of the server's own `Server` field. Caddy: `server.go`, `ServeHTTP`.
pub(crate) const SERVER_NAME: HeaderValue = HeaderValue::from_static("Caddy");

impl<'g> Exchange<'g> {
    /// An exchange that starts now. RFC 9112 section 3.2.2: an authority in the request target
    /// goes before the `Host` field.
    pub(crate) fn new(
        mut request: Request<Body>,
        connection: Rc<Connection>,
        local: Rc<Local>,
    ) -> Self {
        if let Some(authority) = request.uri().authority() {
            let host = host_field(authority);
            request.headers_mut().insert(HOST, host);
        }
        Self {
            request,
            connection,
            local,
            early: HeaderMap::new(),
            server_field: true,
            steps: Vec::new(),
            proxied: None,
            started: Instant::now(),
            groups: Groups::default(),
            uuid: Cell::new(None),
        }
    }

    /// The host asked for, with the port if there is one; empty if absent.
    pub(crate) fn host(&self) -> &str {
        host_of(self.request.headers())
    }

    /// An upstream answers: its `Server` field passes, ours and those set earlier do not.
    /// Caddy: `reverseproxy.go`, `finalizeResponse`.
    pub(crate) fn answered_by_upstream(&mut self) {
        self.server_field = false;
        if !self.early.is_empty() {
            self.early.remove(SERVER);
        }
    }
}

/// The host among these fields, with the port if there is one; empty if absent or not text.
pub(crate) fn host_of(headers: &HeaderMap) -> &str {
    headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default()
}

fn host_field(authority: &Authority) -> HeaderValue {
    let text = authority.as_str();
    // Userinfo is never part of `Host`.
    let host = text.rsplit_once('@').map_or(text, |(_, host)| host);
    HeaderValue::from_str(host).unwrap_or(HeaderValue::from_static(""))
}
