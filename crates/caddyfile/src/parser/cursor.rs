//! A place in the pieces of a file and its imports. Where a line ends is told by the pieces.

use evenkeel_diagnostics::Span;

use crate::ast::{Quote, Word};
use crate::expand::{Piece, PieceKind};

/// What the grammar distinguishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Peek {
    Word(Quote),
    Open,
    Close,
    Newline,
    End,
}

/// Walks over pieces, taking the words' texts with it.
pub(super) struct Cursor {
    pieces: Vec<Piece>,
    at: usize,
    /// The line ends in front of the next piece.
    at_newline: bool,
}

impl Cursor {
    pub(super) fn new(pieces: Vec<Piece>) -> Self {
        Self {
            pieces,
            at: 0,
            at_newline: false,
        }
    }

    /// What comes next.
    pub(super) fn peek(&self) -> Peek {
        if self.at_newline {
            return Peek::Newline;
        }
        self.pieces
            .get(self.at)
            .map_or(Peek::End, |piece| kind(piece.kind))
    }

    /// What comes behind the next piece.
    pub(super) fn peek_second(&self) -> Peek {
        match self.pieces.get(self.at + 1) {
            Some(_) if self.starts_line(self.at + 1) => Peek::Newline,
            Some(piece) => kind(piece.kind),
            None => Peek::End,
        }
    }

    /// The text of the next piece; empty unless it is a word.
    pub(super) fn text(&self) -> &str {
        self.pieces.get(self.at).map_or("", |piece| &piece.text)
    }

    /// The place of the next piece; `end` if there is none. At the end of a line, the place
    /// behind its last piece.
    pub(super) fn span(&self, end: Span) -> Span {
        let piece = self.pieces.get(self.at);
        match self.at.checked_sub(1).map(|last| &self.pieces[last]) {
            Some(last) if self.at_newline => Span {
                start: last.span.end,
                ..last.span
            },
            _ => piece.map_or(end, |piece| piece.span),
        }
    }

    /// The place of the last piece of all.
    pub(super) fn last(&self) -> Option<Span> {
        self.pieces.last().map(|piece| piece.span)
    }

    /// The white space the current line starts with.
    pub(super) fn indent(&self) -> u32 {
        let at = self.at - usize::from(self.at_newline);
        self.pieces.get(at).map_or(0, |piece| piece.indent)
    }

    /// Steps over what comes next, whatever it is.
    pub(super) fn skip(&mut self) {
        if std::mem::take(&mut self.at_newline) {
            return;
        }
        self.at += 1;
        self.at_newline = self.starts_line(self.at);
    }

    /// Steps over newlines.
    pub(super) fn skip_newlines(&mut self) {
        self.at_newline = false;
    }

    /// Takes what comes next as a word, if it is one.
    pub(super) fn word(&mut self) -> Option<Word> {
        let Peek::Word(quote) = self.peek() else {
            return None;
        };
        let piece = self.pieces.get_mut(self.at)?;
        let word = Word {
            text: std::mem::take(&mut piece.text),
            quote,
            span: piece.span,
        };
        self.skip();
        Some(word)
    }

    /// Whether a piece stands on another line than the one in front of it.
    fn starts_line(&self, at: usize) -> bool {
        let (Some(last), Some(piece)) = (self.pieces.get(at.wrapping_sub(1)), self.pieces.get(at))
        else {
            return false;
        };
        piece.begins_line || !piece.line.continues(last.end())
    }
}

fn kind(kind: PieceKind) -> Peek {
    match kind {
        PieceKind::Word(quote) => Peek::Word(quote),
        PieceKind::Open => Peek::Open,
        PieceKind::Close => Peek::Close,
    }
}
