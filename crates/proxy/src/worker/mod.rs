//! A worker: one thread's share of the server. It accepts connections, serves them on the graph
//! that was installed last, and drains them when it is told to.

mod connection;
mod drain;
mod local;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use evenkeel_net::{Bound, World};
use tokio::time::Instant;

pub(crate) use connection::{Connection, TlsInfo};
pub(crate) use local::Local;

use crate::listener::ServeTls;
use crate::Graph;

/// What a worker is given at its start.
pub struct WorkerConfig {
    /// Sockets, names and wall time.
    pub world: World,
    /// The instant from which moments count; the same for all workers.
    pub epoch: Instant,
    /// Seed of every random choice; different for each worker.
    pub seed: u64,
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
