//! Active health checks: how many passes and fails make an upstream healthy or not.

use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;

use super::Transition;
use super::easing::Return;
use crate::moment::Moment;

/// What the active checks of one upstream have found. Starts healthy.
///
/// Passes and fails are counted apart and forgotten only when health changes: `fails 3` means three
/// failed checks since the last change, not three in a row (Caddy: `doActiveHealthCheck`).
#[derive(Debug)]
pub struct Probe {
    healthy: AtomicBool,
    passes_needed: u32,
    fails_needed: u32,
    since_change: Mutex<Count>,
    /// Whether any check has been made.
    known: AtomicBool,
    back: Return,
}

#[derive(Debug, Default)]
struct Count {
    passes: u32,
    fails: u32,
}

impl Probe {
    /// A probe that needs so many passes to turn healthy, and so many fails to turn unhealthy; 0
    /// means 1, as in Caddy.
    pub fn new(passes: u32, fails: u32) -> Self {
        Self {
            healthy: AtomicBool::new(true),
            passes_needed: passes.max(1),
            fails_needed: fails.max(1),
            since_change: Mutex::default(),
            known: AtomicBool::new(false),
            back: Return::default(),
        }
    }

    /// Whether the upstream passes its checks. One relaxed load.
    pub fn is_healthy(&self) -> bool {
        self.healthy.load(Ordering::Relaxed)
    }

    /// Whether any check has been made so far.
    pub fn is_known(&self) -> bool {
        self.known.load(Ordering::Relaxed)
    }

    /// Since when the upstream passes again; `None` if it has never failed.
    pub(crate) fn back_since(&self, now: Moment) -> Option<Moment> {
        self.back.since(now)
    }

    /// Counts the result of one check and tells if it changed the upstream's health.
    pub fn record(&self, passed: bool) -> Option<Transition> {
        self.known.store(true, Ordering::Relaxed);
        let mut count = self.since_change.lock();
        let reached = if passed {
            count.passes = count.passes.saturating_add(1);
            count.passes >= self.passes_needed
        } else {
            count.fails = count.fails.saturating_add(1);
            count.fails >= self.fails_needed
        };
        if !reached || self.is_healthy() == passed {
            return None;
        }
        *count = Count::default();
        if passed {
            self.back.note();
        }
        self.healthy.store(passed, Ordering::Relaxed);
        Some(if passed {
            Transition::Up
        } else {
            Transition::Down
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record_all(probe: &Probe, results: &[bool]) -> Vec<Option<Transition>> {
        results.iter().map(|&passed| probe.record(passed)).collect()
    }

    #[test]
    fn starts_healthy() {
        assert!(Probe::new(3, 3).is_healthy());
    }

    #[test]
    fn fails_accumulate_over_passes_in_between() {
        let probe = Probe::new(1, 3);

        let seen = record_all(&probe, &[false, true, false, true, true, false]);

        assert_eq!(seen, [None, None, None, None, None, Some(Transition::Down)]);
        assert!(!probe.is_healthy());
    }

    #[test]
    fn passes_accumulate_over_fails_in_between() {
        let probe = Probe::new(2, 1);
        probe.record(false);

        let seen = record_all(&probe, &[true, false, false, true]);

        assert_eq!(seen, [None, None, None, Some(Transition::Up)]);
        assert!(probe.is_healthy());
    }

    #[test]
    fn a_transition_forgets_both_counts() {
        let probe = Probe::new(2, 2);
        // Many passes while healthy, then down: those passes must not bring it up again.
        record_all(&probe, &[true, true, true, false, false]);
        assert!(!probe.is_healthy());

        assert_eq!(
            record_all(&probe, &[true, true]),
            [None, Some(Transition::Up)]
        );
        assert_eq!(
            record_all(&probe, &[false, false]),
            [None, Some(Transition::Down)]
        );
    }

    #[test]
    fn a_transition_is_told_once() {
        let probe = Probe::new(1, 1);

        let seen = record_all(&probe, &[false, false, false, true, true]);

        let (down, up) = (Some(Transition::Down), Some(Transition::Up));
        assert_eq!(seen, [down, None, None, up, None]);
    }

    #[test]
    fn zero_thresholds_mean_one() {
        let probe = Probe::new(0, 0);

        assert_eq!(probe.record(true), None);
        assert_eq!(probe.record(false), Some(Transition::Down));
        assert_eq!(probe.record(true), Some(Transition::Up));
    }
}
