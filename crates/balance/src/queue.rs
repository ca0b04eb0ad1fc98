//! Waiting for a place: exchanges that find every upstream full stand in line, the first first.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use parking_lot::Mutex;

/// The line of one handler, over all cores.
///
/// Only the first in line may look for a place. It is called when one becomes free, and when the
/// one before it has found one; so the line moves as fast as there are places, and nobody overtakes.
#[derive(Debug)]
pub struct Queue {
    places: usize,
    timeout: Duration,
    /// Copy of the line's length, so that it need not be locked to see that it is empty.
    length: AtomicUsize,
    line: Mutex<Line>,
}

#[derive(Debug, Default)]
struct Line {
    tickets: u64,
    waiting: VecDeque<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    ticket: u64,
    called: bool,
    waker: Option<Waker>,
}

/// A place in the line; given up when dropped.
#[derive(Debug)]
pub(crate) struct Ticket {
    queue: Arc<Queue>,
    number: u64,
}

impl Queue {
    /// A line of at most `places`, in which nobody waits longer than `timeout`.
    pub fn new(places: u32, timeout: Duration) -> Self {
        Self {
            places: places as usize,
            timeout,
            length: AtomicUsize::new(0),
            line: Mutex::default(),
        }
    }

    pub(crate) const fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Exchanges in line. One relaxed load.
    pub fn length(&self) -> usize {
        self.length.load(Ordering::Relaxed)
    }

    /// Stands in line; `None` if it has no place left.
    pub(crate) fn enter(self: &Arc<Self>) -> Option<Ticket> {
        let mut line = self.line.lock();
        if line.waiting.len() >= self.places {
            return None;
        }
        line.tickets += 1;
        let number = line.tickets;
        line.waiting.push_back(Waiting {
            ticket: number,
            called: false,
            waker: None,
        });
        self.publish(&line);
        drop(line);
        Some(Ticket {
            queue: Arc::clone(self),
            number,
        })
    }

    /// A place may be free: the first in line is to look.
    pub(crate) fn call(&self) {
        if self.length() == 0 {
            return;
        }
        let waker = self.line.lock().call();
        wake(waker);
    }

    fn publish(&self, line: &Line) {
        self.length.store(line.waiting.len(), Ordering::Relaxed);
    }
}

impl Line {
    fn call(&mut self) -> Option<Waker> {
        let first = self.waiting.front_mut()?;
        first.called = true;
        first.waker.take()
    }
}

impl Ticket {
    /// Whether nobody stands before this one.
    pub(crate) fn is_first(&self) -> bool {
        let line = self.queue.line.lock();
        line.waiting
            .front()
            .is_some_and(|first| first.ticket == self.number)
    }

    /// Ready when this one is called.
    pub(crate) fn poll_called(&self, cx: &Context<'_>) -> Poll<()> {
        let mut line = self.queue.line.lock();
        let own = |waiting: &&mut Waiting| waiting.ticket == self.number;
        let Some(waiting) = line.waiting.iter_mut().find(own) else {
            return Poll::Ready(());
        };
        if std::mem::take(&mut waiting.called) {
            return Poll::Ready(());
        }
        waiting.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut line = self.queue.line.lock();
        let at = line
            .waiting
            .iter()
            .position(|waiting| waiting.ticket == self.number);
        let Some(at) = at else {
            return;
        };
        line.waiting.remove(at);
        self.queue.publish(&line);
        // Whether it found a place or left: the next one may look now.
        let waker = if at == 0 { line.call() } else { None };
        drop(line);
        wake(waker);
    }
}

/// Outside of the lock: whoever is woken may want it.
fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}
