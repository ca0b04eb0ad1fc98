//! `SOURCE …`: where trusted authorities come from, in `tls_trust_pool` and its like. Caddy:
//! `modules/caddytls/capools.go`.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::Storage;
use evenkeel_plan::tls::{FetchTls, FetchedPool, TrustPool};

use crate::args::{Line, texts};
use crate::errors::{self, Read};
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

/// A source in more others than this is a mistake or an attack.
const MOST_NESTED: usize = 20;

const INLINE: &[Sub<Vec<String>>] = &[Sub::new("trust_der", more)];
const FILE: &[Sub<Vec<String>>] = &[Sub::new("pem_file", more)];
const PKI: &[Sub<Vec<String>>] = &[Sub::new("authority", more)];

const STORAGE: &[Sub<Stored>] = &[Sub::once("storage", storage), Sub::new("keys", keys)];

const HTTP: &[Sub<Fetched>] = &[Sub::new("endpoints", endpoints), Sub::once("tls", tls)];

const HTTP_TLS: &[Sub<Fetched>] = &[
    Sub::once("ca", ca),
    Sub::new("insecure_skip_verify", insecure_skip_verify),
    Sub::new("handshake_timeout", handshake_timeout),
    Sub::new("server_name", server_name),
    Sub::new("renegotiation", renegotiation),
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
            line.at_most(0)?;
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
            line.nothing()?;
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
        return Err(errors::missing_argument(line.name, line.span(), what));
    }
    Ok(list)
}

/// `combined { source SOURCE … }`.
fn combined(line: Line<'_>, diagnostics: &mut Diagnostics, depth: usize) -> Read<TrustPool> {
    line.at_most(0)?;
    let mut sources = Vec::new();
    for inner in line.block.into_iter().flat_map(|block| &block.lines) {
        let read = if inner.name.text == "source" {
            nested(Line::from(inner), diagnostics, depth + 1)
        } else {
            let names = ["source"].into_iter();
            let unknown = errors::unknown_subdirective(line.name, &inner.name, names);
            Err(unknown)
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
    list.extend(texts(line.some("an authority")?));
    Ok(())
}

/// `storage MODULE …`.
fn storage(line: Line<'_>, stored: &mut Stored, diagnostics: &mut Diagnostics) -> Read<()> {
    stored.storage = Some(options::read_storage(line, diagnostics)?);
    Ok(())
}

/// `keys KEY…`.
fn keys(line: Line<'_>, stored: &mut Stored, _: &mut Diagnostics) -> Read<()> {
    stored.keys.extend(texts(line.some("a key")?));
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
    fetched.tls.get_or_insert_default().renegotiation = line.text("a renegotiation")?;
    Ok(())
}
