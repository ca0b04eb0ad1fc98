//! WebSocket over HTTP/2: extended CONNECT (RFC 8441), and what must not become a tunnel.

use evenkeel_testkit::{Answer, Client2, Origin, Stage};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{ONE, secs};

const URL: &str = "https://a.test/chat?x=1";

async fn stage(file: &str, answer: Answer) -> (Stage, Origin, Client2) {
    let origin = Origin::new(answer);
    let stage = Stage::caddyfile(file).origin(ONE, &origin).start().await;
    let mut client = stage.http2_client("a.test").await;
    // The server's settings are here with the first answer.
    let request = Stage::request("GET", "https://a.test/first", "");
    client.send(request).await.expect("an answer");
    (stage, origin, client)
}

async fn proxied(tunnel: Answer) -> (Stage, Origin, Client2) {
    let file = "a.test {\n reverse_proxy 10.0.0.1:80\n}";
    stage(file, tunnel.but_for("/first", Answer::ok("1"))).await
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn bytes_pass_both_ways_and_the_upstream_sees_an_upgrade() {
    let (stage, origin, mut client) = proxied(Answer::Upgrade("websocket")).await;

    let tunnel = client.tunnel(URL, "websocket").await.expect("an answer");

    assert_eq!(tunnel.status, 200);
    for name in ["connection", "upgrade", "sec-websocket-accept"] {
        assert!(!tunnel.headers.contains_key(name), "{name}");
    }
    let seen = origin.last();
    assert_eq!(seen.line(), "GET /chat?x=1 HTTP/1.1");
    assert_eq!(seen.field("host"), "a.test");
    assert_eq!(seen.field("upgrade"), "websocket");
    assert_eq!(seen.field("connection"), "Upgrade");
    assert_eq!(seen.field("sec-websocket-version"), "13");
    assert_eq!(seen.field("sec-websocket-key").len(), 24);
    let mut stream = tunnel.stream.expect("a tunnel");
    for text in ["hello", "again"] {
        stream.write_all(text.as_bytes()).await.expect("it is open");
        stream.flush().await.expect("it is open");
        let mut heard = [0; 5];
        stream.read_exact(&mut heard).await.expect("it comes back");
        assert_eq!(&heard, text.as_bytes());
    }
    assert_eq!(stage.in_flight(), 1);
    drop(stream);
    origin.left(0).await;
    assert_eq!(stage.in_flight(), 0);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_tunnel_keeps_its_connection_though_it_is_silent_for_hours() {
    let (stage, _origin, mut client) = proxied(Answer::Upgrade("websocket")).await;
    let tunnel = client.tunnel(URL, "websocket").await.expect("an answer");
    let mut stream = tunnel.stream.expect("a tunnel");

    stage.advance(secs(7200)).await;

    stream.write_all(b"still").await.expect("it is open");
    let mut heard = [0; 5];
    stream.read_exact(&mut heard).await.expect("it comes back");
    let request = Stage::request("GET", "https://a.test/first", "");
    let reply = client.send(request).await.expect("an answer beside it");
    assert_eq!(reply.status, 200);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_upstream_that_ends_the_tunnel_ends_the_stream_only() {
    let (_stage, origin, mut client) = proxied(Answer::Upgrade("websocket")).await;
    let tunnel = client.tunnel(URL, "websocket").await.expect("an answer");
    let mut stream = tunnel.stream.expect("a tunnel");

    origin.hang_up();

    let mut rest = Vec::new();
    // However it ends.
    drop(stream.read_to_end(&mut rest).await);
    assert!(rest.is_empty(), "{rest:?}");
    let request = Stage::request("GET", "https://a.test/first", "");
    assert!(client.send(request).await.is_some());
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_refusal_is_passed_on() {
    let (_stage, origin, mut client) = proxied(Answer::status(403, "no")).await;
    let tunnel = client.tunnel(URL, "websocket").await.expect("an answer");
    assert_eq!((tunnel.status, tunnel.stream.is_none()), (403, true));
    assert_eq!(origin.last().field("upgrade"), "websocket");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_success_that_is_no_tunnel_is_none() {
    let (_stage, _origin, mut client) = proxied(Answer::ok("hello")).await;
    let tunnel = client.tunnel(URL, "websocket").await.expect("an answer");
    assert_eq!((tunnel.status, tunnel.stream.is_none()), (501, true));

    let (_stage, _origin, mut client) = stage("a.test {\n respond hello\n}", Answer::Hang).await;
    let tunnel = client.tunnel(URL, "websocket").await.expect("an answer");
    assert_eq!((tunnel.status, tunnel.stream.is_none()), (501, true));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn other_protocols_are_501_and_reach_nobody() {
    let (_stage, origin, mut client) = proxied(Answer::Upgrade("connect-udp")).await;
    let tunnel = client.tunnel(URL, "connect-udp").await.expect("an answer");
    assert_eq!((tunnel.status, tunnel.stream.is_none()), (501, true));
    assert_eq!(origin.requests(), 1, "only the first");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_drain_without_grace_ends_tunnels() {
    let (mut stage, origin, mut client) = proxied(Answer::Upgrade("websocket")).await;
    let tunnel = client.tunnel(URL, "websocket").await.expect("an answer");
    let _stream = tunnel.stream.expect("a tunnel");

    stage.drain(None);
    drop(client);

    tokio::time::timeout(secs(60), stage.ended())
        .await
        .expect("the drain ends");
    origin.left(0).await;
}
