//! Process and access logs. Caddy: `logging.go`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::is_default;

/// All logs, by name; `default` is the process log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Logging {
    /// Logs by name.
    #[serde(skip_serializing_if = "is_default")]
    pub logs: BTreeMap<String, Log>,
}

/// One log: which entries, where to, in which form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// Where entries go; standard error if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub writer: Option<Writer>,
    /// How entries look; by the kind of writer if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoder: Option<Encoder>,
    /// The lowest level that is written; info if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// Logger names (dotted prefixes) to write; all if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub include: Vec<String>,
    /// Logger names (dotted prefixes) to leave out.
    #[serde(skip_serializing_if = "is_default")]
    pub exclude: Vec<String>,
}

/// Where a log goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "output", rename_all = "snake_case", deny_unknown_fields)]
pub enum Writer {
    /// Standard output.
    Stdout {},
    /// Standard error.
    Stderr {},
    /// Nowhere.
    Discard {},
    /// A file, appended to.
    File {
        /// Its path.
        filename: String,
    },
}

/// How an entry looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "format", rename_all = "snake_case", deny_unknown_fields)]
pub enum Encoder {
    /// One JSON object a line, with Caddy's field names.
    Json {},
    /// For people.
    Console {},
}

/// How grave an entry is. Read in any case, written in capitals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// For developers.
    #[serde(alias = "debug")]
    Debug,
    /// The default.
    #[serde(alias = "info")]
    Info,
    /// Worth a look.
    #[serde(alias = "warn")]
    Warn,
    /// Something failed.
    #[serde(alias = "error")]
    Error,
    /// A bug.
    #[serde(alias = "panic")]
    Panic,
    /// The process ends.
    #[serde(alias = "fatal")]
    Fatal,
}
