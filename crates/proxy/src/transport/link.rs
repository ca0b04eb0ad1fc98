//! A connection as an exchange uses it, whichever version of HTTP it speaks.

use std::fmt;
use std::rc::Rc;

use http::{Request, Response};
use hyper::body::Incoming;

use super::http2::Stream;
use super::idle::Store;
use super::{Http1, Unanswered};
use crate::Body;
use crate::observe::meter::Tally;

/// A connection in use. Closed when dropped; [`finish`](Self::finish) keeps it.
pub(crate) struct Connection {
    pub(super) link: Link,
    pub(super) store: Rc<Store>,
    pub(super) reused: bool,
}

/// What an exchange has of a connection.
pub(super) enum Link {
    /// All of it. In a box: an exchange moves it many times.
    Http1(Box<Http1>),
    /// A stream.
    Http2(Stream),
}

impl Connection {
    /// Whether it has carried an exchange before: then it may be dead without anybody knowing.
    pub(crate) const fn is_reused(&self) -> bool {
        self.reused
    }

    /// The upstream's address as written in the plan.
    pub(crate) fn dial(&self) -> &str {
        &self.store.endpoint().dial
    }

    /// Where the worker counts what becomes of it.
    pub(crate) fn tally(&self) -> Option<&Tally> {
        self.store.tally()
    }

    /// Sends a request.
    pub(crate) async fn send(
        &mut self,
        request: Request<Body>,
    ) -> Result<Response<Incoming>, Unanswered> {
        match &mut self.link {
            Link::Http1(http1) => http1.send(request).await,
            Link::Http2(stream) => stream.send(request).await,
        }
    }

    /// Keeps the connection for the next request, if it can carry one. It cannot when either side
    /// announced to close it, or when the request is not sent to its end.
    pub(crate) fn finish(self) {
        let Self { link, store, .. } = self;
        match link {
            Link::Http1(http1) if http1.is_ready() => store.put(http1),
            Link::Http1(_) => {}
            Link::Http2(stream) => {
                drop(stream);
                store.freed();
            }
        }
    }

    /// Lets the connection live on as what it was upgraded to.
    pub(crate) fn detach(self) {
        if let Link::Http1(http1) = self.link {
            http1.detach();
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("dial", &self.dial())
            .finish_non_exhaustive()
    }
}
