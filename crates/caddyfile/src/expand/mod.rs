//! Snippets and imports: pieces in, pieces out, nothing of either left (Caddy: `doImport` in
//! `caddyfile/parse.go`). Every import gets a source of its own in the source map, so that each
//! span tells through which lines its text came.

mod args;
mod budget;
mod cycle;
mod files;
mod import;
mod origins;
mod paths;
mod piece;
mod snippet;
mod stream;

use std::collections::{HashMap, HashSet};

use evenkeel_diagnostics::{Diagnostics, SourceId, SourceMap, Span};

use crate::Host;
use crate::errors;
use crate::texts::Variables;

pub(crate) use args::ArgumentFault;
pub(crate) use piece::{Piece, PieceKind};

use budget::Budget;
use cycle::Imports;
use files::Files;
use import::Missing;
use origins::{Origin, Origins};
use stream::Stream;

/// What became of a file and all it imports.
pub(crate) struct Expansion {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) variables: Variables,
    /// Something was opened and took the rest of a text with it.
    pub(crate) cut_short: bool,
}

/// Reads a text that is in the map already, and everything it imports.
pub(crate) fn expand(
    sources: &mut SourceMap,
    root: SourceId,
    host: &dyn Host,
    findings: &mut Diagnostics,
) -> Expansion {
    expand_within(Budget::new(), sources, root, host, findings)
}

fn expand_within(
    budget: Budget,
    sources: &mut SourceMap,
    root: SourceId,
    host: &dyn Host,
    findings: &mut Diagnostics,
) -> Expansion {
    let mut files = Files::default();
    let pieces = files.lex_root(sources, root, host, findings);
    let mut origins = Origins::default();
    let path = sources.name(root).into();
    origins.add(
        root,
        Origin {
            path,
            snippet: None,
        },
    );
    let mut expander = Expander {
        sources,
        host,
        findings,
        files,
        origins,
        snippets: HashMap::new(),
        imports: Imports::default(),
        missing: Vec::new(),
        reported: HashSet::new(),
        budget,
        stream: Stream::new(pieces),
        out: Vec::new(),
    };
    expander.run();
    expander.report_missing();
    let (pieces, files) = (expander.out, expander.files);
    Expansion {
        pieces,
        variables: files.variables,
        cut_short: files.cut_short,
    }
}

struct Expander<'a> {
    sources: &'a mut SourceMap,
    host: &'a dyn Host,
    findings: &'a mut Diagnostics,
    files: Files,
    origins: Origins,
    snippets: HashMap<String, Snippet>,
    imports: Imports,
    missing: Vec<Missing>,
    /// Warnings about arguments, by their place in the text.
    reported: HashSet<(Span, ArgumentFault)>,
    budget: Budget,
    stream: Stream,
    out: Vec<Piece>,
}

/// `(name) { … }`.
struct Snippet {
    key: Span,
    pieces: Vec<Piece>,
}

/// What decides whether a line may be a snippet, and whether an import may bring some.
#[derive(Default)]
struct Place {
    /// Open blocks.
    depth: usize,
    /// The addresses of a block have begun.
    head: bool,
    /// The last address ends with a comma.
    comma: bool,
    /// The lines belong to a site without braces.
    braceless: bool,
    /// The block has one name, which is that of a named route.
    route: bool,
}

impl Place {
    fn is_top(&self) -> bool {
        self.depth == 0 && !self.braceless
    }

    /// Follows a piece that is not part of an import or a snippet.
    fn pass(&mut self, piece: &Piece) {
        match piece.kind {
            PieceKind::Open => self.depth += 1,
            PieceKind::Close if self.depth == 0 => *self = Self::default(),
            PieceKind::Close => {
                self.depth -= 1;
                self.head &= self.depth > 0;
            }
            PieceKind::Word(_) if self.is_top() => {
                let text = piece.text.as_str();
                self.route = !self.head && text.starts_with("&(") && text.ends_with(')');
                self.head = true;
                self.comma = piece.text.ends_with(',');
            }
            PieceKind::Word(_) => {}
        }
    }
}

impl Expander<'_> {
    fn run(&mut self) {
        let mut place = Place::default();
        let mut opened: Option<Span> = None;
        while let Some(next) = self.stream.peek() {
            let (is_open, is_import) = (next.kind == PieceKind::Open, next.value() == "import");
            let starts_line = self.stream.is_at_line_start();
            if starts_line && place.is_top() && place.head && !place.comma && !is_open {
                place.braceless = true;
            }
            let Some(mut piece) = self.stream.next() else {
                return;
            };
            if is_import && (starts_line || opened.is_some()) {
                // Behind the brace of a site, and only there, it may stand on the same line.
                if let (Some(brace), false, 2..) = (opened.take(), starts_line, place.depth) {
                    self.findings
                        .push(errors::text_after_open(brace, piece.span));
                }
                if let Some(brace) = self.import(&piece, &place) {
                    place.pass(&brace);
                    self.out.push(brace);
                }
                continue;
            }
            if starts_line && place.is_top() && !place.comma && self.snippet(&piece) {
                continue;
            }
            // Caddy cuts the lines of a site before it carries out the imports behind them, and
            // those of inner blocks after.
            piece.begins_line = starts_line && place.depth < 2;
            opened = is_open.then_some(piece.span);
            place.pass(&piece);
            self.out.push(piece);
        }
    }

    /// Takes `(name) { … }` out, if that is what the piece starts.
    fn snippet(&mut self, key: &Piece) -> bool {
        let name = key.value().strip_prefix('(');
        let Some(name) = name.and_then(|name| name.strip_suffix(')')) else {
            return false;
        };
        let opens = |next: &Piece| next.kind == PieceKind::Open;
        if !self.stream.peek().is_some_and(opens) {
            return false;
        }
        let Some(brace) = self.stream.next() else {
            return false;
        };
        let (pieces, close) = self.stream.block();
        if close.is_none() {
            // The parser reports it.
            self.out.push(key.clone());
            self.out.push(brace);
            self.out.extend(pieces);
            return true;
        }
        if let Some(first) = self.snippets.get(name) {
            let found = errors::duplicate_snippet(key.span, first.key, name);
            self.findings.push(found);
            return true;
        }
        let key = key.span;
        self.snippets
            .insert(name.to_owned(), Snippet { key, pieces });
        true
    }
}

#[cfg(test)]
mod tests;
