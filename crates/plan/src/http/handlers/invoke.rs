//! Routes with a name. Caddy: `invoke.go`.

use serde::{Deserialize, Serialize};

/// Runs a named route of the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Invoke {
    /// Its name.
    pub name: String,
}
