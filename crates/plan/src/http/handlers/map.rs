//! Values that depend on another. Caddy: `modules/caddyhttp/map/map.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;
use serde_json::Value;

/// Gives placeholders values by that of another text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Map {
    /// What is compared; may hold placeholders.
    #[serde(skip_serializing_if = "is_default")]
    pub source: String,
    /// The placeholders.
    #[serde(skip_serializing_if = "is_default")]
    pub destinations: Vec<String>,
    /// Tried in order.
    #[serde(skip_serializing_if = "is_default")]
    pub mappings: Vec<Mapping>,
    /// Values if nothing matches.
    #[serde(skip_serializing_if = "is_default")]
    pub defaults: Vec<String>,
}

/// One row. One of the two inputs is set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// The text.
    #[serde(skip_serializing_if = "is_default")]
    pub input: String,
    /// A regular expression (RE2 syntax).
    #[serde(skip_serializing_if = "is_default")]
    pub input_regexp: String,
    /// A value for each placeholder; `null` for the default.
    #[serde(skip_serializing_if = "is_default")]
    pub outputs: Vec<Value>,
}
