//! Where the ranges of trusted peers come from. Caddy: `modules/caddyhttp/ip_range.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;

/// A source of address ranges, named by `source`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "snake_case", deny_unknown_fields)]
pub enum IpSource {
    /// The plan itself.
    Static {
        /// Addresses and ranges.
        #[serde(default, skip_serializing_if = "is_default")]
        ranges: Vec<String>,
    },
}
