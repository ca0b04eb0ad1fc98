//! `SOURCE …`: where trusted authorities come from, in `tls_trust_pool` and its like. Caddy:
//! `modules/caddytls/capools.go`.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::{CaddyText, Diagnostics};
use evenkeel_plan::Storage;
use evenkeel_plan::tls::{FetchTls, FetchedPool, TrustPool};

use crate::args::{Line, texts};
use crate::errors::{self, Finding, Read, Wording};
use crate::options;
use crate::subdirective::{Sub, read_block};

const SOURCES: [&str; 8] = [
    "inline",
    "file",
    "pki_root",
    "pki_intermediate",
    "storage",
    "http",
    "system",
    "combined",
];

/// Also those of `tls_renegotiation`.
pub(super) const RENEGOTIATIONS: [&str; 3] = ["never", "once", "freely"];

/// A source in more others than this is a mistake or an attack.
const MOST_NESTED: usize = 20;

/// What Caddy says of the lines of all sources.
const OTHERS: &str = "unrecognized directive: $value";

const INLINE: &[Sub<Vec<String>>] = &[Sub::new("trust_der", more), Sub::others(OTHERS)];
const FILE: &[Sub<Vec<String>>] = &[Sub::new("pem_file", more), Sub::others(OTHERS)];
const PKI: &[Sub<Vec<String>>] = &[Sub::new("authority", more), Sub::others(OTHERS)];

const STORAGE: &[Sub<Stored>] = &[
    Sub::once("storage", storage),
    Sub::new("keys", keys),
    Sub::others(OTHERS),
];

const HTTP: &[Sub<Fetched>] = &[
    Sub::new("endpoints", endpoints),
    Sub::once("tls", tls),
    Sub::others(OTHERS).reads_on(),
];

const HTTP_TLS: &[Sub<Fetched>] = &[
    Sub::once("ca", ca),
    Sub::new("insecure_skip_verify", insecure_skip_verify),
    Sub::new("handshake_timeout", handshake_timeout).on_value("bad timeout value '$value': $why"),
    Sub::new("server_name", server_name),
    Sub::new("renegotiation", renegotiation).on_value("unrecognized renegotiation level: "),
    Sub::others(OTHERS).reads_on(),
];

/// `storage …` while its lines are read.
#[derive(Default)]
struct Stored {
    storage: Option<Storage>,
    keys: Vec<String>,
}

/// `http …` while its lines are read.
#[derive(Default)]
struct Fetched {
    depth: usize,
    endpoints: Vec<String>,
    tls: Option<FetchTls>,
}

/// Whether there is such a source.
pub(super) fn is_known(source: &Word) -> bool {
    SOURCES.contains(&source.text.as_str())
}

/// Reads the source behind the name of a line.
pub(super) fn read(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<TrustPool> {
    nested(line, diagnostics, 0)
}

fn nested(line: Line<'_>, diagnostics: &mut Diagnostics, depth: usize) -> Read<TrustPool> {
    let name = line.first("a source of authorities")?;
    if depth > MOST_NESTED {
        let message = format!("more than {MOST_NESTED} sources in each other");
        return Err(errors::bad_value(name, message, "one too many"));
    }
    let line = Line {
        name,
        ..line.skip_first()
    };
    Ok(match name.text.as_str() {
        "inline" => {
            line.at_most(0).map_err(counted)?;
            TrustPool::Inline {
                trusted_ca_certs: list(line, INLINE, diagnostics)?,
            }
        }
        "file" => TrustPool::File {
            pem_files: list(line, FILE, diagnostics)?,
        },
        "pki_root" => TrustPool::PkiRoot {
            authority: list(line, PKI, diagnostics)?,
        },
        "pki_intermediate" => TrustPool::PkiIntermediate {
            authority: list(line, PKI, diagnostics)?,
        },
        "storage" => stored(line, diagnostics),
        "http" => {
            let mut fetched = Fetched {
                depth,
                endpoints: texts(line.args),
                tls: None,
            };
            read_block(name, line.block, HTTP, &mut fetched, diagnostics);
            TrustPool::Http(FetchedPool {
                endpoints: fetched.endpoints,
                tls: fetched.tls,
            })
        }
        "system" => {
            line.nothing().map_err(counted)?;
            TrustPool::System {}
        }
        "combined" => combined(line, diagnostics, depth)?,
        _ => {
            let (id, names) = ("unknown-trust-pool", SOURCES.into_iter());
            return Err(errors::unknown_value(
                id,
                "source of authorities",
                name,
                names,
            ));
        }
    })
}

/// `storage KEY… { storage MODULE …, keys KEY… }`.
fn stored(line: Line<'_>, diagnostics: &mut Diagnostics) -> TrustPool {
    let mut stored = Stored {
        keys: texts(line.args),
        ..Stored::default()
    };
    read_block(line.name, line.block, STORAGE, &mut stored, diagnostics);
    TrustPool::Storage {
        storage: stored.storage,
        pem_keys: stored.keys,
    }
}

/// The arguments and what the block adds to them: at least one.
fn list(
    line: Line<'_>,
    table: &[Sub<Vec<String>>],
    diagnostics: &mut Diagnostics,
) -> Read<Vec<String>> {
    let mut list = texts(line.args);
    let found_before = diagnostics.len();
    read_block(line.name, line.block, table, &mut list, diagnostics);
    if list.is_empty() && diagnostics.len() == found_before {
        let what = "an authority";
        let what_caddy_calls_them = match line.name.text.as_str() {
            "inline" | "file" => "certificates",
            _ => "authorities",
        };
        let has_lines = line.block.is_some_and(|block| !block.lines.is_empty());
        let at = if has_lines {
            line.end()
        } else {
            line.name.span
        };
        let says = CaddyText::new(format!("no {what_caddy_calls_them} specified")).at(at);
        return Err(errors::missing_argument(line, what)
            .caddy_text(says)
            .sealed());
    }
    Ok(list)
}

/// Caddy counts the words behind the name of a source that takes none.
fn counted(found: Finding) -> Finding {
    found.worded(&Wording::USUAL.counts_taken())
}

/// `combined { source SOURCE … }`.
fn combined(line: Line<'_>, diagnostics: &mut Diagnostics, depth: usize) -> Read<TrustPool> {
    line.at_most(0).map_err(counted)?;
    let mut sources = Vec::new();
    for inner in line.block.into_iter().flat_map(|block| &block.lines) {
        let read = if inner.name.text == "source" {
            nested(Line::from(inner), diagnostics, depth + 1)
        } else {
            let names = ["source"].into_iter();
            let unknown = errors::unknown_subdirective(line.name, &inner.name, names);
            Err(unknown.value_says(OTHERS))
        };
        match read {
            Ok(source) => sources.push(source),
            Err(found) => diagnostics.push(found.into()),
        }
    }
    Ok(TrustPool::Combined { sources })
}

/// One line of a list.
fn more(line: Line<'_>, list: &mut Vec<String>, _: &mut Diagnostics) -> Read<()> {
    line.no_block()?;
    list.extend(texts(line.args));
    Ok(())
}

/// `storage MODULE …`.
fn storage(line: Line<'_>, stored: &mut Stored, diagnostics: &mut Diagnostics) -> Read<()> {
    stored.storage = Some(options::read_storage(line, diagnostics)?);
    Ok(())
}

/// `keys KEY…`.
fn keys(line: Line<'_>, stored: &mut Stored, diagnostics: &mut Diagnostics) -> Read<()> {
    line.no_block()?;
    if line.args.is_empty() {
        diagnostics.push(errors::no_effect(line.name, line.span()).into());
    }
    stored.keys.extend(texts(line.args));
    Ok(())
}

/// `endpoints URL…`.
fn endpoints(line: Line<'_>, fetched: &mut Fetched, _: &mut Diagnostics) -> Read<()> {
    fetched.endpoints.extend(texts(line.some("a URL")?));
    Ok(())
}

/// `tls { … }`.
fn tls(line: Line<'_>, fetched: &mut Fetched, diagnostics: &mut Diagnostics) -> Read<()> {
    line.at_most(0)?;
    fetched.tls = Some(FetchTls::default());
    read_block(line.name, line.block, HTTP_TLS, fetched, diagnostics);
    Ok(())
}

/// `ca SOURCE …`.
fn ca(line: Line<'_>, fetched: &mut Fetched, diagnostics: &mut Diagnostics) -> Read<()> {
    let pool = nested(line, diagnostics, fetched.depth + 1)?;
    fetched.tls.get_or_insert_default().ca = Some(Box::new(pool));
    Ok(())
}

/// `insecure_skip_verify`.
fn insecure_skip_verify(line: Line<'_>, fetched: &mut Fetched, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    fetched.tls.get_or_insert_default().insecure_skip_verify = true;
    Ok(())
}

/// `handshake_timeout DURATION`.
fn handshake_timeout(
    line: Line<'_>,
    fetched: &mut Fetched,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    fetched.tls.get_or_insert_default().handshake_timeout = line.duration(diagnostics)?;
    Ok(())
}

/// `server_name NAME`.
fn server_name(line: Line<'_>, fetched: &mut Fetched, _: &mut Diagnostics) -> Read<()> {
    fetched.tls.get_or_insert_default().server_name = line.text("a name")?;
    Ok(())
}

/// `renegotiation never|once|freely`.
fn renegotiation(line: Line<'_>, fetched: &mut Fetched, _: &mut Diagnostics) -> Read<()> {
    let word = line.one("a renegotiation")?;
    if !RENEGOTIATIONS.contains(&word.text.as_str()) {
        let (id, names) = ("unknown-renegotiation", RENEGOTIATIONS.into_iter());
        return Err(errors::unknown_value(id, "renegotiation", word, names));
    }
    let tls = fetched.tls.get_or_insert_default();
    tls.renegotiation.clone_from(&word.text);
    Ok(())
}
