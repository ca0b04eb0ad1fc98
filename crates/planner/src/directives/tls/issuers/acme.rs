//! `issuer acme [DIRECTORY] { … }`: an ACME certificate authority.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::tls::{AcmeIssuer, Challenge, Challenges, DnsChallenge, ExternalAccount};

use super::preferred_chains;
use crate::args::{Line, texts};
use crate::directives::tls::dns;
use crate::errors::{self, Read};
use crate::subdirective::{Sub, read_block};
use crate::vocabulary::{self, Known};

/// The options of `issuer acme`.
const SUBDIRECTIVES: &[Sub<AcmeIssuer>] = &[
    Sub::new("dir", directory).counts_taken(),
    Sub::new("test_dir", test_directory).counts_taken(),
    Sub::new("email", email).counts_taken(),
    Sub::new("profile", profile).counts_taken().adapts_only(),
    Sub::new("timeout", timeout)
        .on_value("invalid timeout duration $value: $why")
        .counts_taken()
        .adapts_only(),
    Sub::new("lifetime", lifetime)
        .on_value("invalid lifetime $value: $why")
        .counts_taken()
        .adapts_only(),
    Sub::new("disable_http_challenge", disable_http_challenge),
    Sub::new("disable_tlsalpn_challenge", disable_tls_alpn_challenge),
    Sub::new("distributed", distributed).adapts_only(),
    Sub::new("alt_http_port", http_port)
        .on_value("invalid port $value: $why")
        .reads_on(),
    Sub::new("alt_tlsalpn_port", tls_alpn_port)
        .on_value("invalid port $value: $why")
        .reads_on(),
    Sub::new("eab", eab).counts_taken().adapts_only(),
    Sub::new("trusted_roots", trusted_roots),
    Sub::plugins("dns", provider),
    Sub::new("propagation_delay", propagation_delay)
        .reads_on()
        .on_value("invalid propagation_delay duration $value: $why")
        .adapts_only(),
    Sub::new("propagation_timeout", propagation_timeout)
        .reads_on()
        .on_value("invalid propagation_timeout duration $value: $why")
        .adapts_only(),
    Sub::new("resolvers", resolvers).adapts_only(),
    Sub::new("dns_ttl", dns_ttl)
        .reads_on()
        .on_value("invalid dns_ttl duration $value: $why")
        .adapts_only(),
    Sub::new("dns_challenge_override_domain", override_domain)
        .counts_all()
        .adapts_only(),
    Sub::new("preferred_chains", chains).adapts_only(),
    Sub::others("unrecognized ACME issuer property: $value"),
];

/// The fields that lines of the block become.
pub(super) const FIELDS: &[(&str, &str)] = &[
    ("dir", "ca"),
    ("test_dir", "test_ca"),
    ("email", "email"),
    ("profile", "profile"),
    ("timeout", "acme_timeout"),
    ("lifetime", "certificate_lifetime"),
    ("distributed", "challenges.distributed"),
    ("eab", "external_account"),
    ("trusted_roots", "trusted_roots_pem_files"),
    ("dns", "challenges.dns"),
    ("propagation_delay", "challenges.dns"),
    ("propagation_timeout", "challenges.dns"),
    ("resolvers", "challenges.dns"),
    ("dns_ttl", "challenges.dns"),
    ("dns_challenge_override_domain", "challenges.dns"),
    ("preferred_chains", "preferred_chains"),
];

pub(super) fn words() -> Vec<Known> {
    vocabulary::of_table(SUBDIRECTIVES)
}

pub(super) fn read(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<AcmeIssuer> {
    line.at_most(1)?;
    let mut issuer = AcmeIssuer::default();
    if let Some(directory) = line.args.first() {
        issuer.ca.clone_from(&directory.text);
    }
    read_block(
        line.name,
        line.block,
        SUBDIRECTIVES,
        &mut issuer,
        diagnostics,
    );
    Ok(issuer)
}

/// `dir URL`: the directory of the authority.
fn directory(line: Line<'_>, issuer: &mut AcmeIssuer, _: &mut Diagnostics) -> Read<()> {
    let word = line.one("the URL of a directory")?;
    if !issuer.ca.is_empty() {
        let message = "the directory is given twice";
        let says = format!("directory is already specified: {}", issuer.ca);
        return Err(errors::conflict(message, word.span, None).caddy(says));
    }
    issuer.ca.clone_from(&word.text);
    Ok(())
}

/// `test_dir URL`: the directory that is tried after failures.
fn test_directory(line: Line<'_>, issuer: &mut AcmeIssuer, _: &mut Diagnostics) -> Read<()> {
    issuer.test_ca = line.text("the URL of a directory")?;
    Ok(())
}

/// `email ADDRESS`: of the account.
fn email(line: Line<'_>, issuer: &mut AcmeIssuer, _: &mut Diagnostics) -> Read<()> {
    issuer.email = line.text("an e-mail address")?;
    Ok(())
}

/// `profile NAME`: the kind of certificate.
fn profile(line: Line<'_>, issuer: &mut AcmeIssuer, _: &mut Diagnostics) -> Read<()> {
    issuer.profile = line.text("the name of a profile")?;
    Ok(())
}

/// `timeout DURATION`: how long the authority may take.
fn timeout(line: Line<'_>, issuer: &mut AcmeIssuer, diagnostics: &mut Diagnostics) -> Read<()> {
    issuer.acme_timeout = line.duration(diagnostics)?;
    Ok(())
}

/// `lifetime DURATION`: how long the certificate is to be valid.
fn lifetime(line: Line<'_>, issuer: &mut AcmeIssuer, diagnostics: &mut Diagnostics) -> Read<()> {
    issuer.certificate_lifetime = line.duration(diagnostics)?;
    Ok(())
}

/// `disable_http_challenge`: never by HTTP.
fn disable_http_challenge(
    line: Line<'_>,
    issuer: &mut AcmeIssuer,
    _: &mut Diagnostics,
) -> Read<()> {
    line.nothing()?;
    http(issuer).disabled = true;
    Ok(())
}

/// `disable_tlsalpn_challenge`: never by TLS-ALPN.
fn disable_tls_alpn_challenge(
    line: Line<'_>,
    issuer: &mut AcmeIssuer,
    _: &mut Diagnostics,
) -> Read<()> {
    line.nothing()?;
    tls_alpn(issuer).disabled = true;
    Ok(())
}

/// `distributed false`.
fn distributed(line: Line<'_>, issuer: &mut AcmeIssuer, _: &mut Diagnostics) -> Read<()> {
    let word = line.first("`false`")?;
    if word.text != "false" {
        let message = format!("`distributed` cannot be `{}`", word.text);
        return Err(errors::bad_value(word, message, "only `false` is possible")
            .caddy("only accepted value is 'false'"));
    }
    line.at_most(1)?;
    line.no_block()?;
    challenges(issuer).distributed = Some(false);
    Ok(())
}

/// `alt_http_port PORT`: where HTTP challenges are answered.
fn http_port(line: Line<'_>, issuer: &mut AcmeIssuer, diagnostics: &mut Diagnostics) -> Read<()> {
    http(issuer).alternate_port = line.port(diagnostics)?;
    Ok(())
}

/// `alt_tlsalpn_port PORT`: where TLS-ALPN challenges are answered.
fn tls_alpn_port(
    line: Line<'_>,
    issuer: &mut AcmeIssuer,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    tls_alpn(issuer).alternate_port = line.port(diagnostics)?;
    Ok(())
}

/// `eab KEY_ID MAC_KEY`: the account at the authority that a new one is bound to.
fn eab(line: Line<'_>, issuer: &mut AcmeIssuer, _: &mut Diagnostics) -> Read<()> {
    issuer.external_account = Some(external_account(line)?);
    Ok(())
}

/// Reads the id of an account and its secret.
pub(in crate::directives::tls) fn external_account(line: Line<'_>) -> Read<ExternalAccount> {
    line.no_block()?;
    line.at_most(2)?;
    let [key_id, mac_key] = line.args else {
        let what = "the id of an account and its key";
        return Err(errors::missing_argument(line, what));
    };
    Ok(ExternalAccount {
        key_id: key_id.text.clone(),
        mac_key: mac_key.text.clone(),
    })
}

/// Without a file Caddy takes the line, and it has no effect.
fn trusted_roots(
    line: Line<'_>,
    issuer: &mut AcmeIssuer,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    line.no_block()?;
    if line.args.is_empty() {
        diagnostics.push(errors::no_effect(line.name, line.span()).into());
    }
    issuer.trusted_roots_pem_files = texts(line.args);
    Ok(())
}

/// `dns PROVIDER …`: the DNS challenge; providers are plugins of Caddy's.
fn provider(line: Line<'_>, issuer: &mut AcmeIssuer, _: &mut Diagnostics) -> Read<()> {
    // Without a name it is that of the global option.
    if line.args.is_empty() {
        line.no_block()?;
        dns_challenge(issuer);
        return Ok(());
    }
    dns_challenge(issuer).provider = Some(dns::provider(line)?);
    Ok(())
}

/// `propagation_delay DURATION`: how long to wait before a record is looked for.
fn propagation_delay(line: Line<'_>, issuer: &mut AcmeIssuer, _: &mut Diagnostics) -> Read<()> {
    dns::propagation_delay(line, dns_challenge(issuer))
}

/// `propagation_timeout DURATION|-1`: how long a record may take to be seen.
fn propagation_timeout(line: Line<'_>, issuer: &mut AcmeIssuer, _: &mut Diagnostics) -> Read<()> {
    dns::propagation_timeout(line, dns_challenge(issuer))
}

/// `resolvers ADDRESS…`: the name servers asked for a record.
fn resolvers(line: Line<'_>, issuer: &mut AcmeIssuer, _: &mut Diagnostics) -> Read<()> {
    dns::resolvers(line, dns_challenge(issuer))
}

/// `dns_ttl DURATION`: how long a record may be kept.
fn dns_ttl(line: Line<'_>, issuer: &mut AcmeIssuer, _: &mut Diagnostics) -> Read<()> {
    dns::ttl(line, dns_challenge(issuer))
}

/// `dns_challenge_override_domain NAME`: where the record goes, in place of the subject.
fn override_domain(line: Line<'_>, issuer: &mut AcmeIssuer, _: &mut Diagnostics) -> Read<()> {
    dns::override_domain(line, dns_challenge(issuer))
}

/// `preferred_chains smallest|{ … }`: which of several chains is taken.
fn chains(line: Line<'_>, issuer: &mut AcmeIssuer, diagnostics: &mut Diagnostics) -> Read<()> {
    issuer.preferred_chains = Some(preferred_chains(line, diagnostics)?);
    Ok(())
}

fn challenges(issuer: &mut AcmeIssuer) -> &mut Challenges {
    issuer.challenges.get_or_insert_default()
}

fn http(issuer: &mut AcmeIssuer) -> &mut Challenge {
    challenges(issuer).http.get_or_insert_default()
}

fn tls_alpn(issuer: &mut AcmeIssuer) -> &mut Challenge {
    challenges(issuer).tls_alpn.get_or_insert_default()
}

fn dns_challenge(issuer: &mut AcmeIssuer) -> &mut DnsChallenge {
    challenges(issuer).dns.get_or_insert_default()
}
