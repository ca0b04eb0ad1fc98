//! Upstream addresses: `host[:port[-end]]`, `http://host[:port]`, `unix//path`, `network/…`.
//! Caddy: `modules/caddyhttp/reverseproxy/addresses.go`.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::{Diagnostics, shorten};
use evenkeel_plan::http::handlers::reverse_proxy::Upstream;

use super::Proxy;
use super::authority::Authority;
use crate::args::Line;
use crate::errors::{self, Read};

/// The port of an upstream that names none.
const DEFAULT_PORT: &str = "80";

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

    const fn port(self) -> &'static str {
        match self {
            Self::Http | Self::H2c => "80",
            Self::Https => "443",
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
            (Some(scheme), without_user(word, address, scheme)?)
        }
    };
    // Caddy only looks back: `a http://b` passes, `http://b a` does not.
    if let Some(before) = proxy.scheme.filter(|_| proxy.scheme != scheme) {
        let (before, now) = (before.name(), scheme.map_or("", Scheme::name));
        return Err(errors::mixed_upstream_schemes(word, before, now));
    }
    proxy.scheme = scheme;
    if text.starts_with("unix+h2c/") {
        return Ok(vec![format!("unix{address}")]);
    }
    if address.contains('{') {
        return with_placeholder(word, address, &mut proxy.budget);
    }
    let refused = |why: String| errors::bad_upstream(word, &why);
    let mut parts = Authority::split(address).map_err(refused)?;
    if parts.is_portless() {
        return Ok(vec![format!("{}/{}", parts.network, parts.host)]);
    }
    if parts.port.is_empty() {
        parts.port = scheme.map_or(DEFAULT_PORT, Scheme::port);
    }
    expand(word, &parts, &mut proxy.budget)
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
fn expand(word: &Word, upstream: &Authority<'_>, budget: &mut usize) -> Read<Vec<String>> {
    let refused = |why: String| errors::bad_upstream(word, &why);
    let ports = upstream.ports().map_err(refused)?;
    if !upstream.port.contains('-') {
        let network = match upstream.network.as_str() {
            "" => String::new(),
            network => format!("{network}/"),
        };
        return Ok(vec![format!("{network}{}", upstream.at(upstream.port))]);
    }
    take(word, ports.len(), budget)?;
    Ok(ports.map(|port| upstream.at(&port.to_string())).collect())
}

fn take(word: &Word, count: usize, budget: &mut usize) -> Read<()> {
    *budget = budget.checked_sub(count).ok_or_else(|| {
        let message = "too many upstreams from port ranges";
        errors::bad_value(word, message, "more upstreams than a file may have")
    })?;
    Ok(())
}

/// Host and port of a URL that has nothing else of interest; a user is left out, as by Caddy.
fn without_user<'w>(word: &Word, address: &'w str, scheme: Scheme) -> Read<&'w str> {
    if address.contains(['/', '?', '#']) {
        let message = format!(
            "the upstream `{}` has more than a host and a port",
            shorten(&word.text)
        );
        let why = "a path, query or fragment cannot be used here";
        let caddy = "for now, URLs for proxy upstreams only support scheme, host, and port \
                     components";
        return Err(errors::bad_value(word, message, why).caddy(of_upstream(word, caddy)));
    }
    let (name, other) = (scheme.name(), scheme.port_of_the_other());
    if address.ends_with(&format!(":{other}")) {
        let kind = if other == 80 { "HTTP" } else { "HTTPS" };
        let caddy = format!(
            "upstream address has conflicting scheme ({name}://) and port (:{other}, the {kind} \
             port)"
        );
        let found = errors::scheme_and_port(word, name, other.into());
        return Err(found.caddy(of_upstream(word, &caddy)));
    }
    Ok(address
        .rsplit_once('@')
        .map_or(address, |(_, address)| address))
}

fn unknown_scheme(word: &Word, scheme: &str) -> errors::Finding {
    let message = format!("an upstream cannot have the scheme {}://", shorten(scheme));
    let found = errors::bad_value(word, message, "known are http, https and h2c");
    let instead = match scheme {
        "ws" => "http",
        "wss" => "https",
        _ => {
            let caddy = format!("unsupported URL scheme {scheme}://");
            return found.caddy(of_upstream(word, &caddy));
        }
    };
    let caddy =
        format!("the scheme {scheme}:// is only supported in browsers; use {instead}:// instead");
    found
        .help(format!("write {instead}://; WebSocket works over it"))
        .caddy(of_upstream(word, &caddy))
}

/// What Caddy says of an upstream.
fn of_upstream(word: &Word, why: &str) -> String {
    format!("parsing upstream '{}': {why}", word.text)
}
