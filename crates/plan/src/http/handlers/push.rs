//! HTTP/2 push. Caddy: `modules/caddyhttp/push/handler.go`.

use serde::{Deserialize, Serialize};

use super::HeaderOps;
use crate::is_default;

/// Sends resources before the client asks for them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Push {
    /// Which.
    #[serde(skip_serializing_if = "is_default")]
    pub resources: Vec<PushedResource>,
    /// Edits of the requests that are made up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<HeaderOps>,
}

/// One resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PushedResource {
    /// `GET` or `HEAD`; `GET` if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub method: String,
    /// Its path.
    #[serde(skip_serializing_if = "is_default")]
    pub target: String,
}
