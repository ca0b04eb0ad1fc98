//! Which issuer serves which subjects. Caddy: `automation.go`, `ondemand.go`, `certmanagers.go`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Issuer;
use crate::Storage;
use crate::is_default;
use crate::value::{Duration, Share};

/// Policies, tried in order, and how often certificates are looked after.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Automation {
    /// The first whose subjects cover a name counts.
    #[serde(skip_serializing_if = "is_default")]
    pub policies: Vec<AutomationPolicy>,
    /// Who decides about certificates that are obtained at the first handshake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_demand: Option<OnDemand>,
    /// How often OCSP responses are renewed; every hour if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub ocsp_interval: Duration,
    /// How often it is checked what must be renewed; every 10 minutes if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub renew_interval: Duration,
    /// How often the storage is cleaned; every 24 hours if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub storage_clean_interval: Duration,
}

/// How the certificates of some subjects are obtained.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AutomationPolicy {
    /// Names; all if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub subjects: Vec<String>,
    /// Tried in order; the default ones if empty.
    #[serde(
        skip_serializing_if = "is_default",
        serialize_with = "crate::module::each"
    )]
    pub issuers: Vec<Issuer>,
    /// Others that have certificates, asked at each handshake.
    #[serde(
        skip_serializing_if = "is_default",
        serialize_with = "crate::module::each"
    )]
    pub get_certificate: Vec<Manager>,
    /// Certificates with the "must staple" extension (RFC 7633).
    #[serde(skip_serializing_if = "is_default")]
    pub must_staple: bool,
    /// The share of a certificate's life that is left when it is renewed; a third if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub renewal_window_ratio: Share,
    /// `ed25519`, `p256`, `p384`, `rsa2048` or `rsa4096`; `p256` if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub key_type: String,
    /// Where these certificates are kept; where all others are if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
    /// Obtain certificates at the first handshake.
    #[serde(skip_serializing_if = "is_default")]
    pub on_demand: bool,
    /// A renewed certificate keeps its key.
    #[serde(skip_serializing_if = "is_default")]
    pub reuse_private_keys: bool,
    /// No OCSP responses with these certificates.
    #[serde(skip_serializing_if = "is_default")]
    pub disable_ocsp_stapling: bool,
    /// OCSP responders by the ones to ask in their place.
    #[serde(skip_serializing_if = "is_default")]
    pub ocsp_overrides: BTreeMap<String, String>,
}

/// Obtaining certificates at the first handshake.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OnDemand {
    /// Who decides for which names.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "crate::module::one"
    )]
    pub permission: Option<Permission>,
    /// The same as `http` in `permission`. Deprecated.
    #[serde(skip_serializing_if = "is_default")]
    pub ask: String,
}

/// Who decides for which names certificates are obtained, named by `module`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "module", rename_all = "snake_case", deny_unknown_fields)]
pub enum Permission {
    /// An HTTP server that answers `?domain=NAME` with a status of 2xx.
    Http {
        /// Its URL.
        #[serde(default, skip_serializing_if = "is_default")]
        endpoint: String,
    },
}

/// Somebody who has certificates, named by `via`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "via", rename_all = "snake_case", deny_unknown_fields)]
pub enum Manager {
    /// An HTTP server.
    Http {
        /// Its URL.
        #[serde(default, skip_serializing_if = "is_default")]
        url: String,
    },
    /// The Tailscale daemon of this machine.
    Tailscale {},
}
