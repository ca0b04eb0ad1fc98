//! Who gets the next attempt: pure decisions, no I/O, no clock and no randomness of its own.
//!
//! A [`Pool`] is the upstreams of one `reverse_proxy` with their rules. Each exchange begins a
//! [`Round`] on it and asks [`Round::next`] what to do: attempt an upstream, wait, or give up; a
//! failed attempt is told with [`Round::failed`]. Counters that every core must see live in
//! [`State`] (traffic) and [`Probe`] (active checks). Time comes in as [`Moment`].

mod attempt;
mod budget;
mod health;
mod index_set;
mod moment;
mod options;
mod pool;
mod queue;
mod retry;
mod round;
mod selection;
#[cfg(test)]
mod trial;

pub use attempt::Attempt;
pub use budget::Budget;
pub use health::{Change, Passive, Probe, State, Transition, Unhealthy};
pub use moment::Moment;
pub use options::Options;
pub use pool::{Pool, Upstream};
pub use queue::Queue;
pub use retry::{Failure, Repeat, Retry};
pub use round::{Decision, GiveUp, Round};
pub use selection::{Keys, RoundRobin, Selection, WeightedRoundRobin};
