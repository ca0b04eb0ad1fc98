//! `issuer zerossl KEY { … }`: `ZeroSSL` over its own API.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::tls::{DnsChallenge, ZeroSslIssuer};

use crate::args::Line;
use crate::directives::tls::dns;
use crate::errors::Read;
use crate::subdirective::{Sub, read_block};
use crate::vocabulary::{self, Known};

/// The options of `issuer zerossl`.
const SUBDIRECTIVES: &[Sub<ZeroSslIssuer>] = &[
    // Caddy 2.11 reads it wrongly and refuses it always.
    Sub::later("validity_days").on_value(
        "invalid number of days $value: strconv.Atoi: parsing \"$value\": invalid syntax",
    ),
    Sub::new("alt_http_port", http_port)
        .reads_on()
        .on_value("invalid port $value: $why")
        .adapts_only(),
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
    Sub::new("dns_ttl", ttl)
        .reads_on()
        .on_value("invalid dns_ttl duration $value: $why")
        .adapts_only(),
    Sub::others("unrecognized zerossl issuer property: $value"),
];

/// The fields that lines of the block become.
pub(super) const FIELDS: &[(&str, &str)] = &[
    ("alt_http_port", "alternate_http_port"),
    ("dns", "cname_validation"),
    ("propagation_delay", "cname_validation"),
    ("propagation_timeout", "cname_validation"),
    ("resolvers", "cname_validation"),
    ("dns_ttl", "cname_validation"),
];

pub(super) fn words() -> Vec<Known> {
    vocabulary::of_table(SUBDIRECTIVES)
}

pub(super) fn read(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<ZeroSslIssuer> {
    line.at_most(1)?;
    let mut issuer = ZeroSslIssuer {
        api_key: line.first("an access key")?.text.clone(),
        ..ZeroSslIssuer::default()
    };
    read_block(
        line.name,
        line.block,
        SUBDIRECTIVES,
        &mut issuer,
        diagnostics,
    );
    Ok(issuer)
}

/// `alt_http_port PORT`: where HTTP validations are answered.
fn http_port(
    line: Line<'_>,
    issuer: &mut ZeroSslIssuer,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    issuer.alternate_http_port = line.port(diagnostics)?;
    Ok(())
}

/// `dns PROVIDER …`: validation by CNAME; providers are plugins of Caddy's.
fn provider(line: Line<'_>, issuer: &mut ZeroSslIssuer, _: &mut Diagnostics) -> Read<()> {
    validation(issuer).provider = Some(dns::provider(line)?);
    Ok(())
}

/// `propagation_delay DURATION`: how long to wait before a record is looked for.
fn propagation_delay(line: Line<'_>, issuer: &mut ZeroSslIssuer, _: &mut Diagnostics) -> Read<()> {
    dns::propagation_delay(line, validation(issuer))
}

/// `propagation_timeout DURATION|-1`: how long a record may take to be seen.
fn propagation_timeout(
    line: Line<'_>,
    issuer: &mut ZeroSslIssuer,
    _: &mut Diagnostics,
) -> Read<()> {
    dns::propagation_timeout(line, validation(issuer))
}

/// `resolvers ADDRESS…`: the name servers asked for a record.
fn resolvers(line: Line<'_>, issuer: &mut ZeroSslIssuer, _: &mut Diagnostics) -> Read<()> {
    dns::resolvers(line, validation(issuer))
}

/// `dns_ttl DURATION`: how long a record may be kept.
fn ttl(line: Line<'_>, issuer: &mut ZeroSslIssuer, _: &mut Diagnostics) -> Read<()> {
    dns::ttl(line, validation(issuer))
}

fn validation(issuer: &mut ZeroSslIssuer) -> &mut DnsChallenge {
    issuer.cname_validation.get_or_insert_default()
}
