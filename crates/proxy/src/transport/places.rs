//! How many connections an upstream may have, over all workers. Caddy: `max_conns_per_host`.
//!
//! Idle connections count. Whoever waits for a place makes the other workers give up idle ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// The right to have a connection, as long as it is kept.
pub(super) type Place = OwnedSemaphorePermit;

/// An upstream's places.
#[derive(Clone, Debug)]
pub(super) struct Places(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    free: Arc<Semaphore>,
    waiting: AtomicUsize,
    wanted: Notify,
}

impl Places {
    pub(super) fn new(most: usize) -> Self {
        Self(Arc::new(Inner {
            free: Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))),
            waiting: AtomicUsize::new(0),
            wanted: Notify::new(),
        }))
    }

    /// Waits for a place; in the order of arrival.
    pub(super) async fn take(&self) -> Place {
        if let Ok(place) = Arc::clone(&self.0.free).try_acquire_owned() {
            return place;
        }
        let _waiting = Waiting::new(self);
        self.0.wanted.notify_waiters();
        let place = Arc::clone(&self.0.free).acquire_owned().await;
        place.expect("the semaphore is never closed")
    }

    /// Whether somebody waits, on whichever worker.
    pub(super) fn are_wanted(&self) -> bool {
        self.0.waiting.load(Ordering::Relaxed) > 0
    }

    /// Completes when somebody begins to wait.
    pub(super) async fn wanted(&self) {
        self.0.wanted.notified().await;
    }
}

struct Waiting<'a>(&'a Places);

impl<'a> Waiting<'a> {
    fn new(places: &'a Places) -> Self {
        places.0.waiting.fetch_add(1, Ordering::Relaxed);
        Self(places)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}
