//! `client_auth { … }` in `tls`: what clients must show. Caddy:
//! `ClientAuthentication.UnmarshalCaddyfile` in `connpolicy.go`.

use evenkeel_caddyfile::ast::Word;
use evenkeel_caddyfile::{Host, ast};
use evenkeel_diagnostics::{Diagnostics, Span};
use evenkeel_plan::tls::{ClientAuthentication, TrustPool, Verifier};

use super::{Reading, verifiers};
use crate::args::Line;
use crate::directives::trust_pool;
use crate::errors::{self, Read};
use crate::pem;
use crate::subdirective::{Sub, read_block};
use crate::vocabulary::{self, Known};

/// The options of `client_auth`.
const SUBDIRECTIVES: &[Sub<Clients>] = &[
    Sub::new("mode", mode)
        .on_many("wrong argument count or unexpected line ending after 'mode'")
        .adapts_only(),
    Sub::new("trust_pool", pool).adapts_only(),
    Sub::new("trusted_ca_cert", ca_cert).adapts_only(),
    Sub::new("trusted_ca_cert_file", ca_cert_file).adapts_only(),
    Sub::new("trusted_leaf_cert", leaf_cert).adapts_only(),
    Sub::new("trusted_leaf_cert_file", leaf_cert_file).adapts_only(),
    Sub::new("verifier", verifier).adapts_only(),
    Sub::others("unknown subdirective for client_auth: $value").reads_on(),
];

const FIELDS: &[(&str, &str)] = &[
    ("mode", "client_authentication.mode"),
    ("trust_pool", "client_authentication.ca"),
    ("trusted_ca_cert", "client_authentication.ca"),
    ("trusted_ca_cert_file", "client_authentication.ca"),
    (
        "trusted_leaf_cert",
        "client_authentication.trusted_leaf_certs",
    ),
    (
        "trusted_leaf_cert_file",
        "client_authentication.trusted_leaf_certs",
    ),
    ("verifier", "client_authentication.verifiers"),
];

/// The block while its lines are read.
#[derive(Default)]
pub(super) struct Clients {
    mode: String,
    pool: Option<TrustPool>,
    authorities: Vec<Trusted>,
    leaves: Vec<Trusted>,
    verifiers: Vec<Verifier>,
}

/// A certificate.
enum Trusted {
    /// Written in the line: DER in base 64.
    Text(String),
    /// In a PEM file.
    File(Word),
}

/// The subdirectives, and whether they work.
pub(super) fn words() -> Vec<Known> {
    vocabulary::of_table(SUBDIRECTIVES)
}

/// `client_auth { … }`; the last one counts.
#[expect(clippy::unnecessary_wraps, reason = "a row of a table")]
pub(super) fn client_auth(
    line: Line<'_>,
    reading: &mut Reading,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    if let (Some(first), Some(last)) = (line.args.first(), line.args.last()) {
        diagnostics.push(errors::no_effect(line.name, first.span.to(last.span)).into());
    }
    let mut clients = Clients::default();
    read_block(
        line.name,
        line.block,
        SUBDIRECTIVES,
        &mut clients,
        diagnostics,
    );
    reading.clients = Some(clients);
    Ok(())
}

/// Where the lines of the block stand that become certain fields of a connection policy.
pub(super) fn fields(block: Option<&ast::Block>) -> Vec<(&'static str, Span)> {
    let lines = block.into_iter().flat_map(|block| &block.lines);
    let clients = lines.filter(|line| line.name.text == "client_auth");
    clients
        .flat_map(|line| super::issuers::fields_of(Line::from(line), FIELDS))
        .collect()
}

impl Clients {
    /// What the lines say, once the files they name are read.
    pub(super) fn finish(self, host: &dyn Host) -> Read<ClientAuthentication> {
        let authorities = certificates(self.authorities, host)?;
        let legacy = (!authorities.is_empty()).then_some(TrustPool::Inline {
            trusted_ca_certs: authorities,
        });
        Ok(ClientAuthentication {
            ca: legacy.or(self.pool),
            trusted_leaf_certs: certificates(self.leaves, host)?,
            verifiers: self.verifiers,
            mode: self.mode,
            ..ClientAuthentication::default()
        })
    }
}

fn certificates(trusted: Vec<Trusted>, host: &dyn Host) -> Read<Vec<String>> {
    let mut certificates = Vec::new();
    for one in trusted {
        match one {
            Trusted::Text(text) => certificates.push(text),
            Trusted::File(word) => {
                let bytes = host.read(&word.text);
                let bytes = bytes.map_err(|error| errors::unreadable_file(&word, &error))?;
                let found = pem::certificates(&bytes);
                certificates.extend(found.ok_or_else(|| errors::no_certificate_in(&word))?);
            }
        }
    }
    Ok(certificates)
}

/// `mode MODE`: whether it exists is known when the plan is built.
fn mode(line: Line<'_>, clients: &mut Clients, _: &mut Diagnostics) -> Read<()> {
    clients.mode = line.text("a mode")?;
    Ok(())
}

/// `trust_pool SOURCE …`.
fn pool(line: Line<'_>, clients: &mut Clients, diagnostics: &mut Diagnostics) -> Read<()> {
    let known = diagnostics.len();
    line.first("a source of authorities")?;
    let pool = trust_pool::read(line, diagnostics);
    // Caddy names the line again, around what the source says.
    let again = match line.args.first() {
        Some(source) if !trust_pool::is_known(source) => source.span,
        _ => line.end(),
    };
    diagnostics
        .caddy_texts(known)
        .for_each(|text| text.also_at(again));
    let pool = pool.map_err(|found| found.also_at(again))?;
    if !clients.authorities.is_empty() {
        return Err(both(line));
    }
    clients.pool = Some(pool);
    Ok(())
}

/// `trusted_ca_cert BASE64`: deprecated, `trust_pool inline` is the same.
fn ca_cert(line: Line<'_>, clients: &mut Clients, diagnostics: &mut Diagnostics) -> Read<()> {
    let certificate = line.text("a certificate")?;
    authority(line, clients, Trusted::Text(certificate), diagnostics)
}

/// `trusted_ca_cert_file FILE`: deprecated, `trust_pool file` is the same.
fn ca_cert_file(line: Line<'_>, clients: &mut Clients, diagnostics: &mut Diagnostics) -> Read<()> {
    let file = line.one("a file")?.clone();
    authority(line, clients, Trusted::File(file), diagnostics)
}

fn authority(
    line: Line<'_>,
    clients: &mut Clients,
    trusted: Trusted,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    diagnostics.push(errors::deprecated_field(line.name, "trust_pool").into());
    if clients.pool.is_some() {
        return Err(both(line));
    }
    clients.authorities.push(trusted);
    Ok(())
}

/// `trusted_leaf_cert BASE64`.
fn leaf_cert(line: Line<'_>, clients: &mut Clients, _: &mut Diagnostics) -> Read<()> {
    let certificate = line.text("a certificate")?;
    clients.leaves.push(Trusted::Text(certificate));
    Ok(())
}

/// `trusted_leaf_cert_file FILE`.
fn leaf_cert_file(line: Line<'_>, clients: &mut Clients, _: &mut Diagnostics) -> Read<()> {
    let file = line.one("a file")?.clone();
    clients.leaves.push(Trusted::File(file));
    Ok(())
}

/// `verifier NAME …`.
fn verifier(line: Line<'_>, clients: &mut Clients, diagnostics: &mut Diagnostics) -> Read<()> {
    clients.verifiers.push(verifiers::read(line, diagnostics)?);
    Ok(())
}

fn both(line: Line<'_>) -> errors::Finding {
    let says = "cannot specify both 'trust_pool' and 'trusted_ca_cert' or 'trusted_ca_cert_file'";
    let message = "`trust_pool` cannot be combined with `trusted_ca_cert` and its like";
    errors::conflict(message, line.span(), None).caddy(says)
}
