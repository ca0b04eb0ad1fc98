//! One try of an exchange at an upstream, counted while it lives.

use crate::health::Slot;

/// An attempt in flight. The upstream's [`State`](crate::State) counts it until it is dropped, so
/// keep it with the response body (or the upgraded connection), and drop it before asking for
/// another attempt.
#[derive(Debug)]
#[must_use = "dropping an attempt says that it is over"]
pub struct Attempt {
    /// Index of the upstream in the pool.
    pub upstream: usize,
    _slot: Slot,
}

impl Attempt {
    pub(crate) const fn new(upstream: usize, slot: Slot) -> Self {
        Self {
            upstream,
            _slot: slot,
        }
    }
}
