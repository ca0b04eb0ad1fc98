//! `weighted_round_robin`: in turn over all cores, some more often.

use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_utils::CachePadded;

use super::{Candidates, Occasion};

/// A rotation in which an upstream has as many turns in a row as its weight. Upstreams without a
/// weight, or with 0, have none.
///
/// The counter is incremented before use, as in Caddy. Those which are closed have no turns, so the
/// weights of the others keep their proportions. Retries turn a counter of their own, as those of
/// [`RoundRobin`](super::RoundRobin) do.
#[derive(Debug)]
pub struct WeightedRoundRobin {
    weights: Box<[u32]>,
    counters: Box<CachePadded<[AtomicU64; 2]>>,
}

impl WeightedRoundRobin {
    /// A rotation at its start, with the weights in the order of the upstreams.
    pub fn new(weights: impl Into<Box<[u32]>>) -> Self {
        Self {
            weights: weights.into(),
            counters: Box::default(),
        }
    }

    pub(super) fn pick(
        &self,
        candidates: &mut Candidates<'_>,
        occasion: Occasion,
    ) -> Option<usize> {
        let counter = match occasion {
            Occasion::First => &self.counters[0],
            Occasion::Retry => &self.counters[1],
        };
        let total: u64 = self.open(candidates).map(|(_, weight)| weight).sum();
        let turn = counter.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        let mut slot = turn.checked_rem(total)?;
        let mut last = None;
        for (index, weight) in self.open(candidates) {
            if slot < weight {
                return Some(index);
            }
            slot -= weight;
            last = Some(index);
        }
        // Some were closed between the two looks.
        last
    }

    fn open(&self, candidates: &mut Candidates<'_>) -> impl Iterator<Item = (usize, u64)> {
        let weights = self.weights.iter().enumerate().take(candidates.len());
        weights
            .map(|(index, &weight)| (index, u64::from(weight)))
            .filter(|&(index, weight)| weight > 0 && candidates.is_open(index))
    }
}
