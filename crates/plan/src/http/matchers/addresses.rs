//! `remote_ip` and `client_ip`. Caddy: `ip_matchers.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;

/// Ranges an address may lie in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AddressRanges {
    /// Addresses and CIDR ranges, which may hold placeholders.
    #[serde(skip_serializing_if = "is_default")]
    pub ranges: Vec<String>,
}
