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
}
