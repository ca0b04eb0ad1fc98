//! `verifier leaf …` in `client_auth`: certificates of clients that are let in. Caddy:
//! `LeafCertClientAuth` in `connpolicy.go`, `leaffileloader.go` and its neighbours.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::tls::{LeafLoader, Verifier};

use crate::args::{Line, texts};
use crate::errors::{self, Finding, Read};
use crate::subdirective::{Sub, read_lines};

const LOADERS: &[Sub<Vec<LeafLoader>>] = &[
    Sub::new("file", loader),
    Sub::new("folder", loader),
    Sub::new("pem", loader),
    Sub::only_in("storage", "a JSON configuration"),
];

/// Reads the verifier behind the name of a line.
pub(super) fn read(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<Verifier> {
    let name = line.first("a verifier")?;
    if name.text != "leaf" {
        let (id, names) = ("unknown-verifier", ["leaf"].into_iter());
        return Err(errors::unknown_value(id, "verifier", name, names));
    }
    let rest = Line {
        name,
        ..line.skip_first()
    };
    let mut leaf_certs_loaders = Vec::new();
    match rest.args {
        [] => {
            let loaders = &mut leaf_certs_loaders;
            read_lines(line.block, LOADERS, loaders, diagnostics, &unknown);
        }
        // Caddy passes over a single word, and over the block behind it.
        [word] => diagnostics.push(errors::no_effect(name, word.span).into()),
        [word, ..] => {
            let line = Line {
                name: word,
                ..rest.skip_first()
            };
            let Some(row) = LOADERS.iter().find(|row| row.name == word.text) else {
                return Err(unknown(word));
            };
            if row.support().is_none() {
                let place = "a JSON configuration";
                return Err(errors::misplaced_subdirective(word, place));
            }
            loader(line, &mut leaf_certs_loaders, diagnostics)?;
        }
    }
    Ok(Verifier::Leaf { leaf_certs_loaders })
}

/// Caddy names the line twice: for the loader, and for the verifier around it.
fn unknown(word: &Word) -> Finding {
    let names = LOADERS.iter().map(|row| row.name);
    let found = errors::unknown_value("unknown-leaf-loader", "loader of certificates", word, names);
    found.also_at(word.span)
}

/// Caddy passes over a block behind it, and takes it without an argument.
#[expect(clippy::unnecessary_wraps, reason = "a row of a table")]
fn loader(
    line: Line<'_>,
    loaders: &mut Vec<LeafLoader>,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    if line.args.is_empty() || line.block.is_some() {
        diagnostics.push(errors::no_effect(line.name, line.span()).into());
    }
    let words = texts(line.args);
    loaders.push(match line.name.text.as_str() {
        "file" => LeafLoader::File { files: words },
        "folder" => LeafLoader::Folder { folders: words },
        _ => LeafLoader::Pem {
            certificates: words,
        },
    });
    Ok(())
}
