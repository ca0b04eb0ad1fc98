//! `first`: a primary with stand-bys.

use super::Candidates;

pub(super) fn pick(candidates: &mut Candidates<'_>) -> Option<usize> {
    candidates.open().next()
}
