//! Certificates by hand, and names to manage. Caddy: `fileloader.go` and its neighbours.

use serde::{Deserialize, Serialize};

use crate::is_default;

/// Where certificates come from, besides automatic HTTPS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Certificates {
    /// Pairs of files.
    #[serde(skip_serializing_if = "is_default")]
    pub load_files: Vec<CertificateFiles>,
    /// Folders of PEM files that each hold a chain and its key.
    #[serde(skip_serializing_if = "is_default")]
    pub load_folders: Vec<String>,
    /// Certificates in the configuration itself.
    #[serde(skip_serializing_if = "is_default")]
    pub load_pem: Vec<CertificatePem>,
    /// Certificates in the storage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_storage: Option<StoredCertificates>,
    /// Names to manage besides those of the sites.
    #[serde(skip_serializing_if = "is_default")]
    pub automate: Vec<String>,
}

/// A certificate chain and its key in two files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CertificateFiles {
    /// Path of the chain, leaf first.
    pub certificate: String,
    /// Path of the key.
    pub key: String,
    /// `pem`, also if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub format: String,
    /// Marks by which connection policies choose.
    #[serde(skip_serializing_if = "is_default")]
    pub tags: Vec<String>,
}

/// A certificate chain and its key as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CertificatePem {
    /// The chain, leaf first.
    pub certificate: String,
    /// The key.
    pub key: String,
    /// Marks by which connection policies choose.
    #[serde(skip_serializing_if = "is_default")]
    pub tags: Vec<String>,
}

/// Certificates in the storage of the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoredCertificates {
    /// The certificates.
    #[serde(skip_serializing_if = "is_default")]
    pub pairs: Vec<StoredCertificate>,
}

/// A certificate chain and its key under two keys of a storage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoredCertificate {
    /// Where the chain is.
    pub certificate: String,
    /// Where the key is.
    pub key: String,
    /// `pem`, also if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub format: String,
    /// Marks by which connection policies choose.
    #[serde(skip_serializing_if = "is_default")]
    pub tags: Vec<String>,
}
