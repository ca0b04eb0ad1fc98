//! `reverse_proxy [matcher] [upstreams…] { subdirectives }`: forwards to one of several upstreams.
//! Caddy: `modules/caddyhttp/reverseproxy/caddyfile.go`.

mod authority;
mod dynamic;
mod headers;
mod health;
mod load_balancing;
mod overload;
mod places;
mod policies;
pub(super) mod responses;
mod streams;
mod transport;
mod upstreams;

use evenkeel_caddyfile::ast::Block;
use evenkeel_diagnostics::{Diagnostics, Span};
use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::reverse_proxy::{FastCgiTransport, Transport};
use evenkeel_plan::http::handlers::{ResponseHeaderOps, ReverseProxy, Rewrite};

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::directives::header;
use crate::errors::{self, Read};
use crate::matchers::Scope;
use crate::names::PRIVATE_RANGES;
use crate::routes::Action;
use crate::subdirective::{Sub, read_block};
use crate::vocabulary::{self, Known};

use responses::Responses;
use transport::TracedTransport;
use upstreams::Scheme;

pub(crate) use policies::words as policy_words;
pub(super) use transport::FASTCGI;
pub(crate) use transport::{fastcgi_words, words as transport_words};

/// Forwards requests to one of several upstreams.
///
/// ```caddyfile
/// reverse_proxy [MATCHER] [UPSTREAM…] {
///     to UPSTREAM…
///     lb_policy POLICY …
///     lb_try_duration DURATION
///     health_uri URI
///     fail_duration DURATION
///     transport http|fastcgi { … }
///     …
/// }
/// ```
///
/// What a pool needs so that the death of an upstream is nobody's error: several upstreams, a window
/// for retries (`lb_try_duration`), health checks (`health_uri`, `fail_duration`), and a bound for the
/// wait (`response_header_timeout` in `transport http`). `evenkeel check --failures` prints what is
/// left.
pub(super) const REVERSE_PROXY: Directive = Directive::handlers("reverse_proxy", lower);

/// What Caddy says of a `replace_status` with too few words or too many.
pub(super) const STATUS_COUNT: &str =
    "must have one or two arguments: an optional response matcher, and a status code";

const SUBDIRECTIVES: &[Sub<Proxy>] = &[
    Sub::new("to", upstreams::to),
    Sub::new("dynamic", dynamic::dynamic).counts(),
    Sub::once("lb_policy", load_balancing::policy)
        .counts()
        .on_twice("load balancing selection policy already specified"),
    Sub::new("lb_retries", load_balancing::retries)
        .on_value("bad lb_retries number '$value': $why"),
    Sub::new("lb_try_duration", load_balancing::try_duration),
    Sub::new("lb_try_interval", load_balancing::try_interval)
        .on_value("bad interval value '$value': $why"),
    Sub::new("lb_retry_match", load_balancing::retry_match),
    Sub::new("lb_retry_status", overload::retry_status).ours(),
    Sub::once("lb_panic_threshold", overload::panic_threshold).ours(),
    Sub::once("lb_retry_budget", overload::retry_budget).ours(),
    Sub::once("lb_max_requests", overload::max_requests).ours(),
    Sub::once("lb_queue", overload::queue).ours(),
    Sub::once("lb_slow_start", overload::slow_start).ours(),
    Sub::new("lb_drain", overload::drain).ours(),
    Sub::new("health_uri", health::uri),
    Sub::new("health_path", health::path),
    Sub::new("health_upstream", health::upstream)
        .on_value("health_upstream is malformed '$value': $why"),
    Sub::new("health_port", health::port).on_value("bad port number '$value': $why"),
    Sub::new("health_interval", health::interval).on_value("bad interval value $value: $why"),
    Sub::new("health_timeout", health::timeout).on_value("bad timeout value $value: $why"),
    Sub::new("health_passes", health::passes).on_value("invalid passes count '$value': $why"),
    Sub::new("health_fails", health::fails).on_value("invalid fails count '$value': $why"),
    Sub::new("health_status", health::status).on_value("bad status value '$value': $why"),
    Sub::new("health_body", health::body),
    Sub::new("health_method", health::method),
    Sub::new("health_request_body", health::request_body),
    Sub::new("health_headers", health::headers),
    Sub::new("health_follow_redirects", health::follow_redirects).counts(),
    Sub::new("max_fails", health::max_fails).on_value("invalid maximum fail count '$value': $why"),
    Sub::new("fail_duration", health::fail_duration).on_value("bad duration value '$value': $why"),
    Sub::new("unhealthy_status", health::unhealthy_status),
    Sub::new("unhealthy_latency", health::unhealthy_latency)
        .on_value("bad duration value '$value': $why"),
    Sub::new("unhealthy_request_count", health::unhealthy_request_count)
        .on_value("invalid maximum connection count '$value': $why"),
    Sub::new("flush_interval", streams::flush_interval)
        .on_value("bad duration value '$value': $why"),
    Sub::new("request_buffers", streams::request_buffers)
        .on_value("invalid byte size '$value': $why")
        .counts(),
    Sub::new("response_buffers", streams::response_buffers)
        .on_value("invalid byte size '$value': $why")
        .counts(),
    Sub::new("stream_buffer_size", streams::buffer_size)
        .on_value("invalid byte size '$value': $why")
        .counts(),
    Sub::new("stream_timeout", streams::timeout).on_value("bad duration value '$value': $why"),
    Sub::new("stream_close_delay", streams::close_delay)
        .on_value("bad duration value '$value': $why"),
    Sub::new("trusted_proxies", trusted_proxies),
    Sub::new("header_up", headers::up).counts(),
    Sub::new("header_down", headers::down).counts(),
    Sub::new("method", method).counts(),
    Sub::new("rewrite", rewrite).counts(),
    Sub::new("transport", transport::transport),
    Sub::new("replace_status", replace_status)
        .on_few(STATUS_COUNT)
        .on_many(STATUS_COUNT),
    Sub::new("handle_response", handle_response).counts(),
    Sub::once("verbose_logs", verbose_logs),
    Sub::others("unrecognized subdirective $value").reads_on(),
];

/// The handler while its lines are read.
#[derive(Default)]
pub(super) struct Proxy {
    /// What is there already.
    pub(super) handler: ReverseProxy,
    /// The lines of `header_up`.
    pub(super) up: ResponseHeaderOps,
    /// The lines of `header_down`.
    down: ResponseHeaderOps,
    /// What is done with some responses.
    pub(super) responses: Responses,
    transport: Option<TracedTransport>,
    /// The transport of `php_fastcgi`, which allows no other.
    preset: Option<TracedTransport>,
    /// Where each upstream was written.
    spans: Vec<Span>,
    /// What the last upstream began with.
    scheme: Option<Scheme>,
    /// How many upstreams port ranges may still become.
    budget: usize,
}

/// The subdirectives, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    vocabulary::of_table(SUBDIRECTIVES)
}

fn lower(line: Line<'_>, scope: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    Ok(vec![read(line, Proxy::default(), scope, lowering)?])
}

impl Proxy {
    /// A proxy that speaks `FastCGI`, if nothing else is said.
    pub(super) fn fastcgi(transport: FastCgiTransport, span: Span) -> Self {
        let transport = Transport::FastCgi(transport);
        Self {
            preset: Some(TracedTransport { transport, span }),
            ..Self::default()
        }
    }
}

/// Reads a line with the syntax of `reverse_proxy` into what is there already.
pub(super) fn read(
    line: Line<'_>,
    mut proxy: Proxy,
    scope: &Scope<'_>,
    lowering: &mut Lowering<'_>,
) -> Read<Action> {
    proxy.budget = lowering.upstream_budget;
    let found_before = lowering.diagnostics.len();
    upstreams::add(line.args, &mut proxy, lowering.diagnostics);
    if let Some(block) = line.block {
        let mut block: Block = block.clone();
        let responses = &mut proxy.responses;
        responses.take_matchers(&mut block, lowering.diagnostics);
        let (table, found) = (SUBDIRECTIVES, &mut *lowering.diagnostics);
        read_block(line.name, Some(&block), table, &mut proxy, found);
    }
    lowering.upstream_budget = proxy.budget;
    let has_upstreams =
        !proxy.handler.upstreams.is_empty() || proxy.handler.dynamic_upstreams.is_some();
    if !has_upstreams && lowering.diagnostics.len() == found_before {
        let found = errors::no_upstreams(line.name, line.span());
        lowering.diagnostics.push(found.into());
    }
    let mut handler = proxy.handler;
    handler.headers = header::proxy_headers(proxy.up, proxy.down);
    let traced = match proxy.scheme {
        // Caddy takes HTTP then, even in `php_fastcgi`.
        Some(Scheme::Https | Scheme::H2c) => proxy.transport,
        _ => proxy.transport.or(proxy.preset),
    };
    handler.transport = transport::finish(traced, proxy.scheme, line)?;
    if let Some(found) = headers::host_of_upstream(line, &handler) {
        lowering.diagnostics.push(found.into());
    }
    let part = |(index, span)| (format!("upstreams[{index}].dial"), span);
    let mut parts: Vec<_> = proxy.spans.into_iter().enumerate().map(part).collect();
    parts.extend(line.block.into_iter().flat_map(places::of));
    let mut routes = Vec::new();
    for response in proxy.responses.finish(scope, lowering) {
        handler.handle_response.push(response.handler);
        routes.push(response.routes);
    }
    let handler = Handler::ReverseProxy(Box::new(handler));
    Ok(Action::Responses(handler, parts, routes))
}

/// `method METHOD`: that of the request to the upstream.
fn method(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    let method = line.text("a method")?;
    proxy.handler.rewrite.get_or_insert_default().method = method;
    Ok(())
}

/// `rewrite URI`: that of the request to the upstream.
fn rewrite(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    let uri = line.text("a URI")?;
    let rewrite: &mut Rewrite = proxy.handler.rewrite.get_or_insert_default();
    rewrite.uri = uri;
    Ok(())
}

/// `replace_status [@name] STATUS`.
fn replace_status(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    proxy.responses.replace_status(line)
}

/// `handle_response [@name] { directives }`.
fn handle_response(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    proxy.responses.handle_response(line)
}

/// `verbose_logs`.
fn verbose_logs(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    proxy.handler.verbose_logs = true;
    Ok(())
}

/// `trusted_proxies RANGE…`, with `private_ranges` for those of private networks. What is no range
/// is found when the plan is built.
fn trusted_proxies(line: Line<'_>, proxy: &mut Proxy, diagnostics: &mut Diagnostics) -> Read<()> {
    line.no_block()?;
    if line.args.is_empty() {
        diagnostics.push(errors::no_effect(line.name, line.span()).into());
    }
    let ranges = &mut proxy.handler.trusted_proxies;
    for word in line.args {
        if word.text == "private_ranges" {
            ranges.extend(PRIVATE_RANGES.map(str::to_owned));
        } else {
            ranges.push(word.text.clone());
        }
    }
    Ok(())
}
