//! The options of `servers` that take one line.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::IpSource;

use super::ServerOptions;
use crate::args::{Line, texts};
use crate::errors::{self, Read};
use crate::names::PRIVATE_RANGES;
use crate::options::metrics::read_nested;
use crate::sizes;

const PROTOCOLS: [&str; 4] = ["h1", "h2", "h2c", "h3"];

/// `name NAME`.
pub(super) fn name(line: Line<'_>, to: &mut ServerOptions, _: &mut Diagnostics) -> Read<()> {
    if to.address.is_empty() {
        return Err(errors::name_without_address(line));
    }
    to.name = Some(line.one("a name")?.clone());
    Ok(())
}

/// `keepalive_interval DURATION`; negative: no probes.
pub(super) fn keepalive_interval(
    line: Line<'_>,
    to: &mut ServerOptions,
    _: &mut Diagnostics,
) -> Read<()> {
    to.server.keepalive_interval = line.signed_duration()?;
    to.wrote("keepalive_interval", line);
    Ok(())
}

/// `keepalive_idle DURATION`.
pub(super) fn keepalive_idle(
    line: Line<'_>,
    to: &mut ServerOptions,
    _: &mut Diagnostics,
) -> Read<()> {
    to.server.keepalive_idle = line.signed_duration()?;
    to.wrote("keepalive_idle", line);
    Ok(())
}

/// `keepalive_count NUMBER`.
pub(super) fn keepalive_count(
    line: Line<'_>,
    to: &mut ServerOptions,
    _: &mut Diagnostics,
) -> Read<()> {
    let word = line.one("a number")?;
    let count: Result<i32, _> = word.text.parse();
    let most = i32::MAX.unsigned_abs();
    to.server.keepalive_count = count
        .map_err(|_| errors::bad_number_of("ParseInt", word, most.into()))?
        .into();
    to.wrote("keepalive_count", line);
    Ok(())
}

/// `max_header_size SIZE`.
pub(super) fn max_header_size(
    line: Line<'_>,
    to: &mut ServerOptions,
    _: &mut Diagnostics,
) -> Read<()> {
    to.server.max_header_bytes = sizes::bytes(line.one("a size")?)?;
    to.wrote("max_header_bytes", line);
    Ok(())
}

/// `enable_full_duplex`.
pub(super) fn enable_full_duplex(
    line: Line<'_>,
    to: &mut ServerOptions,
    _: &mut Diagnostics,
) -> Read<()> {
    line.nothing()?;
    to.server.enable_full_duplex = true;
    to.wrote("enable_full_duplex", line);
    Ok(())
}

/// `log_credentials`.
pub(super) fn log_credentials(
    line: Line<'_>,
    to: &mut ServerOptions,
    _: &mut Diagnostics,
) -> Read<()> {
    line.nothing()?;
    to.log_credentials = true;
    to.wrote("logs.should_log_credentials", line);
    Ok(())
}

/// `trace`.
pub(super) fn trace(line: Line<'_>, to: &mut ServerOptions, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    to.trace = true;
    to.wrote("logs.trace", line);
    Ok(())
}

/// `0rtt off`.
pub(super) fn early_data(line: Line<'_>, to: &mut ServerOptions, _: &mut Diagnostics) -> Read<()> {
    let word = line.one("`off`")?;
    if word.text != "off" {
        let message = format!("`0rtt` cannot be `{}`", word.text);
        return Err(errors::bad_value(word, message, "only `off` is possible"));
    }
    to.server.allow_0rtt = Some(false);
    to.wrote("allow_0rtt", line);
    Ok(())
}

/// `strict_sni_host [on|insecure_off]`.
pub(super) fn strict_sni_host(
    line: Line<'_>,
    to: &mut ServerOptions,
    _: &mut Diagnostics,
) -> Read<()> {
    line.no_block()?;
    line.at_most(1)?;
    let is_strict = match line.args.first() {
        None => true,
        Some(word) if word.text == "on" => true,
        Some(word) if word.text == "insecure_off" => false,
        Some(word) => {
            let (id, what) = ("unknown-value", "setting");
            let names = ["on", "insecure_off"].into_iter();
            return Err(errors::unknown_value(id, what, word, names));
        }
    };
    to.server.strict_sni_host = Some(is_strict);
    to.wrote("strict_sni_host", line);
    Ok(())
}

/// `trusted_proxies static [private_ranges|RANGE …]`.
pub(super) fn trusted_proxies(
    line: Line<'_>,
    to: &mut ServerOptions,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let source = line.first("a source of ranges")?;
    if source.text != "static" {
        return Err(errors::unknown_module(
            "unknown-ip-source",
            ("source of ranges", "http.ip_sources"),
            source,
            &["static"],
        ));
    }
    let line = line.without_block(diagnostics);
    let mut ranges = Vec::new();
    for word in line.skip_first().args {
        if word.text == "private_ranges" {
            ranges.extend(PRIVATE_RANGES.map(str::to_owned));
        } else {
            ranges.push(word.text.clone());
        }
    }
    to.server.trusted_proxies = Some(IpSource::Static { ranges });
    to.wrote("trusted_proxies", line);
    Ok(())
}

/// `trusted_proxies_strict`.
pub(super) fn trusted_proxies_strict(
    line: Line<'_>,
    to: &mut ServerOptions,
    _: &mut Diagnostics,
) -> Read<()> {
    line.nothing()?;
    to.server.trusted_proxies_strict = 1;
    to.wrote("trusted_proxies_strict", line);
    Ok(())
}

/// `trusted_proxies_unix`.
pub(super) fn trusted_proxies_unix(
    line: Line<'_>,
    to: &mut ServerOptions,
    _: &mut Diagnostics,
) -> Read<()> {
    line.nothing()?;
    to.server.trusted_proxies_unix = true;
    to.wrote("trusted_proxies_unix", line);
    Ok(())
}

/// `client_ip_headers FIELD …`.
pub(super) fn client_ip_headers(
    line: Line<'_>,
    to: &mut ServerOptions,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let line = empty_block(line, diagnostics)?;
    for word in line.args {
        if to.server.client_ip_headers.contains(&word.text) {
            let says = format!("client IP header {} specified more than once", word.text);
            return Err(errors::repeated_value(word, "field").caddy(says));
        }
        to.server.client_ip_headers.push(word.text.clone());
    }
    to.wrote("client_ip_headers", line);
    Ok(())
}

/// `expected_underscore_headers FIELD …`.
pub(super) fn expected_underscore_headers(
    line: Line<'_>,
    to: &mut ServerOptions,
    _: &mut Diagnostics,
) -> Read<()> {
    to.server.expected_underscore_headers = texts(line.some("a header field")?);
    to.wrote("expected_underscore_headers", line);
    Ok(())
}

/// `expected_dot_headers FIELD …`.
pub(super) fn expected_dot_headers(
    line: Line<'_>,
    to: &mut ServerOptions,
    _: &mut Diagnostics,
) -> Read<()> {
    to.server.expected_dot_headers = texts(line.some("a header field")?);
    to.wrote("expected_dot_headers", line);
    Ok(())
}

/// `metrics [{ per_host }]`, which moved out of `servers`.
pub(super) fn metrics(
    line: Line<'_>,
    to: &mut ServerOptions,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    diagnostics.push(errors::nested_metrics(line.name).into());
    to.metrics = Some(read_nested(line, diagnostics)?);
    Ok(())
}

/// A block behind a list, in which Caddy only looks for lines.
fn empty_block<'l>(line: Line<'l>, diagnostics: &mut Diagnostics) -> Read<Line<'l>> {
    let first = line.block.and_then(|block| block.lines.first());
    let read = line.empty_block("", diagnostics);
    read.map_err(|found| match first {
        Some(first) => found.ended_after(&first.name).sealed(),
        None => found,
    })
}

/// `protocols h1|h2|h2c|h3 …`.
pub(super) fn protocols(
    line: Line<'_>,
    to: &mut ServerOptions,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    if line.args.is_empty() {
        diagnostics.push(errors::no_effect(line.name, line.name.span).into());
    }
    let line = empty_block(line, diagnostics)?;
    for word in line.args {
        if !PROTOCOLS.contains(&word.text.as_str()) {
            let names = PROTOCOLS.into_iter();
            let (id, what) = ("unknown-protocol", "protocol");
            let says = "unknown protocol '$value': expected h1, h2, h2c, or h3";
            return Err(errors::unknown_value(id, what, word, names).value_says(says));
        }
        if to.server.protocols.contains(&word.text) {
            let says = format!("protocol {} specified more than once", word.text);
            return Err(errors::repeated_value(word, "protocol").caddy(says));
        }
        to.server.protocols.push(word.text.clone());
    }
    to.wrote("protocols", line);
    Ok(())
}
