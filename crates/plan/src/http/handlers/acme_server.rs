//! An ACME authority of our own. Caddy: `modules/caddypki/acmeserver/acmeserver.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;
use crate::value::Duration;

/// Issues certificates over ACME from one of the local authorities.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AcmeServer {
    /// The authority; `local` if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub ca: String,
    /// How long certificates are valid; 12 h if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub lifetime: Duration,
    /// Where the endpoints are; `/acme/` if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub path_prefix: String,
    /// Sign with the root, not with the intermediate.
    #[serde(skip_serializing_if = "is_default")]
    pub sign_with_root: bool,
    /// DNS servers for the challenges; those of the system if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub resolvers: Vec<String>,
    /// `http-01`, `tls-alpn-01`, `dns-01`; all if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub challenges: Vec<String>,
    /// For whom certificates are issued; for anyone if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<AcmePolicy>,
}

/// For which names certificates are issued.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AcmePolicy {
    /// Only for these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow: Option<AcmeRules>,
    /// Never for these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deny: Option<AcmeRules>,
    /// For wildcards, too.
    #[serde(skip_serializing_if = "is_default")]
    pub allow_wildcard_names: bool,
}

/// A set of names and addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AcmeRules {
    /// Host names; `*` stands for one label.
    #[serde(skip_serializing_if = "is_default")]
    pub domains: Vec<String>,
    /// Addresses or CIDR ranges.
    #[serde(skip_serializing_if = "is_default")]
    pub ip_ranges: Vec<String>,
}
