//! `health_…`, `fail_duration` and `max_fails`: probes, and learning from failures.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::handlers::reverse_proxy::{ActiveHealthChecks, PassiveHealthChecks};
use evenkeel_plan::value::StatusPattern;

use super::Proxy;
use crate::args::Line;
use crate::errors::{self, Read};

/// `health_uri URI`: path and query of the probe.
pub(super) fn uri(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    active(proxy).uri = line.text("a path")?;
    Ok(())
}

/// `health_port PORT`.
pub(super) fn port(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    active(proxy).port = line.port()?;
    Ok(())
}

/// `health_interval DURATION`.
pub(super) fn interval(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    active(proxy).interval = line.duration()?;
    Ok(())
}

/// `health_timeout DURATION`.
pub(super) fn timeout(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    active(proxy).timeout = line.duration()?;
    Ok(())
}

/// `health_passes N`.
pub(super) fn passes(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    active(proxy).passes = line.number()?;
    Ok(())
}

/// `health_fails N`.
pub(super) fn fails(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    active(proxy).fails = line.number()?;
    Ok(())
}

/// `health_status CODE`, or a class as `2xx`.
pub(super) fn status(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    let pattern = status_pattern(line.one("a status")?)?;
    active(proxy).expect_status = Some(pattern);
    Ok(())
}

/// `fail_duration DURATION`.
pub(super) fn fail_duration(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    passive(proxy).fail_duration = line.duration()?;
    Ok(())
}

/// `max_fails N`.
pub(super) fn max_fails(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    passive(proxy).max_fails = line.number()?;
    Ok(())
}

fn status_pattern(word: &Word) -> Read<StatusPattern> {
    let text = word.text.strip_suffix("xx").unwrap_or(&word.text);
    match text.parse() {
        Ok(class @ 1..=5) if word.text.len() == 3 => Ok(StatusPattern(class)),
        Ok(code @ 100..=999) => Ok(StatusPattern(code)),
        _ => Err(errors::bad_status(word)),
    }
}

fn active(proxy: &mut Proxy) -> &mut ActiveHealthChecks {
    proxy
        .handler
        .health_checks
        .get_or_insert_default()
        .active
        .get_or_insert_default()
}

fn passive(proxy: &mut Proxy) -> &mut PassiveHealthChecks {
    proxy
        .handler
        .health_checks
        .get_or_insert_default()
        .passive
        .get_or_insert_default()
}
