//! Idle connections of one worker: the last one used is taken first, the rest grow old and are
//! closed. Nothing here is shared with other workers, so nothing is locked.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use http::{Request, Response};
use hyper::body::Incoming;
use tokio::time::{Instant, sleep_until};

use super::{Endpoint, Http1, Unanswered};
use crate::Body;

/// The idle connections of a worker, by endpoint.
#[derive(Debug, Default)]
pub(crate) struct IdleConnections {
    kept: Rc<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// By the address of the endpoint, which each store keeps alive.
    stores: RefCell<HashMap<usize, Rc<Store>>>,
    /// Whether a task closes what grows old.
    swept: Cell<bool>,
}

/// The idle connections of one endpoint, the oldest first.
#[derive(Debug)]
struct Store {
    endpoint: Arc<Endpoint>,
    idle: RefCell<Vec<Idle>>,
    kept: Weak<Kept>,
}

#[derive(Debug)]
struct Idle {
    http1: Http1,
    since: Instant,
}

/// A connection in use. Closed when dropped; [`finish`](Self::finish) keeps it.
pub(crate) struct Connection {
    http1: Http1,
    store: Rc<Store>,
    reused: bool,
}

impl IdleConnections {
    /// The connection used last that is not known to be closed.
    pub(crate) fn take(&self, endpoint: &Arc<Endpoint>) -> Option<Connection> {
        let store = self
            .kept
            .stores
            .borrow()
            .get(&address(endpoint))
            .map(Rc::clone)?;
        let http1 = store.take()?;
        Some(Connection {
            http1,
            store,
            reused: true,
        })
    }

    /// A fresh connection, to be kept here when it is idle.
    pub(crate) fn adopt(&self, endpoint: &Arc<Endpoint>, http1: Http1) -> Connection {
        let mut stores = self.kept.stores.borrow_mut();
        let store = stores.entry(address(endpoint)).or_insert_with(|| {
            Rc::new(Store {
                endpoint: Arc::clone(endpoint),
                idle: RefCell::default(),
                kept: Rc::downgrade(&self.kept),
            })
        });
        Connection {
            http1,
            store: Rc::clone(store),
            reused: false,
        }
    }
}

impl Connection {
    /// Whether it has carried an exchange before: then it may be dead without anybody knowing.
    pub(crate) const fn is_reused(&self) -> bool {
        self.reused
    }

    /// The upstream's address as written in the plan.
    pub(crate) fn dial(&self) -> &str {
        &self.store.endpoint.dial
    }

    /// Sends a request; see [`Http1::send`].
    pub(crate) async fn send(
        &mut self,
        request: Request<Body>,
    ) -> Result<Response<Incoming>, Unanswered> {
        self.http1.send(request).await
    }

    /// Keeps the connection for the next request, if it can carry one. It cannot when either side
    /// announced to close it, or when the request is not sent to its end.
    pub(crate) fn finish(self) {
        if self.http1.is_ready() {
            self.store.put(self.http1);
        }
    }

    /// Lets the connection live on as what it was upgraded to.
    pub(crate) fn detach(self) {
        self.http1.detach();
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("dial", &self.dial())
            .finish_non_exhaustive()
    }
}

impl Store {
    fn take(&self) -> Option<Http1> {
        let mut idle = self.idle.borrow_mut();
        std::iter::from_fn(|| idle.pop())
            .map(|idle| idle.http1)
            .find(|http1| !http1.is_closed() && http1.is_ready())
    }

    fn put(&self, http1: Http1) {
        let (Some(keep), Some(kept)) = (&self.endpoint.settings.keep_alive, self.kept.upgrade())
        else {
            return;
        };
        let mut idle = self.idle.borrow_mut();
        if idle.len() >= keep.per_upstream {
            idle.retain(|idle| !idle.http1.is_closed());
        }
        if idle.len() >= keep.per_upstream {
            return;
        }
        idle.push(Idle {
            http1,
            since: Instant::now(),
        });
        drop(idle);
        if !kept.swept.replace(true) {
            tokio::task::spawn_local(sweep(self.kept.clone()));
        }
    }

    /// Closes what is too old and tells when the next will be.
    fn close_old(&self, now: Instant) -> Option<Instant> {
        let keep = self.endpoint.settings.keep_alive.as_ref()?;
        let mut idle = self.idle.borrow_mut();
        idle.retain(|idle| now < idle.since + keep.timeout && !idle.http1.is_closed());
        idle.first().map(|oldest| oldest.since + keep.timeout)
    }

    fn is_unused(self: &Rc<Self>) -> bool {
        Rc::strong_count(self) == 1 && self.idle.borrow().is_empty()
    }
}

/// Closes connections as they grow old, until there are none.
async fn sweep(kept: Weak<Kept>) {
    while let Some(next) = kept.upgrade().and_then(|kept| kept.close_old()) {
        sleep_until(next).await;
    }
}

impl Kept {
    fn close_old(&self) -> Option<Instant> {
        let now = Instant::now();
        let mut stores = self.stores.borrow_mut();
        let next = stores
            .values()
            .filter_map(|store| store.close_old(now))
            .min();
        stores.retain(|_, store| !store.is_unused());
        self.swept.set(next.is_some());
        next
    }
}

fn address(endpoint: &Arc<Endpoint>) -> usize {
    Arc::as_ptr(endpoint).addr()
}
