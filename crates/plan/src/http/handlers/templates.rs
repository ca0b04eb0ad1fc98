//! Responses as templates. Caddy: `modules/caddyhttp/templates/templates.go`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ResponseMatcher;
use crate::is_default;
use crate::value::Unavailable;

#[expect(
    clippy::zero_sized_map_values,
    reason = "Caddy has a map here, and no module to put into it"
)]
/// Executes what comes back as a Go template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Templates {
    /// The folder of included files; `{http.vars.root}` if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub file_root: String,
    /// Of which types; HTML, plain text and Markdown if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub mime_types: Vec<String>,
    /// What begins and ends an action; `{{` and `}}` if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub delimiters: Vec<String>,
    /// Functions that plugins add, by name.
    #[serde(skip_serializing_if = "is_default")]
    pub extensions: BTreeMap<String, Unavailable>,
    /// Of which responses.
    #[serde(rename = "match", skip_serializing_if = "is_default")]
    pub matcher: Option<ResponseMatcher>,
}
