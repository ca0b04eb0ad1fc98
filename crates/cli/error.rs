//! Why a command failed, as the user needs to know it: the kind gives the exit code.

use std::fmt;
use std::process::ExitCode;

/// A failed command.
#[derive(Debug)]
pub(crate) struct CommandError {
    kind: Kind,
    /// What was tried, and beneath it why it failed.
    pub(crate) error: anyhow::Error,
    /// What to do.
    pub(crate) hints: Vec<String>,
}

/// The kinds of failure. Caddy: exit codes in `sigtrap.go`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// The configuration is wrong, or the server could not start: 1.
    Startup,
    /// The server could not stop as it should: 3.
    Stop,
}

impl CommandError {
    pub(crate) fn startup(error: impl Into<anyhow::Error>) -> Self {
        Self {
            kind: Kind::Startup,
            error: error.into(),
            hints: Vec::new(),
        }
    }

    pub(crate) fn stop(error: impl Into<anyhow::Error>) -> Self {
        Self {
            kind: Kind::Stop,
            error: error.into(),
            hints: Vec::new(),
        }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    pub(crate) fn code(&self) -> ExitCode {
        match self.kind {
            Kind::Startup => ExitCode::from(1),
            Kind::Stop => ExitCode::from(3),
        }
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.error)
    }
}
