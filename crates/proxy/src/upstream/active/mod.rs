//! Active health checks: requests of ours that find out who is fit, round after round.
//! Caddy: `healthchecks.go`, `activeHealthChecker`.

mod probe;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use evenkeel_balance::{Probe, Transition};
use evenkeel_net::{Resolver, World};
use evenkeel_plan::http::handlers::reverse_proxy::ActiveHealthChecks as Plan;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use http::{HeaderValue, Uri};
use tokio::time::{MissedTickBehavior, interval};

use self::probe::Unfit;
use crate::error::{BuildError, Chain};
use crate::graph::{BuildContext, Graph};
use crate::state::ProbeKey;
use crate::transport::Endpoint;

/// Caddy: `healthchecks.go`, `Provision`: 30 s.
const INTERVAL: Duration = Duration::from_secs(30);

/// Caddy: `healthchecks.go`, `Provision`: 5 s.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Probes of one upstream that may be under way at once. More are only wanted when one may take
/// many times the interval; then rounds are left out.
const AT_ONCE: usize = 8;

/// One upstream and how it is checked.
#[derive(Debug)]
pub(crate) struct Check {
    endpoint: Endpoint,
    host: HeaderValue,
    uri: Uri,
    interval: Duration,
    timeout: Duration,
    expected: Option<u16>,
    probe: Arc<Probe>,
}

/// Checks all upstreams of a graph until it is dropped. The first round begins at once; a round
/// does not wait for the one before. Changes of health are logged, each once.
pub async fn probe_forever(graph: Arc<Graph>, world: World) {
    let resolver = Resolver::default();
    let mut seen = HashSet::new();
    // Two handlers that check an upstream in the same way share what is found.
    let mut checks: FuturesUnordered<_> = graph
        .checks()
        .iter()
        .filter(|check| seen.insert(Arc::as_ptr(&check.probe)))
        .map(|check| check.run(&world, &resolver))
        .collect();
    while checks.next().await.is_some() {}
    std::future::pending::<()>().await;
}

impl Check {
    /// The check of an upstream; none unless the plan has a URI or a port.
    pub(crate) fn build(
        plan: &Plan,
        endpoint: &Endpoint,
        cx: &BuildContext<'_>,
    ) -> Result<Option<Self>, BuildError> {
        if plan.uri.is_empty() && plan.port == 0 {
            return Ok(None);
        }
        let interval = plan.interval.positive().unwrap_or(INTERVAL);
        let timeout = plan.timeout.positive().unwrap_or(TIMEOUT);
        let expected = plan.expect_status.map(|pattern| pattern.0);
        let key = ProbeKey {
            endpoint: endpoint.key(),
            uri: plan.uri.as_str().into(),
            port: plan.port,
            interval,
            timeout,
            passes: plan.passes,
            fails: plan.fails,
            expected,
        };
        let endpoint = match plan.port {
            0 => endpoint.clone(),
            port => endpoint.with_port(port).ok_or_else(|| {
                cx.error(format!(
                    "`{}` has no port that could be checked",
                    endpoint.dial
                ))
            })?,
        };
        Ok(Some(Self {
            host: endpoint.host_field(),
            endpoint,
            uri: path_and_query(&plan.uri)
                .ok_or_else(|| cx.error(format!("`{}` is not a path to check", plan.uri)))?,
            interval,
            timeout,
            expected,
            probe: cx.parts().state.probe(key),
        }))
    }

    /// Where the findings are.
    pub(crate) fn probe(&self) -> Arc<Probe> {
        Arc::clone(&self.probe)
    }

    async fn run(&self, world: &World, resolver: &Resolver) {
        let mut rounds = interval(self.interval);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut under_way = FuturesUnordered::new();
        loop {
            tokio::select! {
                _ = rounds.tick(), if under_way.len() < AT_ONCE => {
                    under_way.push(self.ask(world, resolver));
                }
                Some(found) = under_way.next() => self.record(found),
            }
        }
    }

    fn record(&self, found: Result<(), Unfit>) {
        let change = self.probe.record(found.is_ok());
        let host = &*self.endpoint.dial;
        match (change, found) {
            (Some(Transition::Down), Err(why)) => tracing::info!(
                target: "http.handlers.reverse_proxy.health_checker.active",
                host, uri = %self.uri, error = %Chain(&why), "host is down",
            ),
            (Some(Transition::Up), _) => tracing::info!(
                target: "http.handlers.reverse_proxy.health_checker.active",
                host, uri = %self.uri, "host is up",
            ),
            (_, Err(why)) => tracing::debug!(
                target: "http.handlers.reverse_proxy.health_checker.active",
                host, uri = %self.uri, error = %Chain(&why), "health check failed",
            ),
            (_, Ok(())) => {}
        }
    }
}

/// Path and query of what may be a whole URI; `/` if empty.
fn path_and_query(text: &str) -> Option<Uri> {
    if !text.starts_with('/') && !text.contains("://") {
        return format!("/{text}").parse().ok();
    }
    let uri: Uri = text.parse().ok()?;
    let found = uri.path_and_query().map_or("/", |found| found.as_str());
    found.parse().ok()
}

#[cfg(test)]
mod tests;
