//! Caddy's TLS plan → settings: which certificates, from whom, shown how.

use std::path::PathBuf;
use std::time::Duration;

use evenkeel_plan::tls as plan;

use super::{
    AcmeSettings, CertificateFiles, InternalSettings, IssuerSettings, LETS_ENCRYPT, PolicySettings,
    PolicySettingsError, Settings, SubjectSettings, Versions,
};
use crate::client::Roots;
use crate::subject;

/// Where retries are rehearsed, to spare the rate limits of the real one.
const LETS_ENCRYPT_STAGING: &str = rustls_acme::acme::LETS_ENCRYPT_STAGING_DIRECTORY;
/// Lifetime of certificates from the local CA (Caddy `internalissuer.go`).
const INTERNAL_LIFETIME: Duration = Duration::from_hours(12);

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
        return policy.issuers.iter().filter_map(issuer).collect();
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

fn issuer(issuer: &plan::Issuer) -> Option<IssuerSettings> {
    match issuer {
        plan::Issuer::Acme(settings) => Some(acme(settings)),
        plan::Issuer::Internal(settings) => Some(internal(settings)),
        // Refused by name before it comes to this.
        plan::Issuer::ZeroSsl(_) => None,
    }
}

fn acme(settings: &plan::AcmeIssuer) -> IssuerSettings {
    let directory = if settings.ca.is_empty() {
        LETS_ENCRYPT.to_owned()
    } else {
        settings.ca.clone()
    };
    let test_directory = match settings.test_ca.as_str() {
        "" => (directory == LETS_ENCRYPT).then(|| LETS_ENCRYPT_STAGING.to_owned()),
        named => Some(named.to_owned()),
    };
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
#[path = "tests.rs"]
mod tests;
