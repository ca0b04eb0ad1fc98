//! Active health checks: requests of ours that find out who is fit, round after round.
//! Caddy: `healthchecks.go`, `activeHealthChecker`.

mod expectation;
mod first_round;
mod mold;
mod probe;
mod question;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use evenkeel_balance::{Probe, Transition};
use evenkeel_net::{Resolver, World};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::{MissedTickBehavior, interval};

use self::expectation::Expectation;
pub(crate) use self::first_round::FirstRound;
pub(crate) use self::mold::Mold;
use self::probe::Unfit;
use self::question::Question;
use crate::error::Chain;
use crate::graph::Graph;
use crate::observe::meter::Meter;
use crate::transport::Endpoint;

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
    expectation: Arc<Expectation>,
    follows: bool,
    interval: Duration,
    timeout: Duration,
    probe: Arc<Probe>,
    meter: Arc<Meter>,
}

/// Checks the upstreams that the plan of a graph names, for ever. The first round begins at once; a
/// round does not wait for the one before. Changes of health are logged, each once.
pub(crate) async fn check_forever(graph: &Graph, world: &World) {
    let resolver = Resolver::default();
    let mut seen = HashSet::new();
    // Two handlers that check an upstream in the same way share what is found.
    let mut checks: FuturesUnordered<_> = graph
        .checks()
        .iter()
        .filter(|check| seen.insert(Arc::as_ptr(&check.probe)))
        .map(|check| check.run(world, &resolver, Some(graph.first_round())))
        .collect();
    while checks.next().await.is_some() {}
}

impl Check {
    /// What the upstream is called.
    pub(crate) fn dial(&self) -> &str {
        &self.dial
    }

    /// Where the findings are.
    pub(crate) fn probe(&self) -> Arc<Probe> {
        Arc::clone(&self.probe)
    }

    /// Checks for ever an upstream that no start waits for.
    pub(crate) async fn run_alone(&self, world: &World) {
        self.run(world, &Resolver::default(), None).await;
    }

    async fn run(&self, world: &World, resolver: &Resolver, first: Option<&FirstRound>) {
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
                    if let Some(first) = first.filter(|_| !was_known) {
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
