//! The HTTP app: servers, routes, matchers, handlers. Caddy: `modules/caddyhttp/app.go`.

pub mod handlers;
mod ip_source;
mod listener;
pub mod matchers;
mod metrics;
mod route;
mod server;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use handlers::Handler;
pub use ip_source::IpSource;
pub use listener::{
    FallbackPolicy, HttpRedirect, ListenerWrapper, ProxyProtocol, TlsWrapper, UnknownPolicy,
};
pub use matchers::MatcherSet;
pub use metrics::Metrics;
pub use route::Route;
pub use server::{AutomaticHttps, ErrorRoutes, LoggerNames, Server, ServerLogs};

use crate::is_default;
use crate::value::Duration;

/// All HTTP servers and what they share.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct App {
    /// The port of plain HTTP; 80 if absent. Caddy prints whatever was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_port: Option<i64>,
    /// The port of HTTPS; 443 if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub https_port: Option<i64>,
    /// How long requests in flight may take to finish at a stop or reload; without bound if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub grace_period: Duration,
    /// How long nothing new is refused yet before a stop begins.
    #[serde(skip_serializing_if = "is_default")]
    pub shutdown_delay: Duration,
    /// Servers by name (`srv0`, …).
    #[serde(skip_serializing_if = "is_default")]
    pub servers: BTreeMap<String, Server>,
    /// What is counted about requests; nothing if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics: Option<Metrics>,
}

impl App {
    /// The port of plain HTTP; the usual one in a plan that will be refused for it.
    pub fn http_port(&self) -> u16 {
        usable(self.http_port).unwrap_or(80)
    }

    /// The port of HTTPS; the usual one in a plan that will be refused for it.
    pub fn https_port(&self) -> u16 {
        usable(self.https_port).unwrap_or(443)
    }
}

/// A port that can be listened on. Zero stands for the usual one.
fn usable(port: Option<i64>) -> Option<u16> {
    port.and_then(|port| u16::try_from(port).ok())
        .filter(|port| *port != 0)
}
