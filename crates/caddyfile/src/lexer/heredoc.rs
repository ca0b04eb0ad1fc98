//! `<<MARKER`, lines, `MARKER`. And the words that only start like that.

use nom::bytes::complete::{tag, take_till, take_until};
use nom::combinator::peek;
use nom::sequence::preceded;
use nom::{Err, IResult, Parser};

use super::Found;
use super::fault::{Fault, FaultKind, behind_line};
use crate::ast::Quote;
use crate::token::TokenKind;

/// A heredoc; or, if a space or the end of the text comes before the end of the line, a word that
/// starts with `<<`. A backslash in front (`escaped`) makes it no heredoc at all.
pub(super) fn heredoc(escaped: bool) -> impl Fn(&str) -> Found<'_> {
    move |input| {
        if escaped {
            return Err(Err::Error(Fault::mismatch(input)));
        }
        let header = take_till(|char| char == ' ' || char == '\n');
        let (rest, header) = preceded(peek(tag("<<")), header).parse(input)?;
        let Some(body) = rest.strip_prefix('\n') else {
            let text = header.replace('\r', "");
            return Ok((rest, (TokenKind::Word(Quote::Bare), text)));
        };
        let header = header.trim_end_matches('\r');
        let marker = marker(input, header)?;
        let end: IResult<&str, &str, Fault<'_>> = take_until(marker).parse(body);
        let Ok((end, content)) = end else {
            let kind = FaultKind::Heredoc(marker);
            return Err(Err::Failure(Fault {
                kind,
                at: input,
                length: header.len(),
                resume: "",
            }));
        };
        let text = unindent(body, content, marker)?;
        Ok((
            &end[marker.len()..],
            (TokenKind::Word(Quote::Heredoc), text),
        ))
    }
}

/// The marker in `<<MARKER`.
fn marker<'a>(input: &'a str, header: &'a str) -> Result<&'a str, Err<Fault<'a>>> {
    let marker = &header[2..];
    let allowed = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_');
    let kind = if marker.is_empty() {
        FaultKind::NoMarker
    } else if marker.starts_with('<') {
        FaultKind::AngleMarker
    } else if !marker.chars().all(allowed) {
        FaultKind::BadMarker(marker)
    } else {
        return Ok(marker);
    };
    let resume = behind_line(input);
    Err(Err::Failure(Fault {
        kind,
        at: input,
        length: header.len(),
        resume,
    }))
}

/// The lines of a heredoc without the white space that stands in front of its end marker, which
/// every line that is not empty must start with. Whatever stands there counts, as in Caddy.
fn unindent<'a>(
    body: &'a str,
    content: &'a str,
    marker: &'a str,
) -> Result<String, Err<Fault<'a>>> {
    let Some((lines, padding)) = content.rsplit_once('\n') else {
        return Ok(String::new());
    };
    let mut text = String::with_capacity(lines.len());
    let mut start = 0;
    for (index, line) in lines.split('\n').enumerate() {
        if index > 0 {
            text.push('\n');
        }
        if !line.is_empty() && line != "\r" {
            let Some(unindented) = line.strip_prefix(padding) else {
                let resume = &body[content.len() + marker.len()..];
                let length = line.len() - line.trim_start().len();
                let kind = FaultKind::Padding {
                    marker,
                    line,
                    padding,
                };
                return Err(Err::Failure(Fault {
                    kind,
                    at: &body[start..],
                    length,
                    resume,
                }));
            };
            text.extend(unindented.chars().filter(|&char| char != '\r'));
        }
        start += line.len() + 1;
    }
    Ok(text)
}
