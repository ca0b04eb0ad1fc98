//! Health checks. Caddy: `healthchecks.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;
use crate::value::{Duration, StatusPattern};

/// Active and passive checks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HealthChecks {
    /// Probes of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<ActiveHealthChecks>,
    /// Learning from real traffic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passive: Option<PassiveHealthChecks>,
}

/// Probes. They run when `uri` or `port` is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ActiveHealthChecks {
    /// Path and query of the probe.
    #[serde(skip_serializing_if = "is_default")]
    pub uri: String,
    /// Another port than the upstream's.
    #[serde(skip_serializing_if = "is_default")]
    pub port: u16,
    /// The pause between rounds; 30 s if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub interval: Duration,
    /// How long one probe may take, body included; 5 s if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub timeout: Duration,
    /// Passes that bring an upstream back; 1 if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub passes: u32,
    /// Failures that take an upstream out; 1 if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub fails: u32,
    /// The expected status; any 2xx if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expect_status: Option<StatusPattern>,
}

/// Strikes from real traffic; off while `fail_duration` is zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PassiveHealthChecks {
    /// How long a failure counts.
    #[serde(skip_serializing_if = "is_default")]
    pub fail_duration: Duration,
    /// Failures that take an upstream out; 1 if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub max_fails: u32,
}
