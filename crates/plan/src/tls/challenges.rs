//! How an ACME server is shown that a name is ours. Caddy: `ChallengesConfig` in `acmeissuer.go`.

use serde::{Deserialize, Serialize};

use super::DnsProvider;
use crate::is_default;
use crate::value::Duration;

/// The challenges of an ACME issuer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Challenges {
    /// HTTP-01 (RFC 8555 section 8.3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http: Option<Challenge>,
    /// TLS-ALPN-01 (RFC 8737).
    #[serde(rename = "tls-alpn", skip_serializing_if = "Option::is_none")]
    pub tls_alpn: Option<Challenge>,
    /// DNS-01 (RFC 8555 section 8.4); excludes the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns: Option<DnsChallenge>,
    /// Where a listener is opened if none is open for the challenge.
    #[serde(skip_serializing_if = "is_default")]
    pub bind_host: String,
    /// Whether others that share the storage may answer; so they may if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distributed: Option<bool>,
}

/// One kind of challenge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Challenge {
    /// Not used.
    #[serde(skip_serializing_if = "is_default")]
    pub disabled: bool,
    /// The port our listener has when the standard one is forwarded to it.
    #[serde(skip_serializing_if = "is_default")]
    pub alternate_port: i64,
}

/// A challenge answered with a DNS record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DnsChallenge {
    /// Who writes the record; the provider of the TLS app if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<DnsProvider>,
    /// How long others may remember the record.
    #[serde(skip_serializing_if = "is_default")]
    pub ttl: Duration,
    /// How long to wait before the record is looked for.
    #[serde(skip_serializing_if = "is_default")]
    pub propagation_delay: Duration,
    /// How long the record may take to appear; 2 minutes if zero, unbounded if -1 ns.
    #[serde(skip_serializing_if = "is_default")]
    pub propagation_timeout: Duration,
    /// DNS servers to look for the record with.
    #[serde(skip_serializing_if = "is_default")]
    pub resolvers: Vec<String>,
    /// The name to write the record for, in place of the certificate's.
    #[serde(skip_serializing_if = "is_default")]
    pub override_domain: String,
}
