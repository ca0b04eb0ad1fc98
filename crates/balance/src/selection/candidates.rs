//! The upstreams a policy may choose from: available and not excluded by the exchange.

use crate::index_set::IndexSet;
use crate::pool::{Look, Pool, Upstream};

/// A pool as one selection sees it.
#[derive(Debug)]
pub(crate) struct Candidates<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) look: Look,
    /// Whom this exchange does not want (again).
    pub(crate) except: &'a IndexSet,
    /// Gets whom a look found to be back: their strikes have expired.
    pub(crate) restored: &'a mut IndexSet,
}

impl<'a> Candidates<'a> {
    /// Number of upstreams, open or not.
    pub(super) fn len(&self) -> usize {
        self.pool.upstreams().len()
    }

    pub(super) fn upstream(&self, index: usize) -> &'a Upstream {
        &self.pool.upstreams()[index]
    }

    /// Whether this upstream may be chosen.
    pub(super) fn is_open(&mut self, index: usize) -> bool {
        !self.except.contains(index) && self.pool.admits(index, self.look, self.restored)
    }

    /// All that may be chosen, in configured order.
    pub(super) fn open(&mut self) -> impl Iterator<Item = usize> {
        (0..self.len()).filter(|&index| self.is_open(index))
    }
}
