//! What one call of `next` was given, and choosing an upstream by it.

use rand::Rng;

use crate::attempt::Attempt;
use crate::index_set::IndexSet;
use crate::moment::Moment;
use crate::pool::Pool;
use crate::selection::{Candidates, Occasion};

/// The arguments of one call of [`Round::next`](super::Round::next).
pub(super) struct Asked<'a, R> {
    pub(super) pool: &'a Pool,
    pub(super) now: Moment,
    pub(super) rng: &'a mut R,
    pub(super) ip_key: &'a str,
}

impl<R: Rng> Asked<'_, R> {
    /// Selects an upstream and takes a place on it; notes in `restored` whom it found to be back.
    ///
    /// Another core may take the last place in between. Then that upstream is full and the next
    /// selection passes it over, so one try per upstream is enough.
    pub(super) fn attempt(
        &mut self,
        occasion: Occasion,
        except: &IndexSet,
        restored: &mut IndexSet,
    ) -> Option<Attempt> {
        let Self { pool, now, .. } = *self;
        let mut candidates = Candidates {
            pool,
            now,
            except,
            restored,
        };
        for _ in 0..=pool.upstreams().len() {
            let index = pool
                .selection()
                .pick(&mut candidates, occasion, self.rng, self.ip_key)?;
            let upstream = &pool.upstreams()[index];
            if let Some(slot) = upstream.state.enter(upstream.max_requests) {
                return Some(Attempt::new(index, slot));
            }
        }
        None
    }
}
