//! Issuers that nobody named, and what the global options add to every ACME issuer.

use evenkeel_plan::tls::{AcmeIssuer, Challenges, Issuer};

use crate::options::Options;

/// The directory of the second default issuer.
const ZEROSSL: &str = "https://acme.zerossl.com/v2/DV90";

/// The issuers of a certificate that nobody named one for. Caddy: `DefaultIssuers`.
pub(crate) fn default_issuers(email: &str) -> Vec<AcmeIssuer> {
    let mut issuers = vec![AcmeIssuer {
        email: email.to_owned(),
        ..AcmeIssuer::default()
    }];
    if !email.is_empty() {
        issuers.push(AcmeIssuer {
            ca: ZEROSSL.to_owned(),
            email: email.to_owned(),
            ..AcmeIssuer::default()
        });
    }
    issuers
}

/// The default issuers under the global options; with a directory of the user's only one.
pub(super) fn global_issuers(options: &Options) -> Vec<Issuer> {
    if options.acme_ca.is_some() {
        return vec![Issuer::Acme(AcmeIssuer::default())];
    }
    let email = options.email.as_deref().unwrap_or_default();
    default_issuers(email)
        .into_iter()
        .map(Issuer::Acme)
        .collect()
}

/// Whether a global option says something about ACME issuers.
pub(super) const fn has_global_settings(options: &Options) -> bool {
    options.email.is_some() || options.acme_ca.is_some() || options.acme_ca_root.is_some()
}

/// Fills in what the issuer leaves open. Caddy: `fillInGlobalACMEDefaults`.
pub(super) fn fill_in(issuer: &mut Issuer, options: &Options) {
    let Issuer::Acme(issuer) = issuer else {
        return;
    };
    if let (Some(email), true) = (&options.email, issuer.email.is_empty()) {
        issuer.email.clone_from(email);
    }
    if let (Some(ca), true) = (&options.acme_ca, issuer.ca.is_empty()) {
        issuer.ca.clone_from(ca);
    }
    if let Some(root) = &options.acme_ca_root
        && !issuer.trusted_roots_pem_files.contains(root)
    {
        issuer.trusted_roots_pem_files.push(root.clone());
    }
    fill_in_ports(
        &mut issuer.challenges,
        options.http_port,
        options.https_port,
    );
}

/// The ports our listeners have, for the challenges that come in there.
pub(crate) fn fill_in_ports(
    challenges: &mut Option<Challenges>,
    plain: Option<u16>,
    tls: Option<u16>,
) {
    if let Some(port) = plain {
        let http = challenges
            .get_or_insert_default()
            .http
            .get_or_insert_default();
        if http.alternate_port == 0 {
            http.alternate_port = port;
        }
    }
    if let Some(port) = tls {
        let tls_alpn = challenges
            .get_or_insert_default()
            .tls_alpn
            .get_or_insert_default();
        if tls_alpn.alternate_port == 0 {
            tls_alpn.alternate_port = port;
        }
    }
}
