//! Findings as values: what is wrong, where, and what to do about it. Nothing here prints.

use crate::{CaddyText, Span};

/// How much a finding weighs, from grave to light. Only errors change what becomes of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The text cannot be used, or does something that nobody can mean.
    Error,
    /// Somebody can do or see what they should not.
    Security,
    /// A failure, or a restart, costs users more than it has to.
    Availability,
    /// The text can be used, and probably does not do what was meant.
    Warning,
    /// It does nothing at all.
    NoEffect,
    /// It happens without being written.
    Redundant,
    /// It may be meant, and often is not.
    Suspicious,
    /// There is a newer way to write it.
    Deprecated,
    /// Good to know; nothing is wrong.
    Info,
}

impl Severity {
    /// All of them, from grave to light.
    pub const ALL: [Self; 9] = [
        Self::Error,
        Self::Security,
        Self::Availability,
        Self::Warning,
        Self::NoEffect,
        Self::Redundant,
        Self::Suspicious,
        Self::Deprecated,
        Self::Info,
    ];

    /// The word in front of a message.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Security => "security",
            Self::Availability => "availability",
            Self::Warning => "warning",
            Self::NoEffect => "no-effect",
            Self::Redundant => "redundant",
            Self::Suspicious => "suspicious",
            Self::Deprecated => "deprecated",
            Self::Info => "info",
        }
    }
}

/// A marked place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What to say about it; may be empty.
    pub text: String,
    /// Whether the finding is here; other labels only help to understand it.
    pub primary: bool,
}

/// What the user can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The action, as a sentence without full stop.
    pub text: String,
    /// The edit that carries it out, where there is exactly one.
    pub edit: Option<Edit>,
}

/// Text to put in the place of a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What to replace; an empty span inserts.
    pub span: Span,
    /// What to put there.
    pub replacement: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable, kebab-case, an anchor in the documentation.
    pub id: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// One sentence without full stop that names the thing.
    pub message: String,
    /// The places it is about, the primary one first.
    pub labels: Vec<Label>,
    /// What to do, in order of promise.
    pub helps: Vec<Fix>,
    /// What else there is to know.
    pub notes: Vec<String>,
    /// What Caddy says, if it refuses the same text.
    pub caddy: Option<CaddyText>,
}

impl Diagnostic {
    /// A finding that makes the text unusable.
    pub fn error(id: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, id, message)
    }

    /// A finding that leaves the text usable.
    pub fn warning(id: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, id, message)
    }

    /// Marks the place of the finding; the text says why *here* and may be empty.
    #[must_use]
    pub fn at(self, span: Span, text: impl Into<String>) -> Self {
        self.label(span, text.into(), true)
    }

    /// Marks a place that helps to understand the finding.
    #[must_use]
    pub fn also(self, span: Span, text: impl Into<String>) -> Self {
        self.label(span, text.into(), false)
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.helps.push(Fix {
            text: text.into(),
            edit: None,
        });
        self
    }

    /// Says what to do, and gives the edit that does it.
    #[must_use]
    pub fn fix(
        mut self,
        text: impl Into<String>,
        span: Span,
        replacement: impl Into<String>,
    ) -> Self {
        let edit = Edit {
            span,
            replacement: replacement.into(),
        };
        self.helps.push(Fix {
            text: text.into(),
            edit: Some(edit),
        });
        self
    }

    /// Adds what else there is to know.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Says what Caddy says.
    #[must_use]
    pub fn caddy(mut self, text: impl Into<CaddyText>) -> Self {
        self.caddy = Some(text.into());
        self
    }

    /// The place of the finding: its primary label, or else its first.
    pub fn span(&self) -> Option<Span> {
        let primary = self.labels.iter().find(|label| label.primary);
        primary.or(self.labels.first()).map(|label| label.span)
    }

    /// A finding of any weight.
    pub fn new(severity: Severity, id: &'static str, message: impl Into<String>) -> Self {
        Self {
            id,
            severity,
            message: message.into(),
            labels: Vec::new(),
            helps: Vec::new(),
            notes: Vec::new(),
            caddy: None,
        }
    }

    fn label(mut self, span: Span, text: String, primary: bool) -> Self {
        self.labels.push(Label {
            span,
            text,
            primary,
        });
        self
    }
}

/// The bag that passes push their findings into. It is bounded: a hostile file gets a few hundred
/// messages, not millions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
    /// The weight of what had no room.
    dropped: Option<Severity>,
}

/// More findings than anybody reads.
const MOST: usize = 200;

impl Diagnostics {
    /// An empty bag.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a finding. In a full bag only its weight is remembered.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if self.is_full() {
            self.drop_one(diagnostic.severity);
        } else {
            self.found.push(diagnostic);
        }
    }

    /// Adds all findings of another bag.
    pub fn append(&mut self, other: Self) {
        for found in other.found {
            self.push(found);
        }
        if let Some(severity) = other.dropped {
            self.drop_one(severity);
        }
    }

    /// Whether there is no room left, so that looking for more is in vain.
    pub fn is_full(&self) -> bool {
        self.found.len() >= MOST
    }

    /// Whether anything found makes the text unusable.
    pub fn has_errors(&self) -> bool {
        let is_error = |found: &Diagnostic| found.severity == Severity::Error;
        self.dropped == Some(Severity::Error) || self.found.iter().any(is_error)
    }

    /// The findings in the order they were made.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.found.iter()
    }

    /// What Caddy says of those that were made after the first `known`.
    pub fn caddy_texts(&mut self, known: usize) -> impl Iterator<Item = &mut CaddyText> {
        let new = self.found.iter_mut().skip(known);
        new.filter_map(|found| found.caddy.as_mut())
    }

    /// How many findings there are.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The findings in the order of their places; those without one come first. The last one says
    /// if there would be more.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        // Stable: findings about one place keep the order in which the passes made them.
        self.found
            .sort_by_key(|found| found.span().map(|span| (span.source, span.start)));
        self.found.extend(self.dropped.map(too_many));
        self.found
    }

    fn drop_one(&mut self, severity: Severity) {
        let gravest = self.dropped.map_or(severity, |known| known.min(severity));
        self.dropped = Some(gravest);
    }
}

fn too_many(severity: Severity) -> Diagnostic {
    let message = format!("there are more than {MOST} findings; the others are not shown");
    Diagnostic::new(severity, "too-many-findings", message)
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SourceId;

    fn span(start: u32) -> Span {
        Span::new(SourceId(0), start, start + 1)
    }

    #[test]
    fn sorts_by_place_and_keeps_the_order_at_one_place() {
        let mut bag = Diagnostics::new();
        bag.push(Diagnostic::error("b", "").at(span(7), ""));
        bag.push(Diagnostic::error("c", "").at(span(7), ""));
        bag.push(Diagnostic::warning("a", "").at(span(3), ""));
        bag.push(Diagnostic::error("nowhere", ""));
        let ids: Vec<_> = bag
            .into_sorted()
            .into_iter()
            .map(|found| found.id)
            .collect();
        assert_eq!(ids, ["nowhere", "a", "b", "c"]);
    }

    #[test]
    fn warnings_are_not_errors() {
        let mut bag = Diagnostics::new();
        bag.push(Diagnostic::warning("a", ""));
        assert!(!bag.has_errors());
        bag.push(Diagnostic::error("b", ""));
        assert!(bag.has_errors());
    }

    #[test]
    fn a_full_bag_remembers_only_the_gravest() {
        let mut bag = Diagnostics::new();
        for _ in 0..MOST {
            bag.push(Diagnostic::warning("a", ""));
        }
        assert!(bag.is_full());
        assert_eq!(bag.clone().into_sorted().len(), MOST);
        bag.push(Diagnostic::warning("b", ""));
        assert!(!bag.has_errors());
        bag.push(Diagnostic::error("c", ""));
        bag.push(Diagnostic::warning("d", ""));
        assert!(bag.has_errors());
        let mut whole = Diagnostics::new();
        whole.append(bag);
        assert!(whole.has_errors());
        let last = whole
            .into_sorted()
            .pop()
            .map(|last| (last.id, last.severity));
        assert_eq!(last, Some(("too-many-findings", Severity::Error)));
    }

    #[test]
    fn the_place_is_that_of_the_primary_label() {
        let found = Diagnostic::error("a", "").also(span(1), "").at(span(5), "");
        assert_eq!(found.span(), Some(span(5)));
    }
}
