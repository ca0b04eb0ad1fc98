//! What the lexer makes of a text. Nothing is left out: without environment substitution the
//! tokens' spans cover every byte once, so that a formatter can be built on them.

use evenkeel_diagnostics::Span;

use crate::ast::Quote;

/// One piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: TokenKind,
    /// For words the text after unquoting, for comments the whole comment; otherwise empty.
    pub(crate) text: String,
    /// Where it stands in the original text, before environment substitution.
    pub(crate) span: Span,
}

/// The kinds of pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A word, and how it was written.
    Word(Quote),
    /// An unquoted `{` standing alone.
    OpenBrace,
    /// An unquoted `}` standing alone.
    CloseBrace,
    /// The end of a line.
    Newline,
    /// A newline behind a backslash: the line goes on.
    Continuation,
    /// A backslash between words: it escapes the next newline, quote, or word.
    Backslash,
    /// White space inside a line, carriage returns and the byte order mark included.
    Blank,
    /// `#` to the end of the line.
    Comment,
}
