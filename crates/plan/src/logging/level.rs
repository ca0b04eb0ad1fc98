//! How grave an entry is.

use serde::{Deserialize, Serialize};

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

/// A level as it was written. Caddy takes any text, which may hold placeholders, and looks at it
/// when the log is opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LevelName(String);

impl LevelName {
    /// The level, in any case; `None` if there is none of this name.
    pub fn level(&self) -> Option<Level> {
        let mut names = Level::NAMES.iter();
        let found = names.find(|(name, _)| name.eq_ignore_ascii_case(&self.0));
        found.map(|&(_, level)| level)
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Level> for LevelName {
    fn from(level: Level) -> Self {
        let name = Level::NAMES.iter().find(|(_, known)| *known == level);
        Self(name.map_or("", |(name, _)| name).to_owned())
    }
}

impl From<&str> for LevelName {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}
