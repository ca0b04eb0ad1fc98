//! What all cores and generations share about one upstream: attempts in flight and strikes.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use crossbeam_utils::CachePadded;
use parking_lot::Mutex;

use super::Transition;
use super::easing::Return;
use super::latency::Latency;
use super::passive::{Passive, Strikes};
use crate::moment::Moment;
use crate::queue::Queue;

/// Attempts in flight and strikes of one dial address; outlives pools and reloads.
///
/// All reads on the path of a request are relaxed loads; a lock is taken only to add or forget a
/// strike.
#[derive(Debug, Default)]
#[repr(align(128))]
pub struct State {
    /// The in-flight count *is* the reference count: a place is taken with one atomic add, and
    /// nobody can forget to give it back. In an allocation of its own, since every attempt writes
    /// to it while the rest of the state is mostly read.
    places: Arc<CachePadded<()>>,
    /// Copies of what `strikes` holds, so that it need not be locked to look.
    live: AtomicU32,
    next_expiry: AtomicU64,
    strikes: Mutex<Strikes>,
    /// Held while a place on an upstream with a limit is taken, so that it is never exceeded.
    gate: Mutex<()>,
    /// Whether it gets nothing new.
    draining: AtomicBool,
    back: Return,
    /// Written by every answer, but only for a policy that asks for it.
    latency: CachePadded<Latency>,
}

/// A place taken on an upstream until dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    place: Option<Arc<CachePadded<()>>>,
    /// Who waits for a place like this one.
    queue: Option<Arc<Queue>>,
}

impl Slot {
    /// Lets the line of a handler know when the place is free.
    pub(crate) fn calling(self, queue: Option<&Arc<Queue>>) -> Self {
        let mut slot = self;
        slot.queue = queue.map(Arc::clone);
        slot
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        drop(self.place.take());
        if let Some(queue) = self.queue.take() {
            queue.call();
        }
    }
}

/// What [`State::forget_expired`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LiveStrikes {
    pub(crate) live: u32,
    /// The upstream came back by this very call.
    pub(crate) restored: bool,
}

impl State {
    /// Nothing in flight, no strikes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Attempts in flight on all cores. One relaxed load.
    pub fn in_flight(&self) -> u32 {
        let others = Arc::strong_count(&self.places) - 1;
        u32::try_from(others).unwrap_or(u32::MAX)
    }

    /// Strikes that have not expired at `now`.
    pub fn fails(&self, now: Moment) -> u32 {
        if self.live.load(Ordering::Relaxed) == 0 {
            return 0;
        }
        self.strikes.lock().count_live(now)
    }

    /// What another attempt may expect, in nanoseconds: the peak-sensitive moving average of the
    /// latency, times the attempts in flight with that one. Zero for an idle upstream nobody knows
    /// anything about.
    pub fn load(&self, now: Moment) -> f64 {
        self.latency.load(self.in_flight(), now)
    }

    /// Notes how long an attempt took to be answered, or to fail.
    pub(crate) fn record_latency(&self, latency: Duration, now: Moment) {
        self.latency.record(latency, now);
    }

    /// Takes a place, unless `max` are taken.
    pub(crate) fn enter(&self, max: Option<NonZeroU32>) -> Option<Slot> {
        let Some(max) = max else {
            return Some(self.slot());
        };
        let _gate = self.gate.lock();
        let has_room = self.in_flight() < max.get();
        has_room.then(|| self.slot())
    }

    fn slot(&self) -> Slot {
        Slot {
            place: Some(Arc::clone(&self.places)),
            queue: None,
        }
    }

    /// Lets nothing new go to this upstream; what is in flight finishes. Or the opposite.
    pub fn set_draining(&self, draining: bool) {
        let was = self.draining.swap(draining, Ordering::Relaxed);
        if was && !draining {
            self.back.note();
        }
    }

    /// Whether nothing new goes here. One relaxed load.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Since when it is back after it was out; `None` if it has never been.
    pub(crate) fn back_since(&self, now: Moment) -> Option<Moment> {
        self.back.since(now)
    }

    /// Counts a failure. Tells what became of the upstream if that changed: usually `Down`, but
    /// `Up` if its earlier strikes had expired unnoticed and this one is not enough.
    pub(crate) fn strike(&self, now: Moment, passive: &Passive) -> Option<Transition> {
        let mut strikes = self.strikes.lock();
        let restored = strikes.forget_expired(now);
        let ejected = strikes.add(now, passive);
        self.publish(&strikes);
        match (restored, ejected) {
            (false, true) => Some(Transition::Down),
            (true, false) => {
                self.back.note();
                Some(Transition::Up)
            }
            (true, true) | (false, false) => None,
        }
    }

    /// The number of live strikes, forgetting those which have expired. Locks only if there is one
    /// to forget.
    pub(crate) fn forget_expired(&self, now: Moment) -> LiveStrikes {
        let live = self.live.load(Ordering::Relaxed);
        if live == 0 || now.as_nanos() < self.next_expiry.load(Ordering::Relaxed) {
            return LiveStrikes {
                live,
                restored: false,
            };
        }
        let mut strikes = self.strikes.lock();
        let restored = strikes.forget_expired(now);
        if restored {
            self.back.note();
        }
        self.publish(&strikes);
        LiveStrikes {
            live: strikes.count(),
            restored,
        }
    }

    fn publish(&self, strikes: &Strikes) {
        let next_expiry = strikes.next_expiry().map_or(u64::MAX, Moment::as_nanos);
        self.next_expiry.store(next_expiry, Ordering::Relaxed);
        self.live.store(strikes.count(), Ordering::Relaxed);
    }
}
