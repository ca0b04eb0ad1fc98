//! Limits and replaces the body of a request. Caddy: `modules/caddyhttp/requestbody`.

use serde::{Deserialize, Serialize};

use crate::is_default;

/// What is done with the body of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RequestBody {
    /// Bytes; longer ones are refused with 413. No limit if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub max_size: i64,
    /// Put in its place; may hold placeholders.
    #[serde(skip_serializing_if = "is_default")]
    pub set: String,
}
