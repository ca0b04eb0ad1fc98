//! The table of placeholders: their names, and what each stands for. Caddy: `replacer.go` and
//! `modules/caddyhttp/replacer.go`.

use http::HeaderName;

use super::Scope;
use super::named::NAMED;
use super::noted::{Failure, FileFact};
use super::original::Original;
use super::value::{self, Tls};
use crate::graph::BuildContext;
use crate::regexp::Capture;

/// Something a request gives a value to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Placeholder {
    Method,
    Scheme,
    Proto,
    ProtoName,
    Host,
    Port,
    HostPort,
    /// A label of the host, counted from the right.
    HostLabel(usize),
    Local,
    LocalHost,
    LocalPort,
    Remote,
    RemoteHost,
    RemotePort,
    /// The peer's network: how many bits of an IPv4 and of an IPv6 address.
    RemoteNetwork(Option<u8>, Option<u8>),
    Uri(Escaping),
    Path(Escaping),
    PathSegment(usize),
    PathDirectory,
    PathFile,
    PathFileBase,
    PathFileExtension,
    Query(Escaping),
    PrefixedQuery,
    QueryValue(Box<str>),
    /// `None` for a name that no field can have, which is `Host` as well.
    RequestHeader(Option<HeaderName>),
    Cookie(Box<str>),
    Uuid,
    Duration,
    DurationMs,
    Tls(Tls),
    ResponseHeader(Option<HeaderName>),
    ClientIp,
    /// Whether the peer is a proxy of our own.
    TrustedProxy,
    Upstream(Upstream),
    /// A field of the upstream's response while that is handled.
    UpstreamHeader(Option<HeaderName>),
    Time(Time),
    /// What a regular expression captured; unknown before one held.
    Capture(Capture),
    /// The path with its escapes; rewrites put it in place of [`Self::Path`].
    EscapedPath,
    /// The same of what the client asked for.
    Original(Original),
    /// A fact about the file that a matcher found; unknown before it did.
    MatchedFile(FileFact),
    /// What a `map` gives; unknown before it was reached.
    Mapped(Box<str>),
    /// A fact about the failure; unknown outside of the routes for errors.
    Failure(Failure),
    /// A variable; empty if nobody set it.
    Variable(Box<str>),
}

/// Whether a value is escaped for use in a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escaping {
    None,
    Query,
}

/// Facts about the upstream that was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Upstream {
    Address,
    HostPort,
    Host,
    Port,
    Requests,
    MaxRequests,
    Fails,
    Latency,
    LatencyMs,
    Duration,
    DurationMs,
    ProxyDuration,
    ProxyDurationMs,
    IsTransportError,
    Retries,
    StatusCode,
    StatusText,
}

/// Forms of the present moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Time {
    Now,
    Http,
    CommonLog,
    Year,
    Unix,
    UnixMs,
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Resolved {
    /// Always the same.
    Constant(String),
    /// A value of each request.
    Value(Placeholder),
    /// Nothing known here.
    Unknown,
}

impl Placeholder {
    /// Appends the value; false if there is none at this time.
    pub(crate) fn write(&self, scope: &Scope<'_>, out: &mut Vec<u8>) -> bool {
        value::write(self, scope, out)
    }
}

/// What the text between braces stands for.
pub(super) fn resolve(name: &str, cx: &BuildContext<'_>) -> Resolved {
    if let Some((_, placeholder)) = NAMED.iter().find(|(known, _)| *known == name) {
        return Resolved::Value(placeholder.clone());
    }
    constant(name, cx)
        .map(Resolved::Constant)
        .or_else(|| keyed(name).map(Resolved::Value))
        .or_else(|| {
            let mapped = cx.is_destination(name);
            mapped.then(|| Resolved::Value(Placeholder::Mapped(name.into())))
        })
        .unwrap_or(Resolved::Unknown)
}

/// What cannot change while the process runs, and has not been found by its whole name.
fn constant(name: &str, cx: &BuildContext<'_>) -> Option<String> {
    if let Some(variable) = name.strip_prefix("env.") {
        return Some((cx.parts().environment)(variable).unwrap_or_default());
    }
    match name {
        "system.hostname" => return Some(cx.parts().hostname.to_owned()),
        "system.slash" => return Some("/".to_owned()),
        "system.os" => return Some(std::env::consts::OS.to_owned()),
        "system.arch" => return Some(go_architecture(std::env::consts::ARCH).to_owned()),
        _ => {}
    }
    None
}

/// A variable by its name; some are set by the server itself.
pub(super) fn variable(name: &str) -> Placeholder {
    match name {
        "client_ip" => Placeholder::ClientIp,
        "trusted_proxy" => Placeholder::TrustedProxy,
        "uuid" => Placeholder::Uuid,
        name => Placeholder::Variable(name.into()),
    }
}

/// Names that end in a key of the user's choice.
fn keyed(name: &str) -> Option<Placeholder> {
    if let Some(fact) = name.strip_prefix("http.reverse_proxy.") {
        if let Some(name) = fact.strip_prefix("header.") {
            return Some(Placeholder::UpstreamHeader(field(name)));
        }
        let found = UPSTREAM.iter().find(|(known, _)| *known == fact);
        return found.map(|(_, fact)| Placeholder::Upstream(*fact));
    }
    if let Some(response) = name.strip_prefix("http.response.header.") {
        return Some(Placeholder::ResponseHeader(field(response)));
    }
    if let Some(capture) = name.strip_prefix("http.regexp.") {
        return Some(Placeholder::Capture(Capture::parse(capture)));
    }
    if let Some(name) = name.strip_prefix("http.vars.") {
        return Some(variable(name));
    }
    let request = name.strip_prefix("http.request.")?;
    let (family, key) = FAMILIES
        .iter()
        .find_map(|(prefix, family)| request.strip_prefix(prefix).map(|key| (family, key)))?;
    match family {
        Family::Header => Some(Placeholder::RequestHeader(field(key))),
        Family::Cookie => Some(Placeholder::Cookie(key.into())),
        Family::Query => Some(Placeholder::QueryValue(key.into())),
        Family::Segment => key.parse().ok().map(Placeholder::PathSegment),
        Family::OriginalSegment => {
            let original = |at| Placeholder::Original(Original::PathSegment(at));
            key.parse().ok().map(original)
        }
        Family::Label => key.parse().ok().map(Placeholder::HostLabel),
        Family::Network => network(key),
    }
}

/// Behind `http.reverse_proxy.`, besides those in [`NAMED`].
const UPSTREAM: &[(&str, Upstream)] = &[
    ("upstream.requests", Upstream::Requests),
    ("upstream.max_requests", Upstream::MaxRequests),
    ("upstream.fails", Upstream::Fails),
    ("upstream.latency", Upstream::Latency),
    ("upstream.latency_ms", Upstream::LatencyMs),
    ("upstream.duration", Upstream::Duration),
    ("upstream.duration_ms", Upstream::DurationMs),
    ("duration", Upstream::ProxyDuration),
    ("duration_ms", Upstream::ProxyDurationMs),
    ("is_transport_error", Upstream::IsTransportError),
];

#[derive(Clone, Copy)]
enum Family {
    Header,
    Cookie,
    Query,
    Segment,
    OriginalSegment,
    Label,
    Network,
}

const FAMILIES: &[(&str, Family)] = &[
    ("header.", Family::Header),
    ("cookie.", Family::Cookie),
    ("uri.query.", Family::Query),
    ("uri.path.", Family::Segment),
    ("orig_uri.path.", Family::OriginalSegment),
    ("host.labels.", Family::Label),
    ("remote.host/", Family::Network),
];

/// `Host` is not among a request's fields in Caddy (nor in Go), and its placeholder is empty.
fn field(name: &str) -> Option<HeaderName> {
    HeaderName::from_bytes(name.as_bytes())
        .ok()
        .filter(|name| name != http::header::HOST)
}

/// `24` or `24,64`.
fn network(bits: &str) -> Option<Placeholder> {
    let (v4, v6) = bits.split_once(',').unwrap_or((bits, ""));
    let parse = |text: &str| match text {
        "" => Some(None),
        text => text.parse::<u8>().ok().map(Some),
    };
    Some(Placeholder::RemoteNetwork(parse(v4)?, parse(v6)?))
}

/// Go's names of processors, which Caddy shows.
fn go_architecture(ours: &str) -> &str {
    match ours {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    }
}
