//! Whom to believe, from the sources a plan may name. Caddy: `modules/caddytls/capools.go`.

use std::io;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use evenkeel_plan::tls::TrustPool;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;

use super::upstream::{LoadUpstream, UpstreamTlsError};
use crate::certificate::chain_from_pem;

/// Certificates of trusted authorities.
#[derive(Debug, Default)]
pub(super) struct Pool(Vec<CertificateDer<'static>>);

impl Pool {
    /// From a source of a plan.
    pub(super) fn of(plan: &TrustPool, load: &LoadUpstream<'_>) -> Result<Self, UpstreamTlsError> {
        let mut pool = Self::default();
        pool.add(plan, load)?;
        if pool.0.is_empty() && load.reads_files() {
            return Err(UpstreamTlsError::NoRoots);
        }
        Ok(pool)
    }

    fn add(&mut self, plan: &TrustPool, load: &LoadUpstream<'_>) -> Result<(), UpstreamTlsError> {
        match plan {
            TrustPool::Inline { trusted_ca_certs } => self.add_inline(trusted_ca_certs),
            TrustPool::File { pem_files } => self.add_files(pem_files, load),
            TrustPool::PkiRoot { authority } => self.add_authorities(authority, load),
            TrustPool::System {} => {
                if load.reads_files() {
                    // Single bad certificates in the system's store are none of our business.
                    self.0
                        .extend(rustls_native_certs::load_native_certs().certs);
                }
                Ok(())
            }
            TrustPool::Combined { sources } => {
                sources.iter().try_for_each(|source| self.add(source, load))
            }
            TrustPool::PkiIntermediate { .. } => Err(UpstreamTlsError::NotYet("pki_intermediate")),
            TrustPool::Storage { .. } => Err(UpstreamTlsError::NotYet("storage")),
            TrustPool::Http(_) => Err(UpstreamTlsError::NotYet("http")),
        }
    }

    /// From certificates as DER in base 64.
    pub(super) fn add_inline(&mut self, texts: &[String]) -> Result<(), UpstreamTlsError> {
        for text in texts {
            let der = STANDARD
                .decode(text.trim())
                .map_err(UpstreamTlsError::Base64)?;
            self.0.push(der.into());
        }
        Ok(())
    }

    /// From PEM files.
    pub(super) fn add_files(
        &mut self,
        paths: &[String],
        load: &LoadUpstream<'_>,
    ) -> Result<(), UpstreamTlsError> {
        for path in paths {
            if let Some(pem) = load.read(path)? {
                self.add_pem(path, &pem)?;
            }
        }
        Ok(())
    }

    fn add_authorities(
        &mut self,
        ids: &[String],
        load: &LoadUpstream<'_>,
    ) -> Result<(), UpstreamTlsError> {
        for id in ids {
            if !load.reads_files() {
                continue;
            }
            let pem = (load.authority)(id).ok_or_else(|| UpstreamTlsError::Read {
                path: format!("the root of the local authority `{id}`"),
                source: io::ErrorKind::NotFound.into(),
            })?;
            self.add_pem(id, &pem)?;
        }
        Ok(())
    }

    fn add_pem(&mut self, from: &str, pem: &[u8]) -> Result<(), UpstreamTlsError> {
        let chain = chain_from_pem(pem).map_err(|source| UpstreamTlsError::Certificate {
            path: from.to_owned(),
            source,
        })?;
        self.0.extend(chain);
        Ok(())
    }

    /// All of it, for a fingerprint.
    pub(super) fn certificates(&self) -> &[CertificateDer<'static>] {
        &self.0
    }

    /// As rustls wants it. Certificates of the system that cannot be used are passed over; others
    /// are an error.
    pub(super) fn store(&self, system: bool) -> Result<RootCertStore, UpstreamTlsError> {
        let mut store = RootCertStore::empty();
        if system {
            store.add_parsable_certificates(self.0.iter().cloned());
            return Ok(store);
        }
        for certificate in &self.0 {
            store
                .add(certificate.clone())
                .map_err(UpstreamTlsError::Root)?;
        }
        Ok(store)
    }
}

/// Reads a file; the path is in the error.
pub(super) fn read_file(path: &str) -> Result<Vec<u8>, UpstreamTlsError> {
    std::fs::read(Path::new(path)).map_err(|source| UpstreamTlsError::Read {
        path: path.to_owned(),
        source,
    })
}
