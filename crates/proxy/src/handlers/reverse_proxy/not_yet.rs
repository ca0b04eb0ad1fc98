//! Refuses what a plan may ask of a proxy and this one does not do yet. Every structure is taken
//! apart field by field, so that a field added to the plan must be decided on here.

use evenkeel_plan::http::handlers::ReverseProxy as Plan;
use evenkeel_plan::http::handlers::reverse_proxy::{HttpTransport, LoadBalancing, Transport};

use crate::error::BuildError;
use crate::graph::BuildContext;

/// Refuses every field that is set and not honoured.
pub(super) fn build_refusal(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<(), BuildError> {
    let Plan {
        transport: carrier,
        load_balancing: balancing,
        health_checks: _,
        upstreams: _,
        dynamic_upstreams,
        flush_interval,
        trusted_proxies: _,
        headers: _,
        request_buffers,
        response_buffers,
        stream_timeout,
        stream_buffer_size,
        stream_close_delay,
        rewrite,
        handle_response,
        verbose_logs,
    } = plan;
    if let Some(carrier) = carrier {
        cx.within("transport", |cx| transport(carrier, cx))?;
    }
    if let Some(balancing) = balancing {
        cx.within("load_balancing", |cx| load_balancing(balancing, cx))?;
    }
    cx.no_field_yet("dynamic_upstreams", dynamic_upstreams.is_some())?;
    cx.no_field_yet("flush_interval", !flush_interval.is_zero())?;
    cx.no_field_yet("request_buffers", *request_buffers != 0)?;
    cx.no_field_yet("response_buffers", *response_buffers != 0)?;
    cx.no_field_yet("stream_timeout", !stream_timeout.is_zero())?;
    cx.no_field_yet("stream_buffer_size", *stream_buffer_size != 0)?;
    cx.no_field_yet("stream_close_delay", !stream_close_delay.is_zero())?;
    cx.no_field_yet("rewrite", rewrite.is_some())?;
    cx.no_field_yet("handle_response", !handle_response.is_empty())?;
    cx.no_field_yet("verbose_logs", *verbose_logs)
}

fn load_balancing(plan: &LoadBalancing, cx: &mut BuildContext<'_>) -> Result<(), BuildError> {
    let LoadBalancing {
        selection_policy: _,
        retries: _,
        try_duration: _,
        try_interval: _,
        retry_match,
        panic_threshold: _,
        retry_budget: _,
        max_requests: _,
        queue: _,
        slow_start: _,
        drain: _,
    } = plan;
    cx.no_field_yet("retry_match", !retry_match.is_empty())
}

fn transport(plan: &Transport, cx: &mut BuildContext<'_>) -> Result<(), BuildError> {
    match plan {
        Transport::Http(plan) => http(plan, cx),
        Transport::FastCgi(_) => Err(cx.not_yet("fastcgi")),
    }
}

fn http(plan: &HttpTransport, cx: &mut BuildContext<'_>) -> Result<(), BuildError> {
    let HttpTransport {
        resolver,
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
    cx.no_field_yet("resolver", resolver.is_some())?;
    let waits_for_continue = !expect_continue_timeout.is_zero();
    cx.no_field_yet("expect_continue_timeout", waits_for_continue)
}
