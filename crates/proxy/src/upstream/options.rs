//! What a pool does only if the plan says so.

use std::num::NonZeroU32;
use std::sync::Arc;

use evenkeel_balance::{Budget, Options, Queue, Unhealthy};
use evenkeel_plan::http::handlers::reverse_proxy::{
    LoadBalancing, PassiveHealthChecks, ReverseProxy as Plan,
};

/// The rules of a plan that are off unless they are set.
pub(super) fn build(plan: &Plan) -> Options {
    let checks = plan.health_checks.as_ref();
    let passive = checks.and_then(|checks| checks.passive.as_ref());
    let unhealthy = passive.map(unhealthy).unwrap_or_default();
    let Some(balancing) = &plan.load_balancing else {
        return Options {
            unhealthy,
            ..Options::default()
        };
    };
    let queue = balancing.queue.as_ref();
    Options {
        unhealthy,
        panic_threshold: Some(balancing.panic_threshold).filter(|&percent| percent > 0),
        budget: balancing
            .retry_budget
            .map(|percent| Arc::new(Budget::new(percent))),
        slow_start: balancing.slow_start.positive(),
        queue: queue.map(|plan| Arc::new(Queue::new(plan.places, plan.timeout.to_std()))),
    }
}

fn unhealthy(plan: &PassiveHealthChecks) -> Unhealthy {
    Unhealthy {
        statuses: plan
            .unhealthy_status
            .iter()
            .map(|status| status.0)
            .collect(),
        latency: plan.unhealthy_latency.positive(),
    }
}

/// Most requests in flight at an upstream: its own number counts before that of all, and that
/// before Caddy's `unhealthy_request_count`.
pub(super) fn limit(own: u32, plan: &Plan) -> Option<NonZeroU32> {
    let of_all = plan
        .load_balancing
        .as_ref()
        .map(|plan: &LoadBalancing| plan.max_requests);
    let checks = plan.health_checks.as_ref();
    let passive = checks.and_then(|checks| checks.passive.as_ref());
    let unhealthy = passive.map(|plan| plan.unhealthy_request_count.clamped());
    [Some(own), of_all, unhealthy]
        .into_iter()
        .flatten()
        .find_map(NonZeroU32::new)
}
