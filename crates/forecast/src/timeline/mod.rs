//! `balance` driven by a virtual clock: exchanges, probes and strikes around one failure, which
//! happens at [`Moment::ZERO`](evenkeel_balance::Moment::ZERO).

mod detection;
mod exchange;

use std::time::Duration;

use evenkeel_balance::{Pool, Repeat, Upstream};
use evenkeel_plan::value;

use crate::report::Failing;
use crate::scenario::Scenario;
use crate::settings::Settings;

/// Decisions, probes or strikes after which counting stops: a plan may ask for billions.
const PATIENCE: u32 = 10_000;

const GET: Repeat = Repeat {
    idempotent: true,
    replayable: true,
};

/// A pool and what happens to it.
#[derive(Debug)]
pub(crate) struct Timeline<'a> {
    settings: &'a Settings,
    scenario: Scenario,
    pool: Pool,
    /// By index in the pool.
    failing: Vec<bool>,
    /// Probes of each upstream so far.
    probed: u32,
}

impl<'a> Timeline<'a> {
    /// Everyone is healthy, and a probe of each has just passed: the failure could not come at a
    /// worse moment.
    pub(crate) fn new(settings: &'a Settings, scenario: Scenario, failing: Failing) -> Self {
        let first = settings.dials.first();
        let fails = |dial| failing == Failing::All || Some(dial) == first;
        Self {
            settings,
            scenario,
            pool: settings.pool(),
            failing: settings.dials.iter().map(fails).collect(),
            probed: 0,
        }
    }

    fn failing(&self) -> impl Iterator<Item = &Upstream> {
        let all = self.pool.upstreams().iter().zip(&self.failing);
        all.filter_map(|(upstream, &is_failing)| is_failing.then_some(upstream))
    }
}

/// The plan's notation of a duration; saturates at its largest.
pub(crate) fn to_plan(duration: Duration) -> value::Duration {
    value::Duration::from_nanos(i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX))
}
