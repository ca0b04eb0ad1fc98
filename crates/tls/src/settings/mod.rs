//! What this crate is told to do, as its own values. `from_plan` alone reads Caddy's plan.

mod from_plan;
mod not_yet;

use std::path::PathBuf;
use std::time::Duration;

use rustls::SupportedProtocolVersion;
use rustls::version::{TLS12, TLS13};

pub use not_yet::{Refusal, refuse_app, refuse_policy};

use crate::client::Roots;

/// Let's Encrypt's directory: the CA when none is configured.
pub const LETS_ENCRYPT: &str = rustls_acme::acme::LETS_ENCRYPT_PRODUCTION_DIRECTORY;

/// All certificates of one generation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Certificates in files (`tls CERT KEY`).
    pub files: Vec<CertificateFiles>,
    /// Names whose certificates are obtained and renewed.
    pub subjects: Vec<SubjectSettings>,
}

/// A pair of PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The chain, leaf first.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
    /// Marks by which connection policies choose.
    pub tags: Vec<String>,
}

/// A managed name and where its certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectSettings {
    /// The name, in lower case.
    pub name: String,
    /// Tried in order.
    pub issuers: Vec<IssuerSettings>,
}

/// Where certificates come from. Equal settings share one issuer, also across generations.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum IssuerSettings {
    /// An ACME CA (RFC 8555).
    Acme(AcmeSettings),
    /// The local CA.
    Internal(InternalSettings),
}

/// An ACME CA and our account there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AcmeSettings {
    /// URL of its directory.
    pub directory: String,
    /// URL of a directory to rehearse retries with.
    pub test_directory: Option<String>,
    /// Contact; the most recently used account if empty.
    pub email: String,
    /// Whom to believe when talking to it.
    pub roots: Roots,
    /// May HTTP-01 be used?
    pub http_01: bool,
    /// May TLS-ALPN-01 be used?
    pub tls_alpn_01: bool,
}

/// The local CA.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct InternalSettings {
    /// Its id; names its folder.
    pub id: String,
    /// Lifetime of the certificates it signs.
    pub lifetime: Duration,
    /// Sign with the root instead of the intermediate.
    pub sign_with_root: bool,
}

/// A connection policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicySettings {
    /// Server names it is for (`*` stands for a label); all if empty.
    pub sni: Vec<String>,
    /// Only certificates with one of these marks; any if empty.
    pub any_tag: Vec<String>,
    /// Protocols offered by ALPN, best first.
    pub alpn: Vec<String>,
    /// TLS versions.
    pub versions: Versions,
}

/// TLS versions spoken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Versions {
    /// 1.2 and 1.3.
    #[default]
    Both,
    /// 1.2 only.
    Tls12,
    /// 1.3 only.
    Tls13,
}

/// A connection policy asks for what cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicySettingsError {
    /// No such version, or one that is too old to be safe.
    #[error("TLS version `{0}` is not supported; use `tls1.2` or `tls1.3`")]
    Version(String),
    /// The highest version is below the lowest.
    #[error("no TLS version lies between `{min}` and `{max}`")]
    NoVersion {
        /// `protocol_min`.
        min: String,
        /// `protocol_max`.
        max: String,
    },
}

impl Default for PolicySettings {
    fn default() -> Self {
        Self {
            sni: Vec::new(),
            any_tag: Vec::new(),
            alpn: vec!["h2".to_owned(), "http/1.1".to_owned()],
            versions: Versions::Both,
        }
    }
}

impl Versions {
    pub(crate) fn list(self) -> Vec<&'static SupportedProtocolVersion> {
        match self {
            Self::Both => vec![&TLS13, &TLS12],
            Self::Tls12 => vec![&TLS12],
            Self::Tls13 => vec![&TLS13],
        }
    }
}
