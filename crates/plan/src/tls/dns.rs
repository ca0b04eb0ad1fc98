//! DNS providers: who can write DNS records. All of Caddy's are plugins, so their settings are
//! only carried.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A provider. Caddy: a module in `dns.providers`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DnsProvider {
    /// Its name.
    pub name: String,
    /// Its own settings.
    #[serde(flatten)]
    pub settings: Map<String, Value>,
}
