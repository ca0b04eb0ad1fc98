//! The answers of a round.

use crate::attempt::Attempt;
use crate::moment::Moment;

/// What an exchange does next.
#[derive(Debug)]
pub enum Decision {
    /// Try this upstream now.
    Attempt(Attempt),
    /// Ask again at this moment. Asking earlier is harmless, and finds an untried upstream that
    /// became available.
    WaitUntil(Moment),
    /// Every upstream is full, and the exchange stands in line. Ask again when
    /// [`Round::poll_called`](super::Round::poll_called) is ready, or at this moment.
    Queue(Moment),
    /// It is over.
    GiveUp(GiveUp),
}

/// Why an exchange is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GiveUp {
    /// No upstream was available and none was attempted (Caddy: 503).
    NoUpstreams,
    /// No further attempt is allowed; the last attempt's error stands.
    Spent,
    /// The same, because the budget of retries is used up.
    OverBudget,
    /// All upstreams are full, and so is the line for them.
    QueueFull,
    /// All upstreams were full for as long as an exchange may wait.
    QueueTimeout,
}
