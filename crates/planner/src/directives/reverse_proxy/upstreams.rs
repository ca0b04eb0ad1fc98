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

/// What an upstream's address may begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
    /// Plain HTTP/2.
    H2c,
}

impl Scheme {
    fn named(name: &str) -> Option<Self> {
        [Self::Http, Self::Https, Self::H2c]
            .into_iter()
            .find(|scheme| scheme.name().eq_ignore_ascii_case(name))
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::H2c => "h2c",
        }
    }

    const fn port(self) -> u16 {
        match self {
            Self::Http | Self::H2c => 80,
            Self::Https => 443,
        }
    }

    /// The port that cannot be meant.
    const fn port_of_the_other(self) -> u16 {
        match self {
            Self::Http | Self::H2c => 443,
            Self::Https => 80,
        }
    }
}

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

/// The addresses of upstreams that are named elsewhere, whatever they begin with.
pub(super) fn named(word: &Word, proxy: &mut Proxy) -> Read<Vec<String>> {
    let scheme = proxy.scheme.take();
    let dials = dials(word, proxy);
    proxy.scheme = scheme;
    dials
}

fn dials(word: &Word, proxy: &mut Proxy) -> Read<Vec<String>> {
    let text = word.text.as_str();
    let (scheme, address) = match text.split_once("://") {
        None if text.starts_with("unix+h2c/") => (Some(Scheme::H2c), &text["unix+h2c".len()..]),
        None => (None, text),
        Some((name, address)) => {
            if text.contains('{') {
                return Err(errors::placeholder_behind_scheme(word));
            }
            let scheme = Scheme::named(name).ok_or_else(|| unknown_scheme(word, name))?;
            check_url(word, address, scheme)?;
            (Some(scheme), address)
        }
    };
    // Caddy only looks back: `a http://b` passes, `http://b a` does not.
    if proxy.scheme.is_some() && proxy.scheme != scheme {
        return Err(errors::mixed_upstream_schemes(word));
    }
    proxy.scheme = scheme;
    if text.starts_with("unix+h2c/") {
        return Ok(vec![format!("unix{address}")]);
    }
    if address.contains('{') {
        return with_placeholder(word, address, &mut proxy.budget);
    }
    let parsed =
        NetworkAddress::parse(address).map_err(|error| errors::bad_address(word, &error))?;
    if parsed.network == Network::Unix {
        return Ok(vec![text.to_owned()]);
    }
    let network = address.split_once('/').map(|(network, _)| network);
    let port = scheme.map_or(DEFAULT_PORT, Scheme::port);
    expand(word, &parsed, (network, port), &mut proxy.budget)
}

/// Taken as it is, but for a range of ports.
fn with_placeholder(word: &Word, address: &str, budget: &mut usize) -> Read<Vec<String>> {
    let range = address.rsplit_once(':').and_then(|(host, ports)| {
        let (first, last) = ports.split_once('-')?;
        let (first, last): (u16, u16) = (first.parse().ok()?, last.parse().ok()?);
        (first <= last).then_some((host, first..=last))
    });
    let Some((host, ports)) = range else {
        return Ok(vec![address.to_owned()]);
    };
    take(word, ports.len(), budget)?;
    let host = host.split_once('/').map_or(host, |(_, host)| host);
    Ok(ports.map(|port| format!("{host}:{port}")).collect())
}

/// One dial address for each port.
fn expand(
    word: &Word,
    address: &NetworkAddress,
    (network, default_port): (Option<&str>, u16),
    budget: &mut usize,
) -> Read<Vec<String>> {
    let host = address.host.as_str();
    let host = if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    };
    let ports = address.ports.clone().unwrap_or(default_port..=default_port);
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
    take(word, count, budget)?;
    Ok(ports.map(|port| format!("{host}:{port}")).collect())
}

fn take(word: &Word, count: usize, budget: &mut usize) -> Read<()> {
    *budget = budget.checked_sub(count).ok_or_else(|| {
        let message = "too many upstreams from port ranges";
        errors::bad_value(word, message, "more upstreams than a file may have")
    })?;
    Ok(())
}

fn check_url(word: &Word, address: &str, scheme: Scheme) -> Read<()> {
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
    let (name, other) = (scheme.name(), scheme.port_of_the_other());
    if address.ends_with(&format!(":{other}")) {
        return Err(errors::scheme_and_port(word, name, other));
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
