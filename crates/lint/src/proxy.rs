//! A `reverse_proxy` as the rules see it: its upstreams and what its lines say.

use evenkeel_caddyfile::ast::{Directive, Word};
use evenkeel_diagnostics::Span;
use evenkeel_plan::value::Duration;

use crate::dial::Dial;
use crate::walk::Placed;

/// Directives with the syntax of `reverse_proxy`.
const NAMES: [&str; 3] = ["reverse_proxy", "forward_auth", "php_fastcgi"];

/// Caddy: `dial_timeout`.
const DEFAULT_DIAL_TIMEOUT: Duration = Duration::from_secs(3);
/// Caddy: `health_interval`.
const DEFAULT_HEALTH_INTERVAL: Duration = Duration::from_secs(30);
/// Caddy: `health_timeout`.
const DEFAULT_HEALTH_TIMEOUT: Duration = Duration::from_secs(5);
/// Caddy: `lb_try_interval`.
const DEFAULT_TRY_INTERVAL: Duration = Duration::from_millis(250);

/// One line with the syntax of `reverse_proxy`.
pub(crate) struct Proxy<'a> {
    /// The line and where it stands.
    pub(crate) placed: Placed<'a>,
    /// Its upstreams, as written on the line and behind `to`.
    pub(crate) upstreams: Vec<Dial<'a>>,
    lines: &'a [Directive],
}

/// A line of `header_up` that sets a field.
pub(crate) struct HeaderUp<'a> {
    /// The line.
    pub(crate) line: &'a Directive,
    /// The field.
    pub(crate) field: &'a str,
    /// What it is set to.
    pub(crate) value: &'a Word,
}

impl<'a> Proxy<'a> {
    /// The proxy that a line is, if it is one.
    pub(crate) fn of(placed: &Placed<'a>) -> Option<Self> {
        let line = placed.line;
        if !NAMES.contains(&line.name.text.as_str()) {
            return None;
        }
        let block = line.block.as_ref();
        let lines = block
            .map(|block| block.lines.as_slice())
            .unwrap_or_default();
        let to = lines.iter().filter(|line| line.name.text == "to");
        let words = upstream_words(line)
            .iter()
            .chain(to.flat_map(|line| &line.args));
        Some(Self {
            placed: *placed,
            upstreams: words.map(Dial::of).collect(),
            lines,
        })
    }

    /// The directive's name.
    pub(crate) fn name(&self) -> &'a str {
        &self.placed.line.name.text
    }

    /// From the name to the last word in front of the block.
    pub(crate) fn head(&self) -> Span {
        self.placed.line.line_span()
    }

    /// The lines of its block.
    pub(crate) const fn lines(&self) -> &'a [Directive] {
        self.lines
    }

    /// The last line of this name.
    pub(crate) fn option(&self, name: &str) -> Option<&'a Directive> {
        self.lines.iter().rfind(|line| line.name.text == name)
    }

    /// All lines of this name.
    pub(crate) fn options(&self, name: &'static str) -> impl Iterator<Item = &'a Directive> {
        self.lines.iter().filter(move |line| line.name.text == name)
    }

    /// The lines in the block of `transport http`.
    pub(crate) fn transport(&self) -> impl Iterator<Item = &'a Directive> {
        let blocks = self.options("transport").flat_map(|line| line.block.iter());
        blocks.flat_map(|block| &block.lines)
    }

    /// The lines of `header_up` that set a field to a value.
    pub(crate) fn headers_up(&self) -> impl Iterator<Item = HeaderUp<'a>> {
        self.options("header_up").filter_map(|line| {
            let [field, value] = line.args.as_slice() else {
                return None;
            };
            let field = field.text.strip_suffix(':').unwrap_or(&field.text);
            let sets = field.starts_with(|first: char| first.is_ascii_alphanumeric());
            sets.then_some(HeaderUp { line, field, value })
        })
    }

    /// How many upstreams there are; none if only the requests can tell.
    pub(crate) fn count(&self) -> Option<usize> {
        let is_open = self.option("dynamic").is_some();
        (!is_open).then(|| self.upstreams.iter().map(Dial::count).sum())
    }

    /// Whether there are several upstreams to choose from.
    pub(crate) fn has_several(&self) -> bool {
        self.count().is_some_and(|count| count > 1)
    }

    /// Whether there is one upstream and no other.
    pub(crate) fn has_one(&self) -> bool {
        self.count() == Some(1)
    }

    /// Whether upstreams are spoken to over TLS.
    pub(crate) fn is_https(&self) -> bool {
        let tls = |line: &Directive| line.name.text.starts_with("tls");
        self.upstreams.iter().any(Dial::is_https) || self.transport().any(tls)
    }

    /// Whether upstreams are probed.
    pub(crate) fn probes(&self) -> bool {
        ["health_uri", "health_path", "health_port"]
            .iter()
            .any(|name| self.option(name).is_some())
    }

    /// Whether failed requests count.
    pub(crate) fn counts_failures(&self) -> bool {
        self.duration("fail_duration").is_some()
    }

    /// Whether a failed attempt is followed by another.
    pub(crate) fn retries(&self) -> bool {
        self.retry_line().is_some()
    }

    /// The line that says so.
    pub(crate) fn retry_line(&self) -> Option<&'a Directive> {
        let by_count = self.option("lb_retries").filter(|line| {
            let count = line.args.first().and_then(|word| word.text.parse().ok());
            count.is_none_or(|count: i64| count > 0)
        });
        let by_time = self
            .option("lb_try_duration")
            .filter(|_| self.try_duration().is_some());
        by_time.or(by_count)
    }

    /// `lb_try_duration`, if it is more than nothing.
    pub(crate) fn try_duration(&self) -> Option<Duration> {
        self.duration("lb_try_duration")
    }

    /// `lb_try_interval`.
    pub(crate) fn try_interval(&self) -> Duration {
        self.duration("lb_try_interval")
            .unwrap_or(DEFAULT_TRY_INTERVAL)
    }

    /// `dial_timeout` of the transport.
    pub(crate) fn dial_timeout(&self) -> Duration {
        let line = self
            .transport()
            .filter(|line| line.name.text == "dial_timeout")
            .last();
        line.and_then(positive).unwrap_or(DEFAULT_DIAL_TIMEOUT)
    }

    /// `health_interval`.
    pub(crate) fn health_interval(&self) -> Duration {
        self.duration("health_interval")
            .unwrap_or(DEFAULT_HEALTH_INTERVAL)
    }

    /// `health_timeout`.
    pub(crate) fn health_timeout(&self) -> Duration {
        self.duration("health_timeout")
            .unwrap_or(DEFAULT_HEALTH_TIMEOUT)
    }

    /// The duration of this option, if it is more than nothing.
    pub(crate) fn duration(&self, name: &str) -> Option<Duration> {
        positive(self.option(name)?)
    }
}

/// The words of a line that are neither its name nor its matcher.
pub(crate) fn upstream_words(line: &Directive) -> &[Word] {
    match matcher(line) {
        Some(_) => &line.args[1..],
        None => &line.args,
    }
}

/// The matcher token of a line.
pub(crate) fn matcher(line: &Directive) -> Option<&Word> {
    let first = line.args.first()?;
    let is_matcher = first.text == "*" || first.text.starts_with(['/', '@']);
    is_matcher.then_some(first)
}

fn positive(line: &Directive) -> Option<Duration> {
    let duration: Duration = line.args.first()?.text.parse().ok()?;
    (!duration.is_zero() && !duration.is_negative()).then_some(duration)
}
