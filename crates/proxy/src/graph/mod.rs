//! What a plan compiles to: immutable, shared by all workers, one for each generation.

mod build;
mod destinations;
mod host_index;
mod route;
mod server;

use std::fmt;
use std::sync::Arc;

pub use build::{Parts, build};

pub(crate) use build::BuildContext;
pub(crate) use route::{Groups, RouteList};
pub(crate) use server::{Aborted, Server};

use crate::upstream::active::{Check, FirstRound};
use crate::upstream::dynamic::Dynamic;

/// All servers of a plan, ready to run.
pub struct Graph {
    pub(crate) servers: Box<[Server]>,
    checks: Box<[Check]>,
    dynamic: Box<[Arc<Dynamic>]>,
    first_round: FirstRound,
}

impl Graph {
    /// The position of a server by its name in the plan (`srv0`), for
    /// [`ServerSocket`](crate::ServerSocket).
    pub fn server(&self, name: &str) -> Option<usize> {
        self.servers.iter().position(|server| server.name() == name)
    }

    /// Returns when every upstream has been checked once by [`watch_upstreams`], or after 250 ms: a
    /// start waits so long before it serves. For one caller.
    ///
    /// [`watch_upstreams`]: crate::watch_upstreams
    pub async fn first_checks_made(&self) {
        self.first_round.over().await;
    }

    pub(crate) const fn first_round(&self) -> &FirstRound {
        &self.first_round
    }

    /// The active health checks of all pools.
    pub(crate) fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// The pools whose upstreams are looked up.
    pub(crate) fn dynamic(&self) -> &[Arc<Dynamic>] {
        &self.dynamic
    }
}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Graph")
            .field("servers", &self.servers.len())
            .field("checks", &self.checks.len())
            .finish_non_exhaustive()
    }
}
