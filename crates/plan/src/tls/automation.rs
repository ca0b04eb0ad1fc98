//! Which issuer serves which subjects. Caddy: `automation.go`.

use serde::{Deserialize, Serialize};

use super::Issuer;
use crate::is_default;

/// Policies, tried in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Automation {
    /// The first whose subjects cover a name counts.
    #[serde(skip_serializing_if = "is_default")]
    pub policies: Vec<AutomationPolicy>,
}

/// How the certificates of some subjects are obtained.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AutomationPolicy {
    /// Names; all if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub subjects: Vec<String>,
    /// Tried in order; the default ones if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub issuers: Vec<Issuer>,
}
