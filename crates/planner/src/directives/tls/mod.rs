//! `tls EMAIL|internal|CERT KEY { subdirectives }`: how TLS is spoken at a site and where its
//! certificate comes from. Caddy: `parseTLS` in `httpcaddyfile/builtins.go`.

mod connection;
mod issuers;

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::{Diagnostics, Span, shorten};
use evenkeel_plan::tls::{
    AcmeIssuer, CertificateFiles, CertificateSelection, ConnectionPolicy, InternalIssuer, Issuer,
};

use crate::args::Line;
use crate::certificates::default_issuers;
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read};
use crate::matchers::Scope;
use crate::site::Site;
use crate::subdirective::{Sub, read_block};
use crate::vocabulary::{self, Known};

pub(crate) use issuers::acme_words;

/// Says where the certificates of a site come from, and how its connections are made.
///
/// ```caddyfile
/// tls [internal|EMAIL|CERTIFICATE KEY] {
///     protocols MINIMUM [MAXIMUM]
///     issuer acme|zerossl|internal …
///     client_auth { … }
///     …
/// }
/// ```
///
/// Without the directive a site that has a public name gets its certificate by ACME, a local one from
/// the local authority.
pub(super) const TLS: Directive = Directive::site("tls", lower);

const SUBDIRECTIVES: &[Sub<Reading>] = &[
    Sub::new("protocols", connection::protocols),
    Sub::later("ciphers"),
    Sub::later("curves"),
    Sub::new("alpn", connection::alpn),
    Sub::later("client_auth"),
    Sub::later("insecure_secrets_log"),
    Sub::later("load"),
    Sub::new("ca", ca),
    Sub::new("ca_root", ca_root),
    Sub::later("eab"),
    Sub::later("dns"),
    Sub::later("resolvers"),
    Sub::later("propagation_delay"),
    Sub::later("propagation_timeout"),
    Sub::later("dns_ttl"),
    Sub::later("dns_challenge_override_domain"),
    Sub::later("key_type"),
    Sub::later("on_demand"),
    Sub::later("reuse_private_keys"),
    Sub::later("renewal_window_ratio"),
    Sub::new("issuer", issuers::issuer),
    Sub::later("get_certificate"),
];

/// What one `tls` directive says.
#[derive(Debug)]
pub(crate) struct TlsSettings {
    /// How TLS is spoken.
    pub(crate) policy: ConnectionPolicy,
    /// Where certificates come from; the default if empty.
    pub(crate) issuers: Vec<Issuer>,
    /// A certificate by hand that no directive before named.
    pub(crate) files: Option<TracedFiles>,
    /// The line.
    pub(crate) span: Span,
}

/// A certificate by hand and where its files were named.
#[derive(Clone, Debug)]
pub(crate) struct TracedFiles {
    /// The files.
    pub(crate) files: CertificateFiles,
    /// Where the certificate's path stands.
    pub(crate) certificate: Span,
    /// Where the key's path stands.
    pub(crate) key: Span,
}

/// The directive while its lines are read.
#[derive(Default)]
struct Reading {
    policy: ConnectionPolicy,
    explicit: Vec<Issuer>,
    /// The first line with an issuer.
    explicit_at: Option<Span>,
    acme: Option<AcmeIssuer>,
    internal: Option<InternalIssuer>,
    files: Option<TracedFiles>,
}

/// The subdirectives, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    vocabulary::of_table(SUBDIRECTIVES)
}

fn lower(line: Line<'_>, site: &mut Site, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<()> {
    lowering.keep(line.at_most(2));
    let mut reading = Reading::default();
    match line.args {
        [] if line.block.is_none() => {
            let what = "`internal`, an e-mail address, a certificate and a key, or a block";
            return Err(errors::missing_argument(line.name, line.span(), what));
        }
        [] => {}
        [word] => {
            lowering.keep(single(word, &mut reading));
        }
        [certificate, key, ..] => by_hand(certificate, key, &mut reading, lowering),
    }
    read_block(
        line.name,
        line.block,
        SUBDIRECTIVES,
        &mut reading,
        lowering.diagnostics,
    );
    let issuers = chosen_issuers(line, &mut reading)?;
    site.tls.push(TlsSettings {
        policy: reading.policy,
        issuers,
        files: reading.files,
        span: line.span(),
    });
    Ok(())
}

fn single(word: &Word, reading: &mut Reading) -> Read<()> {
    match word.text.as_str() {
        "internal" => reading.internal = Some(InternalIssuer::default()),
        "force_automate" => return Err(errors::value_not_supported("tls", word)),
        email if email.contains('@') => email.clone_into(&mut acme(reading).email),
        other => {
            let message = format!("`tls` does not understand `{}`", shorten(other));
            let why = "`internal`, an e-mail address, or a certificate and a key are expected";
            return Err(errors::bad_value(word, message, why));
        }
    }
    Ok(())
}

/// A certificate is loaded once, however often it is named: its mark is remembered by file.
fn by_hand(certificate: &Word, key: &Word, reading: &mut Reading, lowering: &mut Lowering<'_>) {
    let tags = &mut lowering.certificate_tags;
    let known = tags.get(&certificate.text).cloned();
    let tag = known
        .clone()
        .unwrap_or_else(|| format!("cert{}", tags.len()));
    if known.is_none() {
        tags.insert(certificate.text.clone(), tag.clone());
        reading.files = Some(TracedFiles {
            files: CertificateFiles {
                certificate: certificate.text.clone(),
                key: key.text.clone(),
                tags: vec![tag.clone()],
            },
            certificate: certificate.span,
            key: key.span,
        });
    }
    reading.policy.certificate_selection = Some(CertificateSelection { any_tag: vec![tag] });
}

/// Issuers are either named one by one, or follow from the other lines.
fn chosen_issuers(line: Line<'_>, reading: &mut Reading) -> Read<Vec<Issuer>> {
    if let Some(explicit) = reading.explicit_at
        && (reading.acme.is_some() || reading.internal.is_some())
    {
        let message = "`issuer` cannot be combined with other settings of an issuer";
        return Err(errors::conflict(message, explicit, Some(line.span())));
    }
    match (reading.acme.take(), reading.internal.take()) {
        (Some(_), Some(_)) => {
            let message = "`tls internal` cannot be combined with settings of an ACME issuer";
            Err(errors::conflict(message, line.span(), None))
        }
        (Some(acme), None) => Ok(implicit_acme(&acme)),
        (None, Some(internal)) => Ok(vec![Issuer::Internal(internal)]),
        (None, None) => Ok(std::mem::take(&mut reading.explicit)),
    }
}

/// The default issuers with the settings of this site. Caddy: `implicitACMEIssuers`.
fn implicit_acme(settings: &AcmeIssuer) -> Vec<Issuer> {
    if !settings.ca.is_empty() {
        return vec![Issuer::Acme(settings.clone())];
    }
    let merge = |mut base: AcmeIssuer| {
        base.email.clone_from(&settings.email);
        base.trusted_roots_pem_files
            .clone_from(&settings.trusted_roots_pem_files);
        Issuer::Acme(base)
    };
    default_issuers(&settings.email)
        .into_iter()
        .map(merge)
        .collect()
}

/// `ca URL`.
fn ca(line: Line<'_>, reading: &mut Reading, _: &mut Diagnostics) -> Read<()> {
    acme(reading).ca = line.text("the URL of a directory")?;
    Ok(())
}

/// `ca_root FILE`.
fn ca_root(line: Line<'_>, reading: &mut Reading, _: &mut Diagnostics) -> Read<()> {
    let file = line.text("a file")?;
    acme(reading).trusted_roots_pem_files.push(file);
    Ok(())
}

fn acme(reading: &mut Reading) -> &mut AcmeIssuer {
    reading.acme.get_or_insert_default()
}
