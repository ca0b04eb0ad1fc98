//! Refuses what a plan may ask of a proxy and this one does not do yet. Every structure is taken
//! apart field by field, so that a field added to the plan must be decided on here.

use evenkeel_plan::http::handlers::ReverseProxy as Plan;
use evenkeel_plan::http::handlers::reverse_proxy::{HttpTransport, Transport};

use crate::error::BuildError;
use crate::graph::BuildContext;

/// Refuses every field that is set and not honoured.
pub(super) fn build_refusal(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<(), BuildError> {
    let Plan {
        transport: carrier,
        load_balancing: _,
        health_checks: checks,
        upstreams: _,
        dynamic_upstreams: _,
        flush_interval: _,
        trusted_proxies: _,
        headers: _,
        request_buffers: _,
        response_buffers: _,
        stream_timeout: _,
        stream_buffer_size: _,
        stream_close_delay: _,
        rewrite: _,
        handle_response: _,
        verbose_logs: _,
    } = plan;
    if let Some(carrier) = carrier {
        cx.within("transport", |cx| transport(carrier, cx))?;
    }
    if let (Some(Transport::FastCgi(_)), Some(checks)) = (carrier, checks) {
        // Nothing would tell the application which script to run.
        cx.within("health_checks", |cx| {
            cx.no_field_yet("active", checks.active.is_some())
        })?;
    }
    Ok(())
}

fn transport(plan: &Transport, cx: &mut BuildContext<'_>) -> Result<(), BuildError> {
    match plan {
        Transport::Http(plan) => http(plan, cx),
        Transport::FastCgi(_) => Ok(()),
    }
}

fn http(plan: &HttpTransport, cx: &mut BuildContext<'_>) -> Result<(), BuildError> {
    let HttpTransport {
        resolver: _,
        tls: _,
        keep_alive: _,
        // What the client accepts is what the upstream is asked for, in either case.
        compression: _,
        max_conns_per_host: _,
        proxy_protocol: _,
        forward_proxy_url: _,
        network_proxy: _,
        dial_timeout: _,
        dial_fallback_delay: _,
        response_header_timeout: _,
        expect_continue_timeout,
        max_response_header_size: _,
        // Buffers grow and shrink with what passes.
        write_buffer_size: _,
        read_buffer_size: _,
        read_timeout: _,
        write_timeout: _,
        versions: _,
        local_address: _,
    } = plan;
    let waits_for_continue = !expect_continue_timeout.is_zero();
    cx.no_field_yet("expect_continue_timeout", waits_for_continue)
}
