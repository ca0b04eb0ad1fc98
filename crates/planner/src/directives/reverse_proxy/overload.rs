//! `lb_…` of our own: what keeps a crowd, a failing check or a flood of retries from doing harm.
//! Each is off unless it is written.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::{Diagnostics, shorten};
use evenkeel_plan::http::handlers::reverse_proxy::Queue;
use evenkeel_plan::value::Duration;

use super::load_balancing::settings;
use super::{Proxy, upstreams};
use crate::args::{Line, number};
use crate::errors::{self, Read};
use crate::matchers::status_pattern;

/// `lb_panic_threshold PERCENT`: health is not looked at while fewer upstreams are healthy.
pub(super) fn panic_threshold(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    settings(proxy).panic_threshold = percent(line.one("a percentage")?, 1)?;
    Ok(())
}

/// `lb_retry_budget PERCENT`: most retries for a hundred requests.
pub(super) fn retry_budget(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    settings(proxy).retry_budget = Some(percent(line.one("a percentage")?, 0)?);
    Ok(())
}

/// `lb_retry_status STATUS…`: answers that are not passed on while there is another attempt.
pub(super) fn retry_status(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    for word in line.some("a status")? {
        let status = status_pattern(word)?;
        settings(proxy).retry_status.push(status);
    }
    Ok(())
}

/// `lb_max_requests N`: most requests in flight at each upstream.
pub(super) fn max_requests(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    settings(proxy).max_requests = positive(line.one("a number")?)?;
    Ok(())
}

/// `lb_queue N TIMEOUT`: how many requests may wait while all upstreams are full, and how long.
pub(super) fn queue(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    line.at_most(2)?;
    let places = positive(line.first("a number")?)?;
    let timeout = positive_duration(line.skip_first().first("a duration")?)?;
    settings(proxy).queue = Some(Queue { places, timeout });
    Ok(())
}

/// `lb_slow_start DURATION`: how long an upstream that comes back gets less than its share.
pub(super) fn slow_start(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    settings(proxy).slow_start = positive_duration(line.one("a duration")?)?;
    Ok(())
}

/// `lb_drain UPSTREAM…`: upstreams that finish what they have and get nothing new.
pub(super) fn drain(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    for word in line.some("an upstream")? {
        let dials = upstreams::named(word, proxy)?;
        settings(proxy).drain.extend(dials);
    }
    Ok(())
}

/// `20` or `20%`.
fn percent(word: &Word, least: u32) -> Read<u32> {
    let text = word.text.strip_suffix('%').unwrap_or(&word.text);
    let percent = text.parse().ok();
    percent
        .filter(|percent| (least..=100).contains(percent))
        .ok_or_else(|| {
            let message = format!("`{}` is not a percentage", shorten(&word.text));
            let why = format!("a number from {least} to 100 is expected");
            errors::bad_value(word, message, why)
        })
}

fn positive(word: &Word) -> Read<u32> {
    match number(word)? {
        0 => {
            let message = "0 would let nothing through";
            Err(errors::bad_value(
                word,
                message,
                "a number above 0 is expected",
            ))
        }
        number => Ok(number),
    }
}

fn positive_duration(word: &Word) -> Read<Duration> {
    let duration: Duration = word
        .text
        .parse()
        .map_err(|error| errors::bad_duration(word, error))?;
    if duration.positive().is_none() {
        let why = "a time above 0 is expected";
        return Err(errors::bad_value(word, "no time at all has no effect", why));
    }
    Ok(duration)
}
