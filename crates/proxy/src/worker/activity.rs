//! What goes on on a connection, and by when something has to.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::wire::Signs;

/// From the first byte of a request to the end of its head, however slowly bytes drip in.
/// Caddy: `read_header_timeout`.
const HEAD: Duration = Duration::from_mins(1);

/// Between two requests. Caddy: `idle_timeout`.
const IDLE: Duration = Duration::from_mins(5);

/// One connection's requests in flight, and the time since there was one.
#[derive(Debug)]
pub(super) struct Activity {
    in_flight: Cell<u32>,
    has_begun: Cell<bool>,
    quiet_since: Cell<Instant>,
    /// Since when the head of a request has been arriving; HTTP/1 only.
    head_since: Cell<Option<Instant>>,
    watches_heads: bool,
    signs: Arc<Signs>,
}

impl Activity {
    /// A connection of HTTP/1: the head of the first request is due from the start.
    pub(super) fn http1(signs: Arc<Signs>, now: Instant) -> Self {
        Self::new(signs, now, true)
    }

    /// A connection of HTTP/2, where frames arrive that are no requests.
    pub(super) fn http2(signs: Arc<Signs>, now: Instant) -> Self {
        Self::new(signs, now, false)
    }

    fn new(signs: Arc<Signs>, now: Instant, watches_heads: bool) -> Self {
        Self {
            in_flight: Cell::new(0),
            has_begun: Cell::new(false),
            quiet_since: Cell::new(now),
            head_since: Cell::new(watches_heads.then_some(now)),
            watches_heads,
            signs,
        }
    }

    /// Counts an exchange until the guard is dropped.
    pub(super) fn begin(this: &Rc<Self>) -> Busy {
        this.in_flight.set(this.in_flight.get() + 1);
        this.has_begun.set(true);
        this.head_since.set(None);
        Busy(Rc::clone(this))
    }

    /// Whether there was a request yet.
    pub(super) fn has_begun(&self) -> bool {
        self.has_begun.get()
    }

    /// Whether an exchange is in flight.
    pub(super) fn is_busy(&self) -> bool {
        self.in_flight.get() > 0
    }

    /// What the client owes, unless a request is in flight.
    pub(super) fn due(&self) -> Option<Due> {
        if self.is_busy() {
            return None;
        }
        if self.watches_heads && self.head_since.get().is_none() && self.signs.has_received() {
            self.head_since.set(Some(Instant::now()));
        }
        let quiet_since = self.quiet_since.get();
        Some(match self.head_since.get() {
            Some(since) => Due {
                at: since + HEAD,
                head: true,
                quiet_since,
            },
            None => Due {
                at: quiet_since + IDLE,
                head: false,
                quiet_since,
            },
        })
    }

    /// See [`Signs::set_tunnel`].
    pub(super) fn set_tunnel(&self) {
        self.signs.set_tunnel();
    }
}

/// By when a request is due.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    /// When the connection's time is over.
    pub(super) at: Instant,
    /// Whether a part of the head has to have arrived by then, and not just anything.
    pub(super) head: bool,
    /// When the last request was done.
    pub(super) quiet_since: Instant,
}

/// An exchange in flight.
#[derive(Debug)]
pub(crate) struct Busy(Rc<Activity>);

impl Drop for Busy {
    fn drop(&mut self) {
        let left = self.0.in_flight.get() - 1;
        self.0.in_flight.set(left);
        if left == 0 {
            self.0.quiet_since.set(Instant::now());
            self.0.signs.forget_received();
        }
    }
}
