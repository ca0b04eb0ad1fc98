//! `transport http { … }`. Caddy: `HTTPTransport.UnmarshalCaddyfile`.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::handlers::reverse_proxy::{
    HttpTransport, KeepAlive, NetworkProxy, Resolver,
};

use super::tls;
use crate::args::{Line, duration, integer, texts};
use crate::errors::{self, ENDED, Read};
use crate::sizes;
use crate::subdirective::Sub;
use crate::vocabulary::{self, Known};

/// The options of `transport http`.
pub(super) const SUBDIRECTIVES: &[Sub<HttpTransport>] = &[
    Sub::new("dial_timeout", dial_timeout).on_value("bad timeout value '$value': $why"),
    Sub::new("response_header_timeout", response_header_timeout)
        .on_value("bad timeout value '$value': $why"),
    Sub::new("keepalive", keepalive).on_value("bad duration value '$value': $why"),
    Sub::new("keepalive_idle_conns_per_host", idle_connections_per_host)
        .on_value("bad integer value '$value': $why"),
    Sub::new("read_buffer", read_buffer).on_value("invalid read buffer size '$value': $why"),
    Sub::new("write_buffer", write_buffer).on_value("invalid write buffer size '$value': $why"),
    Sub::new("read_timeout", read_timeout).on_value("invalid read timeout duration '$value': $why"),
    Sub::new("write_timeout", write_timeout)
        .on_value("invalid write timeout duration '$value': $why"),
    Sub::new("max_response_header", max_response_header)
        .on_value("invalid max response header size '$value': $why"),
    Sub::new("proxy_protocol", proxy_protocol).on_value("invalid proxy protocol version '$value'"),
    Sub::new("network_proxy", network_proxy),
    Sub::new("forward_proxy_url", forward_proxy_url),
    Sub::new("dial_fallback_delay", dial_fallback_delay)
        .on_value("bad fallback delay value '$value': $why"),
    Sub::new("expect_continue_timeout", expect_continue_timeout)
        .adapts_only()
        .on_value("bad timeout value '$value': $why"),
    Sub::new("resolvers", resolvers).on_few("must specify at least one resolver address"),
    Sub::new("keepalive_interval", keepalive_interval)
        .on_value("bad interval value '$value': $why"),
    Sub::new("keepalive_idle_conns", idle_connections).on_value("bad integer value '$value': $why"),
    Sub::new("max_conns_per_host", connections_per_host)
        .on_value("bad integer value '$value': $why"),
    Sub::new("versions", versions),
    Sub::new("compression", compression),
    Sub::new("local_address", local_address),
    Sub::new("tls", tls::enable),
    Sub::new("tls_insecure_skip_verify", tls::insecure_skip_verify).counts(),
    Sub::new("tls_client_auth", tls::client_auth).counts(),
    Sub::new("tls_timeout", tls::timeout).on_value("bad timeout value '$value': $why"),
    Sub::new("tls_server_name", tls::server_name),
    Sub::new("tls_renegotiation", tls::renegotiation)
        .on_value(ENDED)
        .counts_taken(),
    Sub::new("tls_except_ports", tls::except_ports),
    Sub::new("tls_curves", tls::curves),
    Sub::once("tls_trust_pool", tls::trust_pool)
        .on_twice("cannot specify \"tls_trust_pool\" twice in caddyfile"),
    Sub::new("tls_trusted_ca_certs", tls::trusted_ca_certs),
    Sub::others("unrecognized subdirective $value").reads_on(),
];

/// The subdirectives of `transport http`, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    vocabulary::of_table(SUBDIRECTIVES)
}

/// `dial_timeout DURATION`: how long connecting may take.
fn dial_timeout(
    line: Line<'_>,
    transport: &mut HttpTransport,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    transport.dial_timeout = line.duration(diagnostics)?;
    Ok(())
}

/// `response_header_timeout DURATION`: how long the head of a response may take.
fn response_header_timeout(
    line: Line<'_>,
    transport: &mut HttpTransport,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    transport.response_header_timeout = line.duration(diagnostics)?;
    Ok(())
}

/// `keepalive off|DURATION`.
fn keepalive(
    line: Line<'_>,
    transport: &mut HttpTransport,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let word = line.one("`off` or a duration")?;
    if word.text == "off" {
        keep_alive(transport).enabled = Some(false);
    } else {
        keep_alive(transport).idle_timeout = duration(word, "keepalive", diagnostics)?;
    }
    Ok(())
}

/// `keepalive_idle_conns_per_host COUNT`: how many idle connections are kept to one upstream.
fn idle_connections_per_host(
    line: Line<'_>,
    transport: &mut HttpTransport,
    _: &mut Diagnostics,
) -> Read<()> {
    keep_alive(transport).max_idle_conns_per_host = integer(line.one("a number")?)?;
    Ok(())
}

/// `read_timeout DURATION`.
fn read_timeout(
    line: Line<'_>,
    transport: &mut HttpTransport,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    transport.read_timeout = line.duration(diagnostics)?;
    Ok(())
}

/// `write_timeout DURATION`.
fn write_timeout(
    line: Line<'_>,
    transport: &mut HttpTransport,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    transport.write_timeout = line.duration(diagnostics)?;
    Ok(())
}

/// `expect_continue_timeout DURATION`.
fn expect_continue_timeout(
    line: Line<'_>,
    transport: &mut HttpTransport,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    transport.expect_continue_timeout = line.duration(diagnostics)?;
    Ok(())
}

/// `read_buffer SIZE`.
fn read_buffer(line: Line<'_>, transport: &mut HttpTransport, _: &mut Diagnostics) -> Read<()> {
    transport.read_buffer_size = sizes::bytes(line.one("a size")?)?;
    Ok(())
}

/// `write_buffer SIZE`.
fn write_buffer(line: Line<'_>, transport: &mut HttpTransport, _: &mut Diagnostics) -> Read<()> {
    transport.write_buffer_size = sizes::bytes(line.one("a size")?)?;
    Ok(())
}

/// `max_response_header SIZE`.
fn max_response_header(
    line: Line<'_>,
    transport: &mut HttpTransport,
    _: &mut Diagnostics,
) -> Read<()> {
    transport.max_response_header_size = sizes::bytes(line.one("a size")?)?;
    Ok(())
}

/// `proxy_protocol v1|v2`.
fn proxy_protocol(line: Line<'_>, transport: &mut HttpTransport, _: &mut Diagnostics) -> Read<()> {
    let word = line.one("a version")?;
    if !["v1", "v2"].contains(&word.text.as_str()) {
        let (id, names) = ("unknown-proxy-protocol", ["v1", "v2"].into_iter());
        let what = "version of the PROXY protocol";
        return Err(errors::unknown_value(id, what, word, names));
    }
    transport.proxy_protocol.clone_from(&word.text);
    Ok(())
}

/// `network_proxy none`, or `network_proxy url URL`.
fn network_proxy(line: Line<'_>, transport: &mut HttpTransport, _: &mut Diagnostics) -> Read<()> {
    let source = line.first("`none` or `url`")?;
    transport.network_proxy = Some(match source.text.as_str() {
        "none" => NetworkProxy::None {},
        // Without a URL, Caddy takes the word itself for it.
        "url" => NetworkProxy::Url {
            url: line.args.get(1).unwrap_or(source).text.clone(),
        },
        _ => {
            let (id, names) = ("unknown-network-proxy", ["none", "url"].into_iter());
            return Err(errors::unknown_value(id, "network proxy", source, names));
        }
    });
    Ok(())
}

/// `forward_proxy_url URL`: deprecated, `network_proxy url URL` is the same.
fn forward_proxy_url(
    line: Line<'_>,
    transport: &mut HttpTransport,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    transport.network_proxy = Some(NetworkProxy::Url {
        url: line.text("a URL")?,
    });
    diagnostics.push(errors::deprecated_proxy(line.name).into());
    Ok(())
}

/// `dial_fallback_delay DURATION`; below zero there is no second attempt.
fn dial_fallback_delay(
    line: Line<'_>,
    transport: &mut HttpTransport,
    _: &mut Diagnostics,
) -> Read<()> {
    transport.dial_fallback_delay = line.signed_duration()?;
    Ok(())
}

/// `resolvers ADDRESS…`.
fn resolvers(line: Line<'_>, transport: &mut HttpTransport, _: &mut Diagnostics) -> Read<()> {
    let addresses = texts(line.some("an address")?);
    transport.resolver = Some(Resolver { addresses });
    Ok(())
}

/// `versions VERSION…`.
fn versions(line: Line<'_>, transport: &mut HttpTransport, _: &mut Diagnostics) -> Read<()> {
    transport.versions = texts(line.some("a version")?);
    Ok(())
}

/// `compression off`; any other word changes nothing.
fn compression(
    line: Line<'_>,
    transport: &mut HttpTransport,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    line.at_most(1)?;
    line.no_block()?;
    let Some(word) = line.args.first() else {
        diagnostics.push(errors::no_effect(line.name, line.name.span).into());
        return Ok(());
    };
    if word.text == "off" {
        transport.compression = Some(false);
    }
    Ok(())
}

/// `local_address ADDRESS`.
fn local_address(line: Line<'_>, transport: &mut HttpTransport, _: &mut Diagnostics) -> Read<()> {
    transport.local_address = line.text("an address")?;
    Ok(())
}

/// `max_conns_per_host N`.
fn connections_per_host(
    line: Line<'_>,
    transport: &mut HttpTransport,
    _: &mut Diagnostics,
) -> Read<()> {
    transport.max_conns_per_host = integer(line.one("a number")?)?;
    Ok(())
}

/// `keepalive_interval DURATION`.
fn keepalive_interval(
    line: Line<'_>,
    transport: &mut HttpTransport,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    keep_alive(transport).probe_interval = line.duration(diagnostics)?;
    Ok(())
}

/// `keepalive_idle_conns N`.
fn idle_connections(
    line: Line<'_>,
    transport: &mut HttpTransport,
    _: &mut Diagnostics,
) -> Read<()> {
    keep_alive(transport).max_idle_conns = integer(line.one("a number")?)?;
    Ok(())
}

fn keep_alive(transport: &mut HttpTransport) -> &mut KeepAlive {
    transport.keep_alive.get_or_insert_default()
}
