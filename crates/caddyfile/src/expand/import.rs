//! One `import`: its line, what it names, and the pieces it brings.

use std::collections::HashMap;
use std::rc::Rc;

use evenkeel_diagnostics::{SourceId, Span};

use super::origins::Origin;
use super::piece::{Line, Piece, PieceKind};
use super::snippet::{self, Given, Nameless};
use super::{Expander, Place};
use crate::errors;

/// Snippets whose names are compared with one that was not found.
const MOST_COMPARED: usize = 1000;

/// One import line.
pub(super) struct Import {
    /// The line without its block.
    pub(super) at: Span,
    /// Where the next line is compared with: that of the last piece.
    pub(super) line: Line,
    pub(super) name: Piece,
    /// It stands outside of all blocks.
    pub(super) on_top: bool,
}

/// An import of something that is not there (yet, if it is a snippet).
pub(super) struct Missing {
    pub(super) at: Span,
    pub(super) name: String,
    pub(super) path: String,
}

impl Expander<'_> {
    /// Carries out an import, whose first word has been read. In a named route, Caddy leaves one
    /// with a block as it is; its brace is given back then.
    pub(super) fn import(&mut self, import: &Piece, place: &Place) -> Option<Piece> {
        let is_word = |kind| matches!(kind, PieceKind::Word(_));
        let mut line = import.line;
        let mut words = Vec::new();
        while let Some(word) = self.stream.next_on_line(is_word) {
            line = word.line;
            words.push(word);
        }
        let mut block = Vec::new();
        if let Some(brace) = self.stream.next_on_line(|kind| kind == PieceKind::Open) {
            if place.depth > 0 && place.route {
                self.out.push(import.clone());
                self.out.append(&mut words);
                return Some(brace);
            }
            let close;
            (block, close) = self.stream.block();
            match close {
                Some(close) => line = close.line,
                None => self
                    .findings
                    .push(errors::unclosed_blocks(&[brace.span], None, None)),
            }
        } else if !self.stream.is_at_line_start()
            && let Some(close) = self.stream.peek()
        {
            self.findings.push(errors::close_behind_text(close.span));
        }
        if self.budget.is_spent() {
            return None;
        }
        let mut words = words.into_iter();
        let Some(name) = words.next() else {
            self.findings.push(errors::import_without_name(import.span));
            return None;
        };
        if name.text.is_empty() {
            let found = errors::import_with_empty_name(import.span, name.span);
            self.findings.push(found);
            return None;
        }
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
                    on_top: place.is_top(),
                },
                &given,
            ),
            Err(Nameless { brace, behind }) => self
                .findings
                .push(errors::import_nameless_block(brace, behind)),
        }
        None
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
        let mut report = |piece: &Piece, fault, key: &str| {
            let place = sources.base(piece.span);
            if reported.insert((place, fault)) {
                let count = given.args.len();
                let found = errors::import_argument(piece.span, &piece.text, fault, count);
                let caddy = errors::caddy_on_argument(key, fault, count);
                findings.push(found.note(format!("Caddy says: {caddy}")));
            }
        };
        let mut room = |piece: &Piece| budget.take(piece);
        let filled = snippet::fill(pieces, given, import.on_top, &mut room, &mut report);
        if self.budget.is_spent() {
            self.findings.push(errors::import_too_much(import.at));
        }
        self.stream.splice(filled);
    }

    pub(super) fn add_import(&mut self, import: &Import, to: &str) -> bool {
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
    pub(super) fn relabel(
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
        let source = self.sources.add_import(from, import.at, snippet.as_deref());
        let path = match self.origins.get(from) {
            Some(origin) => Rc::clone(&origin.path),
            None => self.sources.name(from).into(),
        };
        let origin = Origin { path, snippet };
        self.origins.add(source, origin);
        (source, number)
    }

    /// Says of every import that found nothing what it may have meant.
    pub(super) fn report_missing(&mut self) {
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
