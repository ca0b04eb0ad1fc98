//! The tasks of the streams of an HTTP/2 connection. A client that opens streams and no window
//! for their responses would hold what is behind them for ever: it loses each such stream.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::rt::Executor;
use pin_project_lite::pin_project;
use tokio::time::{Sleep, sleep};

/// So long a stream's client may take nothing of its response. As on connections of HTTP/1.
const STALL: Duration = Duration::from_mins(1);

tokio::task_local! {
    static OWN: Rc<Taken>;
}

/// What became of the pieces of one stream's response.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// Whether a piece is held that the client has no room for yet.
    holds: Cell<bool>,
    pieces: Cell<u64>,
}

impl Taken {
    /// That of the stream whose task this is called from; `None` outside of such tasks.
    pub(super) fn own() -> Option<Rc<Self>> {
        OWN.try_with(Rc::clone).ok()
    }

    /// The protocol asks for a piece: it has none.
    pub(super) fn ask(&self) {
        self.holds.set(false);
    }

    /// The protocol was given a piece.
    pub(super) fn give(&self) {
        self.holds.set(true);
        self.pieces.set(self.pieces.get() + 1);
    }
}

/// Starts the tasks on this thread.
#[derive(Clone, Copy, Debug)]
pub(super) struct StreamTasks;

impl<F> Executor<F> for StreamTasks
where
    F: Future + 'static,
{
    fn execute(&self, task: F) {
        tokio::task::spawn_local(Watched {
            task,
            taken: Rc::default(),
            stall: None,
        });
    }
}

/// Since when a piece is waited with.
struct Stall {
    piece: u64,
    over: Pin<Box<Sleep>>,
}

pin_project! {
    /// A task that ends, and resets its stream with it, when its client stalls.
    struct Watched<F> {
        #[pin]
        task: F,
        taken: Rc<Taken>,
        stall: Option<Stall>,
    }
}

impl<F: Future> Future for Watched<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        let task = this.task;
        let polled = OWN.sync_scope(Rc::clone(this.taken), || task.poll(cx).map(drop));
        if polled.is_ready() {
            return Poll::Ready(());
        }
        if !this.taken.holds.get() {
            return Poll::Pending;
        }
        let piece = this.taken.pieces.get();
        let is_the_same = |stall: &Stall| stall.piece == piece;
        if !this.stall.as_ref().is_some_and(is_the_same) {
            *this.stall = Some(Stall {
                piece,
                over: Box::pin(sleep(STALL)),
            });
        }
        let over = this
            .stall
            .as_mut()
            .map(|stall| stall.over.as_mut().poll(cx));
        if over.is_some_and(|over| over.is_ready()) {
            tracing::debug!(target: "http", "a client takes nothing of a response; stream reset");
            return Poll::Ready(());
        }
        Poll::Pending
    }
}
