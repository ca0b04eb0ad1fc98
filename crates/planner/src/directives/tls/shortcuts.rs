//! The subdirectives of `tls` that say something about an ACME issuer without naming one, and the
//! issuers that follow from them. Caddy: `implicitACMEIssuers` in `httpcaddyfile/tlsapp.go`.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::tls::{AcmeIssuer, DnsChallenge, DnsProvider, Issuer};

use super::issuers::external_account;
use super::{Reading, dns};
use crate::args::Line;
use crate::certificates::default_issuers;
use crate::errors::Read;

/// The fields of an issuer that the lines become.
pub(super) const FIELDS: &[(&str, &str)] = &[
    ("ca", "ca"),
    ("ca_root", "trusted_roots_pem_files"),
    ("eab", "external_account"),
    ("dns", "challenges.dns"),
    ("propagation_delay", "challenges.dns"),
    ("propagation_timeout", "challenges.dns"),
    ("resolvers", "challenges.dns"),
    ("dns_ttl", "challenges.dns"),
    ("dns_challenge_override_domain", "challenges.dns"),
];

/// What `settings` makes of the ACME issuers among `global` ones, or else of the default ones.
pub(super) fn issuers(settings: &AcmeIssuer, global: &[Issuer]) -> Vec<Issuer> {
    let templates = global.iter().filter_map(|issuer| match issuer {
        Issuer::Acme(acme) => Some(acme.clone()),
        Issuer::ZeroSsl(_) | Issuer::Internal(_) => None,
    });
    let mut templates: Vec<AcmeIssuer> = templates.collect();
    if templates.is_empty() {
        templates = if settings.ca.is_empty() {
            default_issuers(&settings.email)
        } else {
            vec![AcmeIssuer::default()]
        };
    }
    let merge = |mut base| {
        merge(&mut base, settings);
        Issuer::Acme(base)
    };
    templates.into_iter().map(merge).collect()
}

/// Only what the lines here can set.
fn merge(base: &mut AcmeIssuer, settings: &AcmeIssuer) {
    if !settings.ca.is_empty() {
        base.ca.clone_from(&settings.ca);
    }
    if !settings.email.is_empty() {
        base.email.clone_from(&settings.email);
    }
    if settings.external_account.is_some() {
        base.external_account.clone_from(&settings.external_account);
    }
    for file in &settings.trusted_roots_pem_files {
        if !base.trusted_roots_pem_files.contains(file) {
            base.trusted_roots_pem_files.push(file.clone());
        }
    }
    let challenge = settings
        .challenges
        .as_ref()
        .and_then(|all| all.dns.as_ref());
    if let Some(challenge) = challenge {
        let base = base.challenges.get_or_insert_default();
        merge_dns(base.dns.get_or_insert_default(), challenge);
    }
}

fn merge_dns(base: &mut DnsChallenge, settings: &DnsChallenge) {
    if settings.provider.is_some() {
        base.provider.clone_from(&settings.provider);
    }
    if !settings.ttl.is_zero() {
        base.ttl = settings.ttl;
    }
    if !settings.propagation_delay.is_zero() {
        base.propagation_delay = settings.propagation_delay;
    }
    if !settings.propagation_timeout.is_zero() {
        base.propagation_timeout = settings.propagation_timeout;
    }
    if !settings.resolvers.is_empty() {
        base.resolvers.clone_from(&settings.resolvers);
    }
    if !settings.override_domain.is_empty() {
        base.override_domain.clone_from(&settings.override_domain);
    }
}

/// `ca URL`.
pub(super) fn ca(line: Line<'_>, reading: &mut Reading, _: &mut Diagnostics) -> Read<()> {
    reading.acme().ca = line.text("the URL of a directory")?;
    Ok(())
}

/// `ca_root FILE`.
pub(super) fn ca_root(line: Line<'_>, reading: &mut Reading, _: &mut Diagnostics) -> Read<()> {
    let file = line.text("a file")?;
    reading.acme().trusted_roots_pem_files.push(file);
    Ok(())
}

/// `eab KEY_ID MAC_KEY`.
pub(super) fn eab(line: Line<'_>, reading: &mut Reading, _: &mut Diagnostics) -> Read<()> {
    reading.acme().external_account = Some(external_account(line)?);
    Ok(())
}

/// `dns PROVIDER …`.
pub(super) fn provider(line: Line<'_>, reading: &mut Reading, _: &mut Diagnostics) -> Read<()> {
    // Whatever else is wrong with the line, it names a provider for the other ones.
    challenge(reading).provider = Some(DnsProvider::default());
    challenge(reading).provider = Some(dns::provider(line)?);
    Ok(())
}

/// `propagation_delay DURATION`.
pub(super) fn propagation_delay(
    line: Line<'_>,
    reading: &mut Reading,
    _: &mut Diagnostics,
) -> Read<()> {
    dns::propagation_delay(line, option(reading, line))
}

/// `propagation_timeout DURATION|-1`.
pub(super) fn propagation_timeout(
    line: Line<'_>,
    reading: &mut Reading,
    _: &mut Diagnostics,
) -> Read<()> {
    dns::propagation_timeout(line, option(reading, line))
}

/// `resolvers SERVER…`.
pub(super) fn resolvers(line: Line<'_>, reading: &mut Reading, _: &mut Diagnostics) -> Read<()> {
    dns::resolvers(line, option(reading, line))
}

/// `dns_ttl DURATION`.
pub(super) fn ttl(line: Line<'_>, reading: &mut Reading, _: &mut Diagnostics) -> Read<()> {
    dns::ttl(line, option(reading, line))
}

/// `dns_challenge_override_domain NAME`.
pub(super) fn override_domain(
    line: Line<'_>,
    reading: &mut Reading,
    _: &mut Diagnostics,
) -> Read<()> {
    dns::override_domain(line, option(reading, line))
}

/// The challenge that an option is about, which is only worth something with a provider.
fn option<'r>(reading: &'r mut Reading, line: Line<'_>) -> &'r mut DnsChallenge {
    let option = (line.name.text.clone(), line.name.span);
    reading.dns_options.push(option);
    challenge(reading)
}

fn challenge(reading: &mut Reading) -> &mut DnsChallenge {
    let challenges = reading.acme().challenges.get_or_insert_default();
    challenges.dns.get_or_insert_default()
}
