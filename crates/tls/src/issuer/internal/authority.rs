//! The local CA's own certificates: root (10 years) and intermediate (7 days), in Caddy's files.
//! Source: Caddy `caddypki/ca.go`, `crypto.go`, `maintain.go`.

use std::fmt;
use std::time::{Duration, SystemTime};

use evenkeel_storage::{Blobs as _, Leases as _, layout};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, SerialNumber,
};
use time::OffsetDateTime;

use super::{AuthorityError, BACKDATED};
use crate::certificate::chain_from_pem;
use crate::issuer::{Environment, IssueError};
use crate::key;
use crate::x509::{self, Facts};

const NAME: &str = "Evenkeel Local Authority";
const DAY: Duration = Duration::from_hours(24);
const ROOT_LIFETIME: Duration = DAY.saturating_mul(3600);
const INTERMEDIATE_LIFETIME: Duration = DAY.saturating_mul(7);

/// One authority in storage.
pub(super) struct Authority<'a> {
    pub(super) id: &'a str,
    pub(super) environment: &'a Environment,
}

/// A CA certificate with its key.
pub(super) struct Signer {
    pem: String,
    facts: Facts,
    issuer: rcgen::Issuer<'static, KeyPair>,
}

/// A CA certificate as stored, without its key: the root's is read only when it must sign.
struct Stored {
    pem: String,
    der: rustls::pki_types::CertificateDer<'static>,
    facts: Facts,
}

/// What a new certificate is to say.
pub(super) struct Template<'a> {
    kind: Kind<'a>,
    now: SystemTime,
    lifetime: Duration,
}

enum Kind<'a> {
    /// Common name, and how many CAs may follow.
    Authority(String, u8),
    Leaf(&'a str),
}

impl Authority<'_> {
    /// Who signs leaves: the intermediate, renewed if worn, or the root itself. What is missing
    /// is made.
    pub(super) async fn signer(&self, with_root: bool) -> Result<Signer, IssueError> {
        let storage = &self.environment.storage;
        let _lease = storage
            .acquire(&format!("local_authority_{}", self.id))
            .await?;
        let root = self.root().await?;
        if with_root {
            return Ok(self.root_signer(root).await?);
        }
        if let Some(signer) = self.intermediate(&root).await? {
            return Ok(signer);
        }
        Ok(self.new_intermediate(root).await?)
    }

    async fn root(&self) -> Result<Stored, AuthorityError> {
        let key = layout::authority(self.id).root_certificate;
        let Some(root) = self.stored(&key).await? else {
            return self.new_root().await;
        };
        if root.facts.validity.not_after <= self.environment.clock.now() {
            return Err(AuthorityError::RootExpired { key });
        }
        Ok(root)
    }

    async fn new_root(&self) -> Result<Stored, AuthorityError> {
        let keys = layout::authority(self.id);
        let now = self.environment.clock.now();
        let year = OffsetDateTime::from(now).year();
        let name = format!("{NAME} - {year} ECC Root");
        let key_pem = key::generate()?;
        let params = Template {
            kind: Kind::Authority(name, 1),
            now,
            lifetime: ROOT_LIFETIME,
        }
        .params(None)?;
        let certificate = params
            .self_signed(&key::signing_key(key_pem.as_bytes())?)
            .map_err(AuthorityError::Sign)?;
        let pem = key::encode("CERTIFICATE", certificate.der());
        let storage = &self.environment.storage;
        storage.store(&keys.root_key, key_pem.as_bytes()).await?;
        storage
            .store(&keys.root_certificate, pem.as_bytes())
            .await?;
        parse(pem, &keys.root_certificate)
    }

    /// The stored intermediate, if there is one that the root signed and that is not worn.
    async fn intermediate(&self, root: &Stored) -> Result<Option<Signer>, AuthorityError> {
        let keys = layout::authority(self.id);
        let Some(found) = self.stored(&keys.intermediate_certificate).await? else {
            return Ok(None);
        };
        if found.facts.authority_key_id != root.facts.subject_key_id {
            return Ok(None);
        }
        let signer = match self.environment.storage.load(&keys.intermediate_key).await {
            Ok(key_pem) => found.with_key(&key_pem, &keys.intermediate_key)?,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        Ok((!signer.is_worn(self.environment.clock.now())).then_some(signer))
    }

    async fn new_intermediate(&self, root: Stored) -> Result<Signer, AuthorityError> {
        let keys = layout::authority(self.id);
        let root = self.root_signer(root).await?;
        let key_pem = key::generate()?;
        let template = Template {
            kind: Kind::Authority(format!("{NAME} - ECC Intermediate"), 0),
            now: self.environment.clock.now(),
            lifetime: INTERMEDIATE_LIFETIME,
        };
        let pem = root.sign(&key_pem, &template)?;
        let storage = &self.environment.storage;
        storage
            .store(&keys.intermediate_key, key_pem.as_bytes())
            .await?;
        storage
            .store(&keys.intermediate_certificate, pem.as_bytes())
            .await?;
        parse(pem, &keys.intermediate_certificate)?
            .with_key(key_pem.as_bytes(), &keys.intermediate_key)
    }

    async fn root_signer(&self, root: Stored) -> Result<Signer, AuthorityError> {
        let key = layout::authority(self.id).root_key;
        let pem = self.environment.storage.load(&key).await?;
        root.with_key(&pem, &key)
    }

    async fn stored(&self, key: &str) -> Result<Option<Stored>, AuthorityError> {
        match self.environment.storage.load(key).await {
            Ok(pem) => parse(String::from_utf8_lossy(&pem).into_owned(), key).map(Some),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

impl Signer {
    /// Its PEM.
    pub(super) fn pem(&self) -> &str {
        &self.pem
    }

    /// A fifth or less of its life is left (`renewal_window_ratio`).
    pub(super) fn is_worn(&self, now: SystemTime) -> bool {
        let validity = self.facts.validity;
        validity.not_after - validity.length() / 5 <= now
    }

    /// A certificate for the public half of `key_pem`, as PEM. It never outlives its signer.
    pub(super) fn sign(
        &self,
        key_pem: &str,
        template: &Template<'_>,
    ) -> Result<String, AuthorityError> {
        let key = key::signing_key(key_pem.as_bytes())?;
        let params = template.params(Some(self.facts.validity.not_after))?;
        let certificate = params
            .signed_by(&key, &self.issuer)
            .map_err(AuthorityError::Sign)?;
        Ok(key::encode("CERTIFICATE", certificate.der()))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Never the key.
        f.debug_struct("Signer")
            .field("validity", &self.facts.validity)
            .finish_non_exhaustive()
    }
}

impl Stored {
    fn with_key(self, key_pem: &[u8], key: &str) -> Result<Signer, AuthorityError> {
        let pair = key::signing_key(key_pem).map_err(|error| damaged(key, error))?;
        let issuer = rcgen::Issuer::from_ca_cert_der(&self.der, pair);
        let issuer = issuer.map_err(|error| damaged(key, error))?;
        Ok(Signer {
            pem: self.pem,
            facts: self.facts,
            issuer,
        })
    }
}

impl<'a> Template<'a> {
    /// A server's certificate.
    pub(super) fn leaf(subject: &'a str, now: SystemTime, lifetime: Duration) -> Self {
        Self {
            kind: Kind::Leaf(subject),
            now,
            lifetime,
        }
    }

    fn params(&self, latest: Option<SystemTime>) -> Result<CertificateParams, AuthorityError> {
        let end = self.now + self.lifetime;
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.not_before = (self.now - BACKDATED).into();
        params.not_after = latest.map_or(end, |latest| end.min(latest)).into();
        params.serial_number = Some(serial()?);
        params.use_authority_key_identifier_extension = latest.is_some();
        match &self.kind {
            Kind::Authority(name, followers) => {
                params
                    .distinguished_name
                    .push(DnType::CommonName, name.as_str());
                params.is_ca = IsCa::Ca(BasicConstraints::Constrained(*followers));
                params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
            }
            Kind::Leaf(subject) => {
                let names = CertificateParams::new(vec![(*subject).to_owned()]);
                params.subject_alt_names = names.map_err(AuthorityError::Sign)?.subject_alt_names;
                params.is_ca = IsCa::NoCa;
                params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
                params.extended_key_usages = vec![
                    ExtendedKeyUsagePurpose::ServerAuth,
                    ExtendedKeyUsagePurpose::ClientAuth,
                ];
            }
        }
        Ok(params)
    }
}

fn parse(pem: String, key: &str) -> Result<Stored, AuthorityError> {
    let chain = chain_from_pem(pem.as_bytes()).map_err(|error| damaged(key, error))?;
    let der = chain
        .into_iter()
        .next()
        .expect("a chain has at least one certificate");
    let facts = x509::read(&der).map_err(|error| damaged(key, error))?;
    Ok(Stored { pem, der, facts })
}

fn damaged(key: &str, source: impl std::error::Error + Send + Sync + 'static) -> AuthorityError {
    AuthorityError::Damaged {
        key: key.to_owned(),
        source: Box::new(source),
    }
}

/// 127 random bits: positive, and not to be guessed.
fn serial() -> Result<SerialNumber, AuthorityError> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(key::KeyError::Crypto)?;
    bytes[0] &= 0x7f;
    Ok(SerialNumber::from_slice(&bytes))
}
