//! `lb_…`: who gets the next attempt, and how long attempts go on.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::handlers::reverse_proxy::LoadBalancing;

use super::{Proxy, policies};
use crate::args::Line;
use crate::errors::Read;
use crate::matchers;

/// `lb_policy NAME …`.
pub(super) fn policy(line: Line<'_>, proxy: &mut Proxy, diagnostics: &mut Diagnostics) -> Read<()> {
    settings(proxy).selection_policy = Some(policies::read(line, diagnostics, 0)?);
    Ok(())
}

/// `lb_retries N`.
pub(super) fn retries(
    line: Line<'_>,
    proxy: &mut Proxy,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    settings(proxy).retries = line.count(diagnostics)?;
    Ok(())
}

/// `lb_try_duration DURATION`.
pub(super) fn try_duration(
    line: Line<'_>,
    proxy: &mut Proxy,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    settings(proxy).try_duration = line.duration(diagnostics)?;
    Ok(())
}

/// `lb_try_interval DURATION`.
pub(super) fn try_interval(
    line: Line<'_>,
    proxy: &mut Proxy,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    settings(proxy).try_interval = line.duration(diagnostics)?;
    Ok(())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the type of the readers in the table"
)]
/// `lb_retry_match …`: what may be tried again after it was sent. Several are alternatives.
pub(super) fn retry_match(
    line: Line<'_>,
    proxy: &mut Proxy,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let known = diagnostics.len();
    let set = matchers::unnamed(line, diagnostics);
    for text in diagnostics.caddy_texts(known) {
        text.precede("failed to parse lb_retry_match: ");
        text.also_at(line.end());
    }
    settings(proxy).retry_match.push(set);
    Ok(())
}

pub(super) fn settings(proxy: &mut Proxy) -> &mut LoadBalancing {
    proxy.handler.load_balancing.get_or_insert_default()
}
