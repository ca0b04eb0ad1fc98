//! `issuer NAME …` in `tls`: where the certificate comes from.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::tls::{AcmeIssuer, Challenge, Challenges, InternalIssuer, Issuer};

use super::Reading;
use crate::args::{Line, texts};
use crate::errors::{self, Read};
use crate::subdirective::{Sub, read_block};
use crate::vocabulary::{self, Known};

const ISSUERS: [&str; 3] = ["acme", "internal", "zerossl"];

/// The options of `issuer acme`.
const ACME: &[Sub<AcmeIssuer>] = &[
    Sub::new("dir", directory),
    Sub::new("email", email),
    Sub::new("trusted_roots", trusted_roots),
    Sub::new("disable_http_challenge", disable_http_challenge),
    Sub::new("disable_tlsalpn_challenge", disable_tls_alpn_challenge),
    Sub::new("alt_http_port", http_port),
    Sub::new("alt_tlsalpn_port", tls_alpn_port),
    Sub::later("test_dir"),
    Sub::later("profile"),
    Sub::later("timeout"),
    Sub::later("lifetime"),
    Sub::later("distributed"),
    Sub::later("eab"),
    Sub::later("dns"),
    Sub::later("propagation_delay"),
    Sub::later("propagation_timeout"),
    Sub::later("resolvers"),
    Sub::later("dns_ttl"),
    Sub::later("dns_challenge_override_domain"),
    Sub::later("preferred_chains"),
];

/// The options of `issuer internal`.
const INTERNAL: &[Sub<InternalIssuer>] = &[
    Sub::new("ca", authority),
    Sub::new("lifetime", lifetime),
    Sub::new("sign_with_root", sign_with_root),
];

/// The subdirectives of `issuer acme`, and whether they work.
pub(crate) fn acme_words() -> Vec<Known> {
    vocabulary::of_table(ACME)
}

/// `issuer acme|internal …`; several are tried in order.
pub(super) fn issuer(
    line: Line<'_>,
    reading: &mut Reading,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let name = line.first("an issuer")?;
    let rest = Line {
        name,
        args: &line.args[1..],
        block: line.block,
    };
    let issuer = match name.text.as_str() {
        "acme" => Issuer::Acme(acme(rest, diagnostics)?),
        "internal" => Issuer::Internal(internal(rest, diagnostics)?),
        "zerossl" => return Err(errors::value_not_supported("issuer", name)),
        _ => {
            let names = ISSUERS.into_iter();
            return Err(errors::unknown_value(
                "unknown-issuer",
                "issuer",
                name,
                names,
            ));
        }
    };
    reading.explicit.push(issuer);
    reading.explicit_at.get_or_insert(line.span());
    Ok(())
}

fn acme(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<AcmeIssuer> {
    line.at_most(1)?;
    let mut issuer = AcmeIssuer::default();
    if let Some(directory) = line.args.first() {
        issuer.ca.clone_from(&directory.text);
    }
    read_block(line.name, line.block, ACME, &mut issuer, diagnostics);
    Ok(issuer)
}

fn internal(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<InternalIssuer> {
    line.at_most(0)?;
    let mut issuer = InternalIssuer::default();
    read_block(line.name, line.block, INTERNAL, &mut issuer, diagnostics);
    Ok(issuer)
}

fn directory(line: Line<'_>, issuer: &mut AcmeIssuer, _: &mut Diagnostics) -> Read<()> {
    issuer.ca = line.text("the URL of a directory")?;
    Ok(())
}

fn email(line: Line<'_>, issuer: &mut AcmeIssuer, _: &mut Diagnostics) -> Read<()> {
    issuer.email = line.text("an e-mail address")?;
    Ok(())
}

fn trusted_roots(line: Line<'_>, issuer: &mut AcmeIssuer, _: &mut Diagnostics) -> Read<()> {
    issuer.trusted_roots_pem_files = texts(line.some("a file")?);
    Ok(())
}

fn disable_http_challenge(
    line: Line<'_>,
    issuer: &mut AcmeIssuer,
    _: &mut Diagnostics,
) -> Read<()> {
    line.nothing()?;
    http(issuer).disabled = true;
    Ok(())
}

fn disable_tls_alpn_challenge(
    line: Line<'_>,
    issuer: &mut AcmeIssuer,
    _: &mut Diagnostics,
) -> Read<()> {
    line.nothing()?;
    tls_alpn(issuer).disabled = true;
    Ok(())
}

fn http_port(line: Line<'_>, issuer: &mut AcmeIssuer, _: &mut Diagnostics) -> Read<()> {
    http(issuer).alternate_port = line.port()?;
    Ok(())
}

fn tls_alpn_port(line: Line<'_>, issuer: &mut AcmeIssuer, _: &mut Diagnostics) -> Read<()> {
    tls_alpn(issuer).alternate_port = line.port()?;
    Ok(())
}

fn authority(line: Line<'_>, issuer: &mut InternalIssuer, _: &mut Diagnostics) -> Read<()> {
    issuer.ca = line.text("the id of an authority")?;
    Ok(())
}

fn lifetime(line: Line<'_>, issuer: &mut InternalIssuer, _: &mut Diagnostics) -> Read<()> {
    issuer.lifetime = line.duration()?;
    Ok(())
}

fn sign_with_root(line: Line<'_>, issuer: &mut InternalIssuer, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    issuer.sign_with_root = true;
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
