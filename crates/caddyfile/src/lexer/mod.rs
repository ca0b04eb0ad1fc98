//! From text to tokens. nom lives here and nowhere else; each file holds the grammar of one kind
//! of token (Caddy: `caddyfile/lexer.go`), this one the loop around them and the recovery.

mod fault;
mod heredoc;
mod quoted;
mod trivia;
mod word;

use std::ops::Range;

use evenkeel_diagnostics::{Diagnostics, SourceId, Span};
use nom::branch::alt;
use nom::{Err, IResult, Parser};

use self::fault::{Fault, FaultKind};
use crate::ast::Quote;
use crate::env::Expanded;
use crate::errors;
use crate::token::{Token, TokenKind};

/// An opening without end is found by looking through the rest of the text. So many times that
/// may happen; then the rest is taken for one word, so that the work stays linear.
const MOST_UNCLOSED: usize = 8;

/// The tokens of a text.
pub(crate) struct Lexed {
    /// Words and everything between them.
    pub(crate) tokens: Vec<Token>,
    /// Where the comments lie in the expanded text.
    pub(crate) comments: Vec<Range<usize>>,
    /// Something was opened and took the rest of the text with it.
    pub(crate) cut_short: bool,
}

/// What one parser found: the kind and, for words and comments, the text.
type Lexeme = (TokenKind, String);
type Found<'a> = IResult<&'a str, Lexeme, Fault<'a>>;

/// Cuts a text into tokens; what is wrong with it goes into `findings`.
pub(crate) fn lex(text: &Expanded<'_>, source: SourceId, findings: &mut Diagnostics) -> Lexed {
    let empty = Lexed {
        tokens: Vec::new(),
        comments: Vec::new(),
        cut_short: false,
    };
    let mut lexer = Lexer {
        text,
        source,
        lexed: empty,
        escaped: false,
        joins_line: false,
        unclosed: 0,
        longest_quote: None,
    };
    lexer.run(findings);
    lexer.lexed
}

struct Lexer<'a> {
    text: &'a Expanded<'a>,
    source: SourceId,
    lexed: Lexed,
    /// A backslash waits for what it escapes.
    escaped: bool,
    /// A heredoc without lines came last: Caddy counts two ends of line in each, one too many in
    /// this, and so takes the next line for its rest.
    joins_line: bool,
    unclosed: usize,
    /// The quoted word over most lines so far: when a quote turns out not to be closed, the one
    /// that lacks its end is more likely an earlier one that ended where the next began.
    longest_quote: Option<(usize, Span)>,
}

impl Lexer<'_> {
    fn run(&mut self, findings: &mut Diagnostics) {
        let mut rest = self.text.text();
        if let Some(behind) = rest.strip_prefix('\u{feff}') {
            self.push(rest, behind, (TokenKind::Blank, String::new()));
            rest = behind;
        }
        while !rest.is_empty() {
            let (next, lexeme) = match lexeme(rest, self.escaped) {
                Ok(found) => found,
                Err(Err::Error(fault) | Err::Failure(fault)) => {
                    self.recover(rest, &fault, findings)
                }
                // Only streaming parsers ask for more.
                Err(Err::Incomplete(_)) => ("", (TokenKind::Blank, String::new())),
            };
            self.push(rest, next, lexeme);
            rest = next;
        }
    }

    /// Adds the token that lies between `from` and `to`.
    fn push(&mut self, from: &str, to: &str, (kind, text): Lexeme) {
        let range = self.offset(from)..self.offset(to);
        let kind = if kind == TokenKind::Newline && (self.escaped || self.joins_line) {
            TokenKind::Continuation
        } else {
            kind
        };
        match kind {
            TokenKind::Backslash => self.escaped = true,
            TokenKind::Blank => {}
            TokenKind::Comment => self.lexed.comments.push(range.clone()),
            _ => self.escaped = false,
        }
        let is_word = matches!(kind, TokenKind::Word(_));
        if !matches!(kind, TokenKind::Blank | TokenKind::Comment) {
            let is_heredoc = kind == TokenKind::Word(Quote::Heredoc);
            let lines = self.text.text()[range.clone()].matches('\n').count();
            self.joins_line = is_heredoc && lines == 1;
        }
        let span = self.text.origin(range, is_word, self.source);
        if let TokenKind::Word(Quote::Double | Quote::Backtick) = kind {
            let lines = text.bytes().filter(|&byte| byte == b'\n').count();
            if lines > self.longest_quote.map_or(0, |(most, _)| most) {
                self.longest_quote = Some((lines, span));
            }
        }
        self.lexed.tokens.push(Token { kind, text, span });
    }

    /// Reports a fault and says where to go on, and with which word in its place.
    fn recover<'t>(
        &mut self,
        rest: &'t str,
        fault: &Fault<'t>,
        findings: &mut Diagnostics,
    ) -> (&'t str, Lexeme) {
        let mut resume = fault.resume;
        if fault.kind.is_unclosed() {
            self.unclosed += 1;
            if self.unclosed > MOST_UNCLOSED {
                resume = "";
            }
            self.lexed.cut_short |= resume.is_empty();
        }
        let at = self.offset(fault.at);
        let span = self.text.origin(at..at + fault.length, true, self.source);
        let long = self.longest_quote.map(|(_, span)| span);
        findings.push(match fault.kind {
            FaultKind::Quote(quote) => errors::unclosed_quote(span, quote, long),
            FaultKind::Heredoc(marker) => {
                let end = self.text.text().len();
                let end = self.text.origin(end..end, false, self.source);
                errors::unclosed_heredoc(span, end, marker)
            }
            FaultKind::NoMarker => errors::heredoc_without_marker(span),
            FaultKind::AngleMarker => errors::heredoc_with_three_angles(span),
            FaultKind::BadMarker(marker) => errors::heredoc_marker_invalid(span, marker),
            FaultKind::Padding {
                marker,
                line,
                padding,
            } => errors::heredoc_padding(span, marker, line, padding),
            FaultKind::Nom => errors::unreadable(span),
        });
        let taken = rest.len() - resume.len();
        (
            resume,
            (
                TokenKind::Word(fault.kind.quote()),
                rest[..taken].trim_end().to_owned(),
            ),
        )
    }

    fn offset(&self, rest: &str) -> usize {
        self.text.text().len() - rest.len()
    }
}

/// One token at the start of a text that is not empty. `escaped`: a backslash came before it.
fn lexeme(rest: &str, escaped: bool) -> Found<'_> {
    alt((
        trivia::newline,
        trivia::blank,
        trivia::comment,
        trivia::backslash,
        quoted::double(escaped),
        quoted::backtick,
        heredoc::heredoc(escaped),
        word::word(escaped),
    ))
    .parse(rest)
}

#[cfg(test)]
mod tests;
