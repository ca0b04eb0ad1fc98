//! Which upstreams are fit for traffic: active probes, strikes of real traffic, and what all cores
//! share of it.

mod active;
mod easing;
mod latency;
mod passive;
mod state;
mod unhealthy;

pub use active::Probe;
pub use passive::Passive;
pub(crate) use state::Slot;
pub use state::State;
pub use unhealthy::Unhealthy;

/// Where an upstream's availability went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transition {
    /// It gets no more attempts.
    Down,
    /// It may be attempted again.
    Up,
}

/// A change of an upstream's availability: worth one log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Index of the upstream in the pool.
    pub upstream: usize,
    /// What happened to it.
    pub transition: Transition,
}

#[cfg(test)]
mod tests;
