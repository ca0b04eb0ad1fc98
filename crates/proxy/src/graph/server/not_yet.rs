//! Refuses what a plan may ask of a server and this one does not do yet. The structure is taken
//! apart field by field, so that a field added to the plan must be decided on here.

use evenkeel_plan::http::{ListenerWrapper, Server as Plan, ServerLogs};

use crate::error::BuildError;
use crate::graph::BuildContext;

/// Refuses every field that is set and not honoured.
#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn build_refusal(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<(), BuildError> {
    let Plan {
        listen,
        listener_wrappers,
        packet_conn_wrappers: _,
        read_timeout,
        read_header_timeout,
        read_idle_timeout,
        read_min_rate,
        write_timeout,
        write_idle_timeout,
        write_min_rate,
        max_write_chunk,
        idle_timeout,
        keepalive_interval,
        keepalive_idle,
        keepalive_count,
        max_header_bytes,
        enable_full_duplex,
        expected_underscore_headers,
        expected_dot_headers,
        routes: _,
        errors: _,
        named_routes: _,
        tls_connection_policies: _,
        automatic_https: _,
        // Not to check is what is done.
        strict_sni_host,
        trusted_proxies: _,
        client_ip_headers: _,
        trusted_proxies_strict: _,
        trusted_proxies_unix: _,
        logs,
        protocols: _,
        listen_protocols,
        metrics,
        // Early data is never taken.
        allow_0rtt: _,
    } = plan;
    for (number, wrapper) in listener_wrappers.iter().enumerate() {
        let name = match wrapper {
            ListenerWrapper::HttpRedirect(_) => "http_redirect",
            ListenerWrapper::ProxyProtocol(_) => "proxy_protocol",
            ListenerWrapper::Tls(_) => continue,
        };
        let place = format_args!("listener_wrappers[{number}]");
        cx.within(place, |cx| cx.no_field_yet(name, true))?;
    }
    for (number, address) in listen.iter().enumerate() {
        if address.starts_with("unix") && address.contains('|') {
            let place = format_args!("listen[{number}]");
            cx.within(place, |cx| cx.no_field_yet("permissions", true))?;
        }
    }
    cx.no_field_yet("read_timeout", !read_timeout.is_zero())?;
    cx.no_field_yet("read_header_timeout", !read_header_timeout.is_zero())?;
    cx.no_field_yet("read_idle_timeout", !read_idle_timeout.is_zero())?;
    cx.no_field_yet("read_min_rate", *read_min_rate != 0)?;
    cx.no_field_yet("write_timeout", !write_timeout.is_zero())?;
    cx.no_field_yet("write_idle_timeout", !write_idle_timeout.is_zero())?;
    cx.no_field_yet("write_min_rate", *write_min_rate != 0)?;
    cx.no_field_yet("max_write_chunk", *max_write_chunk != 0)?;
    cx.no_field_yet("idle_timeout", !idle_timeout.is_zero())?;
    cx.no_field_yet("keepalive_interval", !keepalive_interval.is_zero())?;
    cx.no_field_yet("keepalive_idle", !keepalive_idle.is_zero())?;
    cx.no_field_yet("keepalive_count", *keepalive_count != 0)?;
    cx.no_field_yet("max_header_bytes", *max_header_bytes != 0)?;
    cx.no_field_yet("enable_full_duplex", *enable_full_duplex)?;
    let has_fields = !expected_underscore_headers.is_empty();
    cx.no_field_yet("expected_underscore_headers", has_fields)?;
    cx.no_field_yet("expected_dot_headers", !expected_dot_headers.is_empty())?;
    cx.no_field_yet("strict_sni_host", *strict_sni_host == Some(true))?;
    if let Some(ServerLogs { trace, .. }) = logs {
        cx.within("logs", |cx| cx.no_field_yet("trace", *trace))?;
    }
    cx.no_field_yet("listen_protocols", !listen_protocols.is_empty())?;
    cx.no_field_yet("metrics", metrics.is_some())
}
