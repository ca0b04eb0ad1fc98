//! `least_conn`: fewest attempts in flight over all cores.

use rand::{Rng, RngExt};

use super::Candidates;

/// One pass; among equals the k-th replaces the choice with probability 1/k, which makes them
/// equally likely.
pub(super) fn pick(candidates: &mut Candidates<'_>, rng: &mut impl Rng) -> Option<usize> {
    let mut chosen = None;
    let mut fewest = u32::MAX;
    let mut equals = 0_u32;
    for index in 0..candidates.len() {
        if !candidates.is_open(index) {
            continue;
        }
        let in_flight = candidates.upstream(index).state.in_flight();
        if chosen.is_none() || in_flight < fewest {
            (chosen, fewest, equals) = (Some(index), in_flight, 1);
        } else if in_flight == fewest {
            equals += 1;
            if rng.random_range(0..equals) == 0 {
                chosen = Some(index);
            }
        }
    }
    chosen
}
