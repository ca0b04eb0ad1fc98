//! `issuer NAME …` in `tls`, and the global option `cert_issuer`: where certificates come from.
//! Caddy: the modules in `tls.issuance`.

mod acme;
mod chains;
mod internal;
mod zerossl;

use evenkeel_diagnostics::{Diagnostics, Span};
use evenkeel_plan::tls::Issuer;

use crate::args::Line;
use crate::errors::{self, Read};
use crate::vocabulary::Known;

pub(in crate::directives::tls) use acme::external_account;
pub(crate) use chains::preferred_chains;

const ISSUERS: [&str; 3] = ["acme", "internal", "zerossl"];

/// An issuer and where it was written.
#[derive(Clone, Debug)]
pub(crate) struct TracedIssuer {
    /// The issuer.
    pub(crate) issuer: Issuer,
    /// Its line.
    pub(crate) span: Span,
    /// Where its fields were written, by their paths in the issuer.
    pub(crate) fields: Vec<(&'static str, Span)>,
}

/// The subdirectives of `issuer acme`, and whether they work.
pub(crate) fn acme_words() -> Vec<Known> {
    acme::words()
}

/// The subdirectives of `issuer zerossl`, and whether they work.
pub(crate) fn zerossl_words() -> Vec<Known> {
    zerossl::words()
}

/// The subdirectives of `issuer internal`, and whether they work.
pub(crate) fn internal_words() -> Vec<Known> {
    internal::words()
}

/// Reads the issuer behind the name of a line.
pub(crate) fn read(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<TracedIssuer> {
    let name = line.first("an issuer")?;
    let rest = Line {
        name,
        ..line.skip_first()
    };
    let (issuer, fields): (_, &[_]) = match name.text.as_str() {
        "acme" => (Issuer::Acme(acme::read(rest, diagnostics)?), acme::FIELDS),
        "internal" => (Issuer::Internal(internal::read(rest, diagnostics)), &[]),
        "zerossl" => (
            Issuer::ZeroSsl(zerossl::read(rest, diagnostics)?),
            zerossl::FIELDS,
        ),
        _ => {
            let (id, names) = ("unknown-issuer", ISSUERS.into_iter());
            return Err(errors::unknown_value(id, "issuer", name, names));
        }
    };
    Ok(TracedIssuer {
        issuer,
        span: line.span(),
        fields: fields_of(line, fields),
    })
}

/// Where the lines of a block stand that become certain fields.
pub(super) fn fields_of(
    line: Line<'_>,
    fields: &[(&'static str, &'static str)],
) -> Vec<(&'static str, Span)> {
    let lines = line.block.into_iter().flat_map(|block| &block.lines);
    let field = |line: &evenkeel_caddyfile::ast::Directive| {
        let known = fields.iter().find(|(word, _)| *word == line.name.text);
        known.map(|(_, field)| (*field, line.line_span()))
    };
    lines.filter_map(field).collect()
}
