//! `least_latency`: the one of two drawn that is expected to answer sooner.

use rand::Rng;

use super::Candidates;
use super::sample::sample;

/// Of two open upstreams that chance draws, the one with the lower load: the peak-sensitive moving
/// average of its latency, times the attempts in flight with this one. Two are enough to keep away
/// from a slow one, and cores that all know the same do not run to the same fastest one.
pub(super) fn pick(candidates: &mut Candidates<'_>, rng: &mut impl Rng) -> Option<usize> {
    let mut least: Option<(usize, f64)> = None;
    sample(candidates, 2, rng, |candidates, index, _| {
        let load = candidates.upstream(index).state.load(candidates.look.now);
        if least.is_none_or(|(_, lowest)| load < lowest) {
            least = Some((index, load));
        }
    });
    least
        .map(|(index, _)| index)
        .or_else(|| candidates.open().next())
}
