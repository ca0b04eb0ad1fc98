//! HTTP/2 towards upstreams: over TLS by negotiation, in clear by prior knowledge.

use evenkeel_testkit::{Answer2, Http2Origin, Origin, Stage};

use crate::{ONE, secs};

const H2C: &str = "http://a.test {\n reverse_proxy h2c://10.0.0.1:80\n}";

async fn stage(file: &str, origin: &Http2Origin) -> Stage {
    Stage::caddyfile(file)
        .http2_origin(ONE, origin, None)
        .start()
        .await
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_h2c_upstream_is_spoken_to_in_http_2_at_once() {
    let origin = Http2Origin::new(Answer2::Ok("two"));
    let stage = stage(H2C, &origin).await;
    let fields = [("Connection", "close"), ("X-A", "1")];
    let request = Stage::request_with("GET", "http://a.test/x", &fields);
    let reply = stage.client(80).await.send(request).await.expect("a reply");
    assert_eq!((reply.status, &*reply.body), (200, "two"));
    let seen = origin.last();
    assert_eq!(seen.line(), "GET /x HTTP/2.0");
    assert_eq!(seen.field("Host"), "a.test");
    assert_eq!(seen.field("X-A"), "1");
    assert!(!seen.has("Connection"));
    assert_eq!(reply.field("Via"), "2.0 Caddy");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn tls_negotiates_http_2_where_both_speak_it() {
    let origin = Http2Origin::new(Answer2::Ok("two"));
    let stage = Stage::caddyfile("http://a.test {\n reverse_proxy https://app.test\n}")
        .name("app.test", &["10.0.0.1"])
        .http2_origin("10.0.0.1:443", &origin, Some("app.test"))
        .start()
        .await;
    for _ in 0..3 {
        assert_eq!(stage.get("http://a.test/").await.body, "two");
    }
    assert_eq!(origin.last().field("Host"), "app.test:443");
    assert_eq!(origin.connections(), 1);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn versions_without_2_do_not_offer_it() {
    let origin = Origin::ok("one");
    let file = "http://a.test {\n reverse_proxy https://app.test {\n transport http {\n \
                versions 1.1\n }\n }\n}";
    let stage = Stage::caddyfile(file)
        .name("app.test", &["10.0.0.1"])
        .tls_origin("10.0.0.1:443", &origin, ("app.test", &["h2", "http/1.1"]))
        .start()
        .await;
    assert_eq!(stage.get("http://a.test/").await.body, "one");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn many_requests_share_a_connection_up_to_what_the_upstream_takes() {
    let origin = Http2Origin::new(Answer2::Hang).streams(10);
    let stage = stage(H2C, &origin).await;
    let mut clients = Vec::new();
    for _ in 0..25 {
        let mut client = stage.raw(80).await;
        client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").await;
        clients.push(client);
    }
    origin.arrived(25).await;
    assert!(
        origin.connections() <= 4,
        "{} connections",
        origin.connections()
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_refused_stream_is_sent_again_on_another_connection() {
    for answer in [Answer2::Refuse, Answer2::GoAway] {
        let origin = Http2Origin::new(Answer2::Ok("well")).first(&[Answer2::Ok("first"), answer]);
        let stage = stage(H2C, &origin).await;
        assert_eq!(stage.get("http://a.test/").await.body, "first");
        let reply = stage.send("DELETE", "http://a.test/", "").await;
        assert_eq!((reply.status, &*reply.body), (200, "well"), "{answer:?}");
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_stream_that_is_reset_in_the_middle_breaks_the_response_and_nothing_else() {
    let origin = Http2Origin::new(Answer2::Ok("well")).first(&[Answer2::Reset]);
    let stage = stage(H2C, &origin).await;
    let reply = stage.get("http://a.test/").await;
    assert!(reply.broken, "{reply:?}");
    assert_eq!(stage.get("http://a.test/").await.body, "well");
    assert_eq!(origin.connections(), 1);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn grpc_passes_both_ways_with_its_trailers() {
    let origin = Http2Origin::new(Answer2::WithTrailer("answer"));
    let file = "a.test {\n reverse_proxy h2c://10.0.0.1:80\n}";
    let stage = stage(file, &origin).await;
    let mut client = stage.http2_client("a.test").await;
    let fields = [("te", "trailers"), ("content-type", "application/grpc")];
    let request = Stage::request_with("POST", "https://a.test/svc/Call", &fields);
    let reply = client.send(request).await.expect("a reply");
    assert_eq!((reply.status, &*reply.body), (200, "answer"));
    assert_eq!(origin.last().field("te"), "trailers");
    assert!(!reply.broken);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn pieces_pass_both_ways_while_both_bodies_are_open() {
    let origin = Http2Origin::new(Answer2::Echo);
    let stage = stage(H2C, &origin).await;
    let (pieces, request) = Stage::upload("http://a.test/", None);
    let mut client = stage.client(80).await;
    let mut opened = client
        .open(request)
        .await
        .expect("a response before the request's end");
    for piece in ["one", "two"] {
        assert!(pieces.send(piece).await);
        assert_eq!(opened.piece().await.as_deref(), Some(piece));
    }
    drop(pieces);
    assert_eq!(opened.piece().await, None);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_upload_that_breaks_off_resets_its_stream() {
    let origin = Http2Origin::new(Answer2::Ok(""));
    let stage = stage(H2C, &origin).await;
    let (pieces, request) = Stage::upload("http://a.test/", Some(100));
    let mut client = stage.client(80).await;
    let upload = async {
        assert!(pieces.send("part").await);
        pieces.break_off().await;
    };
    let (reply, ()) = tokio::join!(client.send(request), upload);
    assert!(reply.is_none_or(|reply| reply.status >= 400));
    origin.arrived(1).await;
    assert!(!origin.last().complete, "never finished upstream");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_idle_connection_is_closed_in_the_end() {
    let origin = Http2Origin::new(Answer2::Ok(""));
    let stage = stage(H2C, &origin).await;
    stage.get("http://a.test/").await;
    stage.advance(secs(119)).await;
    stage.get("http://a.test/").await;
    assert_eq!(origin.connections(), 1);
    stage.advance(secs(121)).await;
    stage.get("http://a.test/").await;
    assert_eq!(origin.connections(), 2);
}
