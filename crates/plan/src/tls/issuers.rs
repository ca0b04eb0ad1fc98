//! Where certificates come from. Caddy: `acmeissuer.go`, `internalissuer.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;
use crate::value::Duration;

/// An issuer, named by `module`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "module", rename_all = "snake_case")]
pub enum Issuer {
    /// An ACME certificate authority (RFC 8555).
    Acme(AcmeIssuer),
    /// The local certificate authority.
    Internal(InternalIssuer),
}

/// Settings of an ACME issuer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AcmeIssuer {
    /// URL of the directory; Let's Encrypt if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub ca: String,
    /// Contact of the account.
    #[serde(skip_serializing_if = "is_default")]
    pub email: String,
    /// Which challenges are used, and how.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenges: Option<Challenges>,
    /// PEM files with the roots the directory's own certificate is checked against.
    #[serde(skip_serializing_if = "is_default")]
    pub trusted_roots_pem_files: Vec<String>,
}

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
    pub alternate_port: u16,
}

/// Settings of the local certificate authority.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InternalIssuer {
    /// Its id; `local` if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub ca: String,
    /// How long a certificate is valid; 12 h if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub lifetime: Duration,
    /// Sign with the root instead of the intermediate.
    #[serde(skip_serializing_if = "is_default")]
    pub sign_with_root: bool,
}
