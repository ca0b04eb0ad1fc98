//! One constructor per finding, so that wording is in one place.

mod foreign;
pub(crate) mod go;
mod lines;
mod modules;
mod names;
mod outdated;
mod removed;
mod sites;
mod tls;
mod values;
mod wording;

use evenkeel_diagnostics::{CaddyText, Diagnostic, Severity, Span};

pub(crate) use lines::*;
pub(crate) use modules::*;
pub(crate) use names::*;
pub(crate) use outdated::*;
pub(crate) use sites::*;
pub(crate) use tls::*;
pub(crate) use values::*;
use wording::Cause;
pub(crate) use wording::{ENDED, Says, Wording};

/// What reading a line gives: the value, or the one finding that explains why there is none.
pub(crate) type Read<T> = Result<T, Finding>;

/// A finding on its way to the bag.
#[derive(Debug)]
pub(crate) struct Finding(Box<Found>);

#[derive(Debug)]
struct Found {
    diagnostic: Diagnostic,
    /// What makes Caddy's words depend on where it was found.
    cause: Cause,
}

impl Finding {
    fn new(diagnostic: Diagnostic) -> Self {
        Self(Box::new(Found {
            diagnostic,
            cause: Cause::Own,
        }))
    }

    fn map(self, change: impl FnOnce(Diagnostic) -> Diagnostic) -> Self {
        let Found { diagnostic, cause } = *self.0;
        Self(Box::new(Found {
            diagnostic: change(diagnostic),
            cause,
        }))
    }

    /// Says what to do.
    pub(crate) fn help(self, text: impl Into<String>) -> Self {
        self.map(|found| found.help(text))
    }

    /// Adds a remark.
    fn note(self, text: impl Into<String>) -> Self {
        self.map(|found| found.note(text))
    }

    /// As something that Caddy takes.
    pub(crate) fn into_warning(mut self) -> Self {
        self.0.diagnostic.severity = Severity::Warning;
        self.0.diagnostic.caddy = None;
        self
    }

    /// What Caddy says, at the place of the finding.
    pub(crate) fn caddy(self, text: impl Into<String>) -> Self {
        let text = CaddyText::new(text);
        let text = match self.0.diagnostic.span() {
            Some(span) => text.at(span),
            None => text,
        };
        self.caddy_text(text)
    }

    /// What Caddy says without a place, or with one of its own.
    pub(crate) fn caddy_text(self, text: impl Into<CaddyText>) -> Self {
        self.map(|found| found.caddy(text))
    }

    /// Caddy says first what it was doing.
    pub(crate) fn preceded(mut self, says: &str) -> Self {
        if let Some(caddy) = &mut self.0.diagnostic.caddy {
            caddy.precede(says);
        }
        self
    }

    /// Caddy names a second place.
    pub(crate) fn also_at(mut self, span: Span) -> Self {
        if let Some(caddy) = &mut self.0.diagnostic.caddy {
            caddy.also_at(span);
        }
        self
    }

    /// What Caddy does not get to.
    pub(crate) fn unknown_to_caddy(mut self) -> Self {
        self.0.diagnostic.caddy = None;
        self.0.cause = Cause::Own;
        self
    }

    /// Caddy says that it met this while it read the line of `name`.
    pub(crate) fn while_parsing(mut self, name: &str) -> Self {
        if let Some(caddy) = &mut self.0.diagnostic.caddy {
            caddy.while_parsing(name);
        }
        self
    }

    /// Marks only the first character of its place.
    pub(crate) fn at_first_character(mut self) -> Self {
        if let Some(label) = self.0.diagnostic.labels.first_mut() {
            label.span = head(label.span);
        }
        self
    }
}

impl From<Finding> for Diagnostic {
    fn from(finding: Finding) -> Self {
        finding.0.diagnostic
    }
}

/// The first character of a span: what to mark when the span goes over many lines.
const fn head(span: Span) -> Span {
    Span::new(
        span.source,
        span.start,
        if span.end > span.start {
            span.start + 1
        } else {
            span.end
        },
    )
}
