//! `random`: each open upstream with equal probability.

use rand::{Rng, RngExt};

use super::Candidates;

/// Draws once over the whole pool, which is all it takes while everyone is open. Only if the draw
/// hits a closed one, draws among the open (by reservoir: the k-th replaces the choice with
/// probability 1/k). Both steps are uniform over the open.
pub(super) fn pick(candidates: &mut Candidates<'_>, rng: &mut impl Rng) -> Option<usize> {
    let len = candidates.len();
    if len == 0 {
        return None;
    }
    let drawn = rng.random_range(0..len);
    if candidates.is_open(drawn) {
        return Some(drawn);
    }
    let mut chosen = None;
    for (earlier, index) in candidates.open().enumerate() {
        if rng.random_range(0..=earlier) == 0 {
            chosen = Some(index);
        }
    }
    chosen
}
