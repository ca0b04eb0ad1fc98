//! Taking the failing upstreams out: probes as time passes, and strikes of other exchanges.

use std::sync::Arc;
use std::time::Duration;

use evenkeel_balance::{
    Attempt, Decision, Failure, Moment, Options, Pool, Retry, Round, Selection, Upstream,
};
use evenkeel_plan::value::StatusPattern;
use rand::SeedableRng;
use rand::rngs::SmallRng;

use super::{GET, PATIENCE, Timeline};
use crate::report::Remedy;
use crate::scenario::{Outcome, SERVER_ERROR};

impl Timeline<'_> {
    /// Probes until all failing upstreams are out, and says when that is; else, by which option it
    /// would be.
    pub(crate) fn probe_out(&mut self) -> Result<Moment, Option<Remedy>> {
        let active = self
            .settings
            .active
            .as_ref()
            .ok_or(Some(Remedy::HealthUri))?;
        if self.scenario.probe(self.settings, active).is_none() {
            return Err(Some(Remedy::HealthStatus));
        }
        while let Some(ended) = self.next_probe() {
            self.probe();
            if !self.is_anyone_undetected() {
                return Ok(ended);
            }
        }
        Err(Some(Remedy::HealthFails))
    }

    /// Strikes all failing upstreams out by exchanges that arrive with the failure, and says when
    /// they are out; else, by which option they would be, if there is one.
    pub(crate) fn strike_out(&mut self) -> Result<Moment, Option<Remedy>> {
        let (after, failure) = match self.scenario.attempt(self.settings) {
            Outcome::Failed { after, failure, .. } => (after, failure),
            Outcome::Endless(remedy) => return Err(self.settings.passive.map(|_| remedy)),
            Outcome::Answered(_) => (Duration::ZERO, Failure::Response),
        };
        let is_answer = failure == Failure::Response;
        if is_answer && !self.counts_answers() {
            return Err(None);
        }
        let passive = self.settings.passive.ok_or(Some(Remedy::FailDuration))?;
        if passive.max_fails > PATIENCE {
            return Err(Some(Remedy::MaxFails));
        }
        let end = Moment::ZERO + after;
        for upstream in self.failing() {
            // A pool with nobody else, so that its exchanges meet this upstream for certain.
            let alone = Upstream {
                key: upstream.key.clone(),
                state: Arc::clone(&upstream.state),
                marks: Box::default(),
                probe: None,
                max_requests: None,
                is_draining: false,
            };
            let alone = Pool::new(
                vec![alone],
                Selection::First,
                Some(passive),
                Retry::default(),
            )
            .with(Options {
                unhealthy: self.settings.unhealthy.clone(),
                ..Options::default()
            });
            for (mut round, attempt) in begin_together(&alone, passive.max_fails) {
                if is_answer {
                    round.answered(&alone, SERVER_ERROR, end);
                }
                drop(attempt);
                round.failed(&alone, failure, GET, end);
            }
            if alone.is_available(0, end) {
                return Err(Some(Remedy::MaxFails));
            }
        }
        Ok(end)
    }

    /// Whether an answer with an error is a strike.
    fn counts_answers(&self) -> bool {
        let statuses = &self.settings.unhealthy.statuses;
        let is_counted = |&status: &u16| StatusPattern(status).matches(SERVER_ERROR);
        statuses.iter().any(is_counted)
    }

    /// Lets the probes happen that have failed by `now`.
    pub(super) fn probe_until(&mut self, now: Moment) {
        while self.is_anyone_undetected() && self.next_probe().is_some_and(|ended| ended <= now) {
            self.probe();
        }
    }

    /// When the next probe of a failing upstream will have failed. Probes start at a fixed rate,
    /// however long they take (Caddy: `activeHealthChecker`).
    fn next_probe(&self) -> Option<Moment> {
        let active = self.settings.active.as_ref()?;
        let takes = self.scenario.probe(self.settings, active)?;
        let start = active.interval.saturating_mul(self.probed + 1);
        (self.probed < PATIENCE).then(|| Moment::ZERO + start + takes)
    }

    fn probe(&mut self) {
        self.probed += 1;
        for (upstream, &is_failing) in self.pool.upstreams().iter().zip(&self.failing) {
            if let Some(probe) = &upstream.probe {
                probe.record(!is_failing);
            }
        }
    }

    fn is_anyone_undetected(&self) -> bool {
        let mut probes = self
            .failing()
            .filter_map(|upstream| upstream.probe.as_ref());
        probes.any(|probe| probe.is_healthy())
    }
}

/// Exchanges that are all under way before the first of them fails.
fn begin_together(pool: &Pool, count: u32) -> Vec<(Round, Attempt)> {
    let mut rng = SmallRng::seed_from_u64(0);
    let mut begin = |_| {
        let mut round = pool.begin(Moment::ZERO);
        match round.next(pool, Moment::ZERO, &mut rng, "") {
            Decision::Attempt(attempt) => Some((round, attempt)),
            Decision::WaitUntil(_) | Decision::Queue(_) | Decision::GiveUp(_) => None,
        }
    };
    (0..count).filter_map(&mut begin).collect()
}
