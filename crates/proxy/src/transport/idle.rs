//! Connections of one worker that are not in use, or not fully: the last one used is taken first,
//! the rest grow old and are closed. Nothing here is shared with other workers, so nothing is
//! locked.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::Hash;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until};

use super::acquire::Joined;
use super::http2::{Http2, Stream};
use super::{Endpoint, Http1, Route};
use crate::observe::meter::Tally;

/// How long an idle connection of which nothing else is known may have been idle to carry what
/// cannot be sent twice.
const SURELY_OPEN: Duration = Duration::from_secs(1);

/// More addresses than a configuration has at most times.
const MANY_STORES: usize = 1024;

/// The connections of a worker, by endpoint.
#[derive(Debug, Default)]
pub(crate) struct IdleConnections {
    kept: Rc<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// Whose they are.
    worker: usize,
    /// By the address of the endpoint, which each store keeps alive.
    stores: RefCell<HashMap<usize, Rc<Store>>>,
    /// For connections that not every request may use.
    special: RefCell<HashMap<(usize, Route), Rc<Store>>>,
    /// Whether a task closes what grows old.
    swept: Cell<bool>,
    /// From how many stores on the unused ones are dropped before there is another.
    crowded_at: Cell<usize>,
}

/// The connections of one endpoint.
#[derive(Debug)]
pub(super) struct Store {
    endpoint: Arc<Endpoint>,
    /// The oldest first.
    idle: RefCell<Vec<Idle>>,
    /// Those of HTTP/2, idle or not.
    pub(super) shared: RefCell<Vec<Rc<Http2>>>,
    /// A connection of HTTP/2 that is on its way.
    pub(super) dialling: RefCell<Option<Joined>>,
    /// Whether HTTP/2 is spoken: known beforehand, or because the last connection did.
    pub(super) speaks_http2: Cell<bool>,
    /// After how long the upstream has been seen to close an idle connection.
    closes_after: Cell<Option<Duration>>,
    /// Told when something can be used again.
    pub(super) freed: Notify,
    waiting: Cell<usize>,
    surrender: RefCell<Option<AbortHandle>>,
    worker: usize,
    kept: Weak<Kept>,
}

#[derive(Debug)]
struct Idle {
    http1: Box<Http1>,
    since: Instant,
}

impl IdleConnections {
    /// Those of the worker with this number.
    pub(crate) fn of(worker: usize) -> Self {
        let kept = Kept {
            worker,
            ..Kept::default()
        };
        Self {
            kept: Rc::new(kept),
        }
    }

    /// The connections that a request on this route may use.
    pub(super) fn store(&self, endpoint: &Arc<Endpoint>, route: &Route) -> Rc<Store> {
        let address = Arc::as_ptr(endpoint).addr();
        let new = || Store::new(endpoint, &self.kept);
        if route.is_plain() {
            let mut stores = self.kept.stores.borrow_mut();
            if let Some(store) = stores.get(&address) {
                return Rc::clone(store);
            }
            self.kept.make_room(&mut stores);
            return Rc::clone(stores.entry(address).or_insert_with(new));
        }
        let key = (address, route.key());
        let mut stores = self.kept.special.borrow_mut();
        if let Some(store) = stores.get(&key) {
            return Rc::clone(store);
        }
        self.kept.make_room(&mut stores);
        Rc::clone(stores.entry(key).or_insert_with(new))
    }
}

impl Store {
    fn new(endpoint: &Arc<Endpoint>, kept: &Rc<Kept>) -> Rc<Self> {
        Rc::new(Self {
            endpoint: Arc::clone(endpoint),
            idle: RefCell::default(),
            shared: RefCell::default(),
            dialling: RefCell::default(),
            speaks_http2: Cell::new(
                endpoint.handshakes.is_none() && endpoint.settings.versions.h2c,
            ),
            closes_after: Cell::default(),
            freed: Notify::new(),
            waiting: Cell::default(),
            surrender: RefCell::default(),
            worker: kept.worker,
            kept: Rc::downgrade(kept),
        })
    }

    pub(super) const fn endpoint(&self) -> &Arc<Endpoint> {
        &self.endpoint
    }

    /// Where this worker counts what becomes of the connections.
    pub(super) fn tally(&self) -> Option<&Tally> {
        self.endpoint.meter.of(self.worker)
    }

    /// The idle connection used last that is not known to be closed. What cannot be sent twice
    /// gets one only if the upstream is not about to close it.
    pub(super) fn take(&self, may_repeat: bool) -> Option<Box<Http1>> {
        let mut idle = self.idle.borrow_mut();
        if idle.is_empty() {
            return None;
        }
        let now = Instant::now();
        loop {
            let last = idle.last()?;
            if last.http1.is_closed() || !last.http1.is_ready() {
                let last = idle.pop()?;
                self.learn(&last);
                continue;
            }
            let age = now.saturating_duration_since(last.since);
            if !may_repeat && age >= self.surely_open(&last.http1) {
                return None;
            }
            if self.closes_after.get().is_some_and(|time| age > time) {
                // It is open beyond that time.
                self.closes_after.set(None);
            }
            return idle.pop().map(|idle| idle.http1);
        }
    }

    /// A stream of a connection that has one left.
    pub(super) fn stream(&self) -> Option<Stream> {
        let mut shared = self.shared.borrow_mut();
        if shared.is_empty() {
            return None;
        }
        if shared.iter().any(|http2| http2.is_closed()) {
            shared.retain(|http2| !http2.is_closed());
        }
        shared.iter().find_map(Http2::open)
    }

    /// How long an idle connection is certain to be open: a tenth less than the upstream says, or
    /// than was seen.
    fn surely_open(&self, http1: &Http1) -> Duration {
        let time = http1.announced().or(self.closes_after.get());
        time.map_or(SURELY_OPEN, |time| time.mul_f64(0.9))
    }

    /// Remembers how long the upstream kept a connection that it has closed.
    fn learn(&self, idle: &Idle) {
        let Some(at) = idle.http1.closed_at() else {
            return;
        };
        let age = at.saturating_duration_since(idle.since);
        // Shorter ones are a restart, or an answer behind which it closes.
        if age >= SURELY_OPEN && self.closes_after.get().is_none_or(|known| age < known) {
            self.closes_after.set(Some(age));
        }
    }

    /// Keeps a connection.
    pub(super) fn put(self: &Rc<Self>, http1: Box<Http1>) {
        let (Some(keep), Some(kept)) = (&self.endpoint.settings.keep_alive, self.kept.upgrade())
        else {
            return;
        };
        if self.is_wanted_elsewhere() {
            return;
        }
        let mut idle = self.idle.borrow_mut();
        if idle.len() >= keep.per_upstream {
            idle.retain(|idle| !idle.http1.is_closed());
        }
        let is_full = keep
            .in_all
            .is_some_and(|most| idle.len() + kept.count_others(self) >= most);
        if idle.len() >= keep.per_upstream || is_full {
            return;
        }
        idle.push(Idle {
            http1,
            since: Instant::now(),
        });
        drop(idle);
        self.freed();
        kept.sweep_from_now_on(&self.kept);
        self.give_up_idle_ones();
    }

    /// Keeps a connection that many may use.
    pub(super) fn share(&self, http2: &Rc<Http2>) {
        self.shared.borrow_mut().push(Rc::clone(http2));
        if let Some(kept) = self.kept.upgrade() {
            kept.sweep_from_now_on(&self.kept);
        }
    }

    /// Wakes one who waits for a connection.
    pub(super) fn freed(&self) {
        if self.waiting.get() > 0 {
            self.freed.notify_one();
        }
    }

    /// Counts one who waits for a connection of this worker.
    pub(super) fn wait(self: &Rc<Self>) -> WaitingHere {
        self.waiting.set(self.waiting.get() + 1);
        WaitingHere(Rc::clone(self))
    }

    /// Nobody here needs the place, but somebody on another worker does.
    fn is_wanted_elsewhere(&self) -> bool {
        let places = self.endpoint.places.as_ref();
        places.is_some_and(|places| places.are_wanted() && self.waiting.get() == 0)
    }

    /// Closes idle connections whenever another worker waits for their place.
    fn give_up_idle_ones(self: &Rc<Self>) {
        let Some(places) = self.endpoint.places.clone() else {
            return;
        };
        self.surrender.borrow_mut().get_or_insert_with(|| {
            let store = Rc::downgrade(self);
            let task = tokio::task::spawn_local(async move {
                loop {
                    places.wanted().await;
                    let Some(store) = store.upgrade() else {
                        return;
                    };
                    let mut idle = store.idle.borrow_mut();
                    if !idle.is_empty() {
                        drop(idle.remove(0));
                    }
                }
            });
            task.abort_handle()
        });
    }

    /// Closes what is too old and tells when the next will be.
    fn close_old(&self, now: Instant) -> Option<Instant> {
        let keep = self.endpoint.settings.keep_alive.as_ref();
        let timeout = keep.map_or(Duration::ZERO, |keep| keep.timeout);
        let end = |idle: &Idle| {
            let announced = idle.http1.announced().unwrap_or(timeout);
            idle.since + timeout.min(announced)
        };
        let mut idle = self.idle.borrow_mut();
        idle.retain(|idle| {
            if idle.http1.is_closed() {
                self.learn(idle);
                return false;
            }
            now < end(idle)
        });
        let mut shared = self.shared.borrow_mut();
        let end_of_shared = |http2: &Http2| http2.quiet_since().unwrap_or(now) + timeout;
        shared.retain(|http2| {
            let is_used = http2.quiet_since().is_none();
            !http2.is_closed() && (is_used || now < end_of_shared(http2))
        });
        let next = idle.iter().map(end).min();
        let next_of_shared = shared.iter().map(|http2| end_of_shared(http2)).min();
        // Not at once again, if connections are not kept at all.
        let pause = now + Duration::from_millis(100);
        [next, next_of_shared]
            .into_iter()
            .flatten()
            .min()
            .map(|next| next.max(pause))
    }

    fn is_unused(self: &Rc<Self>) -> bool {
        Rc::strong_count(self) == 1
            && self.idle.borrow().is_empty()
            && self.shared.borrow().is_empty()
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if let Some(task) = self.surrender.get_mut() {
            task.abort();
        }
    }
}

/// One who waits for a connection of this worker.
pub(super) struct WaitingHere(Rc<Store>);

impl Drop for WaitingHere {
    fn drop(&mut self) {
        self.0.waiting.set(self.0.waiting.get() - 1);
    }
}

/// Closes connections as they grow old, until there are none.
async fn sweep(kept: Weak<Kept>) {
    while let Some(next) = kept.upgrade().and_then(|kept| kept.close_old()) {
        sleep_until(next).await;
    }
}

impl Kept {
    fn sweep_from_now_on(&self, this: &Weak<Self>) {
        if !self.swept.replace(true) {
            tokio::task::spawn_local(sweep(this.clone()));
        }
    }

    /// Drops stores without connections if there are many: where requests name addresses, each
    /// may name another. What is in use is looked at again only once there is twice as much.
    fn make_room<K: Eq + Hash>(&self, stores: &mut HashMap<K, Rc<Store>>) {
        if stores.len() < self.crowded_at.get().max(MANY_STORES) {
            return;
        }
        stores.retain(|_, store| !store.is_unused());
        self.crowded_at.set(stores.len() * 2);
    }

    fn close_old(&self) -> Option<Instant> {
        let now = Instant::now();
        let mut stores = self.stores.borrow_mut();
        let mut special = self.special.borrow_mut();
        let all = stores.values().chain(special.values());
        let next = all.filter_map(|store| store.close_old(now)).min();
        stores.retain(|_, store| !store.is_unused());
        special.retain(|_, store| !store.is_unused());
        self.swept.set(next.is_some());
        next
    }

    /// Idle connections to the other upstreams of a store's transport.
    fn count_others(&self, of: &Rc<Store>) -> usize {
        let (stores, special) = (self.stores.borrow(), self.special.borrow());
        let others = stores.values().chain(special.values()).filter(|store| {
            !Rc::ptr_eq(store, of) && store.endpoint.settings == of.endpoint.settings
        });
        others.map(|store| store.idle.borrow().len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Settings;

    #[tokio::test(flavor = "local", start_paused = true)]
    async fn any_number_of_addresses_leaves_few_stores_behind() {
        let connections = IdleConnections::default();
        let endpoint = |port: usize| {
            let dial = format!("10.0.0.1:{port}");
            Arc::new(Endpoint::parse(&dial, Settings::plain()).expect("an address"))
        };
        let kept = connections.store(&endpoint(1), &Route::default());
        for port in 2..20_000 {
            connections.store(&endpoint(port), &Route::default());
        }
        let stores = connections.kept.stores.borrow();
        assert!(stores.len() <= MANY_STORES, "{}", stores.len());
        assert!(stores.values().any(|store| Rc::ptr_eq(store, &kept)));
    }
}
