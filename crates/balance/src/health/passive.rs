//! Passive health: strikes of real traffic, each forgotten after its `fail_duration`.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use crate::moment::Moment;

/// Strikes kept even where `max_fails` needs fewer, so that their reported number stays true for
/// ordinary cases.
const KEPT_AT_LEAST: usize = 1024;

/// When failures of real traffic take an upstream out (Caddy: `health_checks.passive`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passive {
    /// Live strikes at which the upstream is down; at least 1.
    pub max_fails: u32,
    /// How long a strike lives; above zero.
    pub fail_duration: Duration,
}

impl Passive {
    /// The rule as it applies: none without a duration, and 0 fails mean 1 (both as in Caddy).
    pub(crate) fn in_force(self) -> Option<Self> {
        let max_fails = self.max_fails.max(1);
        (!self.fail_duration.is_zero()).then_some(Self { max_fails, ..self })
    }
}

/// The strikes of one upstream: bounded, whatever the traffic does.
#[derive(Debug, Default)]
pub(super) struct Strikes {
    /// When each strike expires, soonest first: handlers sharing the upstream may have different
    /// durations.
    expiries: BinaryHeap<Reverse<Moment>>,
    /// The largest `max_fails` seen. Whether that many are live depends on as many latest expiries
    /// only.
    kept: usize,
    /// The smallest `max_fails` by which the upstream was taken out; none while it is in.
    ejected_at: Option<usize>,
}

impl Strikes {
    /// Adds a strike; true if it takes the upstream out.
    pub(super) fn add(&mut self, now: Moment, passive: &Passive) -> bool {
        let max_fails = passive.max_fails as usize;
        self.kept = self.kept.max(max_fails).max(KEPT_AT_LEAST);
        self.expiries.push(Reverse(now + passive.fail_duration));
        if self.expiries.len() > self.kept {
            self.expiries.pop();
        }
        if self.expiries.len() < max_fails {
            return false;
        }
        let was_out = self.ejected_at.is_some();
        let threshold = self
            .ejected_at
            .map_or(max_fails, |earlier| earlier.min(max_fails));
        self.ejected_at = Some(threshold);
        !was_out
    }

    /// Forgets what has expired; true if that brings the upstream back.
    pub(super) fn forget_expired(&mut self, now: Moment) -> bool {
        while self.next_expiry().is_some_and(|expiry| expiry <= now) {
            self.expiries.pop();
        }
        let is_back = self
            .ejected_at
            .is_some_and(|threshold| self.expiries.len() < threshold);
        if is_back {
            self.ejected_at = None;
        }
        is_back
    }

    /// Strikes not yet expired, forgetting nothing.
    pub(super) fn count_live(&self, now: Moment) -> u32 {
        let live = self
            .expiries
            .iter()
            .filter(|Reverse(expiry)| *expiry > now)
            .count();
        u32::try_from(live).unwrap_or(u32::MAX)
    }

    /// Strikes not forgotten.
    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.expiries.len()).unwrap_or(u32::MAX)
    }

    /// When the next one expires.
    pub(super) fn next_expiry(&self) -> Option<Moment> {
        self.expiries.peek().map(|Reverse(expiry)| *expiry)
    }
}
