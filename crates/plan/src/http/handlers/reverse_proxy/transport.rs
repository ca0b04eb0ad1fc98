//! How a request is carried upstream. Caddy: `httptransport.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;
use crate::value::Duration;

/// A transport, named by `protocol`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "protocol", rename_all = "snake_case")]
pub enum Transport {
    /// HTTP/1.1.
    Http(HttpTransport),
}

/// Settings of the HTTP transport.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpTransport {
    /// Idle connections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_alive: Option<KeepAlive>,
    /// How long a dial may take, name look-up included; 3 s if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub dial_timeout: Duration,
    /// How long the head of a response may be awaited; without bound if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub response_header_timeout: Duration,
}

/// Idle connections.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeepAlive {
    /// Whether connections are kept at all; yes if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// How long one is kept; 2 min if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub idle_timeout: Duration,
    /// How many are kept for one upstream; 32 if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub max_idle_conns_per_host: u32,
}
