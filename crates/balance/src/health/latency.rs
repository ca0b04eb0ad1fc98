//! How long an upstream takes to answer: a moving average that believes bad news at once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::moment::Moment;

/// The time constant of the average: what lies further back counts for less than 37 %.
const MEMORY: f64 = 10e9;

/// What is assumed of an upstream that is busy and has not answered yet, in nanoseconds.
const UNKNOWN: f64 = 1e9;

/// Peak EWMA, as in Finagle: a longer latency than the average replaces it, a shorter one pulls it
/// down by the time that has passed. Without news it decays, so that a slow upstream gets another
/// chance. Two cores that record at once may lose one of the two.
#[derive(Debug, Default)]
pub(super) struct Latency {
    /// Nanoseconds, as the bits of an `f64`.
    average: AtomicU64,
    /// When it was last written, in nanoseconds of a [`Moment`].
    written: AtomicU64,
}

impl Latency {
    pub(super) fn record(&self, latency: Duration, now: Moment) {
        let latest = nanos(latency);
        let average = f64::from_bits(self.average.load(Ordering::Relaxed));
        let average = if latest > average {
            latest
        } else {
            let kept = self.kept(now);
            average * kept + latest * (1.0 - kept)
        };
        self.average.store(average.to_bits(), Ordering::Relaxed);
        self.written.store(now.as_nanos(), Ordering::Relaxed);
    }

    /// What another attempt may expect, with so many in flight.
    pub(super) fn load(&self, in_flight: u32, now: Moment) -> f64 {
        let average = f64::from_bits(self.average.load(Ordering::Relaxed));
        if average == 0.0 {
            let pending = f64::from(in_flight);
            return if in_flight == 0 {
                0.0
            } else {
                UNKNOWN + pending
            };
        }
        average * self.kept(now) * (f64::from(in_flight) + 1.0)
    }

    /// The part of the average that time has left.
    fn kept(&self, now: Moment) -> f64 {
        let written = Moment::from_nanos(self.written.load(Ordering::Relaxed));
        (-nanos(now.saturating_since(written)) / MEMORY).exp()
    }
}

fn nanos(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Moment {
        Moment::from_nanos(seconds * 1_000_000_000)
    }

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn one_slow_answer_outweighs_many_fast_ones() {
        let latency = Latency::default();
        for second in 0..10 {
            latency.record(ms(10), at(second));
        }
        latency.record(ms(500), at(10));
        assert!((latency.load(0, at(10)) - 5e8).abs() < 1.0);
    }

    #[test]
    fn fast_answers_bring_the_average_down_by_the_time_they_take() {
        let latency = Latency::default();
        latency.record(ms(1000), at(0));
        latency.record(ms(10), at(10));
        let load = latency.load(0, at(10));
        assert!((3.6e8..3.8e8).contains(&load), "{load}");
    }

    #[test]
    fn without_news_a_slow_upstream_gets_another_chance() {
        let latency = Latency::default();
        latency.record(ms(1000), at(0));
        assert!(latency.load(0, at(60)) < 3e6);
    }

    #[test]
    fn each_attempt_in_flight_adds_to_the_load() {
        let latency = Latency::default();
        latency.record(ms(10), at(0));
        assert!((latency.load(3, at(0)) - 4e7).abs() < 1.0);
    }

    #[test]
    fn an_unknown_upstream_is_tried_once_and_not_by_all() {
        let latency = Latency::default();
        assert!(latency.load(0, at(0)) < 1.0);
        assert!(latency.load(1, at(0)) > 1e9);
    }
}
