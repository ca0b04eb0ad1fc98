//! Conditions on a request. Caddy: `modules/caddyhttp/matchers.go`.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::is_default;

/// Conditions that must all hold. An empty list of alternatives counts as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MatcherSet {
    /// Host names; `*` stands for one label.
    #[serde(skip_serializing_if = "is_default")]
    pub host: Vec<String>,
    /// Paths: exact, `/prefix*`, `*suffix`, `*part*`, or a glob.
    #[serde(skip_serializing_if = "is_default")]
    pub path: Vec<String>,
    /// Methods, in capitals.
    #[serde(skip_serializing_if = "is_default")]
    pub method: Vec<String>,
    /// Header fields; `null` asks that the field be absent, an empty list that it be present.
    #[serde(skip_serializing_if = "is_default")]
    pub header: IndexMap<String, Option<Vec<String>>>,
    /// `http`, `https`, `grpc`, or a version such as `http/1.1+`.
    #[serde(skip_serializing_if = "is_default")]
    pub protocol: Option<String>,
}
