//! Where the parts of a log were written.

use evenkeel_diagnostics::Span;

use crate::origins::Origins;

/// JSON paths inside a log, and the spans they came from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places(Vec<(String, Span)>);

impl Places {
    /// Notes where the part at `path` was written.
    pub(super) fn mark(&mut self, path: impl Into<String>, span: Span) {
        self.0.push((path.into(), span));
    }

    /// Takes in the parts of what is at `path`.
    pub(super) fn adopt(&mut self, path: &str, inner: Self) {
        let inner = inner.0.into_iter();
        self.0
            .extend(inner.map(|(below, span)| (format!("{path}.{below}"), span)));
    }

    /// Says where all parts of the log at `path` were written.
    pub(crate) fn trace(&self, path: &str, origins: &mut Origins) {
        for (below, span) in &self.0 {
            origins.insert(format!("{path}.{below}"), *span);
        }
    }
}

/// A part of a log while its block is read.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft<T> {
    pub(super) value: T,
    pub(super) places: Places,
}

impl<T> Draft<T> {
    /// The same place, as part of something else.
    pub(super) fn map<U>(self, wrap: impl FnOnce(T) -> U) -> Draft<U> {
        Draft {
            value: wrap(self.value),
            places: self.places,
        }
    }
}
