//! `timeouts { read_body, read_header, read_body_idle, write, write_idle, write_max_chunk, idle }`
//! of `servers`. Rates are bytes a second.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::value::Duration;

use super::ServerOptions;
use crate::args::Line;
use crate::errors::{self, Read};
use crate::sizes;
use crate::subdirective::{Sub, read_block};
use crate::vocabulary::{self, Known};

const SUBDIRECTIVES: &[Sub<ServerOptions>] = &[
    Sub::new("read_body", read_body)
        .on_value("parsing read_body timeout duration: $why")
        .adapts_only(),
    Sub::new("read_header", read_header)
        .on_value("parsing read_header timeout duration: $why")
        .adapts_only(),
    Sub::new("read_body_idle", read_body_idle)
        .counts()
        .on_value("parsing read_body_idle timeout duration: $why")
        .adapts_only(),
    Sub::new("write", write)
        .on_value("parsing write timeout duration: $why")
        .adapts_only(),
    Sub::new("write_idle", write_idle)
        .counts()
        .on_value("parsing write_idle timeout duration: $why")
        .adapts_only(),
    Sub::new("write_max_chunk", write_max_chunk)
        .counts_taken()
        .on_value("parsing write_max_chunk: $why")
        .adapts_only(),
    Sub::new("idle", idle)
        .on_value("parsing idle timeout duration: $why")
        .adapts_only(),
    Sub::others("unrecognized timeouts option '$value'").reads_on(),
];

/// The subdirectives, and whether they work.
pub(super) fn words() -> Vec<Known> {
    vocabulary::of_table(SUBDIRECTIVES)
}

/// Reads the block.
pub(super) fn read(
    line: Line<'_>,
    to: &mut ServerOptions,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    line.at_most(0)?;
    read_block(line.name, line.block, SUBDIRECTIVES, to, diagnostics);
    Ok(())
}

fn read_body(line: Line<'_>, to: &mut ServerOptions, _: &mut Diagnostics) -> Read<()> {
    to.server.read_timeout = line.signed_duration()?;
    to.wrote("read_timeout", line);
    Ok(())
}

fn read_header(line: Line<'_>, to: &mut ServerOptions, _: &mut Diagnostics) -> Read<()> {
    to.server.read_header_timeout = line.signed_duration()?;
    to.wrote("read_header_timeout", line);
    Ok(())
}

fn read_body_idle(line: Line<'_>, to: &mut ServerOptions, _: &mut Diagnostics) -> Read<()> {
    let (timeout, rate) = with_rate(line)?;
    to.server.read_idle_timeout = timeout;
    to.server.read_min_rate = rate.unwrap_or(to.server.read_min_rate);
    to.wrote("read_idle_timeout", line);
    to.wrote("read_min_rate", line);
    Ok(())
}

fn write(line: Line<'_>, to: &mut ServerOptions, _: &mut Diagnostics) -> Read<()> {
    to.server.write_timeout = line.signed_duration()?;
    to.wrote("write_timeout", line);
    Ok(())
}

fn write_idle(line: Line<'_>, to: &mut ServerOptions, _: &mut Diagnostics) -> Read<()> {
    let (timeout, rate) = with_rate(line)?;
    to.server.write_idle_timeout = timeout;
    to.server.write_min_rate = rate.unwrap_or(to.server.write_min_rate);
    to.wrote("write_idle_timeout", line);
    to.wrote("write_min_rate", line);
    Ok(())
}

fn write_max_chunk(line: Line<'_>, to: &mut ServerOptions, _: &mut Diagnostics) -> Read<()> {
    to.server.max_write_chunk = sizes::bytes(line.one("a size")?)?;
    to.wrote("max_write_chunk", line);
    Ok(())
}

fn idle(line: Line<'_>, to: &mut ServerOptions, _: &mut Diagnostics) -> Read<()> {
    to.server.idle_timeout = line.signed_duration()?;
    to.wrote("idle_timeout", line);
    Ok(())
}

/// `DURATION [RATE]`.
fn with_rate(line: Line<'_>) -> Read<(Duration, Option<i64>)> {
    line.no_block()?;
    line.at_most(2)?;
    let word = line.first("a duration")?;
    let timeout = word.text.parse();
    let timeout = timeout.map_err(|error| errors::bad_duration(word, error))?;
    let rate = line.args.get(1).map(|word| rate(line, word)).transpose()?;
    Ok((timeout, rate))
}

fn rate(line: Line<'_>, word: &Word) -> Read<i64> {
    word.text.parse().map_err(|_| {
        let found = errors::bad_number_of("ParseInt", word, i64::MAX.unsigned_abs());
        found.value_says(match line.name.text.as_str() {
            "read_body_idle" => "parsing read_body_idle min_rate bytes/second: $why",
            _ => "parsing write_idle min_rate bytes/second: $why",
        })
    })
}
