//! The Caddyfile language: from bytes to a syntax tree. Knows no directive.
//!
//! `{$ENV}` is substituted first (`env`), the result is cut into tokens (`lexer`), and those are
//! grouped into the tree of [`ast`] (`parser`). Nothing here fails: whatever is wrong becomes a
//! diagnostic, and the rest of the file is read on.

pub mod ast;
mod decode;
mod env;
mod errors;
mod host;
mod lexer;
mod parser;
mod token;

use evenkeel_diagnostics::{Diagnostics, SourceId, SourceMap, Span};

pub use host::{Host, MemoryHost, OsHost};

use env::Expanded;
use token::{Token, TokenKind};

/// What a text says, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The tree; without the parts that are too broken to place.
    pub file: ast::File,
    /// Everything found. With an error among it, the tree is only good for finding more.
    pub diagnostics: Diagnostics,
}

/// Reads a Caddyfile. `name` is what messages call it, usually its path; the text is added to
/// `sources`, as it was before environment substitution.
pub fn parse(sources: &mut SourceMap, name: &str, bytes: &[u8], host: &dyn Host) -> Parsed {
    let mut findings = Diagnostics::new();
    let decoded = decode::decode(bytes);
    let source = sources.add(name, decoded.text);
    let text = sources.text(source);
    if let Some(problem) = decoded.problem {
        findings.push(problem.diagnostic(source));
    }
    let mut file = parse_text(text, source, host, &mut findings);
    file.names.push(name.to_owned());
    Parsed {
        file,
        diagnostics: findings,
    }
}

fn parse_text(
    text: &str,
    source: SourceId,
    host: &dyn Host,
    findings: &mut Diagnostics,
) -> ast::File {
    let mut expanded = Expanded::new(text, host);
    if expanded.is_cut() {
        findings.push(errors::too_large(Span::new(source, 0, 0)));
    }
    let lexed = lexer::lex(&expanded, source, findings);
    expanded.ignore_within(&lexed.comments);
    let file = parser::parse(lexed, &mut expanded, source, findings);
    for unset in expanded.substitutions().iter().filter(|found| found.unset) {
        findings.push(errors::unset_variable(unset.span(source), unset.name(text)));
    }
    file
}

#[cfg(test)]
mod tests;
