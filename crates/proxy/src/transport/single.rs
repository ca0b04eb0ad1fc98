//! A connection for one request of our own, such as a health check's: never kept, never reused.

use std::rc::Rc;

use evenkeel_net::{Network, Resolver};
use http::{Request, Response};
use hyper::body::Incoming;

use super::http2::Stream;
use super::{DialError, Endpoint, Http1, Route, Unanswered, connect};
use crate::Body;
use crate::transport::http2::Http2;

/// A connection for one request. Closed when dropped. Has to be used on a local runtime.
pub(crate) enum Single {
    /// HTTP/1.1.
    Http1(Box<Http1>),
    /// The only stream of HTTP/2.
    Http2(Stream),
}

impl Single {
    /// Dials an endpoint as its transport does. No client is behind this connection; where the
    /// name to ask for in TLS depends on the request, the dialled host is asked for.
    pub(crate) async fn dial(
        network: &Network,
        resolver: &Resolver,
        endpoint: &Endpoint,
    ) -> Result<Self, DialError> {
        let route = Route {
            server_name: endpoint.fallback_name(),
            ..Route::default()
        };
        let opened = connect::open(network, resolver, endpoint, &route).await?;
        if opened.is_http2 {
            let started = Http2::start(opened.carrier, endpoint, None).await;
            let http2: Rc<Http2> = started.map_err(DialError::Unusable)?;
            return http2.open().map(Self::Http2).ok_or(DialError::Closed);
        }
        let started = Http1::start(opened.carrier, endpoint, None).await;
        started.map(Self::Http1).map_err(DialError::Unusable)
    }

    /// Sends the request.
    pub(crate) async fn send(
        &mut self,
        request: Request<Body>,
    ) -> Result<Response<Incoming>, Unanswered> {
        match self {
            Self::Http1(http1) => http1.send(request).await,
            Self::Http2(stream) => stream.send(request).await,
        }
    }
}
