//! Keeps a connection of hyper's within its bounds: it ends when the worker ends, and does not
//! outlive a client that sends nothing.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use super::activity::Activity;
use super::drain::{Lifecycle, Stage};
use super::endpoint::Endpoint;

/// How long a drain waits for the first request of a connection that was just accepted: its
/// client has been promised an answer by the handshake.
const FIRST_REQUEST: Duration = Duration::from_secs(1);

/// How long a connection may take to close after its last request: to send what is buffered, and
/// in HTTP/2 to hear that the client knows.
const CLOSING: Duration = Duration::from_secs(30);

/// What a connection belongs to.
pub(super) struct Bounds<'a> {
    pub(super) lifecycle: &'a Lifecycle,
    pub(super) endpoint: &'a Endpoint,
    pub(super) activity: &'a Activity,
}

/// Drives `connection` until it ends or has to. `shut` asks it to end by itself: to finish the
/// requests in flight and take no more.
pub(super) async fn supervise<C>(
    connection: C,
    shut: fn(Pin<&mut C>),
    bounds: Bounds<'_>,
) -> hyper::Result<()>
where
    C: Future<Output = hyper::Result<()>>,
{
    let mut connection = pin!(connection);
    let mut patience = Patience {
        bounds: &bounds,
        draining: None,
        shut: None,
    };
    let mut timer = pin!(sleep_until(Instant::now() + FIRST_REQUEST));
    loop {
        let seen = bounds.lifecycle.changes();
        let mut changed = pin!(bounds.lifecycle.changed());
        match bounds.endpoint.stage(bounds.lifecycle) {
            Stage::Serving => {}
            Stage::Draining => patience.drain(),
            Stage::Closed => return Ok(()),
        }
        let mut registered = false;
        let event = poll_fn(|cx| {
            if let Poll::Ready(result) = connection.as_mut().poll(cx) {
                return Poll::Ready(Event::Ended(result));
            }
            if !registered {
                registered = true;
                // Only to be woken; whether there was a change is cheaper to ask of the counter.
                let _woken = changed.as_mut().poll(cx);
            }
            if bounds.lifecycle.changes() != seen {
                return Poll::Ready(Event::Stage);
            }
            patience.poll(timer.as_mut(), cx).map(Event::Impatience)
        });
        match event.await {
            Event::Ended(result) => return result,
            Event::Stage => {}
            Event::Impatience(Impatience::Shut) => {
                patience.shut = Some(Instant::now());
                shut(connection.as_mut());
            }
            Event::Impatience(Impatience::Drop) => return Ok(()),
        }
    }
}

enum Event {
    Ended(hyper::Result<()>),
    Stage,
    Impatience(Impatience),
}

/// What to do with a connection whose time is over.
#[derive(Clone, Copy)]
enum Impatience {
    Shut,
    Drop,
}

/// How long to wait, and for what.
struct Patience<'a> {
    bounds: &'a Bounds<'a>,
    draining: Option<Instant>,
    shut: Option<Instant>,
}

impl Patience<'_> {
    fn drain(&mut self) {
        self.draining.get_or_insert_with(Instant::now);
    }

    /// Ready when the time is over. The timer is not set anew for each request: it may ring too
    /// early and is then set to what is left.
    fn poll(&self, mut timer: Pin<&mut Sleep>, cx: &mut Context<'_>) -> Poll<Impatience> {
        if self.is_to_shut_now() {
            return Poll::Ready(Impatience::Shut);
        }
        let Some((deadline, then)) = self.deadline() else {
            return Poll::Pending;
        };
        if timer.deadline() > deadline {
            timer.as_mut().reset(deadline);
        }
        while timer.as_mut().poll(cx).is_ready() {
            if Instant::now() >= deadline {
                return Poll::Ready(then);
            }
            timer.as_mut().reset(deadline);
        }
        Poll::Pending
    }

    fn is_to_shut_now(&self) -> bool {
        self.draining.is_some() && self.shut.is_none() && self.bounds.activity.has_begun()
    }

    fn deadline(&self) -> Option<(Instant, Impatience)> {
        let due = self.bounds.activity.due()?;
        if let Some(shut) = self.shut {
            return Some((shut.max(due.quiet_since) + CLOSING, Impatience::Drop));
        }
        let limit = if due.head {
            Impatience::Drop
        } else {
            Impatience::Shut
        };
        match self.draining.map(|since| since + FIRST_REQUEST) {
            Some(end) if end < due.at => Some((end, Impatience::Shut)),
            _ => Some((due.at, limit)),
        }
    }
}
