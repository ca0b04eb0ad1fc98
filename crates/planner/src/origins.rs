//! Where the parts of a plan were written, so that what fails later can be shown on its line.

use std::collections::BTreeMap;

use evenkeel_diagnostics::Span;

/// JSON paths (`apps.http.servers.srv0.routes[2].handle[0]`) and the spans they came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins {
    spans: BTreeMap<String, Span>,
    /// The length of all paths.
    bytes: usize,
}

/// How long the paths of a plan may be in all. Those of blocks in blocks hold the paths of all that
/// is around them, so a text of some megabytes can have gigabytes of them. What is beyond has the
/// place of what holds it.
const MOST_BYTES: usize = 256 << 20;

impl Origins {
    /// The span of exactly this path.
    pub fn get(&self, path: &str) -> Option<Span> {
        self.spans.get(path).copied()
    }

    /// The span of this path, or of the nearest part of the plan around it.
    pub fn nearest(&self, path: &str) -> Option<Span> {
        let mut path = path;
        loop {
            if let Some(span) = self.get(path) {
                return Some(span);
            }
            path = &path[..path.rfind(['.', '['])?];
        }
    }

    /// All paths with their spans, in the order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Span)> {
        self.spans.iter().map(|(path, span)| (path.as_str(), *span))
    }

    /// Remembers where a path came from.
    pub(crate) fn insert(&mut self, path: impl Into<String>, span: Span) {
        self.insert_within(MOST_BYTES, path.into(), span);
    }

    fn insert_within(&mut self, most: usize, path: String, span: Span) {
        let bytes = self.bytes.saturating_add(path.len());
        if bytes <= most {
            self.bytes = bytes;
            self.spans.insert(path, span);
        }
    }

    /// Takes over what another map remembers.
    pub(crate) fn extend(&mut self, other: Self) {
        for (path, span) in other.spans {
            self.insert(path, span);
        }
    }
}

#[cfg(test)]
mod tests {
    use evenkeel_diagnostics::SourceMap;

    use super::*;

    #[test]
    fn a_path_without_a_span_has_that_of_what_holds_it() {
        let span = Span::new(SourceMap::new().add("Caddyfile", "x"), 0, 1);
        let mut origins = Origins::default();
        origins.insert("a.b[1]", span);
        assert_eq!(origins.nearest("a.b[1].c.d[0]"), Some(span));
        assert_eq!(origins.nearest("a.b[1]"), Some(span));
        assert_eq!(origins.nearest("a.b[2].c"), None);
        assert_eq!(origins.get("a.b[1].c"), None);
    }

    #[test]
    fn paths_do_not_grow_without_bound() {
        let span = Span::new(SourceMap::new().add("Caddyfile", "x"), 0, 1);
        let mut origins = Origins::default();
        for depth in 1..100 {
            origins.insert_within(1_000, "a".to_owned() + &".b".repeat(depth), span);
        }
        let bytes: usize = origins.iter().map(|(path, _)| path.len()).sum();
        assert!((900..=1_000).contains(&bytes), "{bytes}");
        assert_eq!(
            origins.nearest(&("a".to_owned() + &".b".repeat(99))),
            Some(span)
        );
    }
}
