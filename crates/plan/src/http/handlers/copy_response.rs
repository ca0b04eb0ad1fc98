//! The response of an upstream as it came. Caddy: `reverseproxy/copyresponse.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;
use crate::value::Status;

/// Answers with the response that is being handled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CopyResponse {
    /// Another status than that of the response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_code: Option<Status>,
}

/// Adds header fields of the response that is being handled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CopyResponseHeaders {
    /// Only these; all if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub include: Vec<String>,
    /// Not these.
    #[serde(skip_serializing_if = "is_default")]
    pub exclude: Vec<String>,
}
