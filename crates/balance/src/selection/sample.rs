//! Some of the open upstreams, drawn without putting any back.

use rand::{Rng, RngExt};

use super::Candidates;

/// Draws up to `count` different open upstreams, each such set with equal probability, and shows
/// each to `visit`. Allocates nothing.
pub(super) fn sample<R: Rng>(
    candidates: &mut Candidates<'_>,
    count: usize,
    rng: &mut R,
    mut visit: impl FnMut(&Candidates<'_>, usize, &mut R),
) {
    if count == 2
        && let Some(pair) = pair(candidates, rng)
    {
        for index in pair {
            visit(candidates, index, rng);
        }
        return;
    }
    // Knuth's algorithm S: an upstream is taken with the probability that the places left have
    // among the upstreams left. Other cores may close some in between: then fewer are shown.
    let mut left = candidates.open().count();
    let mut wanted = count;
    for index in 0..candidates.len() {
        if wanted == 0 || left == 0 {
            break;
        }
        if !candidates.is_open(index) {
            continue;
        }
        if rng.random_range(0..left) < wanted {
            visit(candidates, index, rng);
            wanted -= 1;
        }
        left -= 1;
    }
}

/// Two different upstreams at once, which is all it takes while everyone is open.
fn pair(candidates: &mut Candidates<'_>, rng: &mut impl Rng) -> Option<[usize; 2]> {
    let len = candidates.len();
    if len < 2 {
        return None;
    }
    let first = rng.random_range(0..len);
    let second = (first + rng.random_range(1..len)) % len;
    (candidates.is_open(first) && candidates.is_open(second)).then_some([first, second])
}
