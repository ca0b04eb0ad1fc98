//! Patterns in matchers. Caddy: `MatchRegexp` in `matchers.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;

/// A regular expression (RE2 syntax).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Regexp {
    /// Captures are `{http.regexp.NAME.N}`.
    #[serde(skip_serializing_if = "is_default")]
    pub name: String,
    /// The expression.
    pub pattern: String,
}
