//! What the admin API may ask of this server.

use std::sync::Arc;

use evenkeel_admin::{Control, UpstreamStatus};
use evenkeel_proxy::StateRegistry;
use serde_json::Value;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The running server, as the API sees it.
pub(crate) struct ServerControl {
    pub(crate) document: Arc<Value>,
    pub(crate) state: Arc<StateRegistry>,
    pub(crate) epoch: Instant,
    pub(crate) stop: Arc<Notify>,
}

impl Control for ServerControl {
    fn config(&self) -> Arc<Value> {
        Arc::clone(&self.document)
    }

    fn upstreams(&self) -> Vec<UpstreamStatus> {
        let now = self.epoch.elapsed();
        let upstreams = self.state.upstreams(now).into_iter();
        upstreams
            .map(|upstream| UpstreamStatus {
                address: upstream.dial,
                num_requests: u64::from(upstream.in_flight),
                fails: u64::from(upstream.fails),
            })
            .collect()
    }

    fn metrics(&self) -> String {
        self.state.metrics(self.epoch.elapsed())
    }

    fn stop(&self) {
        self.stop.notify_one();
    }
}
