//! The texts a tree is made from, and what became of the environment variables in them.

use std::collections::BTreeMap;

use evenkeel_diagnostics::{Diagnostics, SourceId, SourceMap, Span};

use crate::env::Substitution;
use crate::errors;

/// The environment variables of all texts.
#[derive(Default)]
pub(crate) struct Variables {
    texts: BTreeMap<SourceId, OfText>,
}

struct OfText {
    /// The source that tells through which import the text was read first.
    shown: SourceId,
    found: Vec<Substitution>,
}

impl Variables {
    pub(crate) fn add(&mut self, source: SourceId, shown: SourceId, found: Vec<Substitution>) {
        if !found.is_empty() {
            self.texts.insert(source, OfText { shown, found });
        }
    }

    /// Warns about those without value and default.
    pub(crate) fn report_unset(&self, sources: &SourceMap, findings: &mut Diagnostics) {
        for (&source, text) in &self.texts {
            for unset in text.found.iter().filter(|found| found.unset) {
                let name = unset.name(sources.text(source));
                findings.push(errors::unset_variable(unset.span(text.shown), name));
            }
        }
    }

    /// The variable without value that stands right in front of a place, on the same line. It
    /// will not be reported again.
    pub(crate) fn take_empty_before(
        &mut self,
        place: Span,
        sources: &SourceMap,
    ) -> Option<Substitution> {
        let source = sources.base(place).source;
        let text = self.texts.get_mut(&source)?;
        let index = text
            .found
            .partition_point(|found| found.original.end <= place.start);
        let found = text.found[..index].last_mut()?;
        let between = Span::new(source, found.original.end, place.start);
        let is_blank = |char: char| char.is_whitespace() && char != '\n';
        if !found.expanded.is_empty() || !sources.slice(between).chars().all(is_blank) {
            return None;
        }
        Some(Substitution {
            unset: std::mem::take(&mut found.unset),
            ..found.clone()
        })
    }
}
