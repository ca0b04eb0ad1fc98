//! Certificates in files, named in the configuration (`tls CERT KEY`).

use std::io;
use std::path::{Path, PathBuf};

use crate::certificate::{Certificate, CertificateError};
use crate::client::ClientError;
use crate::issuer::Environment;
use crate::settings::CertificateFiles;

/// One of a pair of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The chain of certificates.
    Certificate,
    /// The private key.
    Key,
}

/// A generation's certificates cannot be prepared.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// A file cannot be read.
    #[error("cannot read the file {}", path.display())]
    Read {
        /// The place of the pair in the settings.
        place: usize,
        /// Which of the two it is.
        part: Part,
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Two files make no certificate.
    #[error(
        "certificate {} with private key {} is not usable", certificate.display(), key.display()
    )]
    Files {
        /// The place of the pair in the settings.
        place: usize,
        /// The chain.
        certificate: PathBuf,
        /// The key.
        key: PathBuf,
        /// Why.
        source: CertificateError,
    },
    /// An issuer cannot be set up.
    #[error("a certificate issuer cannot be set up")]
    Issuer(#[from] ClientError),
}

pub(super) async fn files(
    place: usize,
    files: &CertificateFiles,
    environment: &Environment,
) -> Result<Certificate, PrepareError> {
    let chain = read(&files.certificate, place, Part::Certificate).await?;
    let key = read(&files.key, place, Part::Key).await?;
    let certificate =
        Certificate::from_pem(&chain, &key, &environment.provider).map_err(|source| {
            PrepareError::Files {
                place,
                certificate: files.certificate.clone(),
                key: files.key.clone(),
                source,
            }
        })?;
    if !certificate.validity.contains(environment.clock.now()) {
        tracing::warn!(
            target: "tls", file = %files.certificate.display(), names = ?certificate.names,
            "certificate has expired or is not valid yet; clients will refuse it"
        );
    }
    Ok(certificate.with_tags(files.tags.clone()))
}

async fn read(path: &Path, place: usize, part: Part) -> Result<Vec<u8>, PrepareError> {
    let read = tokio::fs::read(path).await;
    read.map_err(|source| PrepareError::Read {
        place,
        part,
        path: path.to_owned(),
        source,
    })
}
