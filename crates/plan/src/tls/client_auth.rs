//! Certificates of clients. Caddy: `ClientAuthentication` in `connpolicy.go`.

use serde::{Deserialize, Serialize};

use super::TrustPool;
use crate::Storage;
use crate::is_default;

/// What clients must show.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClientAuthentication {
    /// Who must have signed the certificates.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "crate::module::one"
    )]
    pub ca: Option<TrustPool>,
    /// The same as `inline` in `ca`. Deprecated.
    #[serde(skip_serializing_if = "is_default")]
    pub trusted_ca_certs: Vec<String>,
    /// The same as `file` in `ca`. Deprecated.
    #[serde(skip_serializing_if = "is_default")]
    pub trusted_ca_certs_pem_files: Vec<String>,
    /// The only certificates that are let in: DER in base 64. Deprecated.
    #[serde(skip_serializing_if = "is_default")]
    pub trusted_leaf_certs: Vec<String>,
    /// What else is checked.
    #[serde(
        skip_serializing_if = "is_default",
        serialize_with = "crate::module::each"
    )]
    pub verifiers: Vec<Verifier>,
    /// `request`, `require`, `verify_if_given` or `require_and_verify`; the last if it is said
    /// whom to trust, `require` otherwise.
    #[serde(skip_serializing_if = "is_default")]
    pub mode: String,
}

/// A check of a client's certificate, named by `verifier`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verifier", rename_all = "snake_case", deny_unknown_fields)]
pub enum Verifier {
    /// It is one of these.
    Leaf {
        /// Where these come from.
        #[serde(default, skip_serializing_if = "is_default")]
        leaf_certs_loaders: Vec<LeafLoader>,
    },
}

/// Where certificates of clients come from, named by `loader`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "loader", rename_all = "snake_case", deny_unknown_fields)]
pub enum LeafLoader {
    /// From PEM files.
    File {
        /// The files.
        #[serde(default, skip_serializing_if = "is_default")]
        files: Vec<String>,
    },
    /// From the `.pem` files in folders.
    Folder {
        /// The folders.
        #[serde(default, skip_serializing_if = "is_default")]
        folders: Vec<String>,
    },
    /// From the configuration itself.
    Pem {
        /// The certificates, in PEM.
        #[serde(default, skip_serializing_if = "is_default")]
        certificates: Vec<String>,
    },
    /// From a storage.
    Storage {
        /// The storage; that of the configuration if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        storage: Option<Storage>,
        /// The keys in it.
        #[serde(default, skip_serializing_if = "is_default")]
        certificates: Vec<String>,
    },
}
