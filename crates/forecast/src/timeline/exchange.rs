//! One GET, from its arrival to what the user sees.

use std::time::Duration;

use evenkeel_balance::{Attempt, Decision, GiveUp, Moment, Round};
use rand::SeedableRng;
use rand::rngs::SmallRng;

use super::{GET, PATIENCE, Timeline, to_plan};
use crate::report::{Cost, Remedy, Seen, Time};
use crate::scenario::Outcome;
use crate::settings::peer;

/// How one exchange went.
#[derive(Debug)]
pub(crate) struct Course {
    pub(crate) cost: Cost,
    /// The first attempt was made at a failing upstream.
    pub(crate) is_met_first: bool,
    /// When, after its arrival, it looked again for an upstream.
    pub(crate) looks: Vec<Duration>,
}

/// An exchange under way.
struct Exchange {
    round: Round,
    arrival: Moment,
    now: Moment,
    /// What the user gets if no other attempt is made.
    seen: Seen,
    is_met_first: Option<bool>,
    looks: Vec<Duration>,
}

impl Timeline<'_> {
    /// Lets one GET arrive and plays it to its end. `opening` varies what chance and earlier
    /// exchanges decide: whom the selection picks first.
    pub(crate) fn run(&mut self, arrival: Moment, opening: u32) -> Course {
        let (mut rng, peer) = (SmallRng::seed_from_u64(opening.into()), peer(opening));
        self.turn(opening, arrival, &mut rng, peer.as_str());
        let mut exchange = Exchange {
            round: self.pool.begin(arrival),
            arrival,
            now: arrival,
            seen: Seen::ServiceUnavailable,
            is_met_first: None,
            looks: Vec::new(),
        };
        let mut decisions = 0;
        let cost = loop {
            self.probe_until(exchange.now);
            let decision = exchange
                .round
                .next(&self.pool, exchange.now, &mut rng, peer.as_str());
            if let Some(cost) = self.follow(decision, &mut exchange, decisions) {
                break cost;
            }
            decisions += 1;
            if decisions > 2 * PATIENCE {
                break exchange.uncounted();
            }
        };
        Course {
            cost,
            is_met_first: exchange.is_met_first.unwrap_or(false),
            looks: exchange.looks,
        }
    }

    /// Whom the rotation picks next depends on the exchanges before.
    fn turn(&self, opening: u32, now: Moment, rng: &mut SmallRng, peer: &str) {
        let turns = opening as usize % self.pool.upstreams().len().max(1);
        for _ in 0..turns {
            let mut earlier = self.pool.begin(now);
            drop(earlier.next(&self.pool, now, rng, peer));
        }
    }

    /// Does what the round decided; the cost if that was the end.
    fn follow(&self, decision: Decision, exchange: &mut Exchange, decisions: u32) -> Option<Cost> {
        match decision {
            Decision::GiveUp(
                GiveUp::Spent
                | GiveUp::NoUpstreams
                | GiveUp::OverBudget
                | GiveUp::QueueFull
                | GiveUp::QueueTimeout,
            ) => Some(exchange.ended(exchange.seen)),
            Decision::WaitUntil(resume) | Decision::Queue(resume) => {
                exchange.now = self.rest(resume, exchange.arrival, decisions);
                exchange
                    .looks
                    .push(exchange.now.saturating_since(exchange.arrival));
                None
            }
            Decision::Attempt(attempt) => self.attempt(attempt, exchange),
        }
    }

    fn attempt(&self, attempt: Attempt, exchange: &mut Exchange) -> Option<Cost> {
        let is_failing = self.failing[attempt.upstream];
        exchange.is_met_first.get_or_insert(is_failing);
        if !is_failing {
            return Some(exchange.ended(Seen::Answer));
        }
        match self.scenario.attempt(self.settings) {
            Outcome::Failed {
                after,
                failure,
                seen,
            } => {
                exchange.now = exchange.now + after;
                exchange.seen = seen;
                drop(attempt);
                exchange
                    .round
                    .failed(&self.pool, failure, GET, exchange.now);
                None
            }
            Outcome::Answered(seen) => Some(exchange.ended(seen)),
            Outcome::Endless(bounded_by) => Some(Cost {
                time: Time::Unbounded { bounded_by },
                seen: Seen::Nothing,
            }),
        }
    }

    /// The end of a rest. After very many the exchange oversleeps until its time is over, which a
    /// round takes as it takes any late caller.
    fn rest(&self, resume: Moment, arrival: Moment, decisions: u32) -> Moment {
        if decisions < PATIENCE {
            return resume;
        }
        resume.max(arrival + self.settings.retry.try_duration)
    }
}

impl Exchange {
    fn ended(&self, seen: Seen) -> Cost {
        let time = to_plan(self.now.saturating_since(self.arrival));
        Cost {
            time: Time::Within(time),
            seen,
        }
    }

    /// The time so far, of an exchange that goes on and on.
    fn uncounted(&self) -> Cost {
        let least = to_plan(self.now.saturating_since(self.arrival));
        let bounded_by = Remedy::LbTryDuration;
        Cost {
            time: Time::Over { least, bounded_by },
            seen: Seen::Nothing,
        }
    }
}
