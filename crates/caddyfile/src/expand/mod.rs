//! Snippets and imports: pieces in, pieces out, nothing of either left (Caddy: `doImport` in
//! `caddyfile/parse.go`). Every import gets a source of its own in the source map, so that each
//! span tells through which lines its text came.

mod args;
mod budget;
mod cycle;
mod files;
mod import;
mod origins;
mod piece;
mod snippet;
mod stream;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use evenkeel_diagnostics::{Diagnostics, SourceId, SourceMap, Span};

use crate::Host;
use crate::errors;
use crate::texts::Variables;

pub(crate) use args::ArgumentFault;
pub(crate) use piece::{Line, Piece, PieceKind};

use budget::Budget;
use cycle::Imports;
use files::Files;
use origins::{Origin, Origins};
use snippet::Given;
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

/// Snippets whose names are compared with one that was not found.
const MOST_COMPARED: usize = 1000;

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

/// An import of something that is not there (yet, if it is a snippet).
struct Missing {
    at: Span,
    name: String,
    path: String,
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
                self.import(&piece, place.is_top());
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

    /// Carries out an import, whose first word has been read.
    fn import(&mut self, import: &Piece, on_top: bool) {
        let is_word = |kind| matches!(kind, PieceKind::Word(_));
        let mut line = import.line;
        let mut words = Vec::new();
        while let Some(word) = self.stream.next_on_line(is_word) {
            line = word.line;
            words.push(word);
        }
        let mut block = Vec::new();
        if let Some(brace) = self.stream.next_on_line(|kind| kind == PieceKind::Open) {
            let close;
            (block, close) = self.stream.block();
            match close {
                Some(close) => line = close.line,
                None => self
                    .findings
                    .push(errors::unclosed_blocks(&[brace.span], None)),
            }
        } else if !self.stream.is_at_line_start()
            && let Some(close) = self.stream.peek()
        {
            self.findings.push(errors::close_behind_text(close.span));
        }
        if self.budget.is_spent() {
            return;
        }
        let mut words = words.into_iter();
        let Some(name) = words.next().filter(|name| !name.text.is_empty()) else {
            self.findings.push(errors::import_without_name(import.span));
            return;
        };
        // Not behind the block: what it brings stands in front of its end.
        self.stream.continue_from(name.line);
        let last = words.as_slice().last().map_or(name.span, |last| last.span);
        let at = import.span.to(last);
        match Given::new(words.map(|word| word.text).collect(), block) {
            Ok(given) => self.bring(
                &Import {
                    at,
                    line,
                    name,
                    on_top,
                },
                &given,
            ),
            Err(nameless) => self
                .findings
                .push(errors::import_nameless_block(nameless.0)),
        }
    }

    /// Puts what an import brings in front of what is still to be read.
    fn bring(&mut self, import: &Import, given: &Given) {
        if !self.budget.take_import(0) {
            self.findings.push(errors::import_too_much(import.at));
            return;
        }
        let name = import.name.text.as_str();
        let brought = match self.snippets.get(name) {
            Some(snippet) => {
                let pieces = snippet.pieces.clone();
                let target = format!("{}:{name}", self.sources.name(snippet.key.source));
                self.add_import(import, &target)
                    .then(|| self.relabel(import, pieces, Some(name)))
            }
            None => self.import_files(import),
        };
        let Some(pieces) = brought else { return };
        let (budget, reported) = (&mut self.budget, &mut self.reported);
        let (sources, findings) = (&*self.sources, &mut *self.findings);
        let mut report = |piece: &Piece, fault| {
            let place = sources.base(piece.span);
            if reported.insert((place, fault)) {
                let count = given.args.len();
                findings.push(errors::import_argument(
                    piece.span,
                    &piece.text,
                    fault,
                    count,
                ));
            }
        };
        let mut room = |piece: &Piece| budget.take(piece);
        let filled = snippet::fill(pieces, given, import.on_top, &mut room, &mut report);
        if self.budget.is_spent() {
            self.findings.push(errors::import_too_much(import.at));
        }
        self.stream.splice(filled);
    }

    fn add_import(&mut self, import: &Import, to: &str) -> bool {
        let from = self.origins.get(import.name.span.source);
        let from = from.map(Origin::name).unwrap_or_default();
        let is_new = self.imports.add(&from, to).is_ok();
        if !is_new {
            let name = &import.name.text;
            let found = errors::import_cycle(import.name.span, name, &from, to);
            self.findings.push(found);
        }
        is_new
    }

    /// Gives pieces the sources and the lines of an import.
    fn relabel(
        &mut self,
        import: &Import,
        mut pieces: Vec<Piece>,
        snippet: Option<&str>,
    ) -> Vec<Piece> {
        let snippet: Option<Rc<str>> = snippet.map(Rc::from);
        let mut known: HashMap<SourceId, (SourceId, u32)> = HashMap::new();
        let mut last: Option<(SourceId, (SourceId, u32))> = None;
        for piece in &mut pieces {
            let from = piece.span.source;
            let label = match last {
                Some((source, label)) if source == from => label,
                _ => *known.entry(from).or_insert_with(|| {
                    let of = snippet.as_ref().map_or(0, |_| piece.line.origin + 1);
                    self.add_source(import, from, of, snippet.clone())
                }),
            };
            last = Some((from, label));
            (piece.span.source, piece.line.origin) = label;
        }
        pieces
    }

    /// A source for what an import brings from another, and the number for its lines.
    fn add_source(
        &mut self,
        import: &Import,
        from: SourceId,
        of: u32,
        snippet: Option<Rc<str>>,
    ) -> (SourceId, u32) {
        let text = self.sources.base(Span::new(from, 0, 0)).source;
        let importing = self.sources.base(import.at).source;
        let number = self
            .origins
            .number((of, text, importing, import.line.number));
        let source = self.sources.add_import(from, import.at);
        let path = match self.origins.get(from) {
            Some(origin) => Rc::clone(&origin.path),
            None => self.sources.name(from).into(),
        };
        let origin = Origin { path, snippet };
        self.origins.add(source, origin);
        (source, number)
    }

    /// Says of every import that found nothing what it may have meant.
    fn report_missing(&mut self) {
        let names = self.snippets.keys().map(String::as_str);
        let names: Vec<&str> = names.take(MOST_COMPARED).collect();
        for missing in &self.missing {
            if self.findings.is_full() {
                return;
            }
            let later = self.snippets.get(&missing.name).map(|snippet| snippet.key);
            let nearest = evenkeel_diagnostics::nearest(&missing.name, names.iter().copied());
            let (name, path) = (&missing.name, &missing.path);
            let found = errors::import_not_found(missing.at, name, path, later, nearest);
            self.findings.push(found);
        }
    }
}

/// One import line.
struct Import {
    /// The line without its block.
    at: Span,
    /// Where the next line is compared with: that of the last piece.
    line: Line,
    name: Piece,
    /// It stands outside of all blocks.
    on_top: bool,
}

#[cfg(test)]
mod tests;
