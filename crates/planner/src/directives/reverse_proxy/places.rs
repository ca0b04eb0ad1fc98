//! Where in a handler's JSON each option stands, so that what fails later is shown on its line.

use evenkeel_caddyfile::ast::{Block, Directive};
use evenkeel_diagnostics::Span;

/// The options whose place is not their name.
const OPTIONS: &[(&str, &str)] = &[
    ("dynamic", "dynamic_upstreams"),
    ("lb_policy", "load_balancing.selection_policy"),
    ("lb_retries", "load_balancing.retries"),
    ("lb_try_duration", "load_balancing.try_duration"),
    ("lb_try_interval", "load_balancing.try_interval"),
    ("lb_retry_match", "load_balancing.retry_match"),
    ("health_uri", "health_checks.active.uri"),
    ("health_path", "health_checks.active.path"),
    ("health_upstream", "health_checks.active.upstream"),
    ("health_port", "health_checks.active.port"),
    ("health_interval", "health_checks.active.interval"),
    ("health_timeout", "health_checks.active.timeout"),
    ("health_passes", "health_checks.active.passes"),
    ("health_fails", "health_checks.active.fails"),
    ("health_status", "health_checks.active.expect_status"),
    ("health_body", "health_checks.active.expect_body"),
    ("health_method", "health_checks.active.method"),
    ("health_request_body", "health_checks.active.body"),
    ("health_headers", "health_checks.active.headers"),
    (
        "health_follow_redirects",
        "health_checks.active.follow_redirects",
    ),
    ("max_fails", "health_checks.passive.max_fails"),
    ("fail_duration", "health_checks.passive.fail_duration"),
    ("unhealthy_status", "health_checks.passive.unhealthy_status"),
    (
        "unhealthy_latency",
        "health_checks.passive.unhealthy_latency",
    ),
    (
        "unhealthy_request_count",
        "health_checks.passive.unhealthy_request_count",
    ),
    ("header_up", "headers.request"),
    ("header_down", "headers.response"),
    ("method", "rewrite.method"),
    ("rewrite", "rewrite.uri"),
    ("replace_status", "handle_response"),
];

/// The same for `transport`.
const TRANSPORT: &[(&str, &str)] = &[
    ("max_response_header", "max_response_header_size"),
    ("read_buffer", "read_buffer_size"),
    ("write_buffer", "write_buffer_size"),
    ("forward_proxy_url", "network_proxy"),
    ("resolvers", "resolver"),
    ("keepalive", "keep_alive"),
    ("keepalive_interval", "keep_alive.probe_interval"),
    ("keepalive_idle_conns", "keep_alive.max_idle_conns"),
    (
        "keepalive_idle_conns_per_host",
        "keep_alive.max_idle_conns_per_host",
    ),
    ("split", "split_path"),
    ("tls_client_auth", "tls.client_certificate_file"),
    ("tls_curves", "tls.curves"),
    ("tls_except_ports", "tls.except_ports"),
    ("tls_insecure_skip_verify", "tls.insecure_skip_verify"),
    ("tls_renegotiation", "tls.renegotiation"),
    ("tls_server_name", "tls.server_name"),
    ("tls_timeout", "tls.handshake_timeout"),
    ("tls_trust_pool", "tls.ca"),
    ("tls_trusted_ca_certs", "tls.root_ca_pem_files"),
];

/// The JSON paths inside the handler, and the lines that they came from.
pub(super) fn of(block: &Block) -> Vec<(String, Span)> {
    let mut places = Vec::new();
    for line in &block.lines {
        let name = line.name.text.as_str();
        if name == "transport" {
            places.push((name.to_owned(), line.line_span()));
            of_transport(line, &mut places);
        } else {
            add(line, name, OPTIONS, "", &mut places);
        }
    }
    places
}

fn of_transport(line: &Directive, places: &mut Vec<(String, Span)>) {
    for option in line.block.iter().flat_map(|block| &block.lines) {
        add(option, &option.name.text, TRANSPORT, "transport.", places);
    }
}

fn add(
    line: &Directive,
    name: &str,
    table: &[(&str, &str)],
    prefix: &str,
    places: &mut Vec<(String, Span)>,
) {
    let row = table.iter().find(|(option, _)| *option == name);
    let path = row.map_or(name, |(_, path)| *path);
    let path = format!("{prefix}{path}");
    // What holds it has the line of the first that is in it.
    for (end, _) in path.match_indices('.') {
        let around = &path[..end];
        if !places.iter().any(|(path, _)| path == around) {
            places.push((around.to_owned(), line.line_span()));
        }
    }
    places.push((path, line.line_span()));
}
