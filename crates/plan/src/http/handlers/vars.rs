//! Variables of an exchange. Caddy: `vars.go`.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use serde_json::Value;

/// Sets variables, which `{http.vars.NAME}` reads.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Vars(pub IndexMap<String, Value>);
