//! A place in the tokens of a file. Trivia is passed over here, so the grammar does not see it.

use evenkeel_diagnostics::Span;

use crate::ast::{Quote, Word};
use crate::{Token, TokenKind};

/// What the grammar distinguishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Peek {
    Word(Quote),
    Open,
    Close,
    Newline,
    End,
}

/// Walks over tokens, taking the words' texts with it.
pub(super) struct Cursor {
    tokens: Vec<Token>,
    at: usize,
    /// Bytes of white space the current line starts with.
    indent: u32,
}

impl Cursor {
    pub(super) fn new(tokens: Vec<Token>) -> Self {
        let mut cursor = Self {
            tokens,
            at: 0,
            indent: 0,
        };
        cursor.start_line(0);
        cursor
    }

    /// The kind of the next token.
    pub(super) fn peek(&self) -> Peek {
        self.tokens
            .get(self.at)
            .map_or(Peek::End, |token| kind(token.kind))
    }

    /// The kind of the token behind the next one.
    pub(super) fn peek_second(&self) -> Peek {
        let mut behind = self.tokens.iter().skip(self.at + 1);
        let token = behind.find(|token| !token.kind.is_trivia());
        token.map_or(Peek::End, |token| kind(token.kind))
    }

    /// The text of the next token; empty unless it is a word.
    pub(super) fn text(&self) -> &str {
        self.tokens.get(self.at).map_or("", |token| &token.text)
    }

    /// The place of the next token; at the end, the place behind the last.
    pub(super) fn span(&self, end: Span) -> Span {
        self.tokens.get(self.at).map_or(end, |token| token.span)
    }

    /// The white space the line of the next token starts with.
    pub(super) fn indent(&self) -> u32 {
        self.indent
    }

    /// Steps over the next token, whatever it is.
    pub(super) fn skip(&mut self) {
        let token = self.tokens.get(self.at);
        let line = token
            .filter(|token| token.kind == TokenKind::Newline)
            .map(|token| token.span.end);
        self.at += 1;
        match line {
            Some(start) => self.start_line(start),
            None => self.skip_trivia(),
        }
    }

    /// Steps over newlines.
    pub(super) fn skip_newlines(&mut self) {
        while self.peek() == Peek::Newline {
            self.skip();
        }
    }

    /// Takes the next token as a word, if it is one.
    pub(super) fn word(&mut self) -> Option<Word> {
        let Peek::Word(quote) = self.peek() else {
            return None;
        };
        let token = self.tokens.get_mut(self.at)?;
        let word = Word {
            text: std::mem::take(&mut token.text),
            quote,
            span: token.span,
        };
        self.skip();
        Some(word)
    }

    /// `start`: the line's first byte. White space behind a variable without value is no indent.
    fn start_line(&mut self, start: u32) {
        let first = self.tokens.get(self.at);
        let blank =
            first.filter(|token| token.kind == TokenKind::Blank && token.span.start == start);
        self.indent = blank.map_or(0, |blank| blank.span.end - blank.span.start);
        self.skip_trivia();
    }

    fn skip_trivia(&mut self) {
        while self
            .tokens
            .get(self.at)
            .is_some_and(|token| token.kind.is_trivia())
        {
            self.at += 1;
        }
    }
}

fn kind(kind: TokenKind) -> Peek {
    match kind {
        TokenKind::Word(quote) => Peek::Word(quote),
        TokenKind::OpenBrace => Peek::Open,
        TokenKind::CloseBrace => Peek::Close,
        // Trivia is never looked at; the cursor does not stop on it.
        _ => Peek::Newline,
    }
}
