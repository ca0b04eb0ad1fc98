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
    pub level: Option<LevelName>,
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

/// How grave an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For developers.
    Debug,
    /// The default.
    Info,
    /// Worth a look.
    Warn,
    /// Something failed.
    Error,
    /// A bug.
    Panic,
    /// The process ends.
    Fatal,
}

impl Level {
    const NAMES: [(&str, Self); 6] = [
        ("DEBUG", Self::Debug),
        ("INFO", Self::Info),
        ("WARN", Self::Warn),
        ("ERROR", Self::Error),
        ("PANIC", Self::Panic),
        ("FATAL", Self::Fatal),
    ];

    /// All names, in capitals.
    pub fn names() -> impl Iterator<Item = &'static str> + Clone {
        Self::NAMES.iter().map(|(name, _)| *name)
    }
}

/// A level as it was written: any case is read, and kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LevelName {
    level: Level,
    text: String,
}

/// A word that is no level.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no log level `{0}`")]
pub struct UnknownLevel(String);

impl LevelName {
    /// The level.
    pub const fn level(&self) -> Level {
        self.level
    }
}

impl From<Level> for LevelName {
    fn from(level: Level) -> Self {
        let name = Level::NAMES.iter().find(|(_, known)| *known == level);
        Self {
            level,
            text: name.map_or("", |(name, _)| name).to_owned(),
        }
    }
}

impl TryFrom<String> for LevelName {
    type Error = UnknownLevel;

    fn try_from(text: String) -> Result<Self, UnknownLevel> {
        let mut names = Level::NAMES.iter();
        match names.find(|(name, _)| name.eq_ignore_ascii_case(&text)) {
            Some(&(_, level)) => Ok(Self { level, text }),
            None => Err(UnknownLevel(text)),
        }
    }
}

impl From<LevelName> for String {
    fn from(name: LevelName) -> Self {
        name.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_read_in_any_case_and_kept_as_written() -> Result<(), serde_json::Error> {
        let log: Log = serde_json::from_str(r#"{"level":"warn"}"#)?;
        assert_eq!(log.level.as_ref().map(LevelName::level), Some(Level::Warn));
        assert_eq!(serde_json::to_string(&log)?, r#"{"level":"warn"}"#);
        let log = Log {
            level: Some(Level::Fatal.into()),
            ..Log::default()
        };
        assert_eq!(serde_json::to_string(&log)?, r#"{"level":"FATAL"}"#);
        assert!(serde_json::from_str::<Log>(r#"{"level":"loud"}"#).is_err());
        Ok(())
    }
}
