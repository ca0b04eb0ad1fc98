//! Connections that become something else than HTTP.

use evenkeel_testkit::{Answer, Origin, Stage};

use crate::{ONE, PLAIN, secs};

const ASK: &str = "GET /chat HTTP/1.1\r\nHost: a.test\r\nConnection: keep-alive, Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Key: eA==\r\nSec-WebSocket-Version: 13\r\n\r\n";

async fn stage(answer: Answer) -> (Stage, Origin) {
    let origin = Origin::new(answer);
    (
        Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await,
        origin,
    )
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn bytes_pass_both_ways_after_a_matching_101() {
    let (stage, origin) = stage(Answer::Upgrade("websocket")).await;
    let mut raw = stage.raw(80).await;
    raw.send(ASK).await;

    let head = raw.hear_until("\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert!(
        head.to_ascii_lowercase().contains("upgrade: websocket"),
        "{head}"
    );
    for text in ["hello", "again"] {
        raw.send(text).await;
        assert_eq!(raw.hear_until(text).await, text);
    }
    assert_eq!(origin.last().field("upgrade"), "websocket");
    assert_eq!(origin.last().field("sec-websocket-key"), "eA==");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn what_the_client_sent_right_behind_its_request_arrives() {
    let (stage, _) = stage(Answer::Upgrade("websocket")).await;
    let mut raw = stage.raw(80).await;
    raw.send(format!("{ASK}early")).await;

    raw.hear_until("\r\n\r\n").await;
    assert_eq!(raw.hear_until("early").await, "early");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_tunnel_may_be_silent_for_hours() {
    let (stage, _) = stage(Answer::Upgrade("websocket")).await;
    let mut raw = stage.raw(80).await;
    raw.send(ASK).await;
    raw.hear_until("\r\n\r\n").await;

    stage.advance(secs(7200)).await;

    raw.send("still there").await;
    assert_eq!(raw.hear_until("there").await, "still there");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_tunnel_whose_client_reads_late_is_not_given_up() {
    let (stage, _) = stage(Answer::Upgrade("websocket")).await;
    let mut raw = stage.raw(80).await;
    raw.send(ASK).await;
    raw.hear_until("\r\n\r\n").await;
    let much = "x".repeat(1 << 20);
    let sending = tokio::time::timeout(secs(600), raw.send(&much)).await;
    assert!(
        sending.is_err(),
        "nobody reads what comes back, so not all of it can be sent"
    );

    assert_eq!(raw.hear_bytes(100_000).await.len(), 100_000);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_client_that_leaves_ends_the_upstreams_side_and_the_other_way_round() {
    let (stage, origin) = stage(Answer::Upgrade("websocket")).await;
    let mut raw = stage.raw(80).await;
    raw.send(ASK).await;
    raw.hear_until("\r\n\r\n").await;
    drop(raw);
    origin.left(0).await;

    let mut raw = stage.raw(80).await;
    raw.send(ASK).await;
    raw.hear_until("\r\n\r\n").await;
    origin.hang_up();
    assert!(raw.hear().await.closed);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_tunnel_counts_as_a_request_in_flight() {
    let caddyfile = "http://a.test {
        reverse_proxy 10.0.0.1:80 10.0.0.2:80 {
            lb_policy least_conn
        }
    }";
    let (one, two) = (Origin::ok("1"), Origin::ok("2"));
    one.set(Answer::Upgrade("websocket"));
    two.set(Answer::Upgrade("websocket"));
    let stage = Stage::caddyfile(caddyfile)
        .origin(ONE, &one)
        .origin("10.0.0.2:80", &two);
    let stage = stage.start().await;
    let mut tunnels = Vec::new();

    for count in 1..=6 {
        let mut raw = stage.raw(80).await;
        raw.send(ASK).await;
        raw.hear_until("\r\n\r\n").await;
        tunnels.push(raw);
        assert!(
            one.open().abs_diff(two.open()) <= 1,
            "after {count} tunnels"
        );
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn without_a_101_what_follows_is_a_request_of_its_own() {
    let (stage, origin) = stage(Answer::ok("no")).await;
    let mut raw = stage.raw(80).await;

    raw.send(format!("{ASK}GET /second HTTP/1.1\r\nHost: a.test\r\n\r\n"))
        .await;

    assert_eq!(raw.hear().await.statuses(), [200, 200]);
    let lines: Vec<_> = origin
        .seen()
        .iter()
        .map(|seen| seen.path().to_owned())
        .collect();
    assert_eq!(lines, ["/chat", "/second"]);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_101_nobody_asked_for_opens_no_tunnel() {
    let (stage, _) = stage(Answer::Upgrade("websocket")).await;
    let mut raw = stage.raw(80).await;

    raw.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").await;

    assert_eq!(raw.hear().await.statuses(), [502]);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_101_to_another_protocol_opens_no_tunnel() {
    let (stage, _) = stage(Answer::Upgrade("telnet")).await;
    let mut raw = stage.raw(80).await;

    raw.send(ASK).await;

    assert_ne!(raw.hear().await.statuses(), [101]);
}
