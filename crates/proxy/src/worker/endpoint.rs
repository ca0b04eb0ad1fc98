//! A socket that is served, and the server that answers on it at the moment.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use evenkeel_net::Address;

use super::drain::{Lifecycle, Stage};
use crate::Graph;
use crate::graph::Server;
use crate::listener::ServeTls;

/// A socket's lasting part. Its connections hold it; the server behind it may change between
/// their requests.
pub(crate) struct Endpoint {
    /// Where it is bound.
    pub(crate) address: Address,
    /// Certificates; plain HTTP if `None`.
    pub(crate) tls: Option<Arc<dyn ServeTls>>,
    /// Whether HTTP/2 may be spoken.
    pub(crate) http2: bool,
    installed: RefCell<Rc<Installed>>,
    closed: Cell<bool>,
}

impl Endpoint {
    pub(super) fn new(
        address: Address,
        tls: Option<Arc<dyn ServeTls>>,
        http2: bool,
        installed: Installed,
    ) -> Self {
        let installed = RefCell::new(Rc::new(installed));
        Self {
            address,
            tls,
            http2,
            installed,
            closed: Cell::new(false),
        }
    }

    /// The server for the next request. Cloning the worker's own `Rc` touches nothing that
    /// another core counts on.
    pub(crate) fn installed(&self) -> Rc<Installed> {
        Rc::clone(&self.installed.borrow())
    }

    /// Goes on with the server of the same name in `graph`, or closes if there is none.
    pub(super) fn replace(&self, graph: &Arc<Graph>) {
        let server = graph.server(self.installed().server().name());
        match server {
            Some(server) => {
                let installed = Installed {
                    graph: Arc::clone(graph),
                    server,
                };
                *self.installed.borrow_mut() = Rc::new(installed);
            }
            None => self.closed.set(true),
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.get()
    }

    /// The stage of life of this socket and its connections.
    pub(crate) fn stage(&self, worker: &Lifecycle) -> Stage {
        match worker.stage() {
            Stage::Serving if self.closed.get() => Stage::Draining,
            stage => stage,
        }
    }
}

/// One server of one graph.
pub(crate) struct Installed {
    pub(super) graph: Arc<Graph>,
    pub(super) server: usize,
}

impl Installed {
    /// The server.
    pub(crate) fn server(&self) -> &Server {
        &self.graph.servers[self.server]
    }
}
