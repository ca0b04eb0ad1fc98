//! What can be wrong with a token, in the form nom passes errors on.

use nom::error::{ErrorKind, ParseError};

use crate::ast::Quote;

/// A parser's error: where it is, and where reading can go on.
#[derive(Debug)]
pub(super) struct Fault<'a> {
    pub(super) kind: FaultKind<'a>,
    /// The text from the faulty place on.
    pub(super) at: &'a str,
    /// Bytes of the faulty place.
    pub(super) length: usize,
    /// The text behind the token.
    pub(super) resume: &'a str,
}

#[derive(Debug)]
pub(super) enum FaultKind<'a> {
    /// A quote without end.
    Quote(Quote),
    /// A heredoc whose marker does not come again.
    Heredoc(&'a str),
    /// `<<` at the end of a line.
    NoMarker,
    /// `<<<MARKER`.
    AngleMarker,
    /// A marker with other characters than letters, digits, `-` and `_`.
    BadMarker(&'a str),
    /// A line of a heredoc that does not start with the white space before the end marker.
    Padding {
        marker: &'a str,
        /// The whole line.
        line: &'a str,
        /// The white space.
        padding: &'a str,
    },
    /// A parser did not match. Only the alternatives in `lexeme` see this.
    Nom,
}

impl FaultKind<'_> {
    pub(super) fn is_unclosed(&self) -> bool {
        matches!(self, Self::Quote(_) | Self::Heredoc(_))
    }

    /// How the word that takes the place of the fault counts as written.
    pub(super) fn quote(&self) -> Quote {
        match self {
            Self::Quote(quote) => *quote,
            Self::Nom => Quote::Bare,
            _ => Quote::Heredoc,
        }
    }
}

impl<'a> Fault<'a> {
    /// Something else stands here.
    pub(super) fn mismatch(at: &'a str) -> Self {
        // Should this ever get through, one character is skipped.
        let length = at.chars().next().map_or(0, char::len_utf8);
        Self {
            kind: FaultKind::Nom,
            at,
            length,
            resume: &at[length..],
        }
    }
}

impl<'a> ParseError<&'a str> for Fault<'a> {
    fn from_error_kind(input: &'a str, _: ErrorKind) -> Self {
        Self::mismatch(input)
    }

    fn append(_: &'a str, _: ErrorKind, other: Self) -> Self {
        other
    }
}

/// The text behind the first line of `text`; its newline still belongs to the rest.
pub(super) fn behind_line(text: &str) -> &str {
    text.find('\n').map_or("", |end| &text[end..])
}
