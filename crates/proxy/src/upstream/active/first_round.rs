//! The first round of checks, which a start waits for.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

/// What has not answered by then counts as healthy, as in Caddy, where a start waits for nobody.
const PATIENCE: Duration = Duration::from_millis(250);

/// How many upstreams nobody knows anything about yet.
#[derive(Debug, Default)]
pub(crate) struct FirstRound {
    unknown: AtomicUsize,
    over: Notify,
}

impl FirstRound {
    pub(crate) fn new(unknown: usize) -> Self {
        Self {
            unknown: AtomicUsize::new(unknown),
            over: Notify::new(),
        }
    }

    /// Something is known of one more.
    pub(super) fn one_is_known(&self) {
        if self.unknown.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.over.notify_one();
        }
    }

    /// Returns when all have been checked once, or it takes too long. For one caller.
    pub(crate) async fn over(&self) {
        if self.unknown.load(Ordering::Relaxed) > 0 {
            drop(tokio::time::timeout(PATIENCE, self.over.notified()).await);
        }
    }
}
