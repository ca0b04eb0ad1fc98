//! `random_choose`: the least busy of a few that are drawn.

use rand::{Rng, RngExt};

use super::Candidates;
use super::sample::sample;

/// Fewest attempts in flight over all cores of `choose` open upstreams; among equals any, with
/// equal probability.
pub(super) fn pick(
    candidates: &mut Candidates<'_>,
    choose: usize,
    rng: &mut impl Rng,
) -> Option<usize> {
    let mut least = None;
    let (mut fewest, mut equals) = (u32::MAX, 0_u32);
    sample(candidates, choose, rng, |candidates, index, rng| {
        let in_flight = candidates.upstream(index).state.in_flight();
        if least.is_none() || in_flight < fewest {
            (least, fewest, equals) = (Some(index), in_flight, 1);
        } else if in_flight == fewest {
            equals += 1;
            if rng.random_range(0..equals) == 0 {
                least = Some(index);
            }
        }
    });
    // All that were drawn may have been closed meanwhile.
    least.or_else(|| candidates.open().next())
}
