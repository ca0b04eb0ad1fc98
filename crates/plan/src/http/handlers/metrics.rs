//! Figures for Prometheus. Caddy: `modules/metrics/metrics.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;

/// Answers with all figures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metrics {
    /// Only the older text format.
    #[serde(skip_serializing_if = "is_default")]
    pub disable_openmetrics: bool,
}
