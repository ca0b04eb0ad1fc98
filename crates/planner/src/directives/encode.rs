//! `encode [matcher] [FORMAT…] [{ gzip, zstd, minimum_length, match }]`: compresses responses. Caddy:
//! `modules/caddyhttp/encode/caddyfile.go`.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::{Encode, Gzip, ResponseMatcher, Zstd};

use crate::args::{Line, integer};
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read};
use crate::matchers::{Scope, read_response};
use crate::plugins::{self, Kind};
use crate::routes::Action;
use crate::subdirective::{Sub, read_block, read_lines};

/// Compresses responses in a format that the client takes.
///
/// ```caddyfile
/// encode [MATCHER] [FORMAT…] {
///     gzip [LEVEL]
///     zstd [LEVEL]
///     minimum_length BYTES
///     match …
/// }
/// ```
///
/// The formats are `zstd` and `gzip`, preferred in the order given; without any, `zstd` comes before
/// `gzip`.
pub(super) const ENCODE: Directive = Directive::handlers("encode", lower).adapts_only();

/// Options in the block.
const SUBDIRECTIVES: &[Sub<Encode>] = &[
    Sub::new("gzip", gzip).on_value_anywhere("$why"),
    Sub::new("zstd", zstd).counts(),
    Sub::new("minimum_length", minimum_length).on_value_anywhere("$why"),
    Sub::once("match", matcher).on_twice("matcher is defined more than once: match"),
    Sub::others(
        "getting module named 'http.encoders.$value': module not registered: http.encoders.$value",
    )
    .reads_on(),
];

const OPTIONS: [&str; 4] = ["gzip", "zstd", "minimum_length", "match"];

/// The options of `zstd`.
const ZSTD: &[Sub<Zstd>] = &[
    Sub::new("level", level).counts(),
    Sub::once("disable_checksum", checksum)
        .counts()
        .on_twice("checksum already specified"),
    Sub::others("unknown subdirective '$value'").reads_on(),
];

/// The kind of module, and its place in Caddy.
const ENCODERS: (&str, &str) = ("format", "http.encoders");

const FORMATS: [&str; 2] = ["zstd", "gzip"];

const LEVELS: [&str; 4] = ["fastest", "default", "better", "best"];

fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let mut handler = Encode::default();
    let names = || OPTIONS.into_iter();
    let unknown = |word: &Word| match plugins::find(Kind::Module(ENCODERS.1), &word.text) {
        Some(_) => errors::unknown_module("unknown-encoding", ENCODERS, word, &OPTIONS),
        None => errors::unknown_subdirective(line.name, word, names()),
    };
    let found = &mut *lowering.diagnostics;
    read_lines(line.block, SUBDIRECTIVES, &mut handler, found, &unknown);
    // What the block says comes before what the line says, which knows no level.
    for word in line.args {
        match word.text.as_str() {
            "gzip" => handler.encodings.gzip = Some(Gzip::default()),
            "zstd" => handler.encodings.zstd = Some(Zstd::default()),
            _ => {
                let names = FORMATS.into_iter();
                let found = errors::unknown_value("unknown-encoding", "format", word, names);
                return Err(found.until(line.end()));
            }
        }
        handler.prefer.push(word.text.clone());
    }
    if handler.prefer.is_empty() {
        handler.encodings.gzip = Some(Gzip::default());
        handler.encodings.zstd = Some(Zstd::default());
        handler.prefer = FORMATS.map(str::to_owned).into();
    }
    Ok(vec![Action::leaf(Handler::Encode(Box::new(handler)))])
}

/// `gzip [LEVEL]`.
fn gzip(line: Line<'_>, handler: &mut Encode, diagnostics: &mut Diagnostics) -> Read<()> {
    let line = line.keep_only(1, diagnostics);
    let level = line.args.first().map(integer).transpose()?.unwrap_or(0);
    let level = i32::try_from(level).map_err(|_| errors::bad_number(&line.args[0], 9))?;
    handler.encodings.gzip = Some(Gzip { level });
    handler.prefer.push("gzip".to_owned());
    Ok(())
}

/// `zstd [LEVEL] [{ level LEVEL; disable_checksum }]`.
fn zstd(line: Line<'_>, handler: &mut Encode, diagnostics: &mut Diagnostics) -> Read<()> {
    line.at_most(1)?;
    let mut zstd = Zstd::default();
    if let Some(word) = line.args.first() {
        set_level(word, &mut zstd)?;
    }
    read_block(line.name, line.block, ZSTD, &mut zstd, diagnostics);
    handler.encodings.zstd = Some(zstd);
    handler.prefer.push("zstd".to_owned());
    Ok(())
}

/// `level LEVEL`.
fn level(line: Line<'_>, zstd: &mut Zstd, _: &mut Diagnostics) -> Read<()> {
    set_level(line.one("a level")?, zstd)
}

fn set_level(word: &Word, zstd: &mut Zstd) -> Read<()> {
    if !LEVELS.contains(&word.text.as_str()) {
        let names = LEVELS.into_iter();
        let found = errors::unknown_value("unknown-level", "level", word, names);
        return Err(found.caddy(
            "unexpected compression level, use one of 'fastest', 'better', 'best', 'default'",
        ));
    }
    if !zstd.level.is_empty() {
        let message = "the level is given twice";
        let found = errors::conflict(message, word.span, None);
        return Err(found.caddy("compression level already specified"));
    }
    zstd.level.clone_from(&word.text);
    Ok(())
}

/// `disable_checksum`.
fn checksum(line: Line<'_>, zstd: &mut Zstd, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    zstd.checksum = Some(false);
    Ok(())
}

/// `minimum_length BYTES`.
fn minimum_length(line: Line<'_>, handler: &mut Encode, _: &mut Diagnostics) -> Read<()> {
    handler.minimum_length = integer(line.one("a number of bytes")?)?;
    Ok(())
}

/// `match status CODE…|header FIELD VALUE`, or a block of such lines.
#[expect(
    clippy::unnecessary_wraps,
    reason = "as the table of subdirectives has it"
)]
/// `match …`: which responses are compressed, as `status` and `header` conditions.
fn matcher(line: Line<'_>, handler: &mut Encode, diagnostics: &mut Diagnostics) -> Read<()> {
    let mut matcher = ResponseMatcher::default();
    read_response(line, &mut matcher, diagnostics);
    handler.matcher = Some(matcher);
    Ok(())
}
