//! What a plan compiles to: immutable, shared by all workers, one for each generation.

mod build;
mod host_index;
mod route;
mod server;

use std::fmt;

pub use build::{Parts, build};

pub(crate) use build::BuildContext;
pub(crate) use route::{Groups, RouteList};
pub(crate) use server::{Aborted, Server};

use crate::upstream::active::Check;

/// All servers of a plan, ready to run.
pub struct Graph {
    pub(crate) servers: Box<[Server]>,
    checks: Box<[Check]>,
}

impl Graph {
    /// The position of a server by its name in the plan (`srv0`), for
    /// [`ServerSocket`](crate::ServerSocket).
    pub fn server(&self, name: &str) -> Option<usize> {
        self.servers.iter().position(|server| server.name() == name)
    }

    /// The active health checks of all pools.
    pub(crate) fn checks(&self) -> &[Check] {
        &self.checks
    }
}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Graph")
            .field("servers", &self.servers.len())
            .field("checks", &self.checks.len())
            .finish()
    }
}
