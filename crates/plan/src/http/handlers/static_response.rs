//! A response of fixed form. Caddy: `staticresp.go`.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::is_default;
use crate::value::Status;

/// Answers without an upstream.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StaticResponse {
    /// 200 if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_code: Option<Status>,
    /// Fields to set; names and values may hold placeholders.
    #[serde(skip_serializing_if = "is_default")]
    pub headers: IndexMap<String, Vec<String>>,
    /// The body; known placeholders are replaced.
    #[serde(skip_serializing_if = "is_default")]
    pub body: String,
    /// Close the connection afterwards.
    #[serde(skip_serializing_if = "is_default")]
    pub close: bool,
    /// Drop the connection without a response.
    #[serde(skip_serializing_if = "is_default")]
    pub abort: bool,
}
