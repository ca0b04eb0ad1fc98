//! `listener_wrappers { http_redirect; proxy_protocol { … }; tls }` and `packet_conn_wrappers` of
//! `servers`. Caddy: `modules/caddyhttp/proxyprotocol/module.go`.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::{
    FallbackPolicy, HttpRedirect, ListenerWrapper, ProxyProtocol, TlsWrapper,
};

use super::ServerOptions;
use crate::args::{Line, texts};
use crate::errors::{self, ENDED, Read};
use crate::subdirective::{Sub, read_block, read_lines};
use crate::vocabulary::{self, Known};

const WRAPPERS: &[Sub<Vec<ListenerWrapper>>] = &[
    Sub::new("http_redirect", http_redirect).adapts_only(),
    Sub::new("proxy_protocol", proxy_protocol).adapts_only(),
    Sub::new("tls", tls).adapts_only(),
];

const PROXY_PROTOCOL: &[Sub<ProxyProtocol>] = &[
    Sub::new("timeout", timeout).on_value("parsing proxy_protocol timeout duration: $why"),
    Sub::new("allow", allow),
    Sub::new("deny", deny),
    Sub::new("fallback_policy", fallback_policy).on_value("$value is invalid policy"),
    Sub::others(ENDED),
];

const POLICIES: [&str; 5] = ["ignore", "use", "reject", "require", "skip"];

/// The wrappers, and whether they work.
pub(super) fn words() -> Vec<Known> {
    vocabulary::of_table(WRAPPERS)
}

/// Reads `listener_wrappers`.
pub(super) fn listener(
    line: Line<'_>,
    to: &mut ServerOptions,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    line.at_most(0)?;
    let unknown = |word: &_| {
        let known: Vec<&str> = WRAPPERS.iter().map(|row| row.name).collect();
        let what = ("listener wrapper", "caddy.listeners");
        errors::unknown_module("unknown-wrapper", what, word, &known)
    };
    let wrappers = &mut to.server.listener_wrappers;
    read_lines(line.block, WRAPPERS, wrappers, diagnostics, &unknown);
    to.wrote("listener_wrappers", line);
    Ok(())
}

/// Reads `packet_conn_wrappers`, of which Caddy has none of its own.
pub(super) fn packet(
    line: Line<'_>,
    _: &mut ServerOptions,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    line.at_most(0)?;
    let unknown = |word: &_| {
        let what = ("packet wrapper", "caddy.packetconns");
        errors::unknown_module("unknown-wrapper", what, word, &[])
    };
    read_lines::<()>(line.block, &[], &mut (), diagnostics, &unknown);
    Ok(())
}

/// `http_redirect`: whatever follows is not read.
#[expect(
    clippy::unnecessary_wraps,
    reason = "as the table of subdirectives has it"
)]
fn http_redirect(
    line: Line<'_>,
    to: &mut Vec<ListenerWrapper>,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    line.keep_only(0, diagnostics);
    to.push(ListenerWrapper::HttpRedirect(HttpRedirect::default()));
    Ok(())
}

/// `tls`: whatever follows is not read.
#[expect(
    clippy::unnecessary_wraps,
    reason = "as the table of subdirectives has it"
)]
fn tls(line: Line<'_>, to: &mut Vec<ListenerWrapper>, diagnostics: &mut Diagnostics) -> Read<()> {
    line.keep_only(0, diagnostics);
    to.push(ListenerWrapper::Tls(TlsWrapper {}));
    Ok(())
}

/// `proxy_protocol [{ timeout DURATION; allow RANGE…; deny RANGE…; fallback_policy POLICY }]`.
fn proxy_protocol(
    line: Line<'_>,
    to: &mut Vec<ListenerWrapper>,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    line.at_most(0)?;
    let mut wrapper = ProxyProtocol::default();
    read_block(
        line.name,
        line.block,
        PROXY_PROTOCOL,
        &mut wrapper,
        diagnostics,
    );
    to.push(ListenerWrapper::ProxyProtocol(wrapper));
    Ok(())
}

fn timeout(line: Line<'_>, wrapper: &mut ProxyProtocol, _: &mut Diagnostics) -> Read<()> {
    wrapper.timeout = line.signed_duration()?;
    Ok(())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "as the table of subdirectives has it"
)]
fn allow(line: Line<'_>, wrapper: &mut ProxyProtocol, bag: &mut Diagnostics) -> Read<()> {
    let line = line.without_block(bag);
    wrapper.allow.extend(texts(line.args));
    Ok(())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "as the table of subdirectives has it"
)]
fn deny(line: Line<'_>, wrapper: &mut ProxyProtocol, bag: &mut Diagnostics) -> Read<()> {
    let line = line.without_block(bag);
    wrapper.deny.extend(texts(line.args));
    Ok(())
}

fn fallback_policy(line: Line<'_>, wrapper: &mut ProxyProtocol, _: &mut Diagnostics) -> Read<()> {
    let word = line.one("a policy")?;
    wrapper.fallback_policy = FallbackPolicy::try_from(word.text.clone()).map_err(|_| {
        let names = POLICIES.into_iter();
        errors::unknown_value("unknown-policy", "policy", word, names)
    })?;
    Ok(())
}
