//! Encrypted `ClientHello`s (RFC 9849). Caddy: `ech.go`.

use serde::{Deserialize, Serialize};

use super::DnsProvider;
use crate::is_default;

/// Which names stand in the open in place of the real ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ech {
    /// The names in the open.
    #[serde(skip_serializing_if = "is_default")]
    pub configs: Vec<EchConfiguration>,
    /// How clients learn of them.
    #[serde(skip_serializing_if = "is_default")]
    pub publication: Vec<EchPublication>,
}

/// A name in the open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EchConfiguration {
    /// The name.
    #[serde(skip_serializing_if = "is_default")]
    pub public_name: String,
}

/// How clients learn of some configurations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EchPublication {
    /// The public names of the configurations; all if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub configs: Vec<String>,
    /// The real names they are published for; all if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub domains: Vec<String>,
    /// Where they are published.
    #[serde(skip_serializing_if = "is_default")]
    pub publishers: EchPublishers,
}

/// Where configurations are published.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EchPublishers {
    /// In HTTPS records of the DNS (RFC 9460).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns: Option<EchDnsPublisher>,
}

/// Publishing in the DNS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EchDnsPublisher {
    /// Who writes the records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<DnsProvider>,
}
