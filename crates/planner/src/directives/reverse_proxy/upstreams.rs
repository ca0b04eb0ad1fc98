//! Upstream addresses: `host[:port[-end]]`, `http://host[:port]`, `unix//path`, `network/…`.
//! Caddy: `modules/caddyhttp/reverseproxy/addresses.go`.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::{Diagnostics, shorten};
use evenkeel_plan::http::handlers::reverse_proxy::Upstream;
use evenkeel_plan::value::{Network, NetworkAddress};

use super::Proxy;
use crate::args::Line;
use crate::errors::{self, Read};

/// The port of an upstream that names none.
const DEFAULT_PORT: u16 = 80;

/// `to UPSTREAM…`.
pub(super) fn to(line: Line<'_>, proxy: &mut Proxy, diagnostics: &mut Diagnostics) -> Read<()> {
    add(line.some("an upstream")?, proxy, diagnostics);
    Ok(())
}

/// Adds upstreams; a wrong one hides none of the others.
pub(super) fn add(words: &[Word], proxy: &mut Proxy, diagnostics: &mut Diagnostics) {
    for word in words {
        match dials(word, proxy) {
            Ok(dials) => {
                let dials = dials.into_iter().map(|dial| Upstream {
                    dial,
                    max_requests: 0,
                });
                proxy.handler.upstreams.extend(dials);
                proxy.spans.resize(proxy.handler.upstreams.len(), word.span);
            }
            Err(found) => diagnostics.push(found.into()),
        }
    }
}

fn dials(word: &Word, proxy: &mut Proxy) -> Read<Vec<String>> {
    let text = word.text.as_str();
    if text.contains('{') {
        return Err(errors::not_supported(
            "a placeholder in an upstream",
            word.span,
        ));
    }
    let (has_scheme, address) = match text.split_once("://") {
        None => (false, text),
        Some(("http", address)) => (true, address),
        Some(("https", _)) => {
            return Err(errors::not_supported(
                "an upstream with `https://`",
                word.span,
            ));
        }
        Some(("h2c", _)) => {
            return Err(errors::not_supported(
                "an upstream with `h2c://`",
                word.span,
            ));
        }
        Some((scheme, _)) => return Err(unknown_scheme(word, scheme)),
    };
    if has_scheme {
        check_url(word, address)?;
    }
    if text.starts_with("unix+h2c/") {
        return Err(errors::not_supported(
            "an upstream with `unix+h2c/`",
            word.span,
        ));
    }
    // Caddy only looks back: `a http://b` passes, `http://b a` does not.
    if proxy.has_scheme && !has_scheme {
        return Err(errors::mixed_upstream_schemes(word));
    }
    proxy.has_scheme = has_scheme;
    let parsed =
        NetworkAddress::parse(address).map_err(|error| errors::bad_address(word, &error))?;
    if parsed.network == Network::Unix {
        return Ok(vec![text.to_owned()]);
    }
    let network = address.split_once('/').map(|(network, _)| network);
    expand(word, &parsed, network, &mut proxy.budget)
}

/// One dial address for each port.
fn expand(
    word: &Word,
    address: &NetworkAddress,
    network: Option<&str>,
    budget: &mut usize,
) -> Read<Vec<String>> {
    let host = address.host.as_str();
    let host = if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    };
    let ports = address.ports.clone().unwrap_or(DEFAULT_PORT..=DEFAULT_PORT);
    if *ports.start() == 0 {
        return Err(errors::bad_port("0", word.span));
    }
    let count = ports.len();
    if count == 1 {
        let network = network
            .map(|network| format!("{}/", network.to_ascii_lowercase()))
            .unwrap_or_default();
        return Ok(vec![format!("{network}{host}:{}", ports.start())]);
    }
    *budget = budget.checked_sub(count).ok_or_else(|| {
        let message = "too many upstreams from port ranges";
        errors::bad_value(word, message, "more upstreams than a file may have")
    })?;
    Ok(ports.map(|port| format!("{host}:{port}")).collect())
}

fn check_url(word: &Word, address: &str) -> Read<()> {
    let shown = shorten(&word.text);
    if address.contains(['/', '?', '#']) {
        let message = format!("the upstream `{shown}` has more than a host and a port");
        return Err(errors::bad_value(
            word,
            message,
            "a path, query or fragment cannot be used here",
        ));
    }
    if address.contains('@') {
        let message = format!("the upstream `{shown}` has more than a host and a port");
        return Err(errors::bad_value(
            word,
            message,
            "a user cannot be given here",
        ));
    }
    if address.ends_with(":443") {
        return Err(errors::scheme_and_port(word, "http", 443));
    }
    if address.is_empty() {
        let message = format!("the upstream `{shown}` has no host");
        return Err(errors::bad_value(word, message, "a host must follow"));
    }
    Ok(())
}

fn unknown_scheme(word: &Word, scheme: &str) -> errors::Finding {
    let message = format!("an upstream cannot have the scheme {}://", shorten(scheme));
    let found = errors::bad_value(word, message, "known are http, https and h2c");
    match scheme {
        "ws" => found.help("write http://; WebSocket works over it"),
        "wss" => found.help("write https://; WebSocket works over it"),
        _ => found,
    }
}
