//! `health_…`, `fail_duration` and `max_fails`: probes, and learning from failures.

use evenkeel_diagnostics::{Diagnostics, shorten};
use evenkeel_plan::http::handlers::reverse_proxy::{ActiveHealthChecks, PassiveHealthChecks};

use super::{Proxy, authority};
use crate::args::{Line, texts};
use crate::errors::{self, Read, go};
use crate::matchers::status_pattern;

/// `health_uri URI`: path and query of the probe.
pub(super) fn uri(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    active(proxy).uri = line.text("a path")?;
    Ok(())
}

/// `health_port PORT`.
pub(super) fn port(line: Line<'_>, proxy: &mut Proxy, diagnostics: &mut Diagnostics) -> Read<()> {
    let port = line.port(diagnostics)?;
    if !active(proxy).upstream.is_empty() {
        let message = "`health_port` has no effect beside `health_upstream`";
        let found = errors::conflict(message, line.span(), None);
        return Err(
            found.caddy("the 'health_port' subdirective is ignored if 'health_upstream' is used!")
        );
    }
    active(proxy).port = port;
    Ok(())
}

/// `health_path PATH`: deprecated, `health_uri` has a query as well.
pub(super) fn path(line: Line<'_>, proxy: &mut Proxy, diagnostics: &mut Diagnostics) -> Read<()> {
    let rule = ("deprecated-health-path", "health_uri");
    let found = errors::deprecated_by_rule(line.name, "subdirective", rule);
    diagnostics.push(found.into());
    active(proxy).path = line.text("a path")?;
    Ok(())
}

/// `health_upstream HOST:PORT`: whom to probe instead of the upstream.
pub(super) fn upstream(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    let word = line.one("an address")?;
    let caddy = match authority::split_host_port(&word.text) {
        Ok((_, port)) if port.parse::<i64>().is_ok() => {
            active(proxy).upstream.clone_from(&word.text);
            return Ok(());
        }
        Ok((_, port)) => {
            let why = go::number("Atoi", port);
            format!("bad port number '{}': {why}", word.text)
        }
        Err(why) if word.text.is_empty() => format!("health_upstream is malformed '': {why}"),
        Err(why) => format!(
            "health_upstream is malformed '{0}': address {0}: {why}",
            word.text
        ),
    };
    let message = format!("`{}` is not an address with a port", shorten(&word.text));
    Err(errors::bad_value(word, message, "`host:port` is expected")
        .caddy(caddy)
        .sealed())
}

/// `health_method METHOD`.
pub(super) fn method(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    active(proxy).method = line.text("a method")?;
    Ok(())
}

/// `health_request_body TEXT`.
pub(super) fn request_body(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    active(proxy).body = line.text("a text")?;
    Ok(())
}

/// `health_body PATTERN`.
pub(super) fn body(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    active(proxy).expect_body = line.text("a pattern")?;
    Ok(())
}

/// `health_follow_redirects`.
pub(super) fn follow_redirects(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    active(proxy).follow_redirects = true;
    Ok(())
}

/// `health_headers { FIELD VALUE… }`; the lines of a field add up, but another such block starts
/// over.
pub(super) fn headers(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    line.at_most(0)?;
    let headers = &mut active(proxy).headers;
    headers.clear();
    for field in line.block.into_iter().flat_map(|block| &block.lines) {
        let values = match texts(&field.args) {
            none if none.is_empty() => vec![String::new()],
            values => values,
        };
        headers
            .entry(field.name.text.clone())
            .or_default()
            .extend(values);
    }
    Ok(())
}

/// `health_interval DURATION`.
pub(super) fn interval(
    line: Line<'_>,
    proxy: &mut Proxy,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    active(proxy).interval = line.duration(diagnostics)?;
    Ok(())
}

/// `health_timeout DURATION`.
pub(super) fn timeout(
    line: Line<'_>,
    proxy: &mut Proxy,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    active(proxy).timeout = line.duration(diagnostics)?;
    Ok(())
}

/// `health_passes N`.
pub(super) fn passes(line: Line<'_>, proxy: &mut Proxy, diagnostics: &mut Diagnostics) -> Read<()> {
    active(proxy).passes = line.count(diagnostics)?;
    Ok(())
}

/// `health_fails N`.
pub(super) fn fails(line: Line<'_>, proxy: &mut Proxy, diagnostics: &mut Diagnostics) -> Read<()> {
    active(proxy).fails = line.count(diagnostics)?;
    Ok(())
}

/// `health_status CODE`, or a class as `2xx`.
pub(super) fn status(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    let pattern = status_pattern(line.one("a status")?)?;
    active(proxy).expect_status = Some(pattern);
    Ok(())
}

/// `fail_duration DURATION`.
pub(super) fn fail_duration(
    line: Line<'_>,
    proxy: &mut Proxy,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    passive(proxy).fail_duration = line.duration(diagnostics)?;
    Ok(())
}

/// `max_fails N`.
pub(super) fn max_fails(
    line: Line<'_>,
    proxy: &mut Proxy,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    passive(proxy).max_fails = line.count(diagnostics)?;
    Ok(())
}

/// `unhealthy_status CODE…`, or classes as `5xx`.
pub(super) fn unhealthy_status(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    let words = line.some("a status")?;
    let last = words.last().map_or("", |word| &word.text);
    for word in words {
        let pattern = status_pattern(word).map_err(|found| {
            // Caddy names the last one, whichever it is.
            let why = go::number("Atoi", &word.text);
            found
                .caddy(format!("bad status value '{last}': {why}"))
                .sealed()
        })?;
        passive(proxy).unhealthy_status.push(pattern);
    }
    Ok(())
}

/// `unhealthy_latency DURATION`.
pub(super) fn unhealthy_latency(
    line: Line<'_>,
    proxy: &mut Proxy,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    passive(proxy).unhealthy_latency = line.duration(diagnostics)?;
    Ok(())
}

/// `unhealthy_request_count N`.
pub(super) fn unhealthy_request_count(
    line: Line<'_>,
    proxy: &mut Proxy,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    passive(proxy).unhealthy_request_count = line.count(diagnostics)?;
    Ok(())
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
