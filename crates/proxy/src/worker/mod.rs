//! A worker: one thread's share of the server. It accepts connections, serves them on the graph
//! that was installed last, and drains them when it is told to.

mod activity;
mod connection;
mod drain;
mod endpoint;
mod extended_connect;
mod local;
mod local_tasks;
mod request_checks;
mod serve;
mod service;
mod stream_tasks;
mod supervise;
mod wire;

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use evenkeel_net::{Bound, World};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, timeout};

pub(crate) use activity::Busy;
pub(crate) use connection::{Connection, TlsInfo};
pub(crate) use drain::{Lifecycle, Stage};
pub(crate) use endpoint::Endpoint;
pub(crate) use local::Local;
pub(crate) use local_tasks::LocalTasks;
pub(crate) use serve::serve;

use crate::Graph;
use crate::listener::ServeTls;
use crate::listener::accept::accept_all;
use endpoint::Installed;

/// One thread's share of the server.
pub struct Worker {
    local: Rc<Local>,
    endpoints: Vec<Rc<Endpoint>>,
}

impl Worker {
    /// A worker that does nothing yet.
    pub fn new(config: WorkerConfig) -> Self {
        Self {
            local: Rc::new(Local::new(config)),
            endpoints: Vec::new(),
        }
    }

    /// Serves what it is told to, until it is told to drain and has done so. Without anyone left
    /// to tell it anything it drains without waiting. Has to run in a `LocalRuntime` or a
    /// `LocalSet`.
    pub async fn run(mut self, mut commands: UnboundedReceiver<Command>) {
        let grace = loop {
            match commands.recv().await {
                Some(Command::Install(installation)) => self.install(installation),
                Some(Command::Drain { grace }) => break grace,
                None => break Some(Duration::ZERO),
            }
        };
        self.drain(grace).await;
    }

    fn install(&mut self, installation: Installation) {
        for endpoint in &self.endpoints {
            endpoint.replace(&installation.graph);
        }
        self.endpoints.retain(|endpoint| !endpoint.is_closed());
        self.local.lifecycle.announce();
        for socket in installation.sockets {
            self.listen(&installation.graph, socket);
        }
    }

    fn listen(&mut self, graph: &Arc<Graph>, socket: ServerSocket) {
        let address = socket.bound.address();
        let listening = address.and_then(|address| Ok((address, socket.bound.into_listener()?)));
        match listening {
            Ok((address, listener)) => {
                let installed = Installed {
                    graph: Arc::clone(graph),
                    server: socket.server,
                };
                let endpoint = Endpoint::new(address, socket.tls, socket.http2, installed);
                let endpoint = Rc::new(endpoint);
                self.endpoints.push(Rc::clone(&endpoint));
                let local = Rc::clone(&self.local);
                tokio::task::spawn_local(accept_all(listener, endpoint, local));
            }
            Err(error) => {
                tracing::error!(target: "http", %error, "the runtime does not take a socket");
            }
        }
    }

    async fn drain(self, grace: Option<Duration>) {
        let lifecycle = &self.local.lifecycle;
        lifecycle.advance(Stage::Draining);
        match grace {
            None => {
                lifecycle.close_tunnels();
                lifecycle.emptied().await;
            }
            Some(grace) => {
                if timeout(grace, lifecycle.emptied()).await.is_err() {
                    tracing::warn!(target: "http", ?grace, "requests cut off after grace period");
                }
            }
        }
        lifecycle.advance(Stage::Closed);
        lifecycle.emptied().await;
    }
}

/// What a worker is given at its start.
pub struct WorkerConfig {
    /// Sockets, names and wall time.
    pub world: World,
    /// The instant from which moments count; the same for all workers.
    pub epoch: Instant,
    /// Seed of every random choice; different for each worker.
    pub seed: u64,
    /// Which of the workers this is, from 0.
    pub number: usize,
    /// Answers to HTTP-01 challenges in progress.
    pub challenges: Arc<dyn ChallengeAnswers>,
}

/// Who knows the answers to HTTP-01 challenges (RFC 8555 section 8.3). Asked before routing.
pub trait ChallengeAnswers: Send + Sync {
    /// The key authorization for a token that a CA asks `host` for; `None` routes the request as
    /// any other. `host` has no port and is in lower case.
    fn answer(&self, host: &str, token: &str) -> Option<Bytes>;
}

/// What a worker is told while it runs.
pub enum Command {
    /// Serve this graph from the next request on.
    Install(Installation),
    /// Finish what is in flight and end.
    Drain {
        /// How long requests may take to finish; without bound if `None`. Upgraded connections
        /// get the same time, and none at all without a bound.
        grace: Option<Duration>,
    },
}

/// A graph and the sockets it is served on.
pub struct Installation {
    /// The graph.
    pub graph: Arc<Graph>,
    /// Sockets to accept on, in addition to those of earlier installations. The latter go on with
    /// the server of the same name; without one they are closed.
    pub sockets: Vec<ServerSocket>,
}

/// A bound socket and what it serves.
pub struct ServerSocket {
    /// The socket.
    pub bound: Bound,
    /// The server in the graph, by index.
    pub server: usize,
    /// Certificates; plain HTTP if `None`.
    pub tls: Option<Arc<dyn ServeTls>>,
    /// Whether HTTP/2 may be spoken, when the client negotiates it by TLS.
    pub http2: bool,
}
