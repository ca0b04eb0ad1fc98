//! Who gets the next attempt: pure decisions, no I/O, no clock and no randomness of its own.
//!
//! A [`Pool`] is the upstreams of one `reverse_proxy` with their rules. Each exchange begins a
//! [`Round`] on it and asks [`Round::next`] what to do: attempt an upstream, wait, or give up; a
//! failed attempt is told with [`Round::failed`]. Counters that every core must see live in
//! [`State`] (traffic) and [`Probe`] (active checks). Time comes in as [`Moment`].

mod attempt;
mod health;
mod index_set;
mod moment;
mod pool;
mod retry;
mod round;
mod selection;
#[cfg(test)]
mod trial;

pub use attempt::Attempt;
pub use health::{Change, Passive, Probe, State, Transition};
pub use moment::Moment;
pub use pool::{Pool, Upstream};
pub use retry::{Failure, Repeat, Retry};
pub use round::{Decision, GiveUp, Round};
pub use selection::{Keys, RoundRobin, Selection, WeightedRoundRobin};
