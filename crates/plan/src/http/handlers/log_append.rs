//! A field for the access log. Caddy: `modules/caddyhttp/logging/logappend.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;

/// Adds a field to the entry of the access log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogAppend {
    /// The name of the field.
    #[serde(skip_serializing_if = "is_default")]
    pub key: String,
    /// Its value: a placeholder, or a text.
    #[serde(skip_serializing_if = "is_default")]
    pub value: String,
    /// Evaluated before the following handlers, not after.
    #[serde(skip_serializing_if = "is_default")]
    pub early: bool,
}
