//! `round_robin`: strict alternation over all cores.

use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_utils::CachePadded;

use super::{Candidates, Occasion};

/// The position of a rotation, shared by all cores.
///
/// The counter is incremented before use, so that the first exchange goes to index 1 (as in Caddy),
/// and once more for each closed upstream passed over, so that the others share its turns equally.
/// Retries turn a counter of their own: with one counter, an exchange's retry would take the turn
/// of the next exchange, and with two upstreams, one of them dead, every exchange would meet the
/// dead one first.
#[derive(Debug, Default)]
pub struct RoundRobin {
    /// Apart from the pool, which all cores read while these are written.
    counters: Box<CachePadded<Counters>>,
}

#[derive(Debug, Default)]
struct Counters {
    turns: AtomicU64,
    retries: AtomicU64,
}

impl RoundRobin {
    /// A rotation at its start.
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn pick(
        &self,
        candidates: &mut Candidates<'_>,
        occasion: Occasion,
    ) -> Option<usize> {
        let counter = match occasion {
            Occasion::First => &self.counters.turns,
            Occasion::Retry => &self.counters.retries,
        };
        let len = candidates.len();
        for _ in 0..len {
            let index = turn(counter, len);
            if candidates.is_open(index) {
                return Some(index);
            }
        }
        // Other cores turn the counter too: this one may not have seen everybody.
        candidates.open().next()
    }
}

fn turn(counter: &AtomicU64, len: usize) -> usize {
    let turn = counter.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
    let index = turn % (len as u64);
    usize::try_from(index).unwrap_or(0)
}
