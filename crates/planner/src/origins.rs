//! Where the parts of a plan were written, so that what fails later can be shown on its line.

use std::collections::BTreeMap;

use evenkeel_diagnostics::Span;

/// JSON paths (`apps.http.servers.srv0.routes[2].handle[0]`) and the spans they came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins {
    spans: BTreeMap<String, Span>,
}

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
        self.spans.insert(path.into(), span);
    }

    /// Takes over what another map remembers.
    pub(crate) fn extend(&mut self, other: Self) {
        self.spans.extend(other.spans);
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
}
