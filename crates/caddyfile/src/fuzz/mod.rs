//! What must hold for any bytes at all: the entry points of the fuzz targets in `fuzz/`, which
//! ordinary tests call too, with the seeds kept there and with texts from a [`Mutator`].
//!
//! Only built for tests and with the feature `fuzzing`. An entry panics if its claim is broken.

mod mutate;
mod spans;

use evenkeel_diagnostics::{Diagnostics, SourceMap, render, render_short};

pub use mutate::Mutator;

use crate::ast::Quote;
use crate::env::Expanded;
use crate::lexer::lex as tokens;
use crate::token::{Token, TokenKind};
use crate::{Host as _, MemoryHost, OsHost, Parsed, decode, format, parse as read};

/// The world of a fuzzed text: files that import each other and what they are given, and
/// variables that hold half a block, nothing, and a use of another variable.
pub fn world() -> MemoryHost {
    MemoryHost::new()
        .variable("A", "x {\n\"")
        .variable("B", "")
        .variable("S", "s.example")
        .variable("V", "{$V}{$S}")
        .file(
            "f",
            "import s {args[:]}\n{block}\n(g) {\n{args[0]} {blocks.a}\n}\n",
        )
        .file("g", "import f } {\n}\n")
        .file("d/one.conf", "header X {args[0]}\n")
        .file("d/two.conf", "import ../d/*.conf\n")
}

/// The tokens of a text cover it without gap and overlap, and with variables put in their place
/// each still lies within the text.
pub fn lex(bytes: &[u8]) {
    let text = decode::decode(bytes).text;
    let source = SourceMap::new().add("Caddyfile", text.clone());
    let mut at = 0;
    for token in tokens(&Expanded::verbatim(&text), source, &mut Diagnostics::new()).tokens {
        assert_eq!(token.span.start, at, "{text:?}");
        assert!(token.span.end > at, "{text:?}");
        assert!(text.is_char_boundary(token.span.end as usize), "{text:?}");
        at = token.span.end;
    }
    assert_eq!(at as usize, text.len(), "{text:?}");
    let expanded = Expanded::new(&text, &world());
    for token in tokens(&expanded, source, &mut Diagnostics::new()).tokens {
        assert!(
            text.get(token.span.start as usize..token.span.end as usize)
                .is_some(),
            "{text:?}"
        );
    }
}

/// Any bytes become a tree whose spans lie where they should, and findings that can be shown.
pub fn parse(bytes: &[u8]) -> Parsed {
    let mut sources = SourceMap::new();
    let parsed = read(&mut sources, "Caddyfile", bytes, &world());
    let import = Expanded::new(&decode::decode(bytes).text, &world())
        .text()
        .replace('\r', "")
        .contains("import");
    spans::check(&parsed.file, &sources, import);
    for found in parsed.diagnostics.iter().take(5) {
        assert!(!render_short(found, &sources).is_empty());
        assert!(!render(found, &sources, true).is_empty());
    }
    parsed
}

/// A formatted text ends with one newline, and is not changed by formatting it again if it can be
/// read and formatting has kept its meaning: Caddy's formatter, whose output is ours, takes some
/// braces and quotes for what they are not, and comes to rest only later.
pub fn format_idempotent(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let formatted = format(&text);
    assert!(formatted.ends_with('\n') && !formatted.starts_with('\n') || formatted == "\n");
    let meaning = meaning(&text);
    if meaning.is_some() && meaning == self::meaning(&formatted) {
        assert_eq!(format(&formatted), formatted, "{text:?}");
    }
}

const BARE: TokenKind = TokenKind::Word(Quote::Bare);

/// The words of a text and where its lines end; `None` if it cannot be read, or if only Caddy's
/// formatter takes a quote for one: inside a word, or behind a backslash that stands alone.
fn meaning(text: &str) -> Option<Vec<(TokenKind, String)>> {
    let source = SourceMap::new().add("Caddyfile", text);
    let mut findings = Diagnostics::new();
    let lexed = tokens(&Expanded::verbatim(text), source, &mut findings);
    let misread = |token: &Token| token.kind == BARE && token.text.contains(['"', '`']);
    let count = |kind| {
        lexed
            .tokens
            .iter()
            .filter(|token| token.kind == kind)
            .count()
    };
    let escapes = count(TokenKind::Backslash) > count(TokenKind::Continuation);
    if escapes || lexed.tokens.iter().any(misread) {
        return None;
    }
    let kept = lexed
        .tokens
        .into_iter()
        .filter(|token| !matches!(token.kind, TokenKind::Blank | TokenKind::Comment));
    let mut words: Vec<_> = kept.map(|token| (token.kind, token.text)).collect();
    words.dedup_by(|one, other| one.0 == TokenKind::Newline && other.0 == TokenKind::Newline);
    let is_end = |word: &(TokenKind, String)| word.0 == TokenKind::Newline;
    words.pop_if(|word| is_end(word));
    if words.first().is_some_and(is_end) {
        words.remove(0);
    }
    (!findings.has_errors()).then_some(words)
}

/// The texts of the project to start from: the seeds of the fuzz targets and all fixtures.
/// `root`: the path of the workspace.
pub fn seeds(root: &str) -> Vec<String> {
    let patterns = [
        "crates/caddyfile/fuzz/seeds/*",
        "fixtures/*/*.caddyfiletest",
    ];
    let paths = patterns.map(|pattern| OsHost.glob(&format!("{root}/{pattern}")));
    let paths = paths.into_iter().flatten().flatten();
    let texts = paths.filter_map(|path| String::from_utf8(OsHost.read(&path).ok()?).ok());
    texts
        .map(|text| {
            text.split("\n----------\n")
                .next()
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}
