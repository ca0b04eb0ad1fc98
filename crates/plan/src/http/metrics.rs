//! What is counted about requests. Caddy: `modules/caddyhttp/metrics.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;

/// The figures of all servers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metrics {
    /// Apart for each host.
    #[serde(skip_serializing_if = "is_default")]
    pub per_host: bool,
    /// With `per_host`: apart for hosts, too, that no site names.
    #[serde(skip_serializing_if = "is_default")]
    pub observe_catchall_hosts: bool,
    /// Sent over OTLP, too.
    #[serde(skip_serializing_if = "is_default")]
    pub otlp: bool,
}
