//! `transport http { … }`: how a request is carried upstream. Caddy: `caddyfile.go:1018`.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::handlers::reverse_proxy::{HttpTransport, KeepAlive, Transport};

use super::Proxy;
use crate::args::{Line, duration};
use crate::errors::{self, Read};
use crate::subdirective::{Sub, read_block};
use crate::vocabulary::{self, Known};

const SUBDIRECTIVES: &[Sub<HttpTransport>] = &[
    Sub::new("dial_timeout", dial_timeout),
    Sub::new("response_header_timeout", response_header_timeout),
    Sub::new("keepalive", keepalive),
    Sub::new("keepalive_idle_conns_per_host", idle_connections_per_host),
    Sub::later("read_buffer"),
    Sub::later("write_buffer"),
    Sub::later("read_timeout"),
    Sub::later("write_timeout"),
    Sub::later("max_response_header"),
    Sub::later("proxy_protocol"),
    Sub::later("network_proxy"),
    Sub::later("forward_proxy_url"),
    Sub::later("dial_fallback_delay"),
    Sub::later("expect_continue_timeout"),
    Sub::later("resolvers"),
    Sub::later("keepalive_interval"),
    Sub::later("keepalive_idle_conns"),
    Sub::later("max_conns_per_host"),
    Sub::later("versions"),
    Sub::later("compression"),
    Sub::later("local_address"),
    Sub::later("tls"),
    Sub::later("tls_insecure_skip_verify"),
    Sub::later("tls_client_auth"),
    Sub::later("tls_timeout"),
    Sub::later("tls_server_name"),
    Sub::later("tls_renegotiation"),
    Sub::later("tls_except_ports"),
    Sub::later("tls_curves"),
    Sub::later("tls_trust_pool"),
    Sub::later("tls_trusted_ca_certs"),
];

/// The subdirectives of `transport http`, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    vocabulary::of_table(SUBDIRECTIVES)
}

/// `transport NAME { … }`.
pub(super) fn transport(
    line: Line<'_>,
    proxy: &mut Proxy,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let name = line.first("a transport")?;
    match name.text.as_str() {
        "http" => {}
        "fastcgi" => return Err(errors::value_not_supported("transport", name)),
        _ => {
            let names = ["http", "fastcgi"].into_iter();
            return Err(errors::unknown_value(
                "unknown-transport",
                "transport",
                name,
                names,
            ));
        }
    }
    line.at_most(1)?;
    let mut transport = HttpTransport::default();
    read_block(
        line.name,
        line.block,
        SUBDIRECTIVES,
        &mut transport,
        diagnostics,
    );
    // Caddy leaves out a transport that says nothing.
    let is_empty = transport == HttpTransport::default();
    proxy.handler.transport = (!is_empty).then_some(Transport::Http(transport));
    Ok(())
}

fn dial_timeout(line: Line<'_>, transport: &mut HttpTransport, _: &mut Diagnostics) -> Read<()> {
    transport.dial_timeout = line.duration()?;
    Ok(())
}

fn response_header_timeout(
    line: Line<'_>,
    transport: &mut HttpTransport,
    _: &mut Diagnostics,
) -> Read<()> {
    transport.response_header_timeout = line.duration()?;
    Ok(())
}

/// `keepalive off|DURATION`.
fn keepalive(line: Line<'_>, transport: &mut HttpTransport, _: &mut Diagnostics) -> Read<()> {
    let word = line.one("`off` or a duration")?;
    if word.text == "off" {
        keep_alive(transport).enabled = Some(false);
    } else {
        keep_alive(transport).idle_timeout = duration(word, "keepalive")?;
    }
    Ok(())
}

fn idle_connections_per_host(
    line: Line<'_>,
    transport: &mut HttpTransport,
    _: &mut Diagnostics,
) -> Read<()> {
    keep_alive(transport).max_idle_conns_per_host = line.number()?;
    Ok(())
}

fn keep_alive(transport: &mut HttpTransport) -> &mut KeepAlive {
    transport.keep_alive.get_or_insert_default()
}
