//! The reverse proxy. Caddy: `modules/caddyhttp/reverseproxy/reverseproxy.go`.

mod health;
mod selection;
mod transport;
mod upstreams;

use serde::{Deserialize, Serialize};

pub use health::{ActiveHealthChecks, HealthChecks, PassiveHealthChecks};
pub use selection::{LoadBalancing, SelectionPolicy};
pub use transport::{HttpTransport, KeepAlive, Transport};
pub use upstreams::Upstream;

use super::{HeaderOps, ResponseHeaderOps};
use crate::is_default;

/// Forwards exchanges to one of several upstreams.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReverseProxy {
    /// How a request is carried; plain HTTP with the defaults if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transport: Option<Transport>,
    /// Who gets the next attempt, and whether there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_balancing: Option<LoadBalancing>,
    /// Probes, and learning from failures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_checks: Option<HealthChecks>,
    /// The pool.
    #[serde(skip_serializing_if = "is_default")]
    pub upstreams: Vec<Upstream>,
    /// Peers (addresses or CIDR ranges) whose `X-Forwarded-*` fields are believed.
    #[serde(skip_serializing_if = "is_default")]
    pub trusted_proxies: Vec<String>,
    /// Edits of what is sent upstream and of what comes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<ProxyHeaders>,
}

/// Edits of header fields on the way up and down.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProxyHeaders {
    /// `header_up`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<HeaderOps>,
    /// `header_down`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<ResponseHeaderOps>,
}
