//! `metrics [{ per_host; observe_catchall_hosts; otlp }]`: what is counted about requests. Caddy:
//! `parseMetricsOptions` in `httpcaddyfile/options.go`.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::Metrics;

use super::Options;
use crate::args::Line;
use crate::errors::Read;
use crate::subdirective::{Sub, read_block, read_block_alone};
use crate::vocabulary::{self, Known};

const SUBDIRECTIVES: &[Sub<Metrics>] = &[
    Sub::new("per_host", per_host).adapts_only(),
    Sub::new("observe_catchall_hosts", observe_catchall_hosts).adapts_only(),
    Sub::new("otlp", otlp).adapts_only(),
    Sub::others("unrecognized servers option '$value'").reads_on(),
];

/// In the block of `servers`, where it once stood, only this is known.
const NESTED: &[Sub<Metrics>] = &[
    Sub::new("per_host", per_host),
    Sub::others("unrecognized metrics option '$value'").reads_on(),
];

/// The subdirectives, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    vocabulary::of_table(SUBDIRECTIVES)
}

/// Reads the option.
#[expect(
    clippy::unnecessary_wraps,
    reason = "as the table of subdirectives has it"
)]
pub(super) fn read(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    options.metrics = Some(read_block_alone(line, SUBDIRECTIVES, diagnostics));
    options.origins.insert("apps.http.metrics", line.name.span);
    Ok(())
}

/// Reads the line in the block of `servers`.
pub(super) fn read_nested(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<Metrics> {
    line.at_most(0)?;
    Ok(read_table(line, NESTED, diagnostics))
}

fn read_table(line: Line<'_>, table: &[Sub<Metrics>], diagnostics: &mut Diagnostics) -> Metrics {
    let mut metrics = Metrics::default();
    read_block(line.name, line.block, table, &mut metrics, diagnostics);
    metrics
}

fn per_host(line: Line<'_>, metrics: &mut Metrics, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    metrics.per_host = true;
    Ok(())
}

fn observe_catchall_hosts(line: Line<'_>, metrics: &mut Metrics, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    metrics.observe_catchall_hosts = true;
    Ok(())
}

fn otlp(line: Line<'_>, metrics: &mut Metrics, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    metrics.otlp = true;
    Ok(())
}
