//! One request and its response while in flight: what handlers read and change.

use std::rc::Rc;

use http::{HeaderMap, Request};
use tokio::time::Instant;

use crate::Body;
use crate::handlers::ResponseStep;
use crate::worker::{Connection, Local};

/// An exchange of a graph that lives for `'g`.
pub(crate) struct Exchange<'g> {
    /// The request as the handlers so far have left it.
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
}

/// Which upstream an exchange went to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proxied<'g> {
    /// The upstream's address, as written in the plan.
    pub(crate) dial: &'g str,
    /// Attempts after the first.
    pub(crate) retries: u32,
}
