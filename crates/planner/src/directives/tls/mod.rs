//! `tls EMAIL|internal|force_automate|CERT KEY { subdirectives }`: how TLS is spoken at a site and
//! where its certificate comes from. Caddy: `parseTLS` in `httpcaddyfile/builtins.go`.

mod automation;
mod client_auth;
mod connection;
pub(crate) mod dns;
pub(crate) mod issuers;
mod shortcuts;
mod verifiers;

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::{CaddyText, Diagnostics, Span, shorten};
use evenkeel_plan::tls::{
    AcmeIssuer, CertificateFiles, CertificateSelection, ConnectionPolicy, InternalIssuer, Issuer,
};

pub(crate) use automation::SiteAutomation;
use client_auth::Clients;
use issuers::TracedIssuer;

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read};
use crate::matchers::Scope;
use crate::site::Site;
use crate::subdirective::{Sub, read_block};
use crate::vocabulary::{self, Known};

/// Says where the certificates of a site come from, and how its connections are made.
///
/// ```caddyfile
/// tls [internal|force_automate|EMAIL|CERTIFICATE KEY] {
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
    Sub::new("protocols", connection::protocols).on_few("protocols requires one or two arguments"),
    Sub::new("ciphers", connection::ciphers).adapts_only(),
    Sub::new("curves", connection::curves).adapts_only(),
    Sub::new("alpn", connection::alpn),
    Sub::new("client_auth", client_auth::client_auth).adapts_only(),
    Sub::new("insecure_secrets_log", connection::secrets_log)
        .reads_on()
        .adapts_only(),
    Sub::new("load", automation::load).adapts_only(),
    Sub::new("ca", shortcuts::ca).counts_all(),
    Sub::new("ca_root", shortcuts::ca_root).counts_all(),
    Sub::new("eab", shortcuts::eab).adapts_only(),
    Sub::plugins("dns", shortcuts::provider),
    Sub::new("resolvers", shortcuts::resolvers).adapts_only(),
    Sub::new("propagation_delay", shortcuts::propagation_delay)
        .counts_all()
        .on_value("invalid propagation_delay duration $value: $why")
        .adapts_only(),
    Sub::new("propagation_timeout", shortcuts::propagation_timeout)
        .counts_all()
        .on_value("invalid propagation_timeout duration $value: $why")
        .adapts_only(),
    Sub::new("dns_ttl", shortcuts::ttl)
        .counts_all()
        .on_value("invalid dns_ttl duration $value: $why")
        .adapts_only(),
    Sub::new("dns_challenge_override_domain", shortcuts::override_domain)
        .counts_all()
        .adapts_only(),
    Sub::new("key_type", automation::key_type)
        .counts_all()
        .adapts_only(),
    Sub::new("on_demand", automation::on_demand).adapts_only(),
    Sub::new("reuse_private_keys", automation::reuse_private_keys).adapts_only(),
    Sub::new("renewal_window_ratio", automation::renewal_window_ratio)
        .counts_all()
        .adapts_only(),
    Sub::new("issuer", issuer),
    Sub::new("get_certificate", automation::get_certificate).adapts_only(),
    Sub::others("unknown subdirective: $value"),
];

/// The fields of a connection policy that lines become.
const CONNECTION_FIELDS: &[(&str, &str)] = &[
    ("protocols", "protocol_min"),
    ("ciphers", "cipher_suites"),
    ("curves", "curves"),
    ("alpn", "alpn"),
    ("client_auth", "client_authentication"),
    ("insecure_secrets_log", "insecure_secrets_log"),
];

/// The fields of an automation policy that lines become.
const AUTOMATION_FIELDS: &[(&str, &str)] = &[
    ("key_type", "key_type"),
    ("on_demand", "on_demand"),
    ("reuse_private_keys", "reuse_private_keys"),
    ("renewal_window_ratio", "renewal_window_ratio"),
];

/// What one `tls` directive says.
#[derive(Debug)]
pub(crate) struct TlsSettings {
    /// How TLS is spoken.
    pub(crate) policy: ConnectionPolicy,
    /// Where the fields of that were written.
    pub(crate) policy_fields: Vec<(&'static str, Span)>,
    /// Where certificates come from; the default if empty.
    pub(crate) issuers: Vec<TracedIssuer>,
    /// How they are obtained.
    pub(crate) automation: SiteAutomation,
    /// Where the fields of that were written.
    pub(crate) automation_fields: Vec<(&'static str, Span)>,
    /// A certificate by hand that no directive before named.
    pub(crate) files: Option<TracedFiles>,
    /// Folders with certificates.
    pub(crate) folders: Vec<(String, Span)>,
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
    clients: Option<Clients>,
    explicit: Vec<TracedIssuer>,
    acme: Option<AcmeIssuer>,
    internal: Option<InternalIssuer>,
    automation: SiteAutomation,
    files: Option<TracedFiles>,
    folders: Vec<(String, Span)>,
    /// Lines about a DNS challenge that need a provider.
    dns_options: Vec<(String, Span)>,
}

/// The subdirectives, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    vocabulary::of_table(SUBDIRECTIVES)
}

/// The subdirectives of `client_auth`, and whether they work.
pub(crate) fn client_auth_words() -> Vec<Known> {
    client_auth::words()
}

fn lower(line: Line<'_>, site: &mut Site, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<()> {
    lowering.keep(line.at_most(2));
    let mut reading = Reading::default();
    let is_empty = line.block.is_none_or(|block| block.lines.is_empty());
    match line.args {
        [] if is_empty => {
            let what = "`internal`, an e-mail address, a certificate and a key, or a block";
            let last = if line.block.is_some() { "}" } else { "tls" };
            let says = format!("wrong argument count or unexpected line ending after '{last}'");
            let says = CaddyText::new(says).at(end(line));
            return Err(errors::missing_argument(line, what).caddy_text(says));
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
    let clients = reading.clients.take();
    let clients = clients.map(|clients| clients.finish(lowering.host));
    reading.policy.client_authentication = lowering.keep(clients.transpose()).flatten();
    let checked = check_dns_options(line, &reading, lowering);
    lowering.keep(checked);
    let issuers = chosen_issuers(line, &mut reading, lowering)?;
    let mut policy_fields = issuers::fields_of(line, CONNECTION_FIELDS);
    policy_fields.extend(client_auth::fields(line.block));
    site.tls.push(TlsSettings {
        policy: reading.policy,
        policy_fields,
        issuers,
        automation: reading.automation,
        automation_fields: issuers::fields_of(line, AUTOMATION_FIELDS),
        files: reading.files,
        folders: reading.folders,
        span: line.span(),
    });
    Ok(())
}

fn single(word: &Word, reading: &mut Reading) -> Read<()> {
    match word.text.as_str() {
        "internal" => reading.internal = Some(InternalIssuer::default()),
        "force_automate" => reading.automation.force_automate = true,
        email if email.contains('@') => email.clone_into(&mut reading.acme().email),
        other => {
            let message = format!("`tls` does not understand `{}`", shorten(other));
            let why = "`internal`, `force_automate`, an e-mail address, or a certificate and a key";
            let says = "single argument must either be 'internal', 'force_automate', or an email \
                        address";
            return Err(
                errors::bad_value(word, message, format!("{why} are expected")).caddy(says),
            );
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
                ..CertificateFiles::default()
            },
            certificate: certificate.span,
            key: key.span,
        });
    }
    reading.policy.certificate_selection = Some(CertificateSelection {
        any_tag: vec![tag],
        ..CertificateSelection::default()
    });
}

/// `issuer NAME …`; several are tried in order.
fn issuer(line: Line<'_>, reading: &mut Reading, diagnostics: &mut Diagnostics) -> Read<()> {
    reading.explicit.push(issuers::read(line, diagnostics)?);
    Ok(())
}

fn check_dns_options(line: Line<'_>, reading: &Reading, lowering: &Lowering<'_>) -> Read<()> {
    let challenges = reading
        .acme
        .as_ref()
        .and_then(|acme| acme.challenges.as_ref());
    let challenge = challenges.and_then(|challenges| challenges.dns.as_ref());
    let has_provider = challenge.is_some_and(|challenge| challenge.provider.is_some());
    if has_provider || lowering.issuance.has_dns_provider || reading.dns_options.is_empty() {
        return Ok(());
    }
    Err(errors::dns_options_without_provider(
        &reading.dns_options,
        end(line),
    ))
}

/// Issuers are either named one by one, or follow from the other lines.
fn chosen_issuers(
    line: Line<'_>,
    reading: &mut Reading,
    lowering: &Lowering<'_>,
) -> Read<Vec<TracedIssuer>> {
    if let Some(explicit) = reading.explicit.first()
        && (reading.acme.is_some() || reading.internal.is_some())
    {
        let message = "`issuer` cannot be combined with other settings of an issuer";
        let says = "cannot mix issuer subdirective (explicit issuers) with other issuer-specific \
                    subdirectives (implicit issuers)";
        return Err(errors::conflict(message, explicit.span, Some(line.span()))
            .caddy_text(CaddyText::new(says).at(end(line))));
    }
    let implied = |issuer| TracedIssuer {
        issuer,
        span: line.span(),
        fields: issuers::fields_of(line, shortcuts::FIELDS),
    };
    Ok(match (reading.acme.take(), reading.internal.take()) {
        (Some(_), Some(_)) => {
            let message = "`tls internal` cannot be combined with settings of an ACME issuer";
            let says = "cannot create both ACME and internal certificate issuers";
            return Err(errors::conflict(message, line.span(), None)
                .caddy_text(CaddyText::new(says).at(end(line))));
        }
        (Some(acme), None) => {
            let issuers = shortcuts::issuers(&acme, &lowering.issuance.issuers);
            issuers.into_iter().map(implied).collect()
        }
        (None, Some(internal)) => vec![implied(Issuer::Internal(internal))],
        (None, None) => std::mem::take(&mut reading.explicit),
    })
}

/// Where Caddy has got to when it has read the directive: its last character.
fn end(line: Line<'_>) -> Span {
    let whole = line.block.map_or(line.span(), |block| block.span);
    Span::new(whole.source, whole.end.saturating_sub(1), whole.end)
}

impl Reading {
    fn acme(&mut self) -> &mut AcmeIssuer {
        self.acme.get_or_insert_default()
    }
}
