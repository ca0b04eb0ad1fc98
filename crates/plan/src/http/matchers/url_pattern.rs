//! `url_pattern`. Caddy: `urlpatternmatcher.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;

/// A pattern of the WHATWG's URL Pattern standard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UrlPattern {
    /// The pattern.
    #[serde(skip_serializing_if = "is_default")]
    pub pattern: String,
    /// What a relative pattern is resolved against.
    #[serde(skip_serializing_if = "is_default")]
    pub base_url: String,
    /// Whether upper and lower case are the same.
    #[serde(skip_serializing_if = "is_default")]
    pub ignore_case: bool,
}
