//! Placeholders for what the client asked for, which rewrites do not change.

use super::placeholder::{Escaping, Placeholder};

/// What the client asked for, before any rewrite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Original {
    Method,
    Uri,
    Path,
    PathDirectory,
    PathFile,
    PathSegment(usize),
    Query,
    PrefixedQuery,
}

impl Original {
    /// The placeholder for the current one.
    pub(super) const fn current(self) -> Placeholder {
        match self {
            Self::Method => Placeholder::Method,
            Self::Uri => Placeholder::Uri(Escaping::None),
            Self::Path => Placeholder::Path(Escaping::None),
            Self::PathDirectory => Placeholder::PathDirectory,
            Self::PathFile => Placeholder::PathFile,
            Self::PathSegment(at) => Placeholder::PathSegment(at),
            Self::Query => Placeholder::Query(Escaping::None),
            Self::PrefixedQuery => Placeholder::PrefixedQuery,
        }
    }
}
