//! Standing in line while all upstreams are full.

use std::time::Duration;

use rand::Rng;

use super::asked::Asked;
use super::{Decision, GiveUp, Round};
use crate::pool::Pool;
use crate::selection::Keys;

/// How often the first in line looks without being called: a place may become free on another
/// handler's account, or an upstream come back.
const LOOK: Duration = Duration::from_millis(100);

impl Round {
    /// Whether others wait for the places that this exchange could take.
    pub(super) fn is_behind_others(&self, pool: &Pool) -> bool {
        match (&pool.options().queue, &self.queued) {
            (None, _) => false,
            (Some(_), Some((ticket, _))) => !ticket.is_first(),
            (Some(queue), None) => !self.attempted && queue.length() > 0,
        }
    }

    /// Whether waiting for a place would help. Only an exchange that has not been attempted waits;
    /// retries have a time of their own.
    pub(super) fn may_queue<R: Rng, K: Keys + ?Sized>(&mut self, asked: &Asked<'_, R, K>) -> bool {
        asked.pool.options().queue.is_some()
            && !self.attempted
            && asked.is_anyone_full(&mut self.restored)
    }

    pub(super) fn wait_in_line<R, K: ?Sized>(&mut self, asked: &Asked<'_, R, K>) -> Decision {
        let Some(queue) = &asked.pool.options().queue else {
            return self.end(GiveUp::NoUpstreams);
        };
        if self.queued.is_none() {
            let Some(ticket) = queue.enter() else {
                return self.end(GiveUp::QueueFull);
            };
            self.queued = Some((ticket, asked.now + queue.timeout()));
        }
        match &self.queued {
            Some((_, until)) if asked.now >= *until => {
                self.queued = None;
                self.end(GiveUp::QueueTimeout)
            }
            Some((ticket, until)) if ticket.is_first() => {
                Decision::Queue((asked.now + LOOK).min(*until))
            }
            Some((_, until)) => Decision::Queue(*until),
            None => self.end(GiveUp::QueueFull),
        }
    }

    const fn end(&mut self, why: GiveUp) -> Decision {
        self.over = Some(why);
        Decision::GiveUp(why)
    }
}
