//! The data plane: what a plan compiles to, and the workers that run it.
//!
//! A request passes the modules in this order: `listener` → `worker` → `exchange` → `graph` →
//! `matchers` → `handlers` → `upstream` → `transport`; the only way back is the return value.
//! [`build`] is the one door in; after it nothing refers to the plan.

mod accept_encoding;
mod address_range;
mod body;
mod buffered;
#[cfg(test)]
mod captured_log;
mod client_body;
mod error;
mod exchange;
mod expression;
mod failure;
mod file_body;
mod files;
mod graph;
mod handlers;
mod limited;
mod listener;
mod matchers;
mod name_servers;
mod notes;
mod observe;
mod query;
mod regexp;
mod state;
mod template;
mod trailers;
mod transfer_coding;
mod transport;
#[cfg(test)]
mod trial;
mod upstream;
mod variables;
mod worker;

pub use body::{
    Body, BodyError, Buffered, ClientBody, Counted, FileBody, Limited, Upload, UpstreamBody,
};
pub use error::{BuildError, BuildErrors, Kind, ProxyError, Side};
pub use graph::{Graph, Parts, build};
pub use listener::{ServeTls, TlsChoice};
pub use observe::{AccessFormat, AccessSink, LogSink};
pub use state::{StateRegistry, UpstreamCounts};
pub use transport::ClientTls;
pub use upstream::watch_upstreams;
pub use worker::{ChallengeAnswers, Command, Installation, ServerSocket, Worker, WorkerConfig};
