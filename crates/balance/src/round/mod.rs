//! The attempts of one exchange: which upstream next, when, and when to give up.
//!
//! Whether a retry is allowed at all is Caddy's rule. When it happens is ours: an upstream this
//! exchange has not tried is attempted at once; once all available ones were tried, each further
//! attempt rests `try_interval` first.

mod asked;
mod decision;
mod line;

use std::collections::HashSet;
use std::task::{Context, Poll};
use std::time::Duration;

use rand::Rng;

use self::asked::Asked;
pub use self::decision::{Decision, GiveUp};
use crate::attempt::Attempt;
use crate::health::{Change, Transition};
use crate::index_set::IndexSet;
use crate::moment::Moment;
use crate::pool::Pool;
use crate::queue::Ticket;
use crate::retry::{Failure, Repeat};
use crate::selection::{Keys, Occasion};

/// A failure counts as at least so slow: one that comes at once must not look like a good answer.
const FAILURE_LATENCY: Duration = Duration::from_secs(1);

/// An attempt under way.
#[derive(Clone, Copy, Debug)]
struct Current {
    upstream: usize,
    since: Moment,
}

/// The attempts of one exchange. Begun by [`Pool::begin`]; always used with that pool, unless it is
/// [moved](Round::moved) to another.
#[derive(Debug)]
pub struct Round {
    started: Moment,
    /// The upstream of the attempt under way.
    current: Option<Current>,
    /// Attempts, and looks at a pool with nobody available.
    tries: u32,
    attempted: bool,
    over: Option<GiveUp>,
    /// The place in the line for full upstreams, and until when it is held.
    queued: Option<(Ticket, Moment)>,
    /// End of the rest being taken.
    resume: Option<Moment>,
    /// Whom this exchange has tried.
    tried: IndexSet,
    /// Whom it has tried since all available ones were tried: `first` and `ip_hash` would not get
    /// past their favourite.
    tried_lately: IndexSet,
    restored: IndexSet,
}

impl Round {
    pub(crate) fn new(started: Moment) -> Self {
        Self {
            started,
            current: None,
            tries: 0,
            attempted: false,
            over: None,
            queued: None,
            resume: None,
            tried: IndexSet::default(),
            tried_lately: IndexSet::default(),
            restored: IndexSet::default(),
        }
    }

    /// What to do next. `keys` are those of the request; a policy asks for what it needs.
    ///
    /// May bring an upstream back whose strikes have expired: see [`changes`](Self::changes).
    pub fn next(
        &mut self,
        pool: &Pool,
        now: Moment,
        rng: &mut impl Rng,
        keys: &(impl Keys + ?Sized),
    ) -> Decision {
        if let Some(why) = self.over {
            return Decision::GiveUp(why);
        }
        let mut asked = Asked {
            pool,
            now,
            rng,
            keys,
        };
        if self.is_behind_others(pool) {
            return self.wait_in_line(&asked);
        }
        if let Some(attempt) = self.attempt_untried(&mut asked) {
            return Decision::Attempt(attempt);
        }
        if self.may_queue(&asked) {
            return self.wait_in_line(&asked);
        }
        // Nobody would have to be waited for, only to get well.
        self.queued = None;
        self.rest_or_attempt_again(&mut asked)
    }

    /// Goes on with another pool of the same handler: upstreams have come and gone. What was tried
    /// stays tried. Not while an attempt is under way.
    pub fn moved(&mut self, from: &Pool, to: &Pool) {
        self.tried = carried(&self.tried, from, to);
        self.tried_lately = carried(&self.tried_lately, from, to);
        self.restored.clear();
        self.current = None;
    }

    /// Records that the attempt under way failed at `now`: strikes its upstream (unless the failure
    /// is no fault of it, or failures are not counted) and settles whether the exchange may go on.
    ///
    /// Returns the change of availability this caused, if any.
    pub fn failed(
        &mut self,
        pool: &Pool,
        failure: Failure,
        repeat: Repeat,
        now: Moment,
    ) -> Option<Change> {
        let Current { upstream, since } = self.current.take()?;
        let latency = now.saturating_since(since).max(FAILURE_LATENCY);
        if failure != Failure::Response {
            note_latency(pool, upstream, latency, now);
        }
        self.tried.insert(upstream);
        self.tried_lately.insert(upstream);
        self.over = if !repeat.is_allowed_after(failure) || !self.has_room(pool, now) {
            Some(GiveUp::Spent)
        } else if pool
            .options()
            .budget
            .as_ref()
            .is_some_and(|budget| !budget.withdraw(now))
        {
            Some(GiveUp::OverBudget)
        } else {
            None
        };

        let passive = pool.passive().filter(|_| failure.is_strike())?;
        let transition = pool.upstreams().get(upstream)?.state.strike(now, passive)?;
        Some(Change {
            upstream,
            transition,
        })
    }

    /// Records that the attempt under way was answered at `now`: the head of the response is there.
    /// Strikes the upstream if that answer is an unhealthy one, and returns the change this caused.
    pub fn answered(&mut self, pool: &Pool, status: u16, now: Moment) -> Option<Change> {
        let Current { upstream, since } = self.current?;
        let latency = now.saturating_since(since);
        note_latency(pool, upstream, latency, now);
        let passive = pool.passive()?;
        let state = &pool.upstreams().get(upstream)?.state;
        let strikes = pool.options().unhealthy.strikes(status, latency);
        // All are given, and the last change stands.
        let transition = (0..strikes)
            .filter_map(|_| state.strike(now, passive))
            .next_back()?;
        Some(Change {
            upstream,
            transition,
        })
    }

    /// Ready when the exchange, which stands in line, is to ask again. Pending for ever if it does
    /// not.
    pub fn poll_called(&self, cx: &Context<'_>) -> Poll<()> {
        self.queued
            .as_ref()
            .map_or(Poll::Pending, |(ticket, _)| ticket.poll_called(cx))
    }

    /// Takes out what changed, without an attempt having failed, during `next`: upstreams whose
    /// strikes have expired. Each is told to one exchange only.
    pub fn changes(&mut self) -> impl Iterator<Item = Change> {
        let restored = std::iter::from_fn(|| self.restored.pop());
        restored.map(|upstream| Change {
            upstream,
            transition: Transition::Up,
        })
    }

    /// Tries after the first, as Caddy counts them: attempts, and looks at a pool with nobody
    /// available.
    pub const fn retries(&self) -> u32 {
        self.tries.saturating_sub(1)
    }

    /// When the exchange began.
    pub const fn started(&self) -> Moment {
        self.started
    }

    fn attempt_untried<R: Rng, K: Keys + ?Sized>(
        &mut self,
        asked: &mut Asked<'_, R, K>,
    ) -> Option<Attempt> {
        let occasion = if self.attempted {
            Occasion::Retry
        } else {
            Occasion::First
        };
        let attempt = asked.attempt(occasion, &self.tried, &mut self.restored)?;
        Some(self.begun(attempt, asked.now))
    }

    /// Whom it has tried already: everyone once before anyone twice.
    fn attempt_again<R: Rng, K: Keys + ?Sized>(
        &mut self,
        asked: &mut Asked<'_, R, K>,
    ) -> Option<Attempt> {
        let occasion = Occasion::Retry;
        if let Some(attempt) = asked.attempt(occasion, &self.tried_lately, &mut self.restored) {
            return Some(self.begun(attempt, asked.now));
        }
        self.tried_lately.clear();
        let attempt = asked.attempt(occasion, &self.tried_lately, &mut self.restored)?;
        Some(self.begun(attempt, asked.now))
    }

    /// Everyone available was tried, or nobody is available.
    fn rest_or_attempt_again<R: Rng, K: Keys + ?Sized>(
        &mut self,
        asked: &mut Asked<'_, R, K>,
    ) -> Decision {
        let interval = asked.pool.retry().try_interval;
        match self.resume {
            Some(resume) if asked.now < resume => return Decision::WaitUntil(resume),
            None if self.attempted && !interval.is_zero() => return self.rest(asked),
            Some(_) | None => {}
        }
        if self.attempted
            && let Some(attempt) = self.attempt_again(asked)
        {
            return Decision::Attempt(attempt);
        }
        self.tries = self.tries.saturating_add(1);
        // Without a rest, looking again would see the same.
        if interval.is_zero() || !self.has_room(asked.pool, asked.now) {
            let why = self.why();
            self.over = Some(why);
            return Decision::GiveUp(why);
        }
        self.rest(asked)
    }

    fn rest<R, K: ?Sized>(&mut self, asked: &Asked<'_, R, K>) -> Decision {
        let resume = asked.now + asked.pool.retry().try_interval;
        self.resume = Some(resume);
        Decision::WaitUntil(resume)
    }

    fn begun(&mut self, attempt: Attempt, now: Moment) -> Attempt {
        self.current = Some(Current {
            upstream: attempt.upstream,
            since: now,
        });
        self.tries = self.tries.saturating_add(1);
        self.attempted = true;
        self.resume = None;
        // Whoever comes next in line may look.
        self.queued = None;
        attempt
    }

    fn has_room(&self, pool: &Pool, now: Moment) -> bool {
        pool.retry()
            .has_room(now.saturating_since(self.started), self.retries())
    }

    const fn why(&self) -> GiveUp {
        if self.attempted {
            GiveUp::Spent
        } else {
            GiveUp::NoUpstreams
        }
    }
}

/// The upstreams of another pool that are in a set of this one's.
fn carried(set: &IndexSet, from: &Pool, to: &Pool) -> IndexSet {
    let old = from.upstreams().iter().enumerate();
    let keys: HashSet<&str> = old
        .filter(|(index, _)| set.contains(*index))
        .map(|(_, upstream)| &*upstream.key)
        .collect();
    let mut carried = IndexSet::default();
    for (index, upstream) in to.upstreams().iter().enumerate() {
        if keys.contains(&*upstream.key) {
            carried.insert(index);
        }
    }
    carried
}

fn note_latency(pool: &Pool, upstream: usize, latency: Duration, now: Moment) {
    if pool.needs_latency()
        && let Some(upstream) = pool.upstreams().get(upstream)
    {
        upstream.state.record_latency(latency, now);
    }
}

#[cfg(test)]
mod tests;
