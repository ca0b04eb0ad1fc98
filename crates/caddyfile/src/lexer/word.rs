//! Words without quotes, and the braces among them.

use nom::branch::alt;
use nom::bytes::complete::{take_while, take_while1};
use nom::character::complete::{anychar, char};
use nom::combinator::{cond, eof, map, not, peek, value, verify};
use nom::multi::fold_many0;
use nom::sequence::{preceded, terminated};
use nom::{Err, IResult, Parser};

use super::Found;
use super::fault::Fault;
use crate::ast::Quote;
use crate::token::TokenKind;

/// Everything to the next white space. Carriage returns are dropped; so is a backslash in front
/// of white space, and one in front of `<`, which keeps `<<` from opening a heredoc. `escaped`: a
/// backslash stood in front of the word.
pub(super) fn word(escaped: bool) -> impl Fn(&str) -> Found<'_> {
    move |input| {
        let (rest, first) = cond(escaped, anychar).parse(input)?;
        let start = || first.map_or_else(String::new, |char| push_escaped(String::new(), char));
        let join = |mut text: String, piece| match piece {
            Piece::Text(piece) => {
                text.push_str(piece);
                text
            }
            Piece::Escaped(char) => push_escaped(text, char),
            Piece::Dropped => text,
        };
        let (rest, text) = fold_many0(piece, start, join).parse(rest)?;
        if rest.len() == input.len() {
            return Err(Err::Error(Fault::mismatch(input)));
        }
        let kind = match text.as_str() {
            "{" => TokenKind::OpenBrace,
            "}" => TokenKind::CloseBrace,
            _ => return Ok((rest, (TokenKind::Word(Quote::Bare), text))),
        };
        Ok((rest, (kind, String::new())))
    }
}

enum Piece<'a> {
    Text(&'a str),
    Escaped(char),
    Dropped,
}

fn piece(input: &str) -> IResult<&str, Piece<'_>, Fault<'_>> {
    let text = take_while1(|char: char| !char.is_whitespace() && char != '\\');
    let escaped = preceded(
        (char('\\'), returns),
        verify(anychar, |char| !char.is_whitespace()),
    );
    // In front of a newline the backslash is not part of the word but continues the line.
    let nothing = terminated(char('\\'), peek((not((returns, char('\n'))), returns, end)));
    let inner_returns = terminated(take_while1(|char| char == '\r'), not(end));
    alt((
        map(text, Piece::Text),
        map(escaped, Piece::Escaped),
        map(nothing, |_| Piece::Dropped),
        map(inner_returns, |_| Piece::Dropped),
    ))
    .parse(input)
}

fn returns(input: &str) -> IResult<&str, &str, Fault<'_>> {
    take_while(|char| char == '\r').parse(input)
}

/// White space or the end of the text.
fn end(input: &str) -> IResult<&str, (), Fault<'_>> {
    let space = value((), verify(anychar, |char| char.is_whitespace()));
    alt((space, value((), eof))).parse(input)
}

fn push_escaped(mut text: String, char: char) -> String {
    if char != '<' {
        text.push('\\');
    }
    text.push(char);
    text
}
