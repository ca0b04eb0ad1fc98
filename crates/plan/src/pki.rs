//! Local authorities. Caddy: `modules/caddypki/pki.go` and `ca.go`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::value::{Duration, Ratio};
use crate::{Storage, is_default};

/// The authorities of this machine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct App {
    /// By their ids; `local` is the one that issues unless another is named.
    #[serde(skip_serializing_if = "is_default")]
    pub certificate_authorities: BTreeMap<String, Authority>,
}

/// One authority: a root and an intermediate.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Authority {
    /// For people.
    #[serde(skip_serializing_if = "is_default")]
    pub name: String,
    /// The root's common name; made of the authority's name if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub root_common_name: String,
    /// The intermediate's common name; made of the authority's name if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub intermediate_common_name: String,
    /// How long an intermediate is valid; 7 days if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub intermediate_lifetime: Duration,
    /// How often it is looked at; every 10 minutes if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub maintenance_interval: Duration,
    /// The last part of an intermediate's life, in which it is replaced; 0.2 if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub renewal_window_ratio: Ratio,
    /// Whether the root is put into the machine's store; yes if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub install_trust: Option<bool>,
    /// A root from files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<KeyPair>,
    /// An intermediate from files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intermediate: Option<KeyPair>,
    /// Where the authority is kept; with everything else if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
}

/// A certificate and its key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeyPair {
    /// Where the certificate is.
    #[serde(skip_serializing_if = "is_default")]
    pub certificate: String,
    /// Where the key is.
    #[serde(skip_serializing_if = "is_default")]
    pub private_key: String,
    /// How both are written; only `pem_file` is known, and meant if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub format: String,
}
