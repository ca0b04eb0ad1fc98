//! Who gets the next attempt, and how long attempts go on. Caddy: `selectionpolicies.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;
use crate::value::Duration;

/// Selection and retries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LoadBalancing {
    /// `random` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selection_policy: Option<SelectionPolicy>,
    /// How many further attempts there may be; no limit of its own if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub retries: u32,
    /// How long further attempts may be made; none by time if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub try_duration: Duration,
    /// The pause before an upstream is tried again; 250 ms if zero and `try_duration` is set.
    #[serde(skip_serializing_if = "is_default")]
    pub try_interval: Duration,
}

/// A selection policy, named by `policy`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "policy", rename_all = "snake_case", deny_unknown_fields)]
pub enum SelectionPolicy {
    /// Any, with equal chance.
    Random {},
    /// One after the other.
    RoundRobin {},
    /// The one with the fewest requests in flight.
    LeastConn {},
    /// The first available in the order written.
    First {},
    /// The same upstream for the same peer address.
    IpHash {},
}
