//! Process and access logs. Caddy: `logging.go`.

mod encoder;
mod filter;
mod level;
mod writer;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::is_default;
use crate::value::Duration;

pub use encoder::{AppendEncoder, Encoder, EntryForm, FilterEncoder, JournaldEncoder};
pub use filter::{ActionKind, CookieAction, Filter, QueryAction, Replacement};
pub use level::{Level, LevelName};
pub use writer::{FileMode, FileModeError, FileWriter, NetWriter, Writer};

/// All logs, by name; `default` is the process log.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Logging {
    /// Where goes what libraries write to Go's own log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sink: Option<Sink>,
    /// Logs by name.
    #[serde(skip_serializing_if = "is_default")]
    pub logs: BTreeMap<String, Log>,
}

/// One log: which entries, where to, in which form.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// Where entries go; standard error if absent.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "crate::module::one"
    )]
    pub writer: Option<Writer>,
    /// How entries look; by the kind of writer if absent.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "crate::module::one"
    )]
    pub encoder: Option<Encoder>,
    /// What takes entries before they are written; nothing if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub core: Option<Core>,
    /// The lowest level that is written; info if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<LevelName>,
    /// Which of equal entries are written; all if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sampling: Option<Sampling>,
    /// Whether entries name their place in the source code.
    #[serde(skip_serializing_if = "is_default")]
    pub with_caller: bool,
    /// How many callers are passed over to find that place.
    #[serde(skip_serializing_if = "is_default")]
    pub with_caller_skip: i64,
    /// The level from which entries have a stack trace; none if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub with_stacktrace: String,
    /// Logger names (dotted prefixes) to write; all if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub include: Vec<String>,
    /// Logger names (dotted prefixes) to leave out.
    #[serde(skip_serializing_if = "is_default")]
    pub exclude: Vec<String>,
}

/// A log for what has no logger: a [`Log`] without names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sink {
    /// As in [`Log`].
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "crate::module::one"
    )]
    pub writer: Option<Writer>,
    /// As in [`Log`].
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "crate::module::one"
    )]
    pub encoder: Option<Encoder>,
    /// As in [`Log`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub core: Option<Core>,
    /// As in [`Log`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<LevelName>,
    /// As in [`Log`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sampling: Option<Sampling>,
    /// As in [`Log`].
    #[serde(skip_serializing_if = "is_default")]
    pub with_caller: bool,
    /// As in [`Log`].
    #[serde(skip_serializing_if = "is_default")]
    pub with_caller_skip: i64,
    /// As in [`Log`].
    #[serde(skip_serializing_if = "is_default")]
    pub with_stacktrace: String,
}

/// What takes entries before they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "module", rename_all = "snake_case", deny_unknown_fields)]
pub enum Core {
    /// Takes them and does nothing; for tests of Caddy's own.
    Mock {},
}

/// Of entries with the same level and message, within a time the first ones and then one of so
/// many.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sampling {
    /// The time; one second if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub interval: Duration,
    /// How many are written first; 100 if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub first: i64,
    /// One of how many is written then; 100 if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub thereafter: i64,
}

#[cfg(test)]
mod tests;
