//! Where certificates come from. Caddy: `acmeissuer.go`, `zerosslissuer.go`, `internalissuer.go`.

use serde::{Deserialize, Serialize};

use super::{Challenges, DnsChallenge};
use crate::is_default;
use crate::value::Duration;

/// An issuer, named by `module`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "module", rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "there are few, and almost all are of the largest variant"
)]
pub enum Issuer {
    /// An ACME certificate authority (RFC 8555).
    Acme(AcmeIssuer),
    /// `ZeroSSL`, over its own API.
    #[serde(rename = "zerossl")]
    ZeroSsl(ZeroSslIssuer),
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
    /// URL of a directory to rehearse retries with.
    #[serde(skip_serializing_if = "is_default")]
    pub test_ca: String,
    /// Contact of the account.
    #[serde(skip_serializing_if = "is_default")]
    pub email: String,
    /// The kind of certificate to ask for, by a name of the authority's.
    #[serde(skip_serializing_if = "is_default")]
    pub profile: String,
    /// The key of an existing account, in PEM.
    #[serde(skip_serializing_if = "is_default")]
    pub account_key: String,
    /// An account elsewhere that the authority wants to see (RFC 8555 section 7.3.4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_account: Option<ExternalAccount>,
    /// How long an operation may take.
    #[serde(skip_serializing_if = "is_default")]
    pub acme_timeout: Duration,
    /// Which challenges are used, and how.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenges: Option<Challenges>,
    /// PEM files with the roots the directory's own certificate is checked against.
    #[serde(skip_serializing_if = "is_default")]
    pub trusted_roots_pem_files: Vec<String>,
    /// Which of several chains is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_chains: Option<ChainPreference>,
    /// How long certificates shall be valid; the authority's choice if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub certificate_lifetime: Duration,
    /// A proxy in front of the authority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_proxy: Option<NetworkProxy>,
}

/// An account that is not ACME's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExternalAccount {
    /// Its id.
    pub key_id: String,
    /// Its secret, in base 64.
    pub mac_key: String,
}

/// Which of several chains is taken: the first that fits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChainPreference {
    /// The one with the fewest bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smallest: Option<bool>,
    /// One whose root has one of these names.
    #[serde(skip_serializing_if = "is_default")]
    pub root_common_name: Vec<String>,
    /// One with an issuer that has one of these names.
    #[serde(skip_serializing_if = "is_default")]
    pub any_common_name: Vec<String>,
}

/// A proxy for outgoing requests, named by `from`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case", deny_unknown_fields)]
pub enum NetworkProxy {
    /// This one.
    Url {
        /// Its URL.
        url: String,
    },
    /// None, whatever the environment says.
    None {},
}

/// Settings of `ZeroSSL`'s API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ZeroSslIssuer {
    /// The access key.
    #[serde(skip_serializing_if = "is_default")]
    pub api_key: String,
    /// How long certificates are valid, in days.
    #[serde(skip_serializing_if = "is_default")]
    pub validity_days: u32,
    /// Where a listener is opened if none is open for the validation.
    #[serde(skip_serializing_if = "is_default")]
    pub listen_host: String,
    /// The port our listener has when port 80 is forwarded to it.
    #[serde(skip_serializing_if = "is_default")]
    pub alternate_http_port: i64,
    /// Validation by a CNAME record in place of HTTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cname_validation: Option<DnsChallenge>,
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
