//! The values of placeholders. Caddy: `modules/caddyhttp/replacer.go`, `addHTTPVarsToReplacer`.

use std::io::Write as _;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use evenkeel_balance::Moment;
use evenkeel_net::{Address, Peer};
use http::header::{COOKIE, SERVER};
use http::{HeaderMap, HeaderName, Uri, Version};
use rustls::ProtocolVersion;

use super::Scope;
use super::noted;
use super::original::Original;
use super::paths;
use super::placeholder::{Escaping, Placeholder, Time, Upstream};
use crate::exchange::{Proxied, SERVER_NAME, host_of};
use crate::matchers::host::split_port;
use crate::observe::{Calendar, cipher_name, go_duration, protocol_name};
use crate::query::pairs;

/// Facts about the client's TLS session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tls {
    Version,
    CipherSuite,
    Resumed,
    Proto,
    ProtoMutual,
    ServerName,
    Ech,
}

/// Appends a value; false if there is none at this time.
pub(super) fn write(placeholder: &Placeholder, scope: &Scope<'_>, out: &mut Vec<u8>) -> bool {
    let request = &scope.exchange.request;
    match placeholder {
        Placeholder::Method => text(out, request.method().as_str()),
        Placeholder::Scheme => text(out, scope.exchange.connection.scheme()),
        Placeholder::Proto => text(out, protocol_name(request.version())),
        Placeholder::ProtoName => text(out, specification_name(request.version())),
        Placeholder::RequestHeader(name) => joined(out, scope.request_headers, name.as_ref()),
        // The server's own field is not among the others before there is a response.
        Placeholder::ResponseHeader(Some(SERVER)) if scope.exchange.server_field => {
            bytes(out, SERVER_NAME.as_bytes())
        }
        Placeholder::ResponseHeader(name) => joined(out, scope.response_headers, name.as_ref()),
        Placeholder::Cookie(name) => cookie(out, scope.request_headers, name),
        Placeholder::Uuid => uuid(out, scope),
        Placeholder::Duration => text(out, &go_duration(scope.exchange.started.elapsed())),
        Placeholder::DurationMs => print(
            out,
            format_args!("{}", scope.exchange.started.elapsed().as_secs_f64() * 1e3),
        ),
        Placeholder::Tls(fact) => tls(out, scope, *fact),
        Placeholder::ClientIp => text(out, &scope.exchange.client_ip_text()),
        Placeholder::TrustedProxy if scope.exchange.client.is_trusted => text(out, "true"),
        Placeholder::TrustedProxy => text(out, "false"),
        Placeholder::Upstream(fact) => upstream(out, scope, *fact),
        Placeholder::UpstreamHeader(name) => match scope.exchange.shown_fields() {
            Some(fields) => joined(out, fields, name.as_ref()),
            // While `header_down` is carried out, the response is still the upstream's.
            None if scope.exchange.proxied.is_some() => {
                joined(out, scope.response_headers, name.as_ref())
            }
            None => false,
        },
        Placeholder::Time(form) => time(out, scope, *form),
        Placeholder::Capture(_)
        | Placeholder::Variable(_)
        | Placeholder::Failure(_)
        | Placeholder::MatchedFile(_)
        | Placeholder::Mapped(_) => noted::write(out, scope, placeholder),
        Placeholder::Host
        | Placeholder::Port
        | Placeholder::HostPort
        | Placeholder::HostLabel(_) => host(out, scope, placeholder),
        Placeholder::Local
        | Placeholder::LocalHost
        | Placeholder::LocalPort
        | Placeholder::Remote
        | Placeholder::RemoteHost
        | Placeholder::RemotePort
        | Placeholder::RemoteNetwork(..) => address(out, scope, placeholder),
        Placeholder::Original(part) => match (scope.exchange.original(), part) {
            (None, part) => write(&part.current(), scope, out),
            (Some((method, _)), Original::Method) => text(out, method.as_str()),
            (Some((_, asked)), part) => uri(out, asked, &part.current()),
        },
        _ => uri(out, request.uri(), placeholder),
    }
}

pub(super) fn bytes(out: &mut Vec<u8>, value: &[u8]) -> bool {
    out.extend_from_slice(value);
    true
}

pub(super) fn text(out: &mut Vec<u8>, value: &str) -> bool {
    bytes(out, value.as_bytes())
}

pub(super) fn print(out: &mut Vec<u8>, value: std::fmt::Arguments<'_>) -> bool {
    out.write_fmt(value)
        .expect("writing to a Vec does not fail");
    true
}

fn host(out: &mut Vec<u8>, scope: &Scope<'_>, placeholder: &Placeholder) -> bool {
    let hostport = host_of(scope.request_headers);
    let (host, port) = split_port(hostport);
    match placeholder {
        Placeholder::Port => text(out, port),
        Placeholder::HostPort => text(out, hostport),
        Placeholder::HostLabel(from_right) => {
            // An IP address has no labels that mean anything, but Caddy splits it all the same.
            let label = host.rsplit('.').nth(*from_right).unwrap_or_default();
            out.extend(label.bytes().map(|byte| byte.to_ascii_lowercase()));
            true
        }
        _ => text(out, host),
    }
}

fn address(out: &mut Vec<u8>, scope: &Scope<'_>, placeholder: &Placeholder) -> bool {
    let connection = &scope.exchange.connection;
    match (placeholder, &connection.local_address, connection.peer) {
        (Placeholder::Local, local, _) => print(out, format_args!("{local}")),
        (Placeholder::LocalHost, Address::Tcp(local), _) => {
            print(out, format_args!("{}", local.ip().to_canonical()))
        }
        (Placeholder::LocalHost, local @ Address::Unix(_), _) => {
            print(out, format_args!("{local}"))
        }
        (Placeholder::LocalPort, Address::Tcp(local), _) => {
            print(out, format_args!("{}", local.port()))
        }
        (Placeholder::Remote, _, Peer::Tcp(peer)) => {
            let ip = peer.ip().to_canonical();
            print(
                out,
                format_args!("{}", std::net::SocketAddr::new(ip, peer.port())),
            )
        }
        (Placeholder::RemoteHost, ..) => text(out, connection.peer_ip_text()),
        (Placeholder::RemotePort, _, Peer::Tcp(peer)) => {
            print(out, format_args!("{}", peer.port()))
        }
        (Placeholder::RemoteNetwork(v4, v6), ..) => connection
            .peer
            .ip()
            .is_none_or(|ip| masked(out, ip, *v4, *v6)),
        _ => true,
    }
}

/// Caddy: `getRemoteIPPlaceholder`: the network of the peer; without bits for its family, nothing.
fn masked(out: &mut Vec<u8>, ip: IpAddr, v4: Option<u8>, v6: Option<u8>) -> bool {
    match (ip, v4, v6) {
        (IpAddr::V4(ip), Some(bits @ 0..=32), _) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            let network = std::net::Ipv4Addr::from_bits(ip.to_bits() & mask);
            print(out, format_args!("{network}/{bits}"))
        }
        (IpAddr::V6(ip), _, Some(bits @ 0..=128)) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
            let network = std::net::Ipv6Addr::from_bits(ip.to_bits() & mask);
            print(out, format_args!("{network}/{bits}"))
        }
        _ => true,
    }
}

fn uri(out: &mut Vec<u8>, uri: &Uri, placeholder: &Placeholder) -> bool {
    let query = uri.query().unwrap_or_default().as_bytes();
    let path = paths::decode(uri.path().as_bytes());
    let whole = || uri.path_and_query().map_or("/", |whole| whole.as_str());
    match placeholder {
        Placeholder::Uri(Escaping::None) => text(out, whole()),
        Placeholder::Uri(Escaping::Query) => escaped(out, whole().as_bytes()),
        Placeholder::EscapedPath => text(out, uri.path()),
        Placeholder::Path(Escaping::None) => bytes(out, &path),
        Placeholder::Path(Escaping::Query) => escaped(out, &path),
        Placeholder::PathSegment(at) => {
            let inner = path.strip_prefix(b"/").unwrap_or(&path);
            let segment = inner.split(|&byte| byte == b'/').nth(*at);
            bytes(out, segment.unwrap_or_default())
        }
        Placeholder::PathDirectory => bytes(out, paths::directory(&path)),
        Placeholder::PathFile => bytes(out, paths::file(&path)),
        Placeholder::PathFileBase => bytes(out, paths::base(&path)),
        Placeholder::PathFileExtension => bytes(out, paths::extension(paths::file(&path))),
        Placeholder::Query(Escaping::None) => bytes(out, query),
        Placeholder::Query(Escaping::Query) => escaped(out, query),
        Placeholder::PrefixedQuery if query.is_empty() => true,
        Placeholder::PrefixedQuery => text(out, "?") && bytes(out, query),
        Placeholder::QueryValue(key) => query_values(out, query, key.as_bytes()),
        _ => false,
    }
}

fn escaped(out: &mut Vec<u8>, value: &[u8]) -> bool {
    paths::escape_query(value, out);
    true
}

/// Values in their order; pairs that cannot be read are passed over.
fn query_values(out: &mut Vec<u8>, query: &[u8], key: &[u8]) -> bool {
    let mut first = true;
    for (_, value) in pairs(query).flatten().filter(|(name, _)| **name == *key) {
        if !std::mem::take(&mut first) {
            out.push(b',');
        }
        out.extend_from_slice(&value);
    }
    true
}

fn joined(out: &mut Vec<u8>, headers: &HeaderMap, name: Option<&HeaderName>) -> bool {
    let values = name.into_iter().flat_map(|name| headers.get_all(name));
    for (at, value) in values.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.extend_from_slice(value.as_bytes());
    }
    true
}

/// The first cookie of this name, in any case.
fn cookie(out: &mut Vec<u8>, headers: &HeaderMap, wanted: &str) -> bool {
    let pairs = headers
        .get_all(COOKIE)
        .into_iter()
        .flat_map(|field| field.as_bytes().split(|&byte| byte == b';'));
    for pair in pairs {
        let pair = pair.trim_ascii();
        let Some(at) = pair.iter().position(|&byte| byte == b'=') else {
            continue;
        };
        if pair[..at].eq_ignore_ascii_case(wanted.as_bytes()) {
            let value = &pair[at + 1..];
            let quoted = value
                .strip_prefix(b"\"")
                .and_then(|value| value.strip_suffix(b"\""));
            return bytes(out, quoted.unwrap_or(value));
        }
    }
    true
}

fn uuid(out: &mut Vec<u8>, scope: &Scope<'_>) -> bool {
    let value = scope.exchange.uuid();
    print(out, format_args!("{}", crate::exchange::Uuid(value)))
}

fn tls(out: &mut Vec<u8>, scope: &Scope<'_>, fact: Tls) -> bool {
    let Some(session) = &scope.exchange.connection.tls else {
        return true;
    };
    match fact {
        Tls::Version => text(out, session.version.map_or("", version_name)),
        Tls::CipherSuite => text(out, session.cipher.map_or("", cipher_name)),
        Tls::Resumed => print(out, format_args!("{}", session.resumed)),
        Tls::Proto => text(out, &session.alpn),
        Tls::ProtoMutual => text(out, "true"),
        Tls::ServerName => text(out, session.sni.as_deref().unwrap_or_default()),
        Tls::Ech => text(out, "false"),
    }
}

/// Caddy: `ProtocolName`.
fn version_name(version: ProtocolVersion) -> &'static str {
    match version {
        ProtocolVersion::TLSv1_2 => "tls1.2",
        ProtocolVersion::TLSv1_3 => "tls1.3",
        _ => "unknown",
    }
}

fn specification_name(version: Version) -> &'static str {
    match version {
        Version::HTTP_2 => "HTTP/2",
        Version::HTTP_3 => "HTTP/3",
        version => protocol_name(version),
    }
}

/// Unknown as long as no upstream was chosen, or none has answered.
fn upstream(out: &mut Vec<u8>, scope: &Scope<'_>, fact: Upstream) -> bool {
    let Some(proxied) = &scope.exchange.proxied else {
        return false;
    };
    let dial = proxied.dial();
    let hostport = dial.rsplit_once('/').map_or(dial, |(_, rest)| rest);
    let held = scope.exchange.held.as_ref().map(|held| held.status());
    let shown = proxied.shown.as_deref().map(|(status, _)| *status);
    match (fact, shown.or(held).or(scope.status)) {
        (Upstream::Address, _) if dial.contains('/') => text(out, dial),
        (Upstream::Address, _) => print(out, format_args!("tcp/{dial}")),
        (Upstream::HostPort, _) if dial.starts_with("unix/") => text(out, dial),
        (Upstream::HostPort, _) => text(out, hostport),
        (Upstream::Host, _) => text(out, split_port(hostport).0),
        (Upstream::Port, _) => text(out, split_port(hostport).1),
        (Upstream::Retries, _) => print(out, format_args!("{}", proxied.retries)),
        (Upstream::StatusCode, Some(status)) => print(out, format_args!("{}", status.as_u16())),
        (Upstream::StatusText, Some(status)) => {
            text(out, status.canonical_reason().unwrap_or_default())
        }
        (Upstream::StatusCode | Upstream::StatusText, None) => false,
        (fact, _) => attempt(out, scope, proxied, fact),
    }
}

/// Counters and times of the last attempt. What counts itself is left out.
fn attempt(out: &mut Vec<u8>, scope: &Scope<'_>, proxied: &Proxied<'_>, fact: Upstream) -> bool {
    let now = scope.exchange.local.now();
    let since = |moment: Moment| now.saturating_since(moment);
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    let number = |out: &mut Vec<u8>, number: u32| print(out, format_args!("{number}"));
    match (fact, proxied.upstream(), proxied.latency) {
        (Upstream::Requests, Some(upstream), _) => {
            number(out, upstream.state.in_flight().saturating_sub(1))
        }
        (Upstream::MaxRequests, Some(upstream), _) => {
            number(out, upstream.max_requests.map_or(0, NonZeroU32::get))
        }
        (Upstream::Fails, Some(upstream), _) => number(out, upstream.state.fails(now)),
        (Upstream::Latency, _, Some(latency)) => text(out, &go_duration(latency)),
        (Upstream::LatencyMs, _, Some(latency)) => print(out, format_args!("{}", millis(latency))),
        (Upstream::Duration, _, Some(_)) => text(out, &go_duration(since(proxied.since))),
        (Upstream::DurationMs, _, Some(_)) => {
            print(out, format_args!("{}", millis(since(proxied.since))))
        }
        (Upstream::ProxyDuration, ..) => text(out, &go_duration(since(proxied.began))),
        (Upstream::ProxyDurationMs, ..) => {
            print(out, format_args!("{}", millis(since(proxied.began))))
        }
        (Upstream::IsTransportError, ..) => print(out, format_args!("{}", proxied.has_failed)),
        _ => false,
    }
}

fn time(out: &mut Vec<u8>, scope: &Scope<'_>, form: Time) -> bool {
    let now = scope.exchange.local.world.clock.now();
    let calendar = Calendar::of(now);
    match form {
        Time::Now => text(out, &calendar.go()),
        Time::Http => text(out, &httpdate::fmt_http_date(now)),
        Time::CommonLog => text(out, &calendar.common_log()),
        Time::Year => print(out, format_args!("{}", calendar.year)),
        Time::Unix => print(out, format_args!("{}", calendar.unix_seconds)),
        Time::UnixMs => {
            let millis = calendar.unix_seconds * 1000 + u64::from(calendar.nanos / 1_000_000);
            print(out, format_args!("{millis}"))
        }
    }
}
