//! How TLS is spoken on a connection. Caddy: `connpolicy.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;

/// The first policy whose matcher holds serves a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConnectionPolicy {
    /// When it serves; always if absent.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    pub matcher: Option<ConnectionMatcher>,
    /// Which of the loaded certificates it uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_selection: Option<CertificateSelection>,
    /// Protocols offered by ALPN; `h2 http/1.1` if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub alpn: Vec<String>,
    /// `tls1.2` or `tls1.3`; the former if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub protocol_min: String,
    /// `tls1.2` or `tls1.3`; the latter if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub protocol_max: String,
}

/// A condition on the `ClientHello`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConnectionMatcher {
    /// Server names; `*` stands for one label.
    #[serde(skip_serializing_if = "is_default")]
    pub sni: Vec<String>,
}

/// A choice among loaded certificates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CertificateSelection {
    /// One of these marks is enough.
    #[serde(skip_serializing_if = "is_default")]
    pub any_tag: Vec<String>,
}
