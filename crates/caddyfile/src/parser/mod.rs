//! From tokens to the tree. Recursive descent with a bounded depth; after an error reading goes
//! on at the next line, and a `}` always ends its block, so that one mistake is reported once.

mod cursor;
mod directive;
mod file;
mod site;

use evenkeel_diagnostics::{Diagnostics, SourceId, SourceMap, Span};

use self::cursor::Cursor;
use crate::ast::File;
use crate::errors;
use crate::expand::Expansion;
use crate::texts::Variables;

/// Blocks inside blocks; Caddyfiles of people need less than ten.
const DEEPEST: usize = 256;

struct Parser<'p> {
    tokens: Cursor,
    sources: &'p SourceMap,
    root: SourceId,
    variables: &'p mut Variables,
    findings: &'p mut Diagnostics,
    file: File,
    /// The first site, named route or options block.
    first_block: Option<Span>,
    /// The open braces of blocks without end, the innermost first.
    unclosed: Vec<Span>,
    /// The first block whose `}` stands further left than the line that opened it.
    uneven: Option<(Span, Span)>,
    /// The last word that ends with a `{`, at the end of its line: probably a space is missing.
    suspect: Option<Span>,
}

/// Groups what imports have left into the tree. `root`: the file it all began with.
pub(crate) fn parse(
    expansion: Expansion,
    sources: &SourceMap,
    root: SourceId,
    findings: &mut Diagnostics,
) -> File {
    let mut variables = expansion.variables;
    let mut parser = Parser {
        tokens: Cursor::new(expansion.pieces),
        sources,
        root,
        variables: &mut variables,
        findings,
        file: File::default(),
        first_block: None,
        unclosed: Vec::new(),
        uneven: None,
        suspect: None,
    };
    parser.file();
    // What took the rest of the text took the braces too, and has been reported.
    if !parser.unclosed.is_empty() && !expansion.cut_short {
        let last = parser.tokens.last().map(|at| (sources.slice(at), at));
        let found = errors::unclosed_blocks(&parser.unclosed, parser.uneven, last);
        parser.findings.push(found);
    }
    let file = parser.file;
    variables.report_unset(sources, findings);
    file
}

#[cfg(test)]
pub(crate) mod tests;
