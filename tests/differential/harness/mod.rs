//! Runs a case against both servers and compares what was seen.

mod case;
mod dns;
mod http;
mod observe;
mod server;
mod upstream;

pub(crate) use case::Case;
pub(crate) use dns::Record;
pub(crate) use upstream::{Reply, chunked, ok};
