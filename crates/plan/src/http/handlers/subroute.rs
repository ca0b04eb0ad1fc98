//! A list of routes as a handler. Caddy: `subroute.go`.

use serde::{Deserialize, Serialize};

use crate::http::{ErrorRoutes, Route};
use crate::is_default;

/// Routes inside a route.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Subroute {
    /// Routes, tried in order.
    #[serde(skip_serializing_if = "is_default")]
    pub routes: Vec<Route>,
    /// What answers when one of them fails; whoever is around them if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<ErrorRoutes>,
}
