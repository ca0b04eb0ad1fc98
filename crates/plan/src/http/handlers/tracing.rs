//! Spans for OpenTelemetry. Caddy: `modules/caddyhttp/tracing/module.go`.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::is_default;

/// Opens a span around the following handlers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tracing {
    /// Its name.
    pub span: String,
    /// Its attributes; values may hold placeholders.
    #[serde(skip_serializing_if = "is_default")]
    pub span_attributes: IndexMap<String, String>,
}
