//! What stands between words: newlines, white space, comments, and backslashes on their own.

use nom::Parser;
use nom::bytes::complete::{tag, take_till, take_while1};
use nom::character::complete::char;
use nom::combinator::{peek, rest, value, verify};
use nom::sequence::{preceded, terminated};

use super::Found;
use crate::token::TokenKind;

/// `\n`. A carriage return in front of it is white space.
pub(super) fn newline(input: &str) -> Found<'_> {
    value((TokenKind::Newline, String::new()), tag("\n")).parse(input)
}

/// White space inside a line; everything Unicode calls white space counts.
pub(super) fn blank(input: &str) -> Found<'_> {
    let space = take_while1(|char: char| char.is_whitespace() && char != '\n');
    value((TokenKind::Blank, String::new()), space).parse(input)
}

/// `#` to the end of the line. A backslash at its end does not continue the line, other than in
/// Caddy, where any backslash in a comment makes the next line part of this one.
pub(super) fn comment(input: &str) -> Found<'_> {
    let (_, line) = preceded(peek(char('#')), take_till(|char| char == '\n')).parse(input)?;
    let text = line.trim_end_matches('\r');
    Ok((&input[text.len()..], (TokenKind::Comment, text.to_owned())))
}

/// A backslash that starts no word: white space, a quote or a comment follows, or nothing. What
/// comes next is escaped: a newline then continues the line.
pub(super) fn backslash(input: &str) -> Found<'_> {
    let next = |char: char| char.is_whitespace() || matches!(char, '"' | '`' | '#');
    let follows = verify(peek(rest), move |rest: &str| {
        rest.chars().next().is_none_or(next)
    });
    value(
        (TokenKind::Backslash, String::new()),
        terminated(char('\\'), follows),
    )
    .parse(input)
}
