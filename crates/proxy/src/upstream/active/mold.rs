//! How upstreams are checked, whichever they are: compiled once for a pool.

use std::sync::Arc;
use std::time::Duration;

use evenkeel_plan::http::handlers::reverse_proxy::ActiveHealthChecks as Plan;

use super::Check;
use super::expectation::Expectation;
use super::question::Pattern;
use crate::error::BuildError;
use crate::graph::BuildContext;
use crate::state::{ProbeKey, StateRegistry};
use crate::transport::Endpoint;

/// Caddy: `healthchecks.go`, `Provision`: 30 s.
const INTERVAL: Duration = Duration::from_secs(30);

/// Caddy: `healthchecks.go`, `Provision`: 5 s.
const TIMEOUT: Duration = Duration::from_secs(5);

/// What all checks of a pool have in common.
#[derive(Debug)]
pub(crate) struct Mold {
    /// Where to ask instead of the upstream.
    upstream: Box<str>,
    /// At which port; the upstream's own if zero.
    port: u16,
    pattern: Pattern,
    expectation: Arc<Expectation>,
    follows: bool,
    interval: Duration,
    timeout: Duration,
    passes: u32,
    fails: u32,
    /// All that the plan says of it, as text.
    text: Box<str>,
}

impl Mold {
    /// None unless the plan has a URI, a path or a port.
    pub(crate) fn build(plan: &Plan, cx: &BuildContext<'_>) -> Result<Option<Self>, BuildError> {
        if plan.uri.is_empty() && plan.path.is_empty() && plan.port == 0 {
            return Ok(None);
        }
        Ok(Some(Self {
            upstream: plan.upstream.as_str().into(),
            // Others are refused before.
            port: u16::try_from(plan.port).unwrap_or(0),
            pattern: Pattern::build(plan, cx)?,
            expectation: Arc::new(Expectation::build(plan, cx)?),
            follows: plan.follow_redirects,
            interval: plan.interval.positive().unwrap_or(INTERVAL),
            timeout: plan.timeout.positive().unwrap_or(TIMEOUT),
            passes: plan.passes.clamped(),
            fails: plan.fails.clamped(),
            text: format!("{plan:?}").into(),
        }))
    }

    /// The check of an upstream. Fails if nobody can be asked.
    pub(crate) fn check(&self, own: &Endpoint, state: &StateRegistry) -> Result<Check, String> {
        let key = ProbeKey {
            endpoint: own.key(),
            check: self.text.clone(),
            passes: self.passes,
            fails: self.fails,
        };
        let dial = own.dial.clone();
        let endpoint = self.asked(own)?;
        Ok(Check {
            question: self.pattern.question(&endpoint, &dial),
            expectation: Arc::clone(&self.expectation),
            follows: self.follows,
            meter: state.meter(&dial),
            dial,
            endpoint,
            interval: self.interval,
            timeout: self.timeout,
            probe: state.probe(key),
        })
    }

    /// Where an upstream is asked for its health. Caddy: `healthchecks.go`: another address counts
    /// before another port.
    fn asked(&self, own: &Endpoint) -> Result<Endpoint, String> {
        if !self.upstream.is_empty() {
            let endpoint = Endpoint::parse(&self.upstream, own.settings.clone());
            return endpoint.map_err(|error| error.to_string());
        }
        if self.port == 0 {
            return Ok(own.clone());
        }
        own.with_port(self.port)
            .ok_or_else(|| format!("`{}` has no port that could be checked", own.dial))
    }
}
