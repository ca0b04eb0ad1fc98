//! TLS towards upstreams: what a plan says of it, with everything read that it names.
//! Caddy: `httptransport.go`, `TLSConfig.MakeTLSClientConfig`.

use std::io;
use std::sync::Arc;

use aws_lc_rs::digest;
use evenkeel_plan::http::handlers::reverse_proxy::TransportTls;
use evenkeel_plan::tls::TrustPool;
use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs::kx_group;
use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::pki_types::PrivateKeyDer;

use super::pool::{Pool, read_file};
use super::unverified::AnyCertificate;
use crate::certificate::{CertificateError, chain_from_pem};
use crate::key;

/// How an upstream's TLS is loaded.
pub struct LoadUpstream<'a> {
    /// The root of a local authority by its id, as PEM; `None` if there is none yet.
    pub authority: &'a dyn Fn(&str) -> Option<Vec<u8>>,
    /// Whether files are read. Without, settings are only checked, and the result trusts nobody.
    pub files: bool,
}

/// TLS towards an upstream, ready for use.
#[derive(Clone, Debug)]
pub struct UpstreamTls {
    /// Whom to believe and what to show. It offers no application protocol: that is up to who
    /// uses it.
    pub config: Arc<ClientConfig>,
    /// The same for equal trust and credentials, and different for all others: connections must
    /// not be shared where it differs.
    pub fingerprint: [u8; 32],
}

/// TLS towards an upstream that cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamTlsError {
    /// A file cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A file holds no certificate, or a broken one.
    #[error("{path} holds no usable certificate")]
    Certificate {
        /// Which.
        path: String,
        /// Why.
        source: CertificateError,
    },
    /// A file holds no key.
    #[error("{path} holds no usable private key")]
    Key {
        /// Which.
        path: String,
        /// Why.
        source: key::KeyError,
    },
    /// A certificate in the plan is not in base 64.
    #[error("a certificate is not DER in base 64")]
    Base64(#[source] base64::DecodeError),
    /// A certificate cannot be a root.
    #[error("a certificate cannot be a trusted root")]
    Root(#[source] rustls::Error),
    /// There is nobody to trust.
    #[error(
        "there is no trusted certificate; the system's are in its ca-certificates package, or \
         where SSL_CERT_FILE says"
    )]
    NoRoots,
    /// Certificate and key do not go together.
    #[error("the client certificate and its key do not go together")]
    Mismatch(#[source] rustls::Error),
    /// A certificate without its key, or the other way round.
    #[error("a client certificate needs both a certificate and a key file")]
    HalfClientCertificate,
    /// A curve nobody knows.
    #[error("`{0}` is no curve; known are x25519mlkem768, x25519, secp256r1 and secp384r1")]
    Curve(String),
    /// A source of Caddy's that does not work yet.
    #[error("`{0}` is not supported yet")]
    NotYet(&'static str),
    /// Two sources that exclude each other.
    #[error("trusted authorities may come from one of `ca`, `root_ca_pool` and files only")]
    TwoSources,
    /// The provider has nothing for the protocol versions.
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
}

impl LoadUpstream<'_> {
    /// Loads what a plan says.
    pub fn load(&self, plan: &TransportTls) -> Result<UpstreamTls, UpstreamTlsError> {
        if !plan.client_certificate_automate.is_empty() {
            return Err(UpstreamTlsError::NotYet("client_certificate_automate"));
        }
        let provider = Arc::new(provider(&plan.curves)?);
        let mut fingerprint = Fingerprint::new();
        fingerprint.add(plan.curves.join(" ").as_bytes());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(UpstreamTlsError::Tls)?;
        let builder = if plan.insecure_skip_verify {
            fingerprint.add(b"any");
            let verifier = Arc::new(AnyCertificate(provider));
            builder
                .dangerous()
                .with_custom_certificate_verifier(verifier)
        } else {
            let (pool, system) = self.trusted(plan)?;
            for certificate in pool.certificates() {
                fingerprint.add(certificate);
            }
            builder.with_root_certificates(pool.store(system)?)
        };
        let config = match self.credentials(plan)? {
            None => builder.with_no_client_auth(),
            Some(Credentials { chain, key }) => {
                for certificate in &chain {
                    fingerprint.add(certificate);
                }
                fingerprint.add(key.secret_der());
                let config = builder.with_client_auth_cert(chain, key);
                config.map_err(UpstreamTlsError::Mismatch)?
            }
        };
        Ok(UpstreamTls {
            config: Arc::new(config),
            fingerprint: fingerprint.finish(),
        })
    }

    pub(super) const fn reads_files(&self) -> bool {
        self.files
    }

    pub(super) fn read(&self, path: &str) -> Result<Option<Vec<u8>>, UpstreamTlsError> {
        self.files.then(|| read_file(path)).transpose()
    }

    /// Whom to believe, and whether that is the system's choice.
    fn trusted(&self, plan: &TransportTls) -> Result<(Pool, bool), UpstreamTlsError> {
        let (inline, files) = (&plan.root_ca_pool, &plan.root_ca_pem_files);
        match &plan.ca {
            Some(_) if !inline.is_empty() || !files.is_empty() => Err(UpstreamTlsError::TwoSources),
            Some(ca) => Ok((Pool::of(ca, self)?, matches!(ca, TrustPool::System {}))),
            None if inline.is_empty() && files.is_empty() => {
                Ok((Pool::of(&TrustPool::System {}, self)?, true))
            }
            None => {
                let mut pool = Pool::default();
                pool.add_inline(inline)?;
                pool.add_files(files, self)?;
                Ok((pool, false))
            }
        }
    }

    fn credentials(&self, plan: &TransportTls) -> Result<Option<Credentials>, UpstreamTlsError> {
        let (certificate, key_file) = (
            &plan.client_certificate_file,
            &plan.client_certificate_key_file,
        );
        if certificate.is_empty() != key_file.is_empty() {
            return Err(UpstreamTlsError::HalfClientCertificate);
        }
        if certificate.is_empty() {
            return Ok(None);
        }
        let (Some(chain), Some(key)) = (self.read(certificate)?, self.read(key_file)?) else {
            return Ok(None);
        };
        let chain = chain_from_pem(&chain).map_err(|source| UpstreamTlsError::Certificate {
            path: certificate.clone(),
            source,
        })?;
        let key = key::from_pem(&key).map_err(|source| UpstreamTlsError::Key {
            path: key_file.clone(),
            source,
        })?;
        Ok(Some(Credentials { chain, key }))
    }
}

/// What is shown to an upstream that wants to know who asks.
struct Credentials {
    chain: Vec<rustls::pki_types::CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// The provider with these curves only, in their order; with its own if there is none.
fn provider(curves: &[String]) -> Result<CryptoProvider, UpstreamTlsError> {
    let mut provider = rustls::crypto::aws_lc_rs::default_provider();
    if !curves.is_empty() {
        provider.kx_groups = curves
            .iter()
            .map(|name| curve(name))
            .collect::<Result<_, _>>()?;
    }
    Ok(provider)
}

/// Caddy: `caddytls/values.go`, `SupportedCurves`; `secp521r1` is not to be had.
fn curve(name: &str) -> Result<&'static dyn SupportedKxGroup, UpstreamTlsError> {
    match name {
        "x25519mlkem768" => Ok(kx_group::X25519MLKEM768),
        "x25519" => Ok(kx_group::X25519),
        "secp256r1" => Ok(kx_group::SECP256R1),
        "secp384r1" => Ok(kx_group::SECP384R1),
        _ => Err(UpstreamTlsError::Curve(name.to_owned())),
    }
}

/// A digest of parts of which each has its length in front of it.
struct Fingerprint(digest::Context);

impl Fingerprint {
    fn new() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }

    fn add(&mut self, part: &[u8]) {
        self.0.update(&part.len().to_be_bytes());
        self.0.update(part);
    }

    fn finish(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.0.finish().as_ref());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::self_signed;

    fn load(plan: &TransportTls) -> Result<UpstreamTls, UpstreamTlsError> {
        let load = LoadUpstream {
            authority: &|id| (id == "local").then(|| self_signed(&["root.test"]).0.into_bytes()),
            files: true,
        };
        load.load(plan)
    }

    fn files(certificate: &str, key: &str) -> (tempfile::TempDir, String, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let (cert_path, key_path) = (path("cert.pem"), path("key.pem"));
        std::fs::write(&cert_path, certificate).unwrap();
        std::fs::write(&key_path, key).unwrap();
        (folder, cert_path, key_path)
    }

    #[test]
    fn trust_in_files_is_no_trust_in_the_system() {
        let (_folder, cert, _) = files(&self_signed(&["ca.test"]).0, "");
        let plan = TransportTls {
            root_ca_pem_files: vec![cert.clone()],
            ..TransportTls::default()
        };
        let by_file = load(&plan).unwrap();
        std::fs::write(&cert, self_signed(&["other.test"]).0).unwrap();
        let after = load(&plan).unwrap();
        assert_ne!(by_file.fingerprint, after.fingerprint, "the file changed");
    }

    #[test]
    fn no_usable_trust_is_an_error_and_not_the_systems() {
        for pem_files in [vec!["/nowhere/ca.pem".to_owned()], Vec::new()] {
            let plan = TransportTls {
                ca: Some(TrustPool::File { pem_files }),
                ..TransportTls::default()
            };
            load(&plan).unwrap_err();
        }
        let (_folder, cert, _) = files("garbage", "");
        let plan = TransportTls {
            root_ca_pem_files: vec![cert],
            ..TransportTls::default()
        };
        assert!(matches!(
            load(&plan).unwrap_err(),
            UpstreamTlsError::Certificate { .. }
        ));
    }

    #[test]
    fn every_source_that_works_gives_trust() {
        let (pem, _) = self_signed(&["ca.test"]);
        let der = chain_from_pem(pem.as_bytes()).unwrap().remove(0);
        let inline = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &der);
        let sources = vec![
            TrustPool::Inline {
                trusted_ca_certs: vec![inline],
            },
            TrustPool::PkiRoot {
                authority: vec!["local".to_owned()],
            },
        ];
        let ca = Some(TrustPool::Combined { sources });
        let combined = TransportTls {
            ca,
            ..TransportTls::default()
        };
        load(&combined).unwrap();
        let fetched = TransportTls {
            ca: Some(TrustPool::Http(evenkeel_plan::tls::FetchedPool::default())),
            ..TransportTls::default()
        };
        assert!(matches!(
            load(&fetched).unwrap_err(),
            UpstreamTlsError::NotYet("http")
        ));
    }

    #[test]
    fn a_client_certificate_needs_its_own_key() {
        let (pem, key) = self_signed(&["me.test"]);
        let (_folder, certificate, key_file) = files(&pem, &key);
        let mut plan = TransportTls {
            insecure_skip_verify: true,
            client_certificate_file: certificate,
            client_certificate_key_file: key_file.clone(),
            ..TransportTls::default()
        };
        let shown = load(&plan).unwrap();
        std::fs::write(key_file, self_signed(&["me.test"]).1).unwrap();
        assert!(matches!(
            load(&plan).unwrap_err(),
            UpstreamTlsError::Mismatch(_)
        ));
        plan.client_certificate_key_file.clear();
        assert!(matches!(
            load(&plan).unwrap_err(),
            UpstreamTlsError::HalfClientCertificate
        ));
        plan.client_certificate_file.clear();
        assert_ne!(load(&plan).unwrap().fingerprint, shown.fingerprint);
    }

    #[test]
    fn curves_are_those_that_are_named() {
        let plan = |curve: &str| TransportTls {
            insecure_skip_verify: true,
            curves: vec![curve.to_owned()],
            ..TransportTls::default()
        };
        let config = load(&plan("secp384r1")).unwrap().config;
        assert_eq!(config.crypto_provider().kx_groups.len(), 1);
        assert!(matches!(
            load(&plan("secp111")).unwrap_err(),
            UpstreamTlsError::Curve(_)
        ));
    }
}
