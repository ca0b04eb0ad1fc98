//! One constructor per diagnostic: wording, labels and help in one place. This file holds those
//! about a file as a whole; [`importing`], [`lexing`] and [`structure`] the others.

mod importing;
mod lexing;
mod structure;

use evenkeel_diagnostics::{Diagnostic, Span, shorten};

pub(crate) use importing::*;
pub(crate) use lexing::*;
pub(crate) use structure::*;

pub(crate) fn empty_file(at: Span) -> Diagnostic {
    Diagnostic::error("empty-file", "the file is empty")
        .at(at, "")
        .caddy("EOF")
        .help("write a site, such as `localhost` with `respond hello` on the next line")
}

pub(crate) fn too_large(at: Span) -> Diagnostic {
    Diagnostic::error("file-too-large", "the file is larger than 16 MiB")
        .at(at, "")
        .note("values of environment variables count too")
}

pub(crate) fn utf16(at: Span) -> Diagnostic {
    Diagnostic::error("not-utf8", "the file is UTF-16")
        .at(at, "")
        .help("save it as UTF-8; in PowerShell, write it with `Out-File -Encoding utf8`")
}

pub(crate) fn not_utf8(at: Span) -> Diagnostic {
    Diagnostic::error("not-utf8", "the file is not UTF-8")
        .at(at, "the first byte that belongs to no character")
        .help("save the file as UTF-8")
}

pub(crate) fn not_formatted(at: Span, name: &str) -> Diagnostic {
    let found = Diagnostic::warning("not-formatted", "the file is not formatted")
        .at(at, "the first line that differs");
    if name == "-" {
        return found.help("format it with `evenkeel fmt -`");
    }
    found.help(format!("run `evenkeel fmt --overwrite {}`", shorten(name)))
}

pub(crate) fn unset_variable(at: Span, name: &str) -> Diagnostic {
    let name = shorten(name);
    let message = format!("the environment variable `{name}` is not set");
    Diagnostic::warning("unset-environment-variable", message)
        .at(at, "nothing stands here then")
        .help(format!("set it, or give a default: `{{${name}:default}}`"))
}

/// Caddy takes such a block for global options.
pub(crate) fn empty_site_address(at: Span, name: &str, unset: bool) -> Diagnostic {
    let name = shorten(name);
    let why = if unset {
        "is not set"
    } else {
        "is set to nothing"
    };
    let message = format!("the environment variable `{name}` {why}, so a site has no address");
    Diagnostic::error("empty-site-address", message)
        .at(at, "no address stands here then")
        .help(format!(
            "set `{name}`, or give a default: `{{${name}:localhost}}`"
        ))
}
