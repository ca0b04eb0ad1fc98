//! `reverse_proxy [matcher] [upstreams…] { subdirectives }`: forwards to one of several upstreams.
//! Caddy: `modules/caddyhttp/reverseproxy/caddyfile.go`.

mod headers;
mod health;
mod load_balancing;
mod transport;
mod upstreams;

use std::net::IpAddr;

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::{Diagnostics, Span, shorten};
use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::{ResponseHeaderOps, ReverseProxy};

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::directives::header;
use crate::errors::{self, Finding, Read};
use crate::matchers::Scope;
use crate::routes::Action;
use crate::subdirective::{Sub, read_lines};
use crate::vocabulary::{self, Known};

pub(crate) use load_balancing::words as policy_words;
pub(crate) use transport::words as transport_words;

pub(super) const REVERSE_PROXY: Directive = Directive::handlers("reverse_proxy", lower);

const SUBDIRECTIVES: &[Sub<Proxy>] = &[
    Sub::new("to", upstreams::to),
    Sub::later("dynamic"),
    Sub::once("lb_policy", load_balancing::policy),
    Sub::new("lb_retries", load_balancing::retries),
    Sub::new("lb_try_duration", load_balancing::try_duration),
    Sub::new("lb_try_interval", load_balancing::try_interval),
    Sub::later("lb_retry_match"),
    Sub::new("health_uri", health::uri),
    Sub::later("health_path"),
    Sub::later("health_upstream"),
    Sub::new("health_port", health::port),
    Sub::new("health_interval", health::interval),
    Sub::new("health_timeout", health::timeout),
    Sub::new("health_passes", health::passes),
    Sub::new("health_fails", health::fails),
    Sub::new("health_status", health::status),
    Sub::later("health_body"),
    Sub::later("health_method"),
    Sub::later("health_request_body"),
    Sub::later("health_headers"),
    Sub::later("health_follow_redirects"),
    Sub::new("max_fails", health::max_fails),
    Sub::new("fail_duration", health::fail_duration),
    Sub::later("unhealthy_status"),
    Sub::later("unhealthy_latency"),
    Sub::later("unhealthy_request_count"),
    Sub::later("flush_interval"),
    Sub::later("request_buffers"),
    Sub::later("response_buffers"),
    Sub::later("stream_buffer_size"),
    Sub::later("stream_timeout"),
    Sub::later("stream_close_delay"),
    Sub::new("trusted_proxies", trusted_proxies),
    Sub::new("header_up", headers::up),
    Sub::new("header_down", headers::down),
    Sub::later("method"),
    Sub::later("rewrite"),
    Sub::new("transport", transport::transport),
    Sub::later("replace_status"),
    Sub::later("handle_response"),
    Sub::later("verbose_logs"),
];

/// Ranges behind the word `private_ranges`. Caddy: `PrivateRangesCIDR` in `internal/ranges.go`.
const PRIVATE_RANGES: [&str; 6] = [
    "192.168.0.0/16",
    "172.16.0.0/12",
    "10.0.0.0/8",
    "127.0.0.1/8",
    "fd00::/8",
    "::1",
];

/// The handler while its lines are read.
struct Proxy {
    handler: ReverseProxy,
    /// The lines of `header_up`.
    up: ResponseHeaderOps,
    /// The lines of `header_down`.
    down: ResponseHeaderOps,
    /// Where each upstream was written.
    spans: Vec<Span>,
    /// Whether the last upstream began with `http://`.
    has_scheme: bool,
    /// How many upstreams port ranges may still become.
    budget: usize,
}

/// The subdirectives, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    vocabulary::of_table(SUBDIRECTIVES)
}

fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let mut proxy = Proxy {
        handler: ReverseProxy::default(),
        up: ResponseHeaderOps::default(),
        down: ResponseHeaderOps::default(),
        spans: Vec::new(),
        has_scheme: false,
        budget: lowering.upstream_budget,
    };
    let found_before = lowering.diagnostics.len();
    upstreams::add(line.args, &mut proxy, lowering.diagnostics);
    let unknown = |word: &Word| unknown_line(line.name, word);
    read_lines(
        line.block,
        SUBDIRECTIVES,
        &mut proxy,
        lowering.diagnostics,
        &unknown,
    );
    lowering.upstream_budget = proxy.budget;
    if proxy.handler.upstreams.is_empty() && lowering.diagnostics.len() == found_before {
        return Err(errors::missing_argument(
            line.name,
            line.span(),
            "an upstream",
        ));
    }
    proxy.handler.headers = header::proxy_headers(proxy.up, proxy.down);
    let part = |(index, span)| (format!("upstreams[{index}].dial"), span);
    let parts = proxy.spans.into_iter().enumerate().map(part).collect();
    Ok(vec![Action::Leaf(
        Handler::ReverseProxy(Box::new(proxy.handler)),
        parts,
    )])
}

fn unknown_line(owner: &Word, word: &Word) -> Finding {
    if word.text.starts_with('@') {
        return errors::not_supported("a response matcher", word.span);
    }
    errors::unknown_subdirective(owner, word, SUBDIRECTIVES.iter().map(|row| row.name))
}

/// `trusted_proxies RANGE…`, with `private_ranges` for those of private networks.
fn trusted_proxies(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    let ranges = &mut proxy.handler.trusted_proxies;
    for word in line.some("a range")? {
        if word.text == "private_ranges" {
            ranges.extend(PRIVATE_RANGES.map(str::to_owned));
        } else if is_range(&word.text) {
            ranges.push(word.text.clone());
        } else {
            let message = format!("`{}` is not a range of addresses", shorten(&word.text));
            return Err(errors::bad_value(
                word,
                message,
                "an address or a range as `10.0.0.0/8`",
            ));
        }
    }
    Ok(())
}

fn is_range(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else {
        return text.parse::<IpAddr>().is_ok();
    };
    let bits: Result<u8, _> = bits.parse();
    match (address.parse(), bits) {
        (Ok(IpAddr::V4(_)), Ok(bits)) => bits <= 32,
        (Ok(IpAddr::V6(_)), Ok(bits)) => bits <= 128,
        _ => false,
    }
}
