//! `timeouts [matcher] [{ read_timeout DURATION [RATE]; write_timeout DURATION [RATE]; max_write_chunk
//! SIZE }]`: time limits of one route. Rates are bytes a second.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::Timeouts;
use evenkeel_plan::value::{Duration, DurationError};

use crate::args::{Line, integer};
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read, Says as _, go};
use crate::matchers::Scope;
use crate::routes::Action;
use crate::sizes;
use crate::subdirective::{Sub, read_block_alone};

/// Gives a request other time limits than those of its server.
///
/// ```caddyfile
/// timeouts [MATCHER] {
///     read_timeout DURATION
///     write_timeout DURATION
/// }
/// ```
pub(super) const TIMEOUTS: Directive = Directive::handlers("timeouts", lower).adapts_only();

const SUBDIRECTIVES: &[Sub<Timeouts>] = &[
    Sub::new("read_timeout", read_timeout),
    Sub::new("write_timeout", write_timeout),
    Sub::new("max_write_chunk", max_write_chunk)
        .counts_taken()
        .on_value("parsing max_write_chunk: $why"),
    Sub::others("unrecognized timeouts subdirective '$value'"),
];

#[expect(
    clippy::unnecessary_wraps,
    reason = "as the table of directives has it"
)]
fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let handler: Timeouts = read_block_alone(line, SUBDIRECTIVES, lowering.diagnostics);
    Ok(vec![Action::leaf(Handler::Timeouts(Box::new(handler)))])
}

/// `read_timeout DURATION [RATE]`: for the body of the request; longer while RATE bytes a second
/// come.
fn read_timeout(line: Line<'_>, handler: &mut Timeouts, _: &mut Diagnostics) -> Read<()> {
    let (timeout, rate) = timeout(line)?;
    handler.read_timeout = timeout;
    handler.read_min_rate = rate.unwrap_or(handler.read_min_rate);
    Ok(())
}

/// `write_timeout DURATION [RATE]`: for the response; longer while RATE bytes a second are taken.
fn write_timeout(line: Line<'_>, handler: &mut Timeouts, _: &mut Diagnostics) -> Read<()> {
    let (timeout, rate) = timeout(line)?;
    handler.write_timeout = timeout;
    handler.write_min_rate = rate.unwrap_or(handler.write_min_rate);
    Ok(())
}

/// `max_write_chunk SIZE`: the most that is written at once.
fn max_write_chunk(line: Line<'_>, handler: &mut Timeouts, _: &mut Diagnostics) -> Read<()> {
    handler.max_write_chunk = sizes::bytes(line.one("a size")?)?;
    Ok(())
}

/// `DURATION [RATE]`. Caddy reads this one without days.
fn timeout(line: Line<'_>) -> Read<(Duration, Option<i64>)> {
    let word = line.first("a duration")?;
    line.at_most(2)?;
    line.no_block()?;
    let bad = |error| {
        let why = go::duration(&word.text, error);
        let found = errors::bad_duration(word, error);
        found
            .caddy(format!("parsing {}: {why}", line.name.text))
            .sealed()
    };
    if word.text.contains('d') {
        return Err(bad(DurationError::UnknownUnit));
    }
    let timeout = word.text.parse().map_err(bad)?;
    let rate = line.args.get(1).map(|word| rate(line, word)).transpose()?;
    Ok((timeout, rate))
}

fn rate(line: Line<'_>, word: &Word) -> Read<i64> {
    let why = go::number("ParseInt", &word.text);
    integer(word).says(format!("parsing {} min_rate: {why}", line.name.text))
}
