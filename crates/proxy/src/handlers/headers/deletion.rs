//! Which fields are removed: one by name, or all that start with, end with or contain a text.

use http::{HeaderMap, HeaderName};

use super::value::{Name, View};
use crate::error::BuildError;
use crate::graph::BuildContext;

/// Texts are in lower case, as `HeaderName`s are.
pub(super) enum Deletion {
    Field(Name),
    EndsWith(Box<str>),
    StartsWith(Box<str>),
    Contains(Box<str>),
}

impl Deletion {
    pub(super) fn build(text: &str, cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        let lower = text.to_ascii_lowercase();
        Ok(match (lower.strip_prefix('*'), lower.strip_suffix('*')) {
            (Some(rest), Some(_)) => Self::Contains(rest.strip_suffix('*').unwrap_or(rest).into()),
            (Some(end), None) => Self::EndsWith(end.into()),
            (None, Some(beginning)) => Self::StartsWith(beginning.into()),
            (None, None) => Self::Field(Name::build(text, cx)?),
        })
    }

    pub(super) fn apply(&self, headers: &mut HeaderMap, view: &View<'_>) {
        if let Self::Field(name) = self {
            if let Some(name) = name.resolve(headers, view) {
                headers.remove(name);
            }
            return;
        }
        let covered: Vec<_> = headers
            .keys()
            .filter(|name| self.covers(name))
            .cloned()
            .collect();
        for name in covered {
            headers.remove(name);
        }
    }

    fn covers(&self, field: &HeaderName) -> bool {
        let field = field.as_str();
        match self {
            Self::Field(_) => false,
            Self::EndsWith(end) => field.ends_with(&**end),
            Self::StartsWith(beginning) => field.starts_with(&**beginning),
            Self::Contains(part) => field.contains(&**part),
        }
    }

    /// Whether a field may be among what is removed.
    pub(super) fn may_cover(&self, field: &HeaderName) -> bool {
        match self {
            Self::Field(name) => name.may_be(field),
            _ => self.covers(field),
        }
    }
}
