//! Keys of session tickets (RFC 8446 section 4.6.1). Caddy: `sessiontickets.go`.

use serde::{Deserialize, Serialize};

use crate::Storage;
use crate::is_default;
use crate::value::Duration;

/// How sessions are resumed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionTickets {
    /// Where the keys come from; `standard` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_source: Option<TicketKeys>,
    /// How often there is a new key; every 12 hours if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub rotation_interval: Duration,
    /// How many keys are kept; 4 if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub max_keys: u32,
    /// There is never a new key.
    #[serde(skip_serializing_if = "is_default")]
    pub disable_rotation: bool,
    /// No tickets.
    #[serde(skip_serializing_if = "is_default")]
    pub disabled: bool,
}

/// Where the keys come from, named by `provider`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "provider", rename_all = "snake_case", deny_unknown_fields)]
pub enum TicketKeys {
    /// From this process alone.
    Standard {},
    /// From a storage that others share.
    Distributed {
        /// The storage; that of the configuration if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        storage: Option<Storage>,
    },
}
