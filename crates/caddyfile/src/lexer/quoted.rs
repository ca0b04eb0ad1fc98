//! `"…"` and `` `…` ``: only at the start of a word, over as many lines as it takes.

use nom::branch::alt;
use nom::bytes::complete::{take_till, take_while1};
use nom::character::complete::{anychar, char};
use nom::combinator::{cond, map};
use nom::multi::fold_many0;
use nom::sequence::{preceded, terminated};
use nom::{Err, IResult, Parser};

use super::Found;
use super::fault::{Fault, FaultKind, behind_line};
use crate::ast::Quote;
use crate::token::TokenKind;

/// `"…"`. `\"` is the only escape; any other backslash stays. A backslash in front of the opening
/// quote escapes the first character inside (so Caddy reads it).
pub(super) fn double(escaped: bool) -> impl Fn(&str) -> Found<'_> {
    move |input| {
        let (inside, _) = char('"').parse(input)?;
        let (rest, text) =
            double_inside(inside, escaped).map_err(|_| unclosed(input, Quote::Double))?;
        Ok((rest, (TokenKind::Word(Quote::Double), text)))
    }
}

/// `` `…` ``, without any escape.
pub(super) fn backtick(input: &str) -> Found<'_> {
    let (inside, _) = char('`').parse(input)?;
    let text: IResult<&str, &str, Fault<'_>> =
        terminated(take_till(|char| char == '`'), char('`')).parse(inside);
    let (rest, text) = text.map_err(|_| unclosed(input, Quote::Backtick))?;
    Ok((rest, (TokenKind::Word(Quote::Backtick), text.to_owned())))
}

fn double_inside(inside: &str, escaped: bool) -> IResult<&str, String, Fault<'_>> {
    let (inside, first) = cond(escaped, anychar).parse(inside)?;
    let start = || first.map_or_else(String::new, |char| push_escaped(String::new(), char));
    let plain = map(take_while1(|char| char != '"' && char != '\\'), Piece::Text);
    let escape = map(preceded(char('\\'), anychar), Piece::Escaped);
    let pieces = fold_many0(
        alt((plain, escape)),
        start,
        |mut text: String, piece| match piece {
            Piece::Text(piece) => {
                text.push_str(piece);
                text
            }
            Piece::Escaped(char) => push_escaped(text, char),
        },
    );
    terminated(pieces, char('"')).parse(inside)
}

enum Piece<'a> {
    Text(&'a str),
    Escaped(char),
}

fn push_escaped(mut text: String, char: char) -> String {
    if char != '"' {
        text.push('\\');
    }
    text.push(char);
    text
}

/// The fault of a quote without end: reading goes on behind the line it stands on.
fn unclosed(input: &str, quote: Quote) -> Err<Fault<'_>> {
    let resume = behind_line(input);
    Err::Failure(Fault {
        kind: FaultKind::Quote(quote),
        at: input,
        length: 1,
        resume,
    })
}
