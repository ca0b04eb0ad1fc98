//! Active health checks: requests of ours that find out who is fit, round after round.
//! Caddy: `healthchecks.go`, `activeHealthChecker`.

mod expectation;
mod first_round;
mod probe;
mod question;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use evenkeel_balance::{Probe, Transition};
use evenkeel_net::{Resolver, World};
use evenkeel_plan::http::handlers::reverse_proxy::ActiveHealthChecks as Plan;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::{MissedTickBehavior, interval};

use self::expectation::Expectation;
pub(crate) use self::first_round::FirstRound;
use self::probe::Unfit;
use self::question::Question;
use crate::error::{BuildError, Chain};
use crate::graph::{BuildContext, Graph};
use crate::observe::meter::Meter;
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
    /// What the upstream is called.
    dial: Box<str>,
    /// Where it is asked.
    endpoint: Endpoint,
    question: Question,
    expectation: Expectation,
    follows: bool,
    interval: Duration,
    timeout: Duration,
    probe: Arc<Probe>,
    meter: Arc<Meter>,
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
        .map(|check| check.run(&world, &resolver, graph.first_round()))
        .collect();
    while checks.next().await.is_some() {}
    std::future::pending::<()>().await;
}

impl Check {
    /// The check of an upstream; none unless the plan has a URI, a path or a port.
    pub(crate) fn build(
        plan: &Plan,
        endpoint: &Endpoint,
        cx: &BuildContext<'_>,
    ) -> Result<Option<Self>, BuildError> {
        if plan.uri.is_empty() && plan.path.is_empty() && plan.port == 0 {
            return Ok(None);
        }
        let interval = plan.interval.positive().unwrap_or(INTERVAL);
        let timeout = plan.timeout.positive().unwrap_or(TIMEOUT);
        let key = ProbeKey {
            endpoint: endpoint.key(),
            check: format!("{plan:?}").into(),
            passes: plan.passes.clamped(),
            fails: plan.fails.clamped(),
        };
        let dial = endpoint.dial.clone();
        let endpoint = asked(plan, endpoint, cx)?;
        Ok(Some(Self {
            question: Question::build(plan, (&endpoint, &dial), cx)?,
            expectation: Expectation::build(plan, cx)?,
            follows: plan.follow_redirects,
            meter: cx.parts().state.meter(&dial),
            dial,
            endpoint,
            interval,
            timeout,
            probe: cx.parts().state.probe(key),
        }))
    }

    /// Where the findings are.
    pub(crate) fn probe(&self) -> Arc<Probe> {
        Arc::clone(&self.probe)
    }

    async fn run(&self, world: &World, resolver: &Resolver, first: &FirstRound) {
        let mut rounds = interval(self.interval);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut under_way = FuturesUnordered::new();
        loop {
            tokio::select! {
                _ = rounds.tick(), if under_way.len() < AT_ONCE => {
                    under_way.push(self.ask(world, resolver));
                }
                Some(found) = under_way.next() => {
                    let was_known = self.probe.is_known();
                    self.record(found);
                    if !was_known {
                        first.one_is_known();
                    }
                }
            }
        }
    }

    fn record(&self, found: Result<(), Unfit>) {
        let change = self.probe.record(found.is_ok());
        if change.is_some() {
            let reason = found.as_ref().err();
            self.meter.probed(reason.map(|why| Chain(why).to_string()));
        }
        let (host, uri) = (&*self.dial, self.question.uri());
        match (change, found) {
            (Some(Transition::Down), Err(why)) => tracing::info!(
                target: "http.handlers.reverse_proxy.health_checker.active",
                host, %uri, error = %Chain(&why), "host is down",
            ),
            (Some(Transition::Up), _) => tracing::info!(
                target: "http.handlers.reverse_proxy.health_checker.active",
                host, %uri, "host is up",
            ),
            (_, Err(why)) => tracing::debug!(
                target: "http.handlers.reverse_proxy.health_checker.active",
                host, %uri, error = %Chain(&why), "health check failed",
            ),
            (_, Ok(())) => {}
        }
    }
}

/// Where an upstream is asked for its health. Caddy: `healthchecks.go`: another address counts
/// before another port.
fn asked(plan: &Plan, own: &Endpoint, cx: &BuildContext<'_>) -> Result<Endpoint, BuildError> {
    if !plan.upstream.is_empty() {
        return Endpoint::parse(&plan.upstream, own.settings.clone())
            .map_err(|error| cx.error(error.to_string()));
    }
    // Others are refused before.
    match u16::try_from(plan.port) {
        Ok(0) | Err(_) => Ok(own.clone()),
        Ok(port) => own
            .with_port(port)
            .ok_or_else(|| cx.error(format!("`{}` has no port that could be checked", own.dial))),
    }
}

/// The first round over these checks: those nobody knows the outcome of.
pub(crate) fn first_round(checks: &[Check]) -> FirstRound {
    let unknown: HashSet<_> = checks
        .iter()
        .filter(|check| !check.probe.is_known())
        .map(|check| Arc::as_ptr(&check.probe))
        .collect();
    FirstRound::new(unknown.len())
}

#[cfg(test)]
mod tests;
