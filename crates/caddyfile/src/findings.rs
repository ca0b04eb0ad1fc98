//! The diagnostics of one run, bounded: a hostile file gets a few hundred messages, not millions.

use evenkeel_diagnostics::{Diagnostic, Diagnostics};

use crate::errors;

/// More than anybody reads.
const MOST: usize = 200;

/// A bag that counts instead of growing once it is full.
#[derive(Default)]
pub(crate) struct Findings {
    kept: Diagnostics,
    dropped: usize,
}

impl Findings {
    pub(crate) fn push(&mut self, found: Diagnostic) {
        if self.kept.len() < MOST {
            self.kept.push(found);
        } else {
            self.dropped += 1;
        }
    }

    pub(crate) fn into_diagnostics(mut self) -> Diagnostics {
        if self.dropped > 0 {
            self.kept.push(errors::too_many(self.dropped));
        }
        self.kept
    }
}
