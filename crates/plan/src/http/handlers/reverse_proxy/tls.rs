//! TLS towards upstreams. Caddy: `TLSConfig` in `httptransport.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;
use crate::tls::TrustPool;
use crate::value::Duration;

/// How TLS is spoken with an upstream.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TransportTls {
    /// Trusted authorities from a source, named by `provider`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca: Option<TrustPool>,
    /// Trusted authorities, in base 64 (deprecated).
    #[serde(skip_serializing_if = "is_default")]
    pub root_ca_pool: Vec<String>,
    /// Files of trusted authorities (deprecated).
    #[serde(skip_serializing_if = "is_default")]
    pub root_ca_pem_files: Vec<String>,
    /// The file of our certificate.
    #[serde(skip_serializing_if = "is_default")]
    pub client_certificate_file: String,
    /// The file of its key.
    #[serde(skip_serializing_if = "is_default")]
    pub client_certificate_key_file: String,
    /// The subject of a managed certificate to use as ours.
    #[serde(skip_serializing_if = "is_default")]
    pub client_certificate_automate: String,
    /// Believe any certificate.
    #[serde(skip_serializing_if = "is_default")]
    pub insecure_skip_verify: bool,
    /// How long a handshake may take.
    #[serde(skip_serializing_if = "is_default")]
    pub handshake_timeout: Duration,
    /// The name asked for and verified; the dialed host if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub server_name: String,
    /// `never`, `once` or `freely`; `never` if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub renegotiation: String,
    /// Ports of upstreams without TLS.
    #[serde(skip_serializing_if = "is_default")]
    pub except_ports: Vec<String>,
    /// Curves for the key exchange.
    #[serde(skip_serializing_if = "is_default")]
    pub curves: Vec<String>,
}
