//! The reverse proxy. Caddy: `modules/caddyhttp/reverseproxy/reverseproxy.go`.

mod dynamic;
mod fastcgi;
mod health;
mod selection;
mod tls;
mod transport;
mod upstreams;

use serde::{Deserialize, Serialize};

pub use dynamic::{AddressFamilies, DynamicUpstreams, FromAddresses, FromServices, Resolver};
pub use fastcgi::FastCgiTransport;
pub use health::{ActiveHealthChecks, HealthChecks, PassiveHealthChecks};
pub use selection::{CookiePolicy, LoadBalancing, Queue, SelectionPolicy};
pub use tls::TransportTls;
pub use transport::{HttpTransport, KeepAlive, NetworkProxy, Transport};
pub use upstreams::Upstream;

use super::{HeaderOps, ResponseHandler, ResponseHeaderOps, Rewrite};
use crate::is_default;
use crate::value::Duration;

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
    /// A source that gives the pool of each request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dynamic_upstreams: Option<DynamicUpstreams>,
    /// How often the response is flushed: when buffers are full if zero, always if negative.
    #[serde(skip_serializing_if = "is_default")]
    pub flush_interval: Duration,
    /// Peers (addresses or CIDR ranges) whose `X-Forwarded-*` fields are believed.
    #[serde(skip_serializing_if = "is_default")]
    pub trusted_proxies: Vec<String>,
    /// Edits of what is sent upstream and of what comes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<ProxyHeaders>,
    /// How many bytes of the request's body are read before it is sent; all if negative.
    #[serde(skip_serializing_if = "is_default")]
    pub request_buffers: i64,
    /// How many bytes of the response's body are read before it is sent; all if negative.
    #[serde(skip_serializing_if = "is_default")]
    pub response_buffers: i64,
    /// How long an upgraded connection may last; without bound if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub stream_timeout: Duration,
    /// The bytes of each buffer of an upgraded connection; 32 KiB if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub stream_buffer_size: i64,
    /// How long upgraded connections outlive their configuration.
    #[serde(skip_serializing_if = "is_default")]
    pub stream_close_delay: Duration,
    /// Changes method and URI of what is sent upstream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rewrite: Option<Rewrite>,
    /// What is done with some responses instead of passing them on.
    #[serde(skip_serializing_if = "is_default")]
    pub handle_response: Vec<ResponseHandler>,
    /// Log every attempt with its headers.
    #[serde(skip_serializing_if = "is_default")]
    pub verbose_logs: bool,
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
