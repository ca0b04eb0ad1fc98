//! All the admin API may ask of the server. The server implements it; tests play it.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

/// What the API needs to know and may do. Called on the thread that serves the API, so no method
/// may block.
pub trait Control: Send + Sync + 'static {
    /// The running configuration, as the document that was loaded; `Value::Null` if none was.
    fn config(&self) -> Arc<Value>;

    /// Every upstream in use, once per address.
    fn upstreams(&self) -> Vec<UpstreamStatus>;

    /// All that is counted, in the text format of Prometheus.
    fn metrics(&self) -> String;

    /// Begins a graceful exit and returns at once.
    fn stop(&self);
}

/// One upstream, as `GET /reverse_proxy/upstreams` shows it. Caddy: `upstreamStatus` in
/// `reverseproxy/admin.go`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UpstreamStatus {
    /// The address that is dialled.
    pub address: String,
    /// Requests in flight.
    pub num_requests: u64,
    /// Failures that passive health checks remember.
    pub fails: u64,
}
