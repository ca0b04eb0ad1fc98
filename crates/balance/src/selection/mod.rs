//! Selection policies: which of the available upstreams gets the attempt. One file each.

mod candidates;
mod first;
mod hash;
mod keys;
mod least_conn;
mod least_latency;
mod random;
mod random_choose;
mod round_robin;
mod sample;
mod sticky;
mod weighted_round_robin;

use rand::Rng;

pub(crate) use candidates::Candidates;
pub use keys::Keys;
pub use round_robin::RoundRobin;
pub use weighted_round_robin::WeightedRoundRobin;

/// How an upstream is chosen (Caddy: `lb_policy`). Unavailable upstreams are never chosen.
#[derive(Debug)]
pub enum Selection {
    /// Any, with equal probability. Caddy's default.
    Random,
    /// The one with the fewest attempts in flight of so many that are drawn.
    RandomChoose(usize),
    /// One after the other, over all cores.
    RoundRobin(RoundRobin),
    /// One after the other, some more often, over all cores.
    WeightedRoundRobin(WeightedRoundRobin),
    /// The one with the fewest attempts in flight over all cores; among equals any, with equal
    /// probability.
    LeastConn,
    /// The one of two drawn that is expected to answer sooner: see [`State::load`]. Caddy has no
    /// such policy.
    ///
    /// [`State::load`]: crate::State::load
    LeastLatency,
    /// The first in configured order.
    First,
    /// Always the same for one key, as long as it is available; the others' keys keep theirs when
    /// it is not.
    Hash {
        /// The number of the key, for [`Keys`].
        key: usize,
        /// For requests without that key; `random` if absent.
        fallback: Option<Box<Self>>,
    },
    /// The upstream that a request carries the mark of.
    Sticky {
        /// The number of the key that holds the mark, for [`Keys`].
        key: usize,
        /// Which of an [`Upstream`](crate::Upstream)'s marks that is.
        mark: usize,
        /// For requests without a mark, or with that of an unavailable upstream; `random` if
        /// absent.
        fallback: Option<Box<Self>>,
    },
}

/// Whether an exchange is attempted for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    First,
    Retry,
}

/// What a choice may depend on besides the upstreams.
#[derive(Debug)]
pub(crate) struct Draw<'a, R, K: ?Sized> {
    pub(crate) occasion: Occasion,
    pub(crate) rng: &'a mut R,
    pub(crate) keys: &'a K,
}

/// A choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Picked {
    pub(crate) index: usize,
    /// The number of the mark that the client has to get, because it had none that was good.
    pub(crate) mark: Option<usize>,
}

impl Selection {
    /// An open candidate, if there is one.
    pub(crate) fn pick<R: Rng, K: Keys + ?Sized>(
        &self,
        candidates: &mut Candidates<'_>,
        draw: &mut Draw<'_, R, K>,
    ) -> Option<Picked> {
        let index = match self {
            Self::Random => random::pick(candidates, draw.rng),
            Self::RandomChoose(choose) => random_choose::pick(candidates, *choose, draw.rng),
            Self::RoundRobin(robin) => robin.pick(candidates, draw.occasion),
            Self::WeightedRoundRobin(robin) => robin.pick(candidates, draw.occasion),
            Self::LeastConn => least_conn::pick(candidates, draw.rng),
            Self::LeastLatency => least_latency::pick(candidates, draw.rng),
            Self::First => first::pick(candidates),
            Self::Hash { key, fallback } => match draw.keys.key(*key) {
                Some(key) => hash::pick(candidates, &key),
                None => return pick_otherwise(fallback.as_deref(), candidates, draw),
            },
            Self::Sticky {
                key,
                mark,
                fallback,
            } => {
                let shown = draw.keys.key(*key);
                let marked = shown.and_then(|shown| sticky::pick(candidates, *mark, &shown));
                if marked.is_none() {
                    let picked = pick_otherwise(fallback.as_deref(), candidates, draw)?;
                    return Some(Picked {
                        mark: Some(*mark),
                        ..picked
                    });
                }
                marked
            }
        };
        index.map(|index| Picked { index, mark: None })
    }

    /// Whether a choice depends on [`State::load`](crate::State::load).
    pub(crate) fn needs_latency(&self) -> bool {
        match self {
            Self::LeastLatency => true,
            Self::Hash { fallback, .. } | Self::Sticky { fallback, .. } => {
                fallback.as_deref().is_some_and(Self::needs_latency)
            }
            _ => false,
        }
    }
}

fn pick_otherwise<R: Rng, K: Keys + ?Sized>(
    fallback: Option<&Selection>,
    candidates: &mut Candidates<'_>,
    draw: &mut Draw<'_, R, K>,
) -> Option<Picked> {
    fallback
        .unwrap_or(&Selection::Random)
        .pick(candidates, draw)
}

#[cfg(test)]
mod tests;
