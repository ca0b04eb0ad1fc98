//! Edits of header fields. Caddy: `modules/caddyhttp/headers/headers.go`.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::http::matchers::FieldConditions;
use crate::is_default;
use crate::value::StatusPattern;

/// Edits the request before, and the response after, the following handlers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Headers {
    /// On the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<HeaderOps>,
    /// On the response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<ResponseHeaderOps>,
}

/// Operations, carried out in the order: delete `*`, add, set, delete, replace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HeaderOps {
    /// Values appended.
    #[serde(skip_serializing_if = "is_default")]
    pub add: IndexMap<String, Vec<String>>,
    /// Values put in place of what is there.
    #[serde(skip_serializing_if = "is_default")]
    pub set: IndexMap<String, Vec<String>>,
    /// Fields removed: a name, or `*x`, `x*`, `*x*`.
    #[serde(skip_serializing_if = "is_default")]
    pub delete: Vec<String>,
    /// Replacements within values; `*` means every field.
    #[serde(skip_serializing_if = "is_default")]
    pub replace: IndexMap<String, Vec<HeaderReplacement>>,
}

/// One replacement within a field's values. One of the two searches is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HeaderReplacement {
    /// A literal to look for.
    #[serde(skip_serializing_if = "is_default")]
    pub search: String,
    /// A regular expression to look for (RE2 syntax).
    #[serde(skip_serializing_if = "is_default")]
    pub search_regexp: String,
    /// What is put in its place; `$1` names a capture of the expression.
    #[serde(skip_serializing_if = "is_default")]
    pub replace: String,
}

/// Operations on the response, and when they are carried out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ResponseHeaderOps {
    /// Values appended.
    #[serde(skip_serializing_if = "is_default")]
    pub add: IndexMap<String, Vec<String>>,
    /// Values put in place of what is there.
    #[serde(skip_serializing_if = "is_default")]
    pub set: IndexMap<String, Vec<String>>,
    /// Fields removed: a name, or `*x`, `x*`, `*x*`.
    #[serde(skip_serializing_if = "is_default")]
    pub delete: Vec<String>,
    /// Replacements within values; `*` means every field.
    #[serde(skip_serializing_if = "is_default")]
    pub replace: IndexMap<String, Vec<HeaderReplacement>>,
    /// Only if the response is like this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require: Option<ResponseMatcher>,
    /// When the response is about to be written, not before the handlers behind.
    #[serde(skip_serializing_if = "is_default")]
    pub deferred: bool,
}

/// A condition on a response. Caddy: `responsematchers.go`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ResponseMatcher {
    /// Codes and classes; any if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub status_code: Vec<StatusPattern>,
    /// Header fields; `null` asks that the field be absent.
    #[serde(skip_serializing_if = "is_default")]
    pub headers: FieldConditions,
}
