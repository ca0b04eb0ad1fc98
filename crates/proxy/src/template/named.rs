//! The placeholders with a name of one piece. Caddy: `modules/caddyhttp/replacer.go`.

use super::noted::{Failure, FileFact};
use super::original::Original;
use super::placeholder::{Escaping, Placeholder, Time, Upstream};
use super::value::Tls;

/// The placeholders with a name of one piece.
pub(super) const NAMED: &[(&str, Placeholder)] = &[
    ("http.request.method", Placeholder::Method),
    (
        "http.request.orig_method",
        Placeholder::Original(Original::Method),
    ),
    ("http.request.scheme", Placeholder::Scheme),
    ("http.request.proto", Placeholder::Proto),
    ("http.request.proto_name", Placeholder::ProtoName),
    ("http.request.host", Placeholder::Host),
    ("http.request.port", Placeholder::Port),
    ("http.request.hostport", Placeholder::HostPort),
    ("http.request.local", Placeholder::Local),
    ("http.request.local.host", Placeholder::LocalHost),
    ("http.request.local.port", Placeholder::LocalPort),
    ("http.request.remote", Placeholder::Remote),
    ("http.request.remote.host", Placeholder::RemoteHost),
    ("http.request.remote.port", Placeholder::RemotePort),
    ("http.request.uri", Placeholder::Uri(Escaping::None)),
    (
        "http.request.uri_escaped",
        Placeholder::Uri(Escaping::Query),
    ),
    ("http.request.uri.path", Placeholder::Path(Escaping::None)),
    (
        "http.request.uri.path_escaped",
        Placeholder::Path(Escaping::Query),
    ),
    ("http.request.uri.path.dir", Placeholder::PathDirectory),
    ("http.request.uri.path.file", Placeholder::PathFile),
    ("http.request.uri.path.file.base", Placeholder::PathFileBase),
    (
        "http.request.uri.path.file.ext",
        Placeholder::PathFileExtension,
    ),
    ("http.request.uri.query", Placeholder::Query(Escaping::None)),
    (
        "http.request.uri.query_escaped",
        Placeholder::Query(Escaping::Query),
    ),
    (
        "http.request.uri.prefixed_query",
        Placeholder::PrefixedQuery,
    ),
    (
        "http.request.orig_uri",
        Placeholder::Original(Original::Uri),
    ),
    (
        "http.request.orig_uri.path",
        Placeholder::Original(Original::Path),
    ),
    (
        "http.request.orig_uri.path.dir",
        Placeholder::Original(Original::PathDirectory),
    ),
    (
        "http.request.orig_uri.path.file",
        Placeholder::Original(Original::PathFile),
    ),
    (
        "http.request.orig_uri.query",
        Placeholder::Original(Original::Query),
    ),
    (
        "http.request.orig_uri.prefixed_query",
        Placeholder::Original(Original::PrefixedQuery),
    ),
    ("http.request.uuid", Placeholder::Uuid),
    ("http.request.duration", Placeholder::Duration),
    ("http.request.duration_ms", Placeholder::DurationMs),
    ("http.request.tls.version", Placeholder::Tls(Tls::Version)),
    (
        "http.request.tls.cipher_suite",
        Placeholder::Tls(Tls::CipherSuite),
    ),
    ("http.request.tls.resumed", Placeholder::Tls(Tls::Resumed)),
    ("http.request.tls.proto", Placeholder::Tls(Tls::Proto)),
    (
        "http.request.tls.proto_mutual",
        Placeholder::Tls(Tls::ProtoMutual),
    ),
    (
        "http.request.tls.server_name",
        Placeholder::Tls(Tls::ServerName),
    ),
    ("http.request.tls.ech", Placeholder::Tls(Tls::Ech)),
    ("http.vars.client_ip", Placeholder::ClientIp),
    ("http.vars.trusted_proxy", Placeholder::TrustedProxy),
    ("http.vars.uuid", Placeholder::Uuid),
    (
        "http.reverse_proxy.upstream.address",
        Placeholder::Upstream(Upstream::Address),
    ),
    (
        "http.reverse_proxy.upstream.hostport",
        Placeholder::Upstream(Upstream::HostPort),
    ),
    (
        "http.reverse_proxy.upstream.host",
        Placeholder::Upstream(Upstream::Host),
    ),
    (
        "http.reverse_proxy.upstream.port",
        Placeholder::Upstream(Upstream::Port),
    ),
    (
        "http.reverse_proxy.retries",
        Placeholder::Upstream(Upstream::Retries),
    ),
    (
        "http.reverse_proxy.status_code",
        Placeholder::Upstream(Upstream::StatusCode),
    ),
    (
        "http.reverse_proxy.status_text",
        Placeholder::Upstream(Upstream::StatusText),
    ),
    (
        "http.matchers.file.relative",
        Placeholder::MatchedFile(FileFact::Relative),
    ),
    (
        "http.matchers.file.absolute",
        Placeholder::MatchedFile(FileFact::Absolute),
    ),
    (
        "http.matchers.file.type",
        Placeholder::MatchedFile(FileFact::Type),
    ),
    (
        "http.matchers.file.remainder",
        Placeholder::MatchedFile(FileFact::Remainder),
    ),
    ("http.error", Placeholder::Failure(Failure::Whole)),
    (
        "http.error.status_code",
        Placeholder::Failure(Failure::StatusCode),
    ),
    (
        "http.error.status_text",
        Placeholder::Failure(Failure::StatusText),
    ),
    ("http.error.message", Placeholder::Failure(Failure::Message)),
    ("http.error.id", Placeholder::Failure(Failure::Id)),
    ("http.error.trace", Placeholder::Failure(Failure::Trace)),
    ("time.now", Placeholder::Time(Time::Now)),
    ("time.now.http", Placeholder::Time(Time::Http)),
    ("time.now.common_log", Placeholder::Time(Time::CommonLog)),
    ("time.now.year", Placeholder::Time(Time::Year)),
    ("time.now.unix", Placeholder::Time(Time::Unix)),
    ("time.now.unix_ms", Placeholder::Time(Time::UnixMs)),
];
