//! Health checks. Caddy: `healthchecks.go`.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::is_default;
use crate::value::{Count, Duration, StatusPattern};

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

/// Probes. They run when `path`, `uri` or `port` is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ActiveHealthChecks {
    /// Path of the probe (deprecated).
    #[serde(skip_serializing_if = "is_default")]
    pub path: String,
    /// Path and query of the probe.
    #[serde(skip_serializing_if = "is_default")]
    pub uri: String,
    /// Another address than the upstream's.
    #[serde(skip_serializing_if = "is_default")]
    pub upstream: String,
    /// Another port than the upstream's.
    #[serde(skip_serializing_if = "is_default")]
    pub port: i64,
    /// Fields of the probe; names and values may hold placeholders.
    #[serde(skip_serializing_if = "is_default")]
    pub headers: IndexMap<String, Vec<String>>,
    /// The probe's method; GET if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub method: String,
    /// The probe's body.
    #[serde(skip_serializing_if = "is_default")]
    pub body: String,
    /// Whether redirects are followed.
    #[serde(skip_serializing_if = "is_default")]
    pub follow_redirects: bool,
    /// The pause between rounds; 30 s if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub interval: Duration,
    /// How long one probe may take, body included; 5 s if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub timeout: Duration,
    /// Passes that bring an upstream back; 1 if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub passes: Count,
    /// Failures that take an upstream out; 1 if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub fails: Count,
    /// The expected status; any 2xx if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expect_status: Option<StatusPattern>,
    /// How many bytes of the body are read; all if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub max_size: i64,
    /// A pattern the body must have; any body if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub expect_body: String,
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
    pub max_fails: Count,
    /// How many requests in flight take an upstream out; any number if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub unhealthy_request_count: Count,
    /// Responses that count as failures.
    #[serde(skip_serializing_if = "is_default")]
    pub unhealthy_status: Vec<StatusPattern>,
    /// A wait for the head of a response that counts as a failure.
    #[serde(skip_serializing_if = "is_default")]
    pub unhealthy_latency: Duration,
}
