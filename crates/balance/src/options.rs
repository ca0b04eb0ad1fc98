//! What a pool does only if it is told to.

use std::sync::Arc;
use std::time::Duration;

use crate::budget::Budget;
use crate::health::Unhealthy;
use crate::queue::Queue;

/// Rules that are off unless they are set.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Answers that are strikes; only where strikes are counted.
    pub unhealthy: Unhealthy,
    /// While less than this percentage of the upstreams is healthy, health is not looked at: a
    /// check that fails everywhere says more about the check. Caddy has no such rule.
    pub panic_threshold: Option<u32>,
    /// What further attempts cost. Caddy has no such rule.
    pub budget: Option<Arc<Budget>>,
    /// How long an upstream that comes back gets less than its share. Caddy has no such rule.
    pub slow_start: Option<Duration>,
    /// Where exchanges wait while all upstreams are full. Caddy has no such rule.
    pub queue: Option<Arc<Queue>>,
}
