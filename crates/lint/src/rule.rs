//! What a rule is.

use evenkeel_diagnostics::{Diagnostic, Severity, Span};

use crate::subject::Subject;

/// One row of the table.
pub struct Rule {
    /// Stable, kebab-case; the name in `# evenkeel: allow`.
    pub id: &'static str,
    /// How much its findings weigh.
    pub severity: Severity,
    /// One sentence: why it matters.
    pub why: &'static str,
    /// The line to write instead.
    pub instead: &'static str,
    /// Finds.
    pub(crate) look: Look,
}

/// Looks through a file and reports each finding.
pub(crate) type Look = fn(&Subject<'_>, Report<'_>);

/// Takes a finding.
pub(crate) type Report<'a> = &'a mut dyn FnMut(Diagnostic);

impl Rule {
    /// A finding that says what to write instead in the rule's general words.
    pub(crate) fn at(
        &self,
        span: Span,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Diagnostic {
        self.bare(span, message, label).help(self.instead)
    }

    /// A finding that still has to say what to write instead.
    pub(crate) fn bare(
        &self,
        span: Span,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::new(self.severity, self.id, message)
            .at(span, label)
            .note(self.why)
    }
}
