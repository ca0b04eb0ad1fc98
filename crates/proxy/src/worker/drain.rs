//! The end of a worker: who still runs, and how firmly they are asked to finish.

use std::cell::Cell;
use std::rc::Rc;

use tokio::sync::Notify;

/// How far a worker has come in its life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// Accepting connections and serving them.
    #[default]
    Serving,
    /// Requests in flight finish; nothing new is taken.
    Draining,
    /// Whoever still runs stops where it is.
    Closed,
}

/// One worker's stage of life, and the number of connections and tunnels on it.
#[derive(Debug, Default)]
pub(crate) struct Lifecycle {
    stage: Cell<Stage>,
    tunnels_close: Cell<bool>,
    changes: Cell<u32>,
    changed: Notify,
    live: Cell<usize>,
    empty: Notify,
}

impl Lifecycle {
    /// Counts a connection or a tunnel until the guard is dropped.
    pub(crate) fn enter(this: &Rc<Self>) -> Live {
        this.live.set(this.live.get() + 1);
        Live(Rc::clone(this))
    }

    /// The current stage.
    pub(crate) fn stage(&self) -> Stage {
        self.stage.get()
    }

    /// A number that differs after each change.
    pub(crate) fn changes(&self) -> u32 {
        self.changes.get()
    }

    /// Completes when the stage or the fate of tunnels changes after this call.
    pub(crate) fn changed(&self) -> tokio::sync::futures::Notified<'_> {
        self.changed.notified()
    }

    /// Goes on to `stage`; never back.
    pub(super) fn advance(&self, stage: Stage) {
        self.stage.set(self.stage.get().max(stage));
        if stage == Stage::Closed {
            self.tunnels_close.set(true);
        }
        self.announce();
    }

    /// Closes upgraded connections, whatever they are doing.
    pub(super) fn close_tunnels(&self) {
        self.tunnels_close.set(true);
        self.announce();
    }

    /// Wakes everyone who waits for a change, be it here or at an endpoint.
    pub(super) fn announce(&self) {
        self.changes.set(self.changes.get().wrapping_add(1));
        self.changed.notify_waiters();
    }

    /// Completes when no connection and no tunnel is left.
    pub(super) async fn emptied(&self) {
        while self.live.get() > 0 {
            self.empty.notified().await;
        }
    }
}

/// A connection or a tunnel that still runs.
#[derive(Debug)]
pub(crate) struct Live(Rc<Lifecycle>);

impl Live {
    /// The worker's lifecycle.
    pub(crate) fn lifecycle(&self) -> &Lifecycle {
        &self.0
    }

    /// Completes when whoever still runs has to stop.
    pub(crate) async fn closed(&self) {
        loop {
            let changed = self.0.changed();
            if self.0.stage() == Stage::Closed {
                return;
            }
            changed.await;
        }
    }

    /// Completes when tunnels have to close.
    pub(crate) async fn tunnels_close(&self) {
        loop {
            let changed = self.0.changed();
            if self.0.tunnels_close.get() {
                return;
            }
            changed.await;
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let left = self.0.live.get() - 1;
        self.0.live.set(left);
        if left == 0 {
            self.0.empty.notify_one();
        }
    }
}
