//! `tls`. Caddy: `MatchTLS` in `matchers.go`.

use serde::{Deserialize, Serialize};

/// Holds on a connection with TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TlsMatcher {
    /// Whether the handshake must be complete; either way if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handshake_complete: Option<bool>,
}
