//! The Caddyfile language: from bytes to a syntax tree. Knows no directive.
//!
//! `{$ENV}` is substituted first (`env`), the result is cut into tokens (`lexer`), snippets and
//! imports are put in place (`expand`), and what is left is grouped into the tree of [`ast`]
//! (`parser`). Nothing here fails: whatever is wrong becomes a diagnostic, and the rest of the file
//! is read on. [`format()`] stands beside all that.

pub mod ast;
mod comments;
mod decode;
mod env;
mod errors;
mod expand;
mod format;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzz;
mod host;
mod lexer;
mod parser;
mod texts;
mod token;

use evenkeel_diagnostics::{Diagnostics, SourceId, SourceMap};

pub use comments::{Comment, comments};
pub use format::{format, formatting_difference, formatting_warning};
pub use host::{Host, MemoryHost, OsHost};

/// What a text says, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The text it all began with.
    pub source: SourceId,
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
    if let Some(problem) = decoded.problem {
        findings.push(problem.diagnostic(source));
    }
    let expansion = expand::expand(sources, source, host, &mut findings);
    let mut file = parser::parse(expansion, sources, source, &mut findings);
    file.names = sources.names().map(str::to_owned).collect();
    Parsed {
        source,
        file,
        diagnostics: findings,
    }
}

#[cfg(test)]
mod tests;
