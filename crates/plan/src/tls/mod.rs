//! The TLS app: certificates and how they are obtained. Caddy: `modules/caddytls/tls.go`.

mod automation;
mod connection_policy;
mod issuers;
mod trust_pool;

use serde::{Deserialize, Serialize};

pub use automation::{Automation, AutomationPolicy};
pub use connection_policy::{CertificateSelection, ConnectionMatcher, ConnectionPolicy};
pub use issuers::{AcmeIssuer, Challenge, Challenges, InternalIssuer, Issuer};
pub use trust_pool::{FetchTls, FetchedPool, TrustPool};

use crate::is_default;

/// Certificates of all servers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct App {
    /// Certificates that are loaded or asked for by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificates: Option<Certificates>,
    /// How certificates are obtained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automation: Option<Automation>,
}

/// Certificates by hand, and names to manage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Certificates {
    /// Pairs of files.
    #[serde(skip_serializing_if = "is_default")]
    pub load_files: Vec<CertificateFiles>,
    /// Names to manage besides those of the sites.
    #[serde(skip_serializing_if = "is_default")]
    pub automate: Vec<String>,
}

/// A certificate chain and its key, both PEM.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CertificateFiles {
    /// Path of the chain, leaf first.
    pub certificate: String,
    /// Path of the key.
    pub key: String,
    /// Marks by which connection policies choose.
    #[serde(skip_serializing_if = "is_default")]
    pub tags: Vec<String>,
}
