//! Selection policies: which of the available upstreams gets the attempt. One file each.

mod candidates;
mod first;
mod ip_hash;
mod least_conn;
mod random;
mod round_robin;

use rand::Rng;

pub(crate) use candidates::Candidates;
pub use round_robin::RoundRobin;

/// How an upstream is chosen (Caddy: `lb_policy`). Unavailable upstreams are never chosen.
#[derive(Debug)]
pub enum Selection {
    /// Any, with equal probability. Caddy's default.
    Random,
    /// One after the other, over all cores.
    RoundRobin(RoundRobin),
    /// The one with the fewest attempts in flight over all cores; among equals any, with equal
    /// probability.
    LeastConn,
    /// The first in configured order.
    First,
    /// Always the same for one peer address, as long as it is available; the others' peers keep
    /// theirs when it is not.
    IpHash,
}

/// Whether an exchange is attempted for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    First,
    Retry,
}

impl Selection {
    /// The index of an open candidate, if there is one.
    pub(crate) fn pick(
        &self,
        candidates: &mut Candidates<'_>,
        occasion: Occasion,
        rng: &mut impl Rng,
        ip_key: &str,
    ) -> Option<usize> {
        match self {
            Self::Random => random::pick(candidates, rng),
            Self::RoundRobin(robin) => robin.pick(candidates, occasion),
            Self::LeastConn => least_conn::pick(candidates, rng),
            Self::First => first::pick(candidates),
            Self::IpHash => ip_hash::pick(candidates, ip_key),
        }
    }
}

#[cfg(test)]
mod tests;
