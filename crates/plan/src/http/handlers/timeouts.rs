//! Time limits of one route. Caddy: `modules/caddyhttp/timeouts`.

use serde::{Deserialize, Serialize};

use crate::is_default;
use crate::value::Duration;

/// Limits for reading the request and writing the response.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timeouts {
    /// For the body of the request.
    #[serde(skip_serializing_if = "is_default")]
    pub read_timeout: Duration,
    /// Bytes a second that extend it.
    #[serde(skip_serializing_if = "is_default")]
    pub read_min_rate: i64,
    /// For the response.
    #[serde(skip_serializing_if = "is_default")]
    pub write_timeout: Duration,
    /// Bytes a second that extend it.
    #[serde(skip_serializing_if = "is_default")]
    pub write_min_rate: i64,
    /// Bytes written at once.
    #[serde(skip_serializing_if = "is_default")]
    pub max_write_chunk: i64,
}
