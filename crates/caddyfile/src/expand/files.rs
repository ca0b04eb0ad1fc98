//! Imported files: found, read and cut into pieces, each once.

use std::collections::HashMap;
use std::io;

use evenkeel_diagnostics::{Diagnostics, SourceId, SourceMap, Span};

use super::Expander;
use super::import::{Import, Missing};
use super::paths::{Wanted, is_hidden, wanted};
use super::piece::{Piece, pieces};
use crate::env::Expanded;
use crate::texts::Variables;
use crate::{Host, decode, errors, lexer};

/// What was read so far.
#[derive(Default)]
pub(super) struct Files {
    /// The pieces of each file, by its path.
    read: HashMap<String, Vec<Piece>>,
    pub(super) variables: Variables,
    pub(super) cut_short: bool,
}

impl Files {
    /// Cuts the file everything starts from.
    pub(super) fn lex_root(
        &mut self,
        sources: &SourceMap,
        root: SourceId,
        host: &dyn Host,
        findings: &mut Diagnostics,
    ) -> Vec<Piece> {
        self.lex(sources, (root, root), host, findings)
    }

    /// `shown`: the source of the import that made it necessary to read the file.
    fn lex(
        &mut self,
        sources: &SourceMap,
        (source, shown): (SourceId, SourceId),
        host: &dyn Host,
        findings: &mut Diagnostics,
    ) -> Vec<Piece> {
        let mut expanded = Expanded::new(sources.text(source), host);
        if expanded.is_cut() {
            findings.push(errors::too_large(Span::new(shown, 0, 0)));
        }
        let lexed = lexer::lex(&expanded, shown, findings);
        expanded.ignore_within(&lexed.comments);
        self.cut_short |= lexed.cut_short;
        let substitutions = expanded.into_substitutions();
        self.variables.add(source, shown, substitutions);
        pieces(lexed.tokens, 0)
    }
}

impl Expander<'_> {
    /// The pieces of all files that an import names.
    pub(super) fn import_files(&mut self, import: &Import) -> Option<Vec<Piece>> {
        let at = import.name.span;
        let name = import.name.text.as_str();
        let importing = self.sources.name(at.source).to_owned();
        let (pattern, skips_hidden) = match wanted(&importing, name) {
            Wanted::TooWild => {
                self.findings.push(errors::import_too_wild(at, name));
                return None;
            }
            Wanted::File(path) => return self.import_file(import, &path),
            Wanted::Pattern {
                pattern,
                skips_hidden,
            } => (pattern, skips_hidden),
        };
        let mut paths = match self.host.glob(&pattern) {
            Ok(paths) => paths,
            Err(error) => {
                self.findings
                    .push(errors::import_unreadable(at, &pattern, &error));
                return None;
            }
        };
        if paths.is_empty() {
            self.findings
                .push(errors::import_matches_nothing(at, &pattern));
        }
        paths.retain(|path| !skips_hidden || !is_hidden(path));
        let mut all = Vec::new();
        for path in paths {
            if !self.budget.take_import(0) {
                self.findings.push(errors::import_too_much(import.at));
                return None;
            }
            all.extend(self.import_file(import, &path)?);
        }
        Some(all)
    }

    fn import_file(&mut self, import: &Import, path: &str) -> Option<Vec<Piece>> {
        let pieces = match self.files.read.get(path) {
            Some(pieces) => pieces.clone(),
            None => self.read_file(import, path)?,
        };
        self.add_import(import, path)
            .then(|| self.relabel(import, pieces, None))
    }

    fn read_file(&mut self, import: &Import, path: &str) -> Option<Vec<Piece>> {
        let at = import.name.span;
        let bytes = match self.host.read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.missing.push(Missing {
                    at,
                    name: import.name.text.clone(),
                    path: path.to_owned(),
                });
                return None;
            }
            Err(error) => {
                self.findings
                    .push(errors::import_unreadable(at, path, &error));
                return None;
            }
        };
        if !self.budget.take_import(bytes.len()) {
            self.findings.push(errors::import_too_much(import.at));
            return None;
        }
        if bytes.trim_ascii().is_empty() {
            self.findings.push(errors::import_empty_file(at, path));
            self.files.read.insert(path.to_owned(), Vec::new());
            return Some(Vec::new());
        }
        let decoded = decode::decode(&bytes);
        let source = self.sources.add(path, decoded.text);
        let shown = self.sources.add_import(source, import.at, None);
        if let Some(problem) = decoded.problem {
            self.findings.push(problem.diagnostic(shown));
        }
        let mut pieces = self
            .files
            .lex(self.sources, (source, shown), self.host, self.findings);
        for piece in &mut pieces {
            piece.span.source = source;
        }
        self.files.read.insert(path.to_owned(), pieces.clone());
        Some(pieces)
    }
}
