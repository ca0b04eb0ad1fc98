//! Streams that have no end of their own: how long they last, and what passes through them.

use evenkeel_testkit::{Answer, Answer2, Http2Origin, Origin, Raw, Stage};
use tokio::time::Instant;

use crate::{ONE, ms, secs};

const ASK: &str = "GET /chat HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Key: eA==\r\nSec-WebSocket-Version: 13\r\n\r\n";

fn file(options: &str) -> String {
    format!("http://a.test {{\n reverse_proxy 10.0.0.1:80 {{\n {options}\n }}\n}}")
}

/// A tunnel through a proxy with these options.
async fn tunnel(options: &str) -> (Stage, Raw, Origin) {
    let origin = Origin::new(Answer::Upgrade("websocket"));
    let stage = Stage::caddyfile(&file(options))
        .origin(ONE, &origin)
        .start()
        .await;
    let mut raw = stage.raw(80).await;
    raw.send(ASK).await;
    raw.hear_until("\r\n\r\n").await;
    (stage, raw, origin)
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_stream_is_closed_at_its_timeout_though_it_is_busy() {
    let (_stage, mut raw, origin) = tunnel("stream_timeout 10s").await;
    let start = Instant::now();

    loop {
        raw.send("x").await;
        if raw.hear_within(ms(100)).await.closed {
            break;
        }
    }

    assert_eq!(start.elapsed(), secs(10));
    origin.left(0).await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn the_timeout_of_streams_does_not_end_responses() {
    let origin = Origin::new(Answer::Chunks(vec!["one", "two"], secs(20)));
    let stage = Stage::caddyfile(&file("stream_timeout 10s"))
        .origin(ONE, &origin)
        .start()
        .await;

    let reply = stage.get("http://a.test/").await;

    assert_eq!((&*reply.body, reply.broken), ("onetwo", false));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_stream_outlives_a_new_configuration_by_the_close_delay() {
    let (stage, mut raw, origin) = tunnel("stream_close_delay 5s").await;
    stage.advance(secs(60)).await;
    let start = Instant::now();

    stage.install("http://a.test {\n respond new\n}").await;
    raw.send("still").await;
    raw.hear_until("still").await;

    assert!(raw.hear_within(secs(100)).await.closed);
    assert_eq!(start.elapsed(), secs(5));
    origin.left(0).await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_stream_without_a_close_delay_outlives_every_configuration() {
    let (stage, mut raw, _origin) = tunnel("").await;

    stage.install("http://a.test {\n respond new\n}").await;
    stage.advance(secs(3600)).await;

    raw.send("still").await;
    assert_eq!(raw.hear_until("still").await, "still");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn verbose_logs_tell_of_every_round_trip_and_others_do_not() {
    for (options, expected) in [("verbose_logs", 1), ("", 0)] {
        let origin = Origin::new(Answer::ok("1").after(secs(2)));
        let stage = Stage::caddyfile(&file(options))
            .origin(ONE, &origin)
            .start()
            .await;
        stage.get("http://a.test/").await;
        let log = stage.log();
        let trips: Vec<_> = log
            .iter()
            .filter(|line| line.contains("upstream roundtrip"))
            .collect();
        assert_eq!(trips.len(), expected, "{log:#?}");
        for trip in trips {
            assert!(
                trip.starts_with("DEBUG http.handlers.reverse_proxy"),
                "{trip}"
            );
            for part in ["upstream=10.0.0.1:80", "status=200", "duration=2"] {
                assert!(trip.contains(part), "{part} is not in {trip}");
            }
        }
    }
}

/// Three events, a second apart, and no end.
fn events() -> Answer {
    Answer::Chunks(vec!["data: 1\n\n", "data: 2\n\n", "data: 3\n\n"], secs(1))
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn events_come_when_they_are_sent_also_through_http_2() {
    let origin = Origin::new(events());
    let stage = Stage::caddyfile("a.test {\n reverse_proxy 10.0.0.1:80\n}")
        .origin(ONE, &origin)
        .start()
        .await;
    let mut client = stage.http2_client("a.test").await;
    let fields = [("accept", "text/event-stream")];
    let request = Stage::request_with("GET", "https://a.test/events", &fields);
    let start = Instant::now();

    let mut opened = client.open(request).await.expect("a head");

    for second in 1..=3 {
        let event = format!("data: {second}\n\n");
        assert_eq!(opened.piece().await, Some(event));
        assert_eq!(start.elapsed(), secs(second));
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_client_that_leaves_its_events_ends_them() {
    let origin = Origin::new(Answer::Endless);
    let stage = Stage::caddyfile("a.test {\n reverse_proxy 10.0.0.1:80\n}")
        .origin(ONE, &origin)
        .start()
        .await;
    let mut client = stage.http2_client("a.test").await;
    let request = Stage::request("GET", "https://a.test/events", "");
    let mut opened = client.open(request).await.expect("a head");
    opened.piece().await;

    drop(opened);

    origin.left(0).await;
    assert_eq!(stage.in_flight(), 0);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn grpc_streams_both_ways_over_tls_on_both_sides() {
    let origin = Http2Origin::new(Answer2::Echo);
    let stage = Stage::caddyfile("a.test {\n reverse_proxy https://app.test\n}")
        .name("app.test", &["10.0.0.1"])
        .http2_origin("10.0.0.1:443", &origin, Some("app.test"))
        .start()
        .await;
    let mut client = stage.http2_client("a.test").await;
    let (pieces, request) = Stage::upload("https://a.test/svc/Chat", None);

    let mut opened = client.open(request).await.expect("a head");

    for message in ["one", "two", "three"] {
        assert!(pieces.send(message).await);
        assert_eq!(opened.piece().await.as_deref(), Some(message));
    }
    drop(pieces);
    let end = opened.piece().await.unwrap_or_default();
    assert_eq!((&*end, opened.piece().await), ("", None));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn trailers_of_grpc_arrive_over_tls_and_without_a_body() {
    for (answer, name) in [
        (Answer2::WithTrailer("answer"), Some("app.test")),
        (Answer2::WithTrailer(""), None),
    ] {
        let origin = Http2Origin::new(answer);
        let upstream = name.map_or("h2c://10.0.0.1:80", |_| "https://app.test");
        let stage = Stage::caddyfile(&format!("a.test {{\n reverse_proxy {upstream}\n}}"))
            .name("app.test", &["10.0.0.1"])
            .http2_origin(
                if name.is_some() { "10.0.0.1:443" } else { ONE },
                &origin,
                name,
            )
            .start()
            .await;
        let mut client = stage.http2_client("a.test").await;
        let fields = [("te", "trailers"), ("content-type", "application/grpc")];
        let request = Stage::request_with("POST", "https://a.test/svc/Call", &fields);

        let reply = client.send(request).await.expect("a reply");

        assert!(!reply.broken, "{upstream}");
        assert_eq!(reply.trailer("grpc-status"), "0", "{upstream}");
    }
}
