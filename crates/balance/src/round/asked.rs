//! What one call of `next` was given, and choosing an upstream by it.

use std::borrow::Cow;

use rand::{Rng, RngExt};

use crate::attempt::Attempt;
use crate::index_set::IndexSet;
use crate::moment::Moment;
use crate::pool::{Look, Pool};
use crate::selection::{Candidates, Draw, Keys, Occasion};

/// The part of its share that an upstream gets at the moment it is back.
const FIRST_SHARE: f64 = 0.1;

/// The arguments of one call of [`Round::next`](super::Round::next).
pub(super) struct Asked<'a, R, K: ?Sized> {
    pub(super) pool: &'a Pool,
    pub(super) now: Moment,
    pub(super) rng: &'a mut R,
    pub(super) keys: &'a K,
}

impl<R: Rng, K: Keys + ?Sized> Asked<'_, R, K> {
    /// Selects an upstream and takes a place on it; notes in `restored` whom it found to be back.
    pub(super) fn attempt(
        &mut self,
        occasion: Occasion,
        except: &IndexSet,
        restored: &mut IndexSet,
    ) -> Option<Attempt> {
        if let Some(eased) = self.eased(except)
            && let Some(attempt) = self.attempt_others(occasion, &eased, restored)
        {
            return Some(attempt);
        }
        self.attempt_others(occasion, except, restored)
    }

    /// Another core may take the last place in between. Then that upstream was full and is passed
    /// over from here on, even if it has room again by the next selection: others must not be
    /// missed for a favourite whose places come and go.
    fn attempt_others(
        &mut self,
        occasion: Occasion,
        except: &IndexSet,
        restored: &mut IndexSet,
    ) -> Option<Attempt> {
        let (pool, look) = (self.pool, self.look(restored));
        let mut except = Cow::Borrowed(except);
        loop {
            let mut candidates = Candidates {
                pool,
                look,
                except: &except,
                restored,
            };
            let mut draw = Draw {
                occasion,
                rng: &mut *self.rng,
                keys: self.keys,
            };
            let picked = pool.selection().pick(&mut candidates, &mut draw)?;
            let upstream = &pool.upstreams()[picked.index];
            if let Some(slot) = upstream.state.enter(upstream.max_requests) {
                let slot = slot.calling(pool.options().queue.as_ref());
                return Some(Attempt::new(picked, slot));
            }
            except.to_mut().insert(picked.index);
        }
    }

    /// Whether an upstream would do if only it were not full.
    pub(super) fn is_anyone_full(&self, restored: &mut IndexSet) -> bool {
        let look = self.look(restored);
        (0..self.pool.upstreams().len()).any(|index| self.pool.is_wanted(index, look, restored))
    }

    fn look(&self, restored: &mut IndexSet) -> Look {
        Look {
            now: self.now,
            panics: self.pool.panics(self.now, restored),
        }
    }

    /// `except`, and those which are back for so short a time that chance passes them over: the
    /// probability of being looked at grows from a tenth to one. `None` if there are no such.
    fn eased(&mut self, except: &IndexSet) -> Option<IndexSet> {
        let duration = self.pool.options().slow_start?;
        let mut eased = None;
        for (index, upstream) in self.pool.upstreams().iter().enumerate() {
            let Some(since) = upstream.back_since(self.now) else {
                continue;
            };
            let share = self.now.saturating_since(since).as_secs_f64() / duration.as_secs_f64();
            if share < 1.0 && !self.rng.random_bool(share.max(FIRST_SHARE)) {
                eased.get_or_insert_with(|| except.clone()).insert(index);
            }
        }
        eased
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::num::NonZeroU32;

    use rand::TryRng;

    use crate::health::Slot;
    use crate::trial::{PEER, close, upstreams};
    use crate::{Decision, Moment, Pool, Retry, Selection};

    /// Another core that takes the only place of app2 after it was found to have room, and gives
    /// it back before the next look. Knows the draws of `random` when the first hits a closed
    /// upstream: one over the pool, then one after looking at each open upstream.
    struct Rival<'a> {
        pool: &'a Pool,
        place: Option<Slot>,
        draws: u32,
        thefts: u32,
    }

    impl TryRng for Rival<'_> {
        type Error = Infallible;

        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            self.draws += 1;
            Ok(match self.draws % 3 {
                // app3, which is closed.
                1 => {
                    self.place = None;
                    u32::MAX
                }
                // app1, until app2 replaces it.
                2 => 0,
                _ => {
                    self.place = self.pool.upstreams()[1].state.enter(NonZeroU32::new(1));
                    self.thefts += 1;
                    0
                }
            })
        }

        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            self.try_next_u32().map(|word| u64::from(word) << 32)
        }

        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
            bytes.fill(0);
            Ok(())
        }
    }

    #[test]
    fn a_place_lost_to_another_core_again_and_again_does_not_hide_a_free_upstream() {
        let mut upstreams = upstreams(3);
        upstreams[1].max_requests = NonZeroU32::new(1);
        let pool = Pool::new(upstreams, Selection::Random, None, Retry::default());
        close(&pool, [2]);
        let mut rival = Rival {
            pool: &pool,
            place: None,
            draws: 0,
            thefts: 0,
        };

        let decision = pool
            .begin(Moment::ZERO)
            .next(&pool, Moment::ZERO, &mut rival, PEER);

        assert_eq!(rival.thefts, 1, "app2 was chosen, and lost, once");
        let Decision::Attempt(attempt) = decision else {
            panic!("app1 was free all the time: {decision:?}");
        };
        assert_eq!(attempt.upstream, 0);
    }
}
