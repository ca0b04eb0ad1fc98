//! Placeholders: how they are found in a text, and what they give. Expectations without a remark
//! are what a Caddy 2.11.7 answered to the same.

use std::sync::Arc;

use http::StatusCode;
use rustls::{CipherSuite, ProtocolVersion};

use super::*;
use crate::exchange::{Exchange, Proxied};
use crate::transport::{Endpoint, Settings};
use crate::trial;
use crate::upstream::{Current, Dialled, Members};
use crate::worker::TlsInfo;

fn expand_as(text: &str, unknown: Unknown, exchange: &Exchange<'_>) -> String {
    let template = trial::build(|cx| Template::parse(text, unknown, cx));
    String::from_utf8(template.expand(&Scope::request(exchange)).into_owned()).unwrap()
}

fn known(text: &str, exchange: &Exchange<'_>) -> String {
    expand_as(text, Unknown::Literal, exchange)
}

fn all(text: &str, exchange: &Exchange<'_>) -> String {
    expand_as(text, Unknown::Empty, exchange)
}

#[test]
fn finds_placeholders_as_caddy_does() {
    let exchange = trial::exchange(trial::get("a.test", "/"));
    let table = [
        ("", "", ""),
        ("plain", "plain", "plain"),
        ("{http.request.method}", "GET", "GET"),
        ("<{http.request.method}>", "<GET>", "<GET>"),
        ("{nope}", "{nope}", ""),
        ("{{http.request.method}}", "{GET}", "}"),
        ("x{y{http.request.method}}", "x{yGET}", "x}"),
        (r"\{esc\}", "{esc}", "{esc}"),
        (r"\{{http.request.method}\}", "{GET}", "{GET}"),
        (
            "{http.request.method",
            "{http.request.method",
            "{http.request.method",
        ),
        ("}{", "}{", "}{"),
        ("{}", "{}", ""),
        (r"{a\}b}c", "{a}b}c", "c"),
        (
            r#"{"m":"{http.request.method}"}"#,
            r#"{"m":"GET"}"#,
            r#""}"#,
        ),
        ("{env.NAME}{env.OTHER}.", "value.", "value."),
        ("é{http.request.method}é", "éGETé", "éGETé"),
    ];
    for (text, in_known, in_all) in table {
        assert_eq!(known(text, &exchange), in_known, "known: {text}");
        assert_eq!(all(text, &exchange), in_all, "all: {text}");
    }
}

#[test]
fn a_text_without_request_values_is_put_together_at_build() {
    for text in ["a", "{env.NAME}", "{system.hostname}", r"\{x\}", "{nope}"] {
        let template = trial::build(|cx| Template::parse(text, Unknown::Literal, cx));
        assert!(template.fixed().is_some(), "{text}");
    }
}

#[test]
fn many_unclosed_braces_cost_no_time() {
    let exchange = trial::exchange(trial::get("a.test", "/"));
    let text = "{".repeat(100_000);
    assert_eq!(known(&text, &exchange), text);
}

const TARGET: &str = "/a/B%20c/d.tar.gz?a=1&b=x%20y&a=2";

/// Names, and what they give for `TARGET`.
const REQUEST: &[(&str, &str)] = &[
    ("http.request.method", "GET"),
    ("http.request.scheme", "http"),
    ("http.request.proto", "HTTP/1.1"),
    ("http.request.proto_name", "HTTP/1.1"),
    ("http.request.host", "A.example.com"),
    ("http.request.port", "8080"),
    ("http.request.hostport", "A.example.com:8080"),
    ("http.request.host.labels.0", "com"),
    ("http.request.host.labels.2", "a"),
    ("http.request.host.labels.3", ""),
    ("http.request.local", "127.0.0.1:8080"),
    ("http.request.local.host", "127.0.0.1"),
    ("http.request.local.port", "8080"),
    ("http.request.remote", "192.0.2.7:4711"),
    ("http.request.remote.host", "192.0.2.7"),
    ("http.request.remote.port", "4711"),
    ("http.request.remote.host/24", "192.0.2.0/24"),
    ("http.request.remote.host/24,64", "192.0.2.0/24"),
    ("http.request.remote.host/0", "0.0.0.0/0"),
    ("http.request.uri", TARGET),
    (
        "http.request.uri_escaped",
        "%2Fa%2FB%2520c%2Fd.tar.gz%3Fa%3D1%26b%3Dx%2520y%26a%3D2",
    ),
    ("http.request.uri.path", "/a/B c/d.tar.gz"),
    ("http.request.uri.path_escaped", "%2Fa%2FB+c%2Fd.tar.gz"),
    ("http.request.uri.path.0", "a"),
    ("http.request.uri.path.9", ""),
    ("http.request.uri.path.x", "{http.request.uri.path.x}"),
    ("http.request.uri.path.dir", "/a/B c/"),
    ("http.request.uri.path.file", "d.tar.gz"),
    ("http.request.uri.path.file.base", "d.tar"),
    ("http.request.uri.path.file.ext", ".gz"),
    ("http.request.uri.query", "a=1&b=x%20y&a=2"),
    (
        "http.request.uri.query_escaped",
        "a%3D1%26b%3Dx%2520y%26a%3D2",
    ),
    ("http.request.uri.prefixed_query", "?a=1&b=x%20y&a=2"),
    ("http.request.uri.query.a", "1,2"),
    ("http.request.uri.query.b", "x y"),
    ("http.request.uri.query.none", ""),
    ("http.request.orig_uri", TARGET),
    ("http.request.orig_uri.path.0", "a"),
    ("http.request.header.X-Multi", "1,2"),
    ("http.request.header.nope", ""),
    ("http.request.header.Host", ""),
    ("http.request.cookie.k", "kk"),
    ("http.request.cookie.none", ""),
    ("http.request.duration", "0s"),
    ("http.request.duration_ms", "0"),
    ("http.request.tls.version", ""),
    ("http.vars.client_ip", "192.0.2.7"),
    ("http.vars.trusted_proxy", "false"),
    ("http.vars.whatever", ""),
    ("http.response.status", "{http.response.status}"),
    (
        "http.reverse_proxy.upstream.hostport",
        "{http.reverse_proxy.upstream.hostport}",
    ),
    ("http.regexp.1", "{http.regexp.1}"),
    ("http.error.status_code", "{http.error.status_code}"),
    ("time.now", "2026-11-24 13:41:09.071 +0000 UTC"),
    ("time.now.http", "Tue, 24 Nov 2026 13:41:09 GMT"),
    ("time.now.common_log", "24/Nov/2026:13:41:09 +0000"),
    ("time.now.year", "2026"),
    ("time.now.unix", "1795527669"),
    ("time.now.unix_ms", "1795527669071"),
    ("system.hostname", "keel"),
    ("system.slash", "/"),
    ("system.os", "linux"),
];

#[tokio::test(start_paused = true)]
async fn gives_what_caddy_gives_for_a_request() {
    let fields = [
        ("x-multi", "1"),
        ("x-multi", "2"),
        ("cookie", "z=1; K=kk; k=v2"),
    ];
    let exchange = trial::exchange(trial::request("A.example.com:8080", TARGET, &fields));
    for &(name, expected) in REQUEST {
        assert_eq!(known(&format!("{{{name}}}"), &exchange), expected, "{name}");
    }
}

#[test]
fn an_identifier_is_the_same_throughout_one_request_only() {
    let (one, other) = (trial::get("a.test", "/"), trial::get("a.test", "/"));
    let (one, mut other) = (trial::exchange(one), trial::exchange(other));
    other.local = std::rc::Rc::clone(&one.local);
    let uuid = known("{http.request.uuid}", &one);
    assert_eq!(uuid.len(), 36);
    let version_and_variant = (uuid.as_bytes()[14], uuid.as_bytes()[19]);
    assert!(
        matches!(version_and_variant, (b'4', b'8' | b'9' | b'a' | b'b')),
        "{uuid}"
    );
    assert_eq!(known("{http.request.uuid}", &one), uuid);
    assert_ne!(known("{http.request.uuid}", &other), uuid);
}

#[test]
fn tells_about_the_tls_session() {
    let session = TlsInfo {
        version: Some(ProtocolVersion::TLSv1_3),
        cipher: Some(CipherSuite::TLS13_AES_128_GCM_SHA256),
        alpn: "h2".into(),
        sni: Some("localhost".into()),
        resumed: false,
    };
    let exchange = trial::exchange_over(trial::get("localhost", "/"), Some(session));
    let text = "{http.request.scheme} {http.request.tls.version} {http.request.tls.cipher_suite} \
                {http.request.tls.resumed} {http.request.tls.proto} \
                {http.request.tls.proto_mutual} {http.request.tls.server_name} \
                {http.request.tls.ech}";
    let expected = "https tls1.3 TLS_AES_128_GCM_SHA256 false h2 true localhost false";
    assert_eq!(known(text, &exchange), expected);
}

#[test]
fn tells_about_the_upstream_once_there_is_one() {
    let mut exchange = trial::exchange(trial::get("a.test", "/"));
    let nobody = Members::nobody();
    let endpoint = Endpoint::parse("[::1]:3000", Settings::plain()).expect("an address");
    exchange.proxied = Some(Proxied {
        endpoint: Dialled::Own(Arc::new(endpoint)),
        retries: 2,
        members: Current::Written(&nobody),
        index: 0,
        began: evenkeel_balance::Moment::ZERO,
        since: evenkeel_balance::Moment::ZERO,
        latency: None,
        is_noted: false,
        has_failed: false,
        shown: None,
    });
    let text = "{http.reverse_proxy.upstream.address} {http.reverse_proxy.upstream.hostport} \
                {http.reverse_proxy.upstream.host} {http.reverse_proxy.upstream.port} \
                {http.reverse_proxy.retries}";
    assert_eq!(
        known(text, &exchange),
        "tcp/[::1]:3000 [::1]:3000 ::1 3000 2"
    );

    let template = trial::build(|cx| {
        let text = "{http.reverse_proxy.status_code} {http.reverse_proxy.status_text}";
        Template::parse(text, Unknown::Literal, cx)
    });
    let headers = http::HeaderMap::new();
    let scope = Scope::response(&exchange, StatusCode::NOT_FOUND, &headers);
    assert_eq!(&*template.expand(&scope), b"404 Not Found");
}

#[test]
fn query_values_that_cannot_be_read_are_left_out() {
    let target = "/?a=1&a=%zz&a=2;b&%zz=1&a=%41&a&b+c=+&b%20c=%2B";
    let exchange = trial::exchange(trial::get("a.test", target));
    assert_eq!(known("{http.request.uri.query.a}", &exchange), "1,A,");
    assert_eq!(known("{http.request.uri.query.b c}", &exchange), " ,+");
}
