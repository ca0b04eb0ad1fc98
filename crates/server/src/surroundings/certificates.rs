//! Certificates that were given as files: readable, whole, valid, and for the names they serve.

use std::error::Error as _;
use std::time::SystemTime;

use evenkeel_plan::Plan;
use evenkeel_plan::tls::CertificateFiles;
use evenkeel_tls::{Certificate, CertificateError, provider};

use super::files::{is_literal, read};
use super::{Files, Trouble};

pub(super) fn look(plan: &Plan, files: &dyn Files, now: SystemTime) -> Vec<Trouble> {
    let tls = plan.apps.tls.as_ref();
    let certificates = tls.and_then(|app| app.certificates.as_ref());
    let mut found = Vec::new();
    for (number, pair) in certificates
        .iter()
        .flat_map(|all| &all.load_files)
        .enumerate()
    {
        let path = format!("apps.tls.certificates.load_files[{number}]");
        if let Some(certificate) = load(pair, files, &path, &mut found) {
            found.extend(validity(&certificate, now, &path));
            found.extend(names(plan, pair, &certificate, &path));
        }
    }
    found
}

fn load(
    pair: &CertificateFiles,
    files: &dyn Files,
    path: &str,
    found: &mut Vec<Trouble>,
) -> Option<Certificate> {
    if !is_literal(&pair.certificate) || !is_literal(&pair.key) {
        return None;
    }
    let chain = read(files, &pair.certificate, format!("{path}.certificate"));
    let key = read(files, &pair.key, format!("{path}.key"));
    let (chain, key) = match (chain, key) {
        (Ok(chain), Ok(key)) => (chain, key),
        (chain, key) => {
            found.extend(chain.err());
            found.extend(key.err());
            return None;
        }
    };
    match Certificate::from_pem(&chain, &key, &provider()) {
        Ok(certificate) => Some(certificate),
        Err(error) => {
            // That they do not go together is all there is to say.
            let cause = match &error {
                CertificateError::Mismatch(_) => None,
                other => other.source().map(|cause| format!(": {cause}")),
            };
            found.push(Trouble {
                id: "certificate-unusable",
                is_error: true,
                path: path.to_owned(),
                message: format!(
                    "`{}` and `{}` make no certificate: {error}{}",
                    pair.certificate,
                    pair.key,
                    cause.unwrap_or_default()
                ),
                help: "name the PEM files of one chain and its private key, in this order",
            });
            None
        }
    }
}

fn validity(certificate: &Certificate, now: SystemTime, path: &str) -> Option<Trouble> {
    let validity = certificate.validity();
    if validity.contains(now) {
        return None;
    }
    let (id, what) = if now < validity.not_before {
        let from = day(validity.not_before);
        (
            "certificate-not-yet-valid",
            format!("is not valid before {from}"),
        )
    } else {
        let until = day(validity.not_after);
        ("certificate-expired", format!("has expired on {until}"))
    };
    Some(Trouble {
        id,
        is_error: false,
        path: format!("{path}.certificate"),
        message: format!(
            "the certificate of `{}` {what}",
            certificate.names().join(", ")
        ),
        help: "clients refuse it: put a valid one there, or remove `tls` to have one obtained",
    })
}

/// As `2026-01-31`, in UTC.
fn day(at: SystemTime) -> String {
    time::OffsetDateTime::from(at).date().to_string()
}

/// The names that are served with the certificate, and are not on it.
fn names(
    plan: &Plan,
    pair: &CertificateFiles,
    certificate: &Certificate,
    path: &str,
) -> Option<Trouble> {
    let servers = plan.apps.http.iter().flat_map(|app| app.servers.values());
    let policies = servers.flat_map(|server| server.tls_connection_policies.iter().flatten());
    let uses = policies.filter(|policy| {
        let chosen = policy
            .certificate_selection
            .iter()
            .flat_map(|choice| &choice.any_tag);
        chosen.into_iter().any(|tag| pair.tags.contains(tag))
    });
    let served = uses
        .flat_map(|policy| policy.matcher.iter())
        .flat_map(|matcher| &matcher.sni);
    let is_missing = |name: &&String| !certificate.names().iter().any(|on| covers(on, name));
    let missing: Vec<&str> = served.filter(is_missing).map(String::as_str).collect();
    if missing.is_empty() {
        return None;
    }
    Some(Trouble {
        id: "certificate-not-for-site",
        is_error: false,
        path: format!("{path}.certificate"),
        message: format!(
            "the certificate is for `{}` and not for `{}`",
            certificate.names().join(", "),
            missing.join(", ")
        ),
        help: "clients refuse it for these names: name a certificate that covers them",
    })
}

/// Whether a name on a certificate is good for a served one (RFC 6125 section 6.4.3).
fn covers(on: &str, served: &str) -> bool {
    let served = served.to_ascii_lowercase();
    if on == served {
        return true;
    }
    let rest = on.strip_prefix("*.");
    rest.is_some_and(|rest| {
        served
            .split_once('.')
            .is_some_and(|(_, parent)| parent == rest)
    })
}
