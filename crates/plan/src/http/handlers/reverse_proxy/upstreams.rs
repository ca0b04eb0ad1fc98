//! One upstream of a pool.

use serde::{Deserialize, Serialize};

use crate::is_default;

/// A dialable address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Upstream {
    /// The address in Caddy's notation.
    pub dial: String,
    /// How many requests may be in flight; any number if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub max_requests: u32,
}
