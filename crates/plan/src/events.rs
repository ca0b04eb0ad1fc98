//! Who is told what happens. Caddy: `modules/caddyevents/app.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;
use crate::value::Unavailable;

/// All subscriptions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct App {
    /// In their order.
    #[serde(skip_serializing_if = "is_default")]
    pub subscriptions: Vec<Subscription>,
}

/// Handlers of some events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Subscription {
    /// Names; all if one of them is empty.
    #[serde(skip_serializing_if = "is_default")]
    pub events: Vec<String>,
    /// Where they come from; from anywhere if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub modules: Vec<String>,
    /// What is done.
    #[serde(skip_serializing_if = "is_default")]
    pub handlers: Vec<Unavailable>,
}
