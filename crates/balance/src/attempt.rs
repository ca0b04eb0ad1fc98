//! One try of an exchange at an upstream, counted while it lives.

use crate::health::Slot;
use crate::selection::Picked;

/// An attempt in flight. The upstream's [`State`](crate::State) counts it until it is dropped, so
/// keep it with the response body (or the upgraded connection), and drop it before asking for
/// another attempt.
#[derive(Debug)]
#[must_use = "dropping an attempt says that it is over"]
pub struct Attempt {
    /// Index of the upstream in the pool.
    pub upstream: usize,
    /// The mark (of [`Upstream::marks`](crate::Upstream::marks)) that the client has to get so
    /// that it stays here: it had none, or none that was good.
    pub mark: Option<usize>,
    _slot: Slot,
}

impl Attempt {
    pub(crate) const fn new(picked: Picked, slot: Slot) -> Self {
        Self {
            upstream: picked.index,
            mark: picked.mark,
            _slot: slot,
        }
    }
}
