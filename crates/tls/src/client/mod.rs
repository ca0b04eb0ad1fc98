//! TLS towards others: towards ACME servers, and towards upstreams.

mod pool;
mod unverified;
mod upstream;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::{ClientConfig, RootCertStore};

pub use upstream::{LoadUpstream, UpstreamTls, UpstreamTlsError};

use crate::certificate::{CertificateError, chain_from_pem};

/// Whom to believe.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Roots {
    /// The certificates the system trusts.
    System,
    /// The certificates in these PEM files, and no others.
    Files(Vec<PathBuf>),
}

/// The roots, or a configuration with them, could not be had.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The system trusts nobody.
    #[error(
        "this system has no trusted root certificates; install its ca-certificates package, \
         or set SSL_CERT_FILE"
    )]
    NoSystemRoots,
    /// A file of roots cannot be read.
    #[error("cannot read the trusted root certificates in {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of roots holds none.
    #[error("{} holds no usable root certificate", path.display())]
    Roots {
        /// The file.
        path: PathBuf,
        /// Why.
        source: CertificateError,
    },
    /// A certificate in a file of roots is none that can be trusted.
    #[error("a certificate in {} cannot be a root", path.display())]
    Root {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rustls::Error,
    },
    /// The provider has nothing for the protocol versions.
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
}

/// A client that believes `roots` and offers `alpn` (in order of preference).
/// Reads files: not for the event loop of a worker.
pub fn client_config(
    provider: &Arc<CryptoProvider>,
    roots: &Roots,
    alpn: &[&[u8]],
) -> Result<Arc<ClientConfig>, ClientError> {
    let store = match roots {
        Roots::System => system_roots()?,
        Roots::Files(paths) => roots_in(paths)?,
    };
    let mut config = ClientConfig::builder_with_provider(Arc::clone(provider))
        .with_safe_default_protocol_versions()
        .map_err(ClientError::Tls)?
        .with_root_certificates(store)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|protocol| protocol.to_vec()).collect();
    Ok(Arc::new(config))
}

fn system_roots() -> Result<RootCertStore, ClientError> {
    let mut store = RootCertStore::empty();
    // Single bad certificates in the system's store are none of our business.
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if store.is_empty() {
        Err(ClientError::NoSystemRoots)
    } else {
        Ok(store)
    }
}

fn roots_in(paths: &[PathBuf]) -> Result<RootCertStore, ClientError> {
    let mut store = RootCertStore::empty();
    for path in paths {
        add_roots(&mut store, path)?;
    }
    Ok(store)
}

fn add_roots(store: &mut RootCertStore, path: &Path) -> Result<(), ClientError> {
    let path = || path.to_owned();
    let pem = std::fs::read(path()).map_err(|source| ClientError::Read {
        path: path(),
        source,
    })?;
    let chain = chain_from_pem(&pem).map_err(|source| ClientError::Roots {
        path: path(),
        source,
    })?;
    for root in chain {
        store.add(root).map_err(|source| ClientError::Root {
            path: path(),
            source,
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider;
    use crate::testing::self_signed;

    #[test]
    fn roots_come_from_the_named_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.pem");
        std::fs::write(&path, self_signed(&["ca.test"]).0).unwrap();
        let config = client_config(&provider(), &Roots::Files(vec![path]), &[b"http/1.1"]).unwrap();
        assert_eq!(config.alpn_protocols, [b"http/1.1".to_vec()]);
    }

    #[test]
    fn a_missing_or_wrong_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.pem");
        let read =
            || client_config(&provider(), &Roots::Files(vec![path.clone()]), &[]).unwrap_err();
        let missing = read();
        assert!(matches!(missing, ClientError::Read { .. }));
        assert!(missing.to_string().contains("root.pem"));
        std::fs::write(&path, "no certificate").unwrap();
        assert!(matches!(read(), ClientError::Roots { .. }));
    }
}
