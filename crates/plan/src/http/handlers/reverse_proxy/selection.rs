//! Who gets the next attempt, and how long attempts go on. Caddy: `selectionpolicies.go`.

use serde::{Deserialize, Serialize};

use crate::http::MatcherSet;
use crate::is_default;
use crate::value::{Count, Duration, StatusPattern};

/// Selection and retries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LoadBalancing {
    /// `random` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selection_policy: Option<SelectionPolicy>,
    /// How many further attempts there may be; no limit of its own if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub retries: Count,
    /// How long further attempts may be made; none by time if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub try_duration: Duration,
    /// The pause before an upstream is tried again; 250 ms if zero and `try_duration` is set.
    #[serde(skip_serializing_if = "is_default")]
    pub try_interval: Duration,
    /// Requests that may be tried again though an upstream may have seen them.
    #[serde(skip_serializing_if = "is_default")]
    pub retry_match: Vec<MatcherSet>,
    /// Answers that are not passed on while there is another attempt. Ours.
    #[serde(skip_serializing_if = "is_default")]
    pub retry_status: Vec<StatusPattern>,
    /// While less than this percentage of the upstreams is healthy, health is not looked at; 0 for
    /// never. Ours.
    #[serde(skip_serializing_if = "is_default")]
    pub panic_threshold: u32,
    /// Most retries for a hundred requests; any number if absent. Ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_budget: Option<u32>,
    /// How many requests may be in flight at each upstream; any number if zero. Ours.
    #[serde(skip_serializing_if = "is_default")]
    pub max_requests: u32,
    /// Where requests wait while all upstreams are full; nowhere if absent. Ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<Queue>,
    /// How long an upstream that comes back gets less than its share. Ours.
    #[serde(skip_serializing_if = "is_default")]
    pub slow_start: Duration,
    /// Upstreams, by their addresses, that get nothing new. Ours.
    #[serde(skip_serializing_if = "is_default")]
    pub drain: Vec<String>,
}

/// A line of waiting requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Queue {
    /// How many may wait.
    #[serde(skip_serializing_if = "is_default")]
    pub places: u32,
    /// How long each may.
    #[serde(skip_serializing_if = "is_default")]
    pub timeout: Duration,
}

/// A selection policy, named by `policy`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "policy", rename_all = "snake_case", deny_unknown_fields)]
pub enum SelectionPolicy {
    /// Any, with equal chance.
    Random {},
    /// The one with the fewest requests in flight of some chosen at random.
    RandomChoose {
        /// Of how many; 2 if zero.
        #[serde(default, skip_serializing_if = "is_default")]
        choose: Count,
    },
    /// One after the other.
    RoundRobin {},
    /// One after the other, some more often.
    WeightedRoundRobin {
        /// How often, in the order of the upstreams.
        #[serde(default, skip_serializing_if = "is_default")]
        weights: Vec<i64>,
    },
    /// The one with the fewest requests in flight.
    LeastConn {},
    /// The one of two chosen at random that is expected to answer sooner. Ours.
    LeastLatency {},
    /// The first available in the order written.
    First {},
    /// The same upstream for the same peer address.
    IpHash {},
    /// The same upstream for the same client address.
    ClientIpHash {},
    /// The same upstream for the same URI.
    UriHash {},
    /// The same upstream for the same value of a parameter.
    Query {
        /// The parameter.
        #[serde(default, skip_serializing_if = "is_default")]
        key: String,
        /// For requests without it; `random` if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fallback: Option<Box<Self>>,
    },
    /// The same upstream for the same value of a header field.
    Header {
        /// The field.
        #[serde(default, skip_serializing_if = "is_default")]
        field: String,
        /// For requests without it; `random` if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fallback: Option<Box<Self>>,
    },
    /// The same upstream for the same client, which gets a cookie.
    Cookie(CookiePolicy),
}

/// Clients that stay with an upstream.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CookiePolicy {
    /// The cookie's name; `lb` if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub name: String,
    /// The key of the cookie's value.
    #[serde(skip_serializing_if = "is_default")]
    pub secret: String,
    /// How long the cookie lasts; as long as the browser's session if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub max_age: Duration,
    /// For requests without it; `random` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback: Option<Box<SelectionPolicy>>,
}
