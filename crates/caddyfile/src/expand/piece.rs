//! What imports move around: the tokens the grammar sees, each with the line it belongs to.

use evenkeel_diagnostics::Span;

use crate::ast::Quote;
use crate::token::{Token, TokenKind};

/// A word or a brace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) kind: PieceKind,
    /// For words the text after unquoting; otherwise empty.
    pub(crate) text: String,
    /// Where it was written; the source tells through which import it came.
    pub(crate) span: Span,
    pub(crate) line: Line,
    /// It begins a line whatever stands in front of it.
    pub(crate) begins_line: bool,
    /// Bytes of white space its line starts with.
    pub(crate) indent: u32,
    /// Lines in its text that arguments brought. Caddy counts them as if they had been written.
    grown: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PieceKind {
    Word(Quote),
    Open,
    Close,
}

/// A line of one file, as it came through one import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Line {
    /// Stands for the file and the import (see `expand::origins`).
    pub(crate) origin: u32,
    pub(crate) number: u32,
}

impl Line {
    /// Whether what stands here goes on the line `before`. Caddy: `isNextOnNewLine`, which looks
    /// only for a greater number: what an import puts in another order is one line.
    pub(crate) fn continues(self, before: Self) -> bool {
        self.origin == before.origin && self.number <= before.number
    }
}

impl Piece {
    /// A word as Caddy compares it: braces are words to it, quoted ones too.
    pub(crate) fn value(&self) -> &str {
        match self.kind {
            PieceKind::Word(_) => &self.text,
            PieceKind::Open => "{",
            PieceKind::Close => "}",
        }
    }

    /// The line that what follows is compared with.
    pub(crate) fn end(&self) -> Line {
        Line {
            number: self.line.number.saturating_add(self.grown),
            ..self.line
        }
    }

    /// Gives a word another text. An unquoted brace is a brace, wherever it comes from.
    pub(crate) fn set_text(&mut self, text: String) {
        self.kind = match (self.kind, text.as_str()) {
            (PieceKind::Word(Quote::Bare), "{") => PieceKind::Open,
            (PieceKind::Word(Quote::Bare), "}") => PieceKind::Close,
            (kind, _) => kind,
        };
        let grown = lines(&text).saturating_sub(lines(&self.text));
        self.grown = self.grown.saturating_add(grown);
        self.text = match self.kind {
            PieceKind::Word(_) => text,
            PieceKind::Open | PieceKind::Close => String::new(),
        };
    }
}

fn lines(text: &str) -> u32 {
    u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX)
}

/// Drops what the grammar does not see.
pub(crate) fn pieces(tokens: Vec<Token>, origin: u32) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let (mut number, mut line_start, mut indent) = (0, 0, 0);
    for token in tokens {
        let kind = match token.kind {
            TokenKind::Word(quote) => PieceKind::Word(quote),
            TokenKind::OpenBrace => PieceKind::Open,
            TokenKind::CloseBrace => PieceKind::Close,
            TokenKind::Newline => {
                number += 1;
                (line_start, indent) = (token.span.end, 0);
                continue;
            }
            // White space behind a variable without value is no indent.
            TokenKind::Blank if token.span.start == line_start => {
                indent = token.span.end - token.span.start;
                continue;
            }
            _ => continue,
        };
        pieces.push(Piece {
            kind,
            text: token.text,
            span: token.span,
            line: Line { origin, number },
            begins_line: false,
            indent,
            grown: 0,
        });
    }
    pieces
}
