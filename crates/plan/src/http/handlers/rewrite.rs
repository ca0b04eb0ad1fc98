//! Edits of the request line. Caddy: `modules/caddyhttp/rewrite/rewrite.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;

/// Changes method and URI, in the order of the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rewrite {
    /// The new method.
    #[serde(skip_serializing_if = "is_default")]
    pub method: String,
    /// The new URI, or parts of it; may hold placeholders.
    #[serde(skip_serializing_if = "is_default")]
    pub uri: String,
    /// Taken off the front of the path.
    #[serde(skip_serializing_if = "is_default")]
    pub strip_path_prefix: String,
    /// Taken off the end of the path.
    #[serde(skip_serializing_if = "is_default")]
    pub strip_path_suffix: String,
    /// Replacements of texts in the URI.
    #[serde(skip_serializing_if = "is_default")]
    pub uri_substring: Vec<SubstringReplacement>,
    /// Replacements of patterns in the path.
    #[serde(skip_serializing_if = "is_default")]
    pub path_regexp: Vec<RegexpReplacement>,
    /// Edits of the query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<QueryOps>,
}

/// One replacement of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SubstringReplacement {
    /// What to look for.
    #[serde(skip_serializing_if = "is_default")]
    pub find: String,
    /// What is put in its place.
    #[serde(skip_serializing_if = "is_default")]
    pub replace: String,
    /// How often at most; always if zero or less.
    #[serde(skip_serializing_if = "is_default")]
    pub limit: i64,
}

/// One replacement of a pattern.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegexpReplacement {
    /// A regular expression (RE2 syntax).
    #[serde(skip_serializing_if = "is_default")]
    pub find: String,
    /// What is put in its place; `$1` names a capture.
    #[serde(skip_serializing_if = "is_default")]
    pub replace: String,
}

/// Edits of the query, in the order of the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QueryOps {
    /// Keys that get another name.
    #[serde(skip_serializing_if = "is_default")]
    pub rename: Vec<QueryPair>,
    /// Values put in place of what is there.
    #[serde(skip_serializing_if = "is_default")]
    pub set: Vec<QueryPair>,
    /// Values appended.
    #[serde(skip_serializing_if = "is_default")]
    pub add: Vec<QueryPair>,
    /// Replacements within values.
    #[serde(skip_serializing_if = "is_default")]
    pub replace: Vec<QueryReplacement>,
    /// Keys removed.
    #[serde(skip_serializing_if = "is_default")]
    pub delete: Vec<String>,
}

/// A key and its value, or its new name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QueryPair {
    /// The key.
    #[serde(skip_serializing_if = "is_default")]
    pub key: String,
    /// The value.
    #[serde(skip_serializing_if = "is_default")]
    pub val: String,
}

/// One replacement within the values of a key. One of the two searches is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QueryReplacement {
    /// The key; `*` for every key.
    #[serde(skip_serializing_if = "is_default")]
    pub key: String,
    /// A text to look for.
    #[serde(skip_serializing_if = "is_default")]
    pub search: String,
    /// A regular expression to look for (RE2 syntax).
    #[serde(skip_serializing_if = "is_default")]
    pub search_regexp: String,
    /// What is put in its place.
    #[serde(skip_serializing_if = "is_default")]
    pub replace: String,
}
