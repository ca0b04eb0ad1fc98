//! `{$NAME}` and `{$NAME:default}`, replaced before the text is cut into tokens (Caddy:
//! `replaceEnvVars`), with the way back: every token gets the span of what the user wrote.

use std::borrow::Cow;
use std::ops::Range;

use evenkeel_diagnostics::{SourceId, Span};

use crate::Host;
use crate::decode::LARGEST;

/// A text after substitution.
#[derive(Debug)]
pub(crate) struct Expanded<'a> {
    text: Cow<'a, str>,
    substitutions: Vec<Substitution>,
    cut: bool,
}

/// One `{$…}` that was replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Substitution {
    /// Bytes in the original text, braces included.
    pub(crate) original: Range<u32>,
    /// Bytes in the text after substitution.
    pub(crate) expanded: Range<u32>,
    /// There is neither a value nor a default.
    pub(crate) unset: bool,
}

impl Substitution {
    /// The place in the user's text.
    pub(crate) fn span(&self, source: SourceId) -> Span {
        Span::new(source, self.original.start, self.original.end)
    }

    /// The variable's name.
    pub(crate) fn name<'a>(&self, original: &'a str) -> &'a str {
        let whole = &original[self.original.start as usize..self.original.end as usize];
        let inside = whole.trim_start_matches("{$").trim_end_matches('}');
        inside.split_once(':').map_or(inside, |(name, _)| name)
    }
}

impl<'a> Expanded<'a> {
    /// The text as it is.
    pub(crate) fn verbatim(text: &'a str) -> Self {
        let substitutions = Vec::new();
        Self {
            text: Cow::Borrowed(text),
            substitutions,
            cut: false,
        }
    }

    /// Replaces every variable once; values are not looked through again. The default counts
    /// only when the variable is not set, and neither means nothing. `{$}` stays.
    pub(crate) fn new(original: &'a str, host: &dyn Host) -> Self {
        if !original.contains("{$") {
            return Self::verbatim(original);
        }
        let mut expanded = Self {
            text: Cow::Owned(String::with_capacity(original.len())),
            substitutions: Vec::new(),
            cut: false,
        };
        let mut copied = 0;
        let mut from = 0;
        while let Some(range) = next_variable(original, from) {
            from = range.end;
            let inside = &original[range.start + 2..range.end - 1];
            if inside.is_empty() {
                continue;
            }
            expanded
                .text
                .to_mut()
                .push_str(&original[copied..range.start]);
            copied = range.end;
            expanded.substitute(inside, range, host);
            if expanded.cut {
                return expanded;
            }
        }
        expanded.text.to_mut().push_str(&original[copied..]);
        expanded
    }

    /// The text after substitution.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// What was replaced, in order.
    pub(crate) fn into_substitutions(self) -> Vec<Substitution> {
        self.substitutions
    }

    /// Whether the values were too long, and the text ends early.
    pub(crate) fn is_cut(&self) -> bool {
        self.cut
    }

    /// Where a range of the expanded text was written. A word that touches a variable without
    /// value includes it: `{$HOST}:80` is one word to its author.
    pub(crate) fn origin(&self, range: Range<usize>, is_word: bool, source: SourceId) -> Span {
        let (start, end) = (count(range.start), count(range.end));
        if self.substitutions.is_empty() {
            return Span::new(source, start, end);
        }
        let from = self.original_start(start, is_word);
        let to = self.original_end(end, is_word);
        Span::new(source, from, to.max(from))
    }

    /// Forgets that variables inside these ranges (of the expanded text) have no value.
    pub(crate) fn ignore_within(&mut self, ranges: &[Range<usize>]) {
        for found in self.substitutions.iter_mut().filter(|found| found.unset) {
            let at = found.expanded.start as usize;
            let index = ranges.partition_point(|range| range.end < at);
            let inside = ranges.get(index).is_some_and(|range| range.start < at);
            found.unset = !inside;
        }
    }

    fn substitute(&mut self, inside: &str, range: Range<usize>, host: &dyn Host) {
        let (name, default) = match inside.split_once(':') {
            Some((name, default)) => (name, Some(default)),
            None => (inside, None),
        };
        let value = host.env(name);
        let unset = value.is_none() && default.is_none();
        let value = value.as_deref().or(default).unwrap_or_default();
        let text = self.text.to_mut();
        if text.len() + value.len() > LARGEST {
            self.cut = true;
            return;
        }
        let start = count(text.len());
        text.push_str(value);
        let expanded = start..count(text.len());
        let original = count(range.start)..count(range.end);
        self.substitutions.push(Substitution {
            original,
            expanded,
            unset,
        });
    }

    fn original_start(&self, offset: u32, is_word: bool) -> u32 {
        // The first substitution that ends behind the offset, or at it if that is to be included.
        let index = self.substitutions.partition_point(|found| {
            let empty_here = found.expanded.is_empty() && found.expanded.start == offset;
            found.expanded.end <= offset && !(is_word && empty_here)
        });
        match self.substitutions.get(index) {
            Some(found) if found.expanded.start <= offset => found.original.start,
            _ => self.behind(index, offset),
        }
    }

    fn original_end(&self, offset: u32, is_word: bool) -> u32 {
        let index = self.substitutions.partition_point(|found| {
            let empty_here = found.expanded.is_empty() && found.expanded.start == offset;
            found.expanded.start < offset || (is_word && empty_here)
        });
        match index.checked_sub(1).map(|last| &self.substitutions[last]) {
            Some(found) if found.expanded.end >= offset => found.original.end,
            _ => self.behind(index, offset),
        }
    }

    /// The original place of an offset that lies between substitutions `index - 1` and `index`.
    fn behind(&self, index: usize, offset: u32) -> u32 {
        let last = index.checked_sub(1).map(|last| &self.substitutions[last]);
        last.map_or(offset, |last| {
            last.original.end + (offset - last.expanded.end)
        })
    }
}

/// The next `{$…}`: from `{$` to the first `}` behind it.
fn next_variable(text: &str, from: usize) -> Option<Range<usize>> {
    let start = from + text[from..].find("{$")?;
    let end = start + text[start..].find('}')?;
    Some(start..end + 1)
}

/// Texts are bounded by [`LARGEST`], far below what fits.
fn count(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
