//! What operators see of exchanges: the access log, and the numbers of each upstream.

pub(crate) mod access_log;
mod calendar;
mod entry;
mod json;
mod logged;
pub(crate) mod meter;

use std::fmt;
use std::sync::Arc;

pub(crate) use calendar::{Calendar, go_duration};
pub(crate) use entry::{cipher_name, protocol_name};
pub(crate) use logged::Logged;

/// Takes finished entries of a log to where they are kept.
pub trait LogSink: Send + Sync {
    /// Takes one entry, ending in a newline. Never blocks: called on the path of requests.
    fn write(&self, entry: Vec<u8>);
}

/// How an access log entry looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessFormat {
    /// One JSON object a line.
    Json,
    /// Tab-separated, for people; the level in colour, as Caddy's.
    Console,
}

/// One place that gets access log entries, and in which form.
#[derive(Clone)]
pub struct AccessSink {
    /// How an entry looks.
    pub format: AccessFormat,
    /// Take only exchanges with a status of 500 and above, which Caddy logs as errors.
    pub errors_only: bool,
    /// Where it goes.
    pub sink: Arc<dyn LogSink>,
}

impl fmt::Debug for AccessSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessSink")
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}
