//! What clients forge, leave out or drag out, on raw connections.

use std::fmt::Write as _;

use evenkeel_testkit::{Answer, Origin, Raw, Stage};
use tokio::time::Instant;

use crate::{ONE, PLAIN, secs};

async fn stage(answer: Answer) -> (Stage, Origin) {
    let origin = Origin::new(answer);
    (
        Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await,
        origin,
    )
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn no_spelling_of_who_a_client_claims_to_be_reaches_the_upstream() {
    let (stage, origin) = stage(Answer::ok("1")).await;
    let mut raw = stage.raw(80).await;

    raw.send(
        "GET / HTTP/1.1\r\nHost: a.test\r\n\
         X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 7.7.7.7\r\nx-forwarded-for: 8.8.8.8, 9.9.9.9\r\n\
         X-Forwarded-Proto: https\r\nX-Forwarded-Host: evil\r\n\
         X_Forwarded_For: 6.6.6.6\r\nX_Forwarded-For: 6.6.6.6\r\nX.Forwarded.For: 6.6.6.6\r\n\
         Remote_User: admin\r\n\r\n",
    )
    .await;

    assert_eq!(raw.hear().await.statuses(), [200]);
    let seen = origin.last();
    assert_eq!(seen.field("x-forwarded-for"), "192.0.2.1");
    assert_eq!(seen.field("x-forwarded-proto"), "http");
    assert_eq!(seen.field("x-forwarded-host"), "a.test");
    for forged in ["6.6.6.6", "7.7.7.7", "8.8.8.8", "9.9.9.9", "evil", "admin"] {
        assert!(!seen.head.contains(forged), "{forged}: {}", seen.head);
    }
}

/// Placeholders that read what a request may not have.
const OPTIONAL: &[&str] = &[
    "http.request.header.User-Agent",
    "http.request.header.Referer",
    "http.request.cookie.session",
    "http.request.host",
    "http.request.hostport",
    "http.request.host.labels.0",
    "http.request.port",
    "http.request.uri.query",
    "http.request.uri.query.q",
    "http.request.uri.path.5",
    "http.request.uri.path.file.ext",
    "http.request.orig_uri.path.dir",
    "http.request.tls.server_name",
    "http.request.tls.version",
    "http.request.tls.cipher_suite",
    "http.request.tls.proto",
    "http.request.remote.host/24,64",
    "http.reverse_proxy.upstream.address",
    "http.reverse_proxy.upstream.latency",
    "http.reverse_proxy.header.Server",
    "http.reverse_proxy.status_code",
    "http.regexp.name.1",
    "http.vars.nothing",
    "http.vars.client_ip",
];

#[tokio::test(flavor = "local", start_paused = true)]
async fn whatever_a_request_leaves_out_is_an_empty_value_and_no_panic() {
    let mut fields = String::new();
    for (number, placeholder) in OPTIONAL.iter().enumerate() {
        writeln!(fields, "header_up X-{number} \"[{{{placeholder}}}]\"").expect("a string");
    }
    let site = format!("log\nreverse_proxy 10.0.0.1:80 {{\n{fields}\n}}");
    let file = format!("http:// {{\n{site}\n}}\nhttps://a.test {{\n{site}\n}}");
    let origin = Origin::ok("1");
    let stage = Stage::caddyfile(&file).origin(ONE, &origin).start().await;
    let mut raw = stage.raw(80).await;

    raw.send("GET / HTTP/1.0\r\n\r\n").await;

    assert_eq!(raw.hear().await.statuses(), [200]);
    let seen = origin.last();
    for (number, placeholder) in OPTIONAL.iter().enumerate() {
        assert!(seen.has(&format!("x-{number}")), "{placeholder}");
    }
    assert_eq!(seen.field("x-0"), "[]");
    assert!(!seen.has("user-agent"), "{}", seen.head);
    let secure = stage
        .tls_client("a.test")
        .await
        .get("https://a.test/")
        .await;
    assert_eq!(secure.expect("an answer").status, 200);
    assert_eq!(stage.access_log().len(), 2);
    assert!(stage.log().iter().all(|line| !line.contains("panic")));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn lines_that_end_in_a_bare_newline_are_written_anew_or_refused() {
    let (stage, origin) = stage(Answer::ok("1")).await;
    let mut raw = stage.raw(80).await;

    raw.send("GET /x HTTP/1.1\nHost: a.test\nX-A: 1\n\n").await;

    match raw.hear().await.statuses()[..] {
        [200] => {
            let head = origin.last().head;
            assert_eq!(head.matches('\n').count(), head.matches("\r\n").count());
            assert_eq!(origin.last().field("x-a"), "1");
        }
        [400] => assert_eq!(origin.requests(), 0),
        ref others => panic!("{others:?}"),
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_101_without_a_protocol_opens_no_tunnel() {
    let switch = b"HTTP/1.1 101 Switching Protocols\r\n\r\n".to_vec();
    let (stage, origin) = stage(Answer::Bytes(switch)).await;
    let mut raw = stage.raw(80).await;

    raw.send(
        "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n\r\n",
    )
    .await;

    assert_eq!(raw.hear().await.statuses(), [502]);
    origin.left(0).await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn frames_behind_a_refused_websocket_are_no_request() {
    let (stage, origin) = stage(Answer::status(403, "no")).await;
    let mut raw = stage.raw(80).await;

    raw.send(
        "GET /ws HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n\r\n",
    )
    .await;
    raw.hear().await;
    // A masked text frame, as a client sends them that does not wait for the answer.
    raw.send(b"\x81\x85\x01\x02\x03\x04iainn\r\n\r\n").await;

    let heard = raw.hear().await;
    assert!(heard.closed, "{heard:?}");
    assert!(matches!(heard.statuses()[..], [] | [400]), "{heard:?}");
    assert_eq!(origin.requests(), 1);
}

/// Many clients of one kind of slowness, each with a start of a request.
async fn slow_clients(stage: &Stage, start: &str) -> Vec<Raw> {
    let mut clients = Vec::new();
    for _ in 0..1000 {
        let mut raw = stage.raw(80).await;
        raw.send(start).await;
        clients.push(raw);
    }
    clients
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_thousand_slow_heads_hinder_nobody_and_are_gone_after_a_minute() {
    let (stage, origin) = stage(Answer::ok("1")).await;
    let start = Instant::now();
    let mut clients = slow_clients(&stage, "GET / HTTP/1.1\r\nHost: a.test\r\nX-A:").await;

    assert_eq!(stage.get("http://a.test/").await.took, secs(0));
    for second in 0..61 {
        for client in &mut clients {
            client.send("x").await;
        }
        stage.advance(secs(1)).await;
        assert_eq!(stage.get("http://a.test/").await.status, 200, "{second}");
    }

    for mut client in clients {
        assert!(client.hear().await.closed);
    }
    assert!(start.elapsed() < secs(70), "{:?}", start.elapsed());
    assert_eq!(origin.requests(), 62, "none of theirs");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_thousand_stalled_bodies_hinder_nobody_and_free_their_upstreams_after_a_minute() {
    let (stage, origin) = stage(Answer::ok("1")).await;
    let head = "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000\r\n\r\nx";
    let clients = slow_clients(&stage, head).await;

    assert_eq!(stage.get("http://a.test/").await.took, secs(0));
    stage.advance(secs(61)).await;

    assert_eq!(stage.in_flight(), 0);
    assert!(origin.open() <= 1, "{} connections", origin.open());
    for mut client in clients {
        assert!(client.hear().await.closed);
    }
    let finished = origin.seen().iter().filter(|seen| seen.complete).count();
    assert_eq!(finished, 1, "none of theirs");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn clients_that_do_not_read_hold_little_and_are_given_up_after_a_minute() {
    let (stage, origin) = stage(Answer::Endless).await;
    let mut clients = Vec::new();
    for _ in 0..100 {
        let mut raw = stage.raw(80).await;
        raw.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").await;
        clients.push(raw);
    }

    stage.advance(secs(30)).await;

    // What was taken from the upstream is somewhere on the way, in pipes that are bounded.
    let each = origin.written() / clients.len();
    assert!(each < 2 << 20, "{each} bytes for each");
    stage.advance(secs(31)).await;
    assert_eq!((stage.in_flight(), origin.open()), (0, 0));
}

/// Sends these bytes, and then a request that must not be one. What was answered, and the paths
/// that arrived.
async fn smuggle(head: &[u8], body: &str) -> (Vec<u16>, bool, Vec<String>) {
    let (stage, origin) = stage(Answer::ok("1")).await;
    let mut raw = stage.raw(80).await;
    let hidden = "GET /smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n";
    raw.send([head, body.as_bytes(), hidden.as_bytes()].concat())
        .await;
    let reply = raw.hear().await;
    let seen = origin.seen();
    let paths = seen.iter().map(|seen| seen.path().to_owned()).collect();
    (reply.statuses(), reply.closed, paths)
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn no_disguise_of_an_encoding_makes_two_servers_disagree() {
    for fields in [
        &b"Transfer-Encoding: ,chunked"[..],
        b"Transfer-Encoding: chunked,",
        b"Transfer-Encoding: identity, chunked",
        b"Transfer-Encoding: \xa0chunked",
        b"Transfer-Encoding:\tchunked",
        b"Transfer-Encoding: CHUNKED",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: x\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding\t: chunked",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5",
        b"X: y\rTransfer-Encoding: chunked",
    ] {
        let head = [
            &b"POST / HTTP/1.1\r\nHost: a.test\r\n"[..],
            fields,
            b"\r\n\r\n",
        ];
        let what = String::from_utf8_lossy(fields);
        let (statuses, closed, paths) = smuggle(&head.concat(), "0\r\n\r\n").await;
        match statuses[..] {
            // It was what both understand: a chunked body, and a request of its own behind it.
            [200, 200] => assert_eq!(paths, ["/", "/smuggled"], "{what}"),
            [200] => assert!(closed && paths == ["/"], "{what}: {paths:?}"),
            [400 | 501] => assert!(closed && paths.is_empty(), "{what}: {paths:?}"),
            _ => panic!("{what}: {statuses:?} {paths:?}"),
        }
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn of_two_lengths_none_is_believed() {
    for fields in [
        "Content-Length:\r\nContent-Length: 5",
        "Content-Length: 5\r\nContent-Length:",
        "Content-Length: 5, 5",
        "Content-Length: 5\r\nContent-Length: 5, 6",
        "Content-Length: 5\r\nContent-length: 05",
        "Content-Length: \t5\x0b",
        "Content-Length: 5 6",
        "Content-Length: 5\r\n\tX: y",
    ] {
        let head = format!("POST / HTTP/1.1\r\nHost: a.test\r\n{fields}\r\n\r\n");
        let (statuses, closed, paths) = smuggle(head.as_bytes(), "hello").await;
        match statuses[..] {
            [200, 200] => assert_eq!(paths, ["/", "/smuggled"], "{fields}"),
            [400] => assert!(closed && paths.is_empty(), "{fields}: {paths:?}"),
            _ => panic!("{fields}: {statuses:?} {paths:?}"),
        }
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn chunk_sizes_with_anything_around_them_are_no_chunks() {
    for body in [
        " 5\r\nhello\r\n0\r\n\r\n",
        "5 \r\nhello\r\n0\r\n\r\n",
        "05\r\nhello\r\n0\r\n\r\n",
        "5\r\rhello\r\n0\r\n\r\n",
        "5\r\nhello\r\r0\r\n\r\n",
        "5\r\nhello\r\n0\n\n",
        "5\r\nhello\r\n0\r\nX: y\n\n",
        "5\r\nhello\r\n0\r\n X: y\r\n\r\n",
        "5;a=\"\r\nhello\r\n0\r\n\r\n",
    ] {
        let head = b"POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n";
        let (statuses, closed, paths) = smuggle(head, body).await;
        match statuses[..] {
            [200, 200] => assert_eq!(paths, ["/", "/smuggled"], "{body:?}"),
            // What came behind was taken for trailers, and dropped.
            [200] => assert_eq!(paths, ["/"], "{body:?}"),
            // Refused after its beginning had been passed on, or before.
            [] | [400 | 502] => assert!(
                closed && !paths.iter().any(|path| path == "/smuggled"),
                "{body:?}: {paths:?}"
            ),
            _ => panic!("{body:?}: {statuses:?} {paths:?} {closed}"),
        }
    }
}
