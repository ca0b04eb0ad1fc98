//! `cookie`: the upstream that a request carries the mark of.

use super::Candidates;

/// The first open upstream with this mark (Caddy: `CookieHashSelection`).
pub(super) fn pick(candidates: &mut Candidates<'_>, mark: usize, shown: &[u8]) -> Option<usize> {
    (0..candidates.len()).find(|&index| {
        let own = candidates.upstream(index).marks.get(mark);
        own.is_some_and(|own| own.as_bytes() == shown) && candidates.is_open(index)
    })
}
