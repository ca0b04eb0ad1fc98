//! From tokens to the tree. Recursive descent with a bounded depth; after an error reading goes
//! on at the next line, and a `}` always ends its block, so that one mistake is reported once.

mod cursor;
mod directive;
mod file;
mod site;

use std::collections::HashMap;

use evenkeel_diagnostics::{Diagnostics, SourceId, Span};

use self::cursor::Cursor;
use crate::Expanded;
use crate::ast::File;
use crate::errors;
use crate::lexer::Lexed;

/// Blocks inside blocks; Caddyfiles of people need less than ten.
const DEEPEST: usize = 256;

struct Parser<'p, 'text> {
    tokens: Cursor,
    text: &'p mut Expanded<'text>,
    source: SourceId,
    findings: &'p mut Diagnostics,
    file: File,
    snippets: HashMap<String, Span>,
    /// The first site, named route or options block.
    first_block: Option<Span>,
    /// The open braces of blocks without end, the innermost first.
    unclosed: Vec<Span>,
    /// The first block whose `}` stands further left than the line that opened it.
    uneven: Option<(Span, Span)>,
    /// The last word that ends with a `{`, at the end of its line: probably a space is missing.
    suspect: Option<Span>,
}

/// Groups tokens into the tree.
pub(crate) fn parse(
    lexed: Lexed,
    text: &mut Expanded<'_>,
    source: SourceId,
    findings: &mut Diagnostics,
) -> File {
    let mut parser = Parser {
        tokens: Cursor::new(lexed.tokens),
        text,
        source,
        findings,
        file: File::default(),
        snippets: HashMap::new(),
        first_block: None,
        unclosed: Vec::new(),
        uneven: None,
        suspect: None,
    };
    parser.file();
    // What took the rest of the text took the braces too, and has been reported.
    if !parser.unclosed.is_empty() && !lexed.cut_short {
        let found = errors::unclosed_blocks(&parser.unclosed, parser.uneven);
        parser.findings.push(found);
    }
    parser.file
}

#[cfg(test)]
mod tests;
