//! What this crate is told to do, as its own values. The only file that reads `plan`.

use std::path::PathBuf;
use std::time::Duration;

use evenkeel_plan::tls as plan;
use rustls::SupportedProtocolVersion;
use rustls::version::{TLS12, TLS13};

use crate::client::Roots;
use crate::subject;

/// Let's Encrypt's directory: the CA when none is configured.
pub const LETS_ENCRYPT: &str = rustls_acme::acme::LETS_ENCRYPT_PRODUCTION_DIRECTORY;
/// Where retries are rehearsed, to spare the rate limits of the real one.
const LETS_ENCRYPT_STAGING: &str = rustls_acme::acme::LETS_ENCRYPT_STAGING_DIRECTORY;
/// Lifetime of certificates from the local CA (Caddy `internalissuer.go`).
const INTERNAL_LIFETIME: Duration = Duration::from_hours(12);

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

impl Settings {
    /// Settings from Caddy's TLS app. `hosts` are the names automatic HTTPS found.
    pub fn from_plan(app: Option<&plan::App>, hosts: impl IntoIterator<Item = String>) -> Self {
        let default = plan::App::default();
        let app = app.unwrap_or(&default);
        let (files, automate): (&[_], &[_]) = match &app.certificates {
            Some(certificates) => (&certificates.load_files, &certificates.automate),
            None => (&[], &[]),
        };
        let policies = app
            .automation
            .as_ref()
            .map_or(&[][..], |automation| &automation.policies);
        let files = files.iter().map(|files| CertificateFiles {
            certificate: files.certificate.clone().into(),
            key: files.key.clone().into(),
            tags: files.tags.clone(),
        });
        let names = managed_names(automate, hosts);
        let subjects = names.into_iter().map(|name| SubjectSettings {
            issuers: issuers_for(&name, policies),
            name,
        });
        Self {
            files: files.collect(),
            subjects: subjects.collect(),
        }
    }
}

impl PolicySettings {
    /// From a connection policy of a server that speaks `protocols` (Caddy's `h1`, `h2` …; all if
    /// empty).
    pub fn from_plan(
        policy: &plan::ConnectionPolicy,
        protocols: &[String],
    ) -> Result<Self, PolicySettingsError> {
        let has = |name: &str| protocols.is_empty() || protocols.iter().any(|one| one == name);
        let default = Self::default();
        let wanted = if policy.alpn.is_empty() {
            &default.alpn
        } else {
            &policy.alpn
        };
        let is_spoken = |name: &&String| match name.as_str() {
            "h2" => has("h2"),
            "http/1.1" => has("h1"),
            _ => true,
        };
        let alpn = wanted.iter().filter(is_spoken).cloned().collect();
        let selection = policy.certificate_selection.as_ref();
        Ok(Self {
            sni: policy
                .matcher
                .as_ref()
                .map_or_else(Vec::new, |matcher| matcher.sni.clone()),
            any_tag: selection.map_or_else(Vec::new, |selection| selection.any_tag.clone()),
            alpn,
            versions: versions(&policy.protocol_min, &policy.protocol_max)?,
        })
    }
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

fn versions(min: &str, max: &str) -> Result<Versions, PolicySettingsError> {
    let is_13 = |text: &str, default: bool| match text {
        "" => Ok(default),
        "tls1.2" => Ok(false),
        "tls1.3" => Ok(true),
        other => Err(PolicySettingsError::Version(other.to_owned())),
    };
    match (is_13(min, false)?, is_13(max, true)?) {
        (false, true) => Ok(Versions::Both),
        (false, false) => Ok(Versions::Tls12),
        (true, true) => Ok(Versions::Tls13),
        (true, false) => Err(PolicySettingsError::NoVersion {
            min: min.to_owned(),
            max: max.to_owned(),
        }),
    }
}

/// All names, each once; hosts that a managed wildcard covers need no certificate of their own,
/// unless asked for by name (Caddy `tls.go Manage`).
fn managed_names(automate: &[String], hosts: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let automate = automate.iter().map(|name| name.to_ascii_lowercase());
    let hosts: Vec<String> = hosts
        .into_iter()
        .map(|name| name.to_ascii_lowercase())
        .collect();
    for name in automate {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let patterns: Vec<String> = names
        .iter()
        .chain(&hosts)
        .filter(|name| name.contains('*'))
        .cloned()
        .collect();
    for host in hosts {
        let is_covered = patterns
            .iter()
            .any(|pattern| *pattern != host && subject::covers(pattern, &host));
        if !is_covered && !names.contains(&host) {
            names.push(host);
        }
    }
    names.retain(|name| subject::qualifies(name));
    names
}

/// Caddy `autohttps.go`, `tls.go getAutomationPolicyForName`: a policy that lists the name; else
/// the local CA for names no public CA vouches for; else the first policy that covers it.
fn issuers_for(name: &str, policies: &[plan::AutomationPolicy]) -> Vec<IssuerSettings> {
    let lists = |policy: &&plan::AutomationPolicy| {
        policy
            .subjects
            .iter()
            .any(|subject| subject.eq_ignore_ascii_case(name))
    };
    let covers = |policy: &&plan::AutomationPolicy| {
        policy.subjects.is_empty()
            || policy
                .subjects
                .iter()
                .any(|pattern| subject::covers(pattern, name))
    };
    if let Some(policy) = policies.iter().find(lists) {
        return issuers_of(policy);
    }
    let is_bare_address = policies.is_empty() && subject::address(name).is_some();
    if !subject::is_public(name) || is_bare_address {
        return vec![internal(&plan::InternalIssuer::default())];
    }
    policies
        .iter()
        .find(covers)
        .map_or_else(default_issuers, issuers_of)
}

fn issuers_of(policy: &plan::AutomationPolicy) -> Vec<IssuerSettings> {
    if !policy.issuers.is_empty() {
        return policy.issuers.iter().map(issuer).collect();
    }
    let is_internal = |name: &String| !subject::is_public(name);
    if !policy.subjects.is_empty() && policy.subjects.iter().all(is_internal) {
        return vec![internal(&plan::InternalIssuer::default())];
    }
    default_issuers()
}

fn default_issuers() -> Vec<IssuerSettings> {
    vec![acme(&plan::AcmeIssuer::default())]
}

fn issuer(issuer: &plan::Issuer) -> IssuerSettings {
    match issuer {
        plan::Issuer::Acme(settings) => acme(settings),
        plan::Issuer::Internal(settings) => internal(settings),
    }
}

fn acme(settings: &plan::AcmeIssuer) -> IssuerSettings {
    let directory = if settings.ca.is_empty() {
        LETS_ENCRYPT.to_owned()
    } else {
        settings.ca.clone()
    };
    let test_directory = (directory == LETS_ENCRYPT).then(|| LETS_ENCRYPT_STAGING.to_owned());
    let roots = if settings.trusted_roots_pem_files.is_empty() {
        Roots::System
    } else {
        Roots::Files(
            settings
                .trusted_roots_pem_files
                .iter()
                .map(PathBuf::from)
                .collect(),
        )
    };
    let challenges = settings.challenges.as_ref();
    let is_on = |challenge: Option<&plan::Challenge>| challenge.is_none_or(|one| !one.disabled);
    IssuerSettings::Acme(AcmeSettings {
        directory,
        test_directory,
        email: settings.email.trim().to_ascii_lowercase(),
        roots,
        http_01: is_on(challenges.and_then(|all| all.http.as_ref())),
        tls_alpn_01: is_on(challenges.and_then(|all| all.tls_alpn.as_ref())),
    })
}

fn internal(settings: &plan::InternalIssuer) -> IssuerSettings {
    let id = if settings.ca.is_empty() {
        "local"
    } else {
        &settings.ca
    };
    IssuerSettings::Internal(InternalSettings {
        id: id.to_owned(),
        lifetime: settings.lifetime.positive().unwrap_or(INTERNAL_LIFETIME),
        sign_with_root: settings.sign_with_root,
    })
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
