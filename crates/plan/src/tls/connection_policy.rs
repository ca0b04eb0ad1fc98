//! How TLS is spoken on a connection. Caddy: `connpolicy.go`, `matchers.go`, `certselection.go`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ClientAuthentication;
use crate::is_default;

/// The first policy whose matcher holds serves a connection.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConnectionPolicy {
    /// When it serves; always if absent.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    pub matcher: Option<ConnectionMatcher>,
    /// Which of the loaded certificates it uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_selection: Option<CertificateSelection>,
    /// Cipher suites of TLS 1.2, best first; the default ones if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub cipher_suites: Vec<String>,
    /// Groups for the key exchange, best first; the default ones if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub curves: Vec<String>,
    /// Protocols offered by ALPN; `h2 http/1.1` if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub alpn: Vec<String>,
    /// `tls1.2` or `tls1.3`; the former if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub protocol_min: String,
    /// `tls1.2` or `tls1.3`; the latter if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub protocol_max: String,
    /// The connection is closed.
    #[serde(skip_serializing_if = "is_default")]
    pub drop: bool,
    /// What clients must show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_authentication: Option<ClientAuthentication>,
    /// The name that stands for a `ClientHello` without one.
    #[serde(skip_serializing_if = "is_default")]
    pub default_sni: String,
    /// The name whose certificate is shown where no certificate fits.
    #[serde(skip_serializing_if = "is_default")]
    pub fallback_sni: String,
    /// A file for the secrets of all connections, to debug with.
    #[serde(skip_serializing_if = "is_default")]
    pub insecure_secrets_log: String,
    /// A plugin that looks into handshakes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handshake_context: Option<HandshakeContext>,
}

/// Conditions on a handshake, all of which must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConnectionMatcher {
    /// Server names; `*` stands for one label.
    #[serde(skip_serializing_if = "is_default")]
    pub sni: Vec<String>,
    /// A pattern for the server name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sni_regexp: Option<NamePattern>,
    /// Where the client is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_ip: Option<RemoteAddresses>,
    /// Where the client has connected to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_ip: Option<LocalAddresses>,
}

/// A regular expression and a name for what it captures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NamePattern {
    /// The name.
    #[serde(skip_serializing_if = "is_default")]
    pub name: String,
    /// The expression.
    pub pattern: String,
}

/// Addresses of clients.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RemoteAddresses {
    /// It must be one of these.
    #[serde(skip_serializing_if = "is_default")]
    pub ranges: Vec<String>,
    /// It must be none of these.
    #[serde(skip_serializing_if = "is_default")]
    pub not_ranges: Vec<String>,
}

/// Addresses of ours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LocalAddresses {
    /// It must be one of these.
    #[serde(skip_serializing_if = "is_default")]
    pub ranges: Vec<String>,
}

/// A choice among loaded certificates; all that is set must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CertificateSelection {
    /// One of these serial numbers.
    #[serde(skip_serializing_if = "is_default")]
    pub serial_number: Vec<String>,
    /// One of these organizations as subject.
    #[serde(skip_serializing_if = "is_default")]
    pub subject_organization: Vec<String>,
    /// `rsa`, `dsa` or `ecdsa`.
    #[serde(skip_serializing_if = "is_default")]
    pub public_key_algorithm: String,
    /// One of these marks is enough.
    #[serde(skip_serializing_if = "is_default")]
    pub any_tag: Vec<String>,
    /// All of these marks.
    #[serde(skip_serializing_if = "is_default")]
    pub all_tags: Vec<String>,
}

/// A plugin that looks into handshakes. Caddy: a module in `tls.context`, of which it has none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandshakeContext {
    /// Its name.
    pub module: String,
    /// Its own settings.
    #[serde(flatten)]
    pub settings: Map<String, Value>,
}
