//! Issuers that nobody named, and what the global options add to every ACME issuer.

use evenkeel_plan::tls::{AcmeIssuer, Challenges, Issuer};

use crate::errors::{self, Read};
use crate::options::{AcmeDns, Options};

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

/// Whether a global option says something about ACME issuers. Caddy: `hasGlobalACMEDefaults`.
pub(super) fn has_global_settings(options: &Options) -> bool {
    options.email.is_some() || makes_base_policy(options)
}

/// The same without the e-mail address, which alone makes no policy.
pub(super) fn makes_base_policy(options: &Options) -> bool {
    options.acme_ca.is_some()
        || options.acme_ca_root.is_some()
        || options.tls.acme_dns.is_some()
        || options.tls.acme_eab.is_some()
        || options.tls.preferred_chains.is_some()
}

/// Fills in what the issuer leaves open. Caddy: `fillInGlobalACMEDefaults`.
pub(super) fn fill_in(issuer: &mut Issuer, options: &Options) -> Read<()> {
    let Issuer::Acme(issuer) = issuer else {
        return Ok(());
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
    fill_in_provider(issuer, options)?;
    if issuer.external_account.is_none() {
        issuer.external_account.clone_from(&options.tls.acme_eab);
    }
    if issuer.preferred_chains.is_none() {
        issuer
            .preferred_chains
            .clone_from(&options.tls.preferred_chains);
    }
    let has_dns = issuer
        .challenges
        .as_ref()
        .is_some_and(|all| all.dns.is_some());
    if !has_dns {
        // The DNS challenge excludes the others.
        fill_in_ports(
            &mut issuer.challenges,
            options.http_port,
            options.https_port,
        );
        fill_in_host(&mut issuer.challenges, options);
    }
    if issuer.certificate_lifetime.is_zero() {
        issuer.certificate_lifetime = options.tls.cert_lifetime;
    }
    fill_in_resolvers(issuer, options);
    Ok(())
}

fn fill_in_provider(issuer: &mut AcmeIssuer, options: &Options) -> Read<()> {
    let Some(acme_dns) = &options.tls.acme_dns else {
        return Ok(());
    };
    let challenges = issuer.challenges.as_ref();
    let challenge = challenges.and_then(|all| all.dns.as_ref());
    if challenge.is_some_and(|challenge| challenge.provider.is_some()) {
        return Ok(());
    }
    let own = match acme_dns {
        AcmeDns::Own(provider) => Some(provider.clone()),
        AcmeDns::Shared => None,
    };
    if own.is_none() && options.tls.dns.is_none() {
        let mut fields = options.tls.fields.iter();
        let field = fields.find(|(field, _)| *field == "challenges.dns");
        if let Some((_, span)) = field {
            return Err(errors::acme_dns_without_provider(*span));
        }
    }
    let challenges = issuer.challenges.get_or_insert_default();
    let challenge = challenges.dns.get_or_insert_default();
    challenge.provider = own;
    Ok(())
}

/// The ports our listeners have, for the challenges that come in there.
pub(crate) fn fill_in_ports(
    challenges: &mut Option<Challenges>,
    plain: Option<i64>,
    tls: Option<i64>,
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

/// The first interface that sites listen on unless they say otherwise.
fn fill_in_host(challenges: &mut Option<Challenges>, options: &Options) {
    let bind = options.default_bind.first();
    let Some(host) = bind.and_then(|bind| bind.addresses.first()) else {
        return;
    };
    let challenges = challenges.get_or_insert_default();
    if challenges.bind_host.is_empty() {
        challenges.bind_host.clone_from(host);
    }
}

fn fill_in_resolvers(issuer: &mut AcmeIssuer, options: &Options) {
    let challenge = issuer.challenges.as_mut().and_then(|all| all.dns.as_mut());
    let Some(challenge) = challenge else {
        return;
    };
    let is_used = options.tls.acme_dns.is_some() || challenge.provider.is_some();
    if is_used && challenge.resolvers.is_empty() {
        challenge.resolvers.clone_from(&options.tls.resolvers);
    }
}
