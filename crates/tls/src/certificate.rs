//! A certificate ready for use: chain, key, the names it is for, and when it is valid.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::sign::CertifiedKey;

use crate::key::{self, KeyError};
use crate::x509::{self, ParseError, Validity};

/// A chain with its key. Never changes.
#[derive(Debug)]
pub struct Certificate {
    pub(crate) certified: Arc<CertifiedKey>,
    pub(crate) names: Vec<String>,
    pub(crate) validity: Validity,
    /// Marks by which connection policies choose.
    pub(crate) tags: Vec<String>,
}

/// Chain and key make no usable certificate.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The chain's text is not PEM.
    #[error("the certificate file is not PEM")]
    Pem(#[source] pem::PemError),
    /// There is no certificate in the chain's text.
    #[error("the certificate file holds no certificate")]
    NoCertificate,
    /// The leaf is not X.509.
    #[error(transparent)]
    Parse(#[from] ParseError),
    /// The key is not usable.
    #[error("the private key file is not usable")]
    Key(#[from] KeyError),
    /// The key is of another kind than supported, or not the key of this certificate.
    #[error("the private key does not go with the certificate")]
    Mismatch(#[source] rustls::Error),
}

impl Certificate {
    /// From a PEM chain, leaf first, and a PEM key.
    pub fn from_pem(
        chain: &[u8],
        key: &[u8],
        provider: &CryptoProvider,
    ) -> Result<Self, CertificateError> {
        let chain = chain_from_pem(chain)?;
        let facts = x509::read(&chain[0])?;
        let certified = CertifiedKey::from_der(chain, key::from_pem(key)?, provider)
            .map_err(CertificateError::Mismatch)?;
        Ok(Self {
            certified: Arc::new(certified),
            names: facts.names,
            validity: facts.validity,
            tags: Vec::new(),
        })
    }

    /// The same with marks.
    #[must_use]
    pub fn with_tags(mut self, tags: Vec<String>) -> Self {
        self.tags = tags;
        self
    }

    /// The names it is for, in lower case.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// When it is valid.
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// The chain, leaf first, and the key, as rustls wants them.
    pub fn certified_key(&self) -> &Arc<CertifiedKey> {
        &self.certified
    }
}

/// All certificates in `pem`; at least one.
pub(crate) fn chain_from_pem(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let blocks = pem::parse_many(pem).map_err(CertificateError::Pem)?;
    let chain: Vec<_> = blocks
        .into_iter()
        .filter(|block| block.tag() == "CERTIFICATE")
        .map(|block| CertificateDer::from(block.into_contents()))
        .collect();
    if chain.is_empty() {
        Err(CertificateError::NoCertificate)
    } else {
        Ok(chain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider;
    use crate::testing::self_signed;

    #[test]
    fn a_chain_and_its_key_become_a_certificate() {
        let (chain, key) = self_signed(&["a.test", "*.b.test"]);
        let made = Certificate::from_pem(chain.as_bytes(), key.as_bytes(), &provider()).unwrap();
        assert_eq!(made.names(), ["a.test", "*.b.test"]);
        assert_eq!(made.certified_key().cert.len(), 1);
    }

    #[test]
    fn what_is_wrong_is_told() {
        let (chain, key) = self_signed(&["a.test"]);
        let (_, other_key) = self_signed(&["a.test"]);
        let provider = provider();
        let read = |chain: &str, key: &str| {
            Certificate::from_pem(chain.as_bytes(), key.as_bytes(), &provider).unwrap_err()
        };
        assert!(matches!(
            read(&chain, &other_key),
            CertificateError::Mismatch(_)
        ));
        assert!(matches!(read(&key, &key), CertificateError::NoCertificate));
        assert!(matches!(read("", &key), CertificateError::NoCertificate));
        assert!(matches!(
            read(&chain, &chain),
            CertificateError::Key(KeyError::Missing)
        ));
        let rubbish = key::encode("CERTIFICATE", b"rubbish");
        assert!(matches!(read(&rubbish, &key), CertificateError::Parse(_)));
    }
}
