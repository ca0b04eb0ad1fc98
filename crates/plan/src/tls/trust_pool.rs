//! Where trusted authorities come from. Caddy: `modules/caddytls/capools.go`.

use serde::{Deserialize, Serialize};

use crate::Storage;
use crate::is_default;
use crate::value::Duration;

/// A source of authorities, named by `provider`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "provider", rename_all = "snake_case", deny_unknown_fields)]
pub enum TrustPool {
    /// Written in the configuration.
    Inline {
        /// Certificates: DER in base 64.
        #[serde(default, skip_serializing_if = "is_default")]
        trusted_ca_certs: Vec<String>,
    },
    /// In files.
    File {
        /// The files.
        #[serde(default, skip_serializing_if = "is_default")]
        pem_files: Vec<String>,
    },
    /// The roots of local authorities.
    PkiRoot {
        /// The ids of the authorities.
        #[serde(default, skip_serializing_if = "is_default")]
        authority: Vec<String>,
    },
    /// The intermediates of local authorities.
    PkiIntermediate {
        /// The ids of the authorities.
        #[serde(default, skip_serializing_if = "is_default")]
        authority: Vec<String>,
    },
    /// In a storage.
    Storage {
        /// The storage; that of the configuration if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        storage: Option<Storage>,
        /// The keys in it.
        #[serde(default, skip_serializing_if = "is_default")]
        pem_keys: Vec<String>,
    },
    /// Fetched over HTTP.
    Http(FetchedPool),
    /// Those of the system.
    System {},
    /// All of several sources.
    Combined {
        /// The sources.
        #[serde(default, skip_serializing_if = "is_default")]
        sources: Vec<Self>,
    },
}

/// Authorities that are fetched.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FetchedPool {
    /// Where from.
    #[serde(skip_serializing_if = "is_default")]
    pub endpoints: Vec<String>,
    /// How TLS is spoken with the endpoints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<FetchTls>,
}

/// TLS with whom authorities are fetched from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FetchTls {
    /// Whom to trust there; the system's authorities if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca: Option<Box<TrustPool>>,
    /// Believe any certificate.
    #[serde(skip_serializing_if = "is_default")]
    pub insecure_skip_verify: bool,
    /// How long a handshake may take.
    #[serde(skip_serializing_if = "is_default")]
    pub handshake_timeout: Duration,
    /// The name asked for and verified.
    #[serde(skip_serializing_if = "is_default")]
    pub server_name: String,
    /// `never`, `once` or `freely`.
    #[serde(skip_serializing_if = "is_default")]
    pub renegotiation: String,
}
