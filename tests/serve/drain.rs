//! The end: what is in flight finishes, nothing new is taken, nobody is cut off who was let in.

use std::time::Duration;

use evenkeel_testkit::{Answer, Origin, Stage};
use tokio::time::Instant;

use crate::{ONE, PLAIN, ms, secs};

async fn stage(answer: Answer) -> (Stage, Origin) {
    let origin = Origin::new(answer);
    (
        Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await,
        origin,
    )
}

/// Ends the stage and returns how long it took.
async fn end(mut stage: Stage, grace: Option<Duration>) -> Duration {
    let start = Instant::now();
    stage.drain(grace);
    stage.ended().await;
    start.elapsed()
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_request_in_flight_is_answered_however_long_it_takes() {
    let (stage, origin) = stage(Answer::ok("done").after(secs(100))).await;
    let mut client = stage.client(80).await;

    let (reply, took) = tokio::join!(client.get("http://a.test/"), async {
        origin.arrived(1).await;
        end(stage, None).await
    });

    let reply = reply.expect("an answer");
    assert_eq!((reply.status, reply.body.as_str()), (200, "done"));
    assert_eq!(reply.field("connection"), "close");
    assert!(took >= secs(100) && took < secs(101), "{took:?}");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_response_in_flight_is_sent_to_its_end() {
    let (stage, origin) = stage(Answer::Chunks(vec!["one", "two"], secs(10))).await;
    let mut client = stage.client(80).await;

    let (reply, _) = tokio::join!(client.get("http://a.test/"), async {
        origin.arrived(1).await;
        stage.advance(secs(11)).await;
        end(stage, Some(secs(60))).await
    });

    let reply = reply.expect("an answer");
    assert_eq!((reply.broken, reply.body.as_str()), (false, "onetwo"));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn the_grace_period_bounds_the_wait() {
    let (stage, origin) = stage(Answer::Hang).await;
    let mut client = stage.client(80).await;

    let (reply, took) = tokio::join!(client.get("http://a.test/"), async {
        origin.arrived(1).await;
        end(stage, Some(secs(5))).await
    });

    assert!(reply.is_none());
    assert_eq!(took, secs(5));
    origin.left(0).await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn new_connections_are_refused() {
    let (mut stage, origin) = stage(Answer::ok("done").after(secs(10))).await;
    let mut raw = stage.raw(80).await;
    raw.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").await;
    origin.arrived(1).await;

    stage.drain(None);
    stage.advance(secs(1)).await;

    let error = stage.try_raw(80).await.expect_err("nobody listens");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
    assert_eq!(raw.hear_within(secs(60)).await.statuses(), [200]);
    stage.ended().await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn connections_that_were_queued_are_served() {
    let (mut stage, _) = stage(Answer::ok("1")).await;
    // Neither has been accepted when the drain begins: this task has not given way yet.
    stage.drain(None);
    let mut first = stage.raw(80).await;
    let mut second = stage.raw(80).await;

    for raw in [&mut first, &mut second] {
        raw.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").await;
    }

    assert_eq!(first.hear().await.statuses(), [200]);
    assert_eq!(second.hear().await.statuses(), [200]);
    stage.ended().await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_queued_client_that_speaks_late_is_waited_for_a_moment() {
    let (stage, _) = stage(Answer::ok("1")).await;
    let mut late = stage.raw(80).await;
    let silent = stage.raw(80).await;

    let (heard, took) = tokio::join!(
        async {
            tokio::time::sleep(ms(500)).await;
            late.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").await;
            late.hear().await
        },
        end(stage, None)
    );

    assert_eq!(heard.statuses(), [200]);
    assert!(took <= ms(1100), "{took:?}");
    drop(silent);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn idle_connections_are_closed_at_once() {
    let (stage, _) = stage(Answer::ok("1")).await;
    let mut client = stage.client(80).await;
    client.get("http://a.test/").await.expect("an answer");

    assert!(end(stage, None).await < ms(10));
    assert!(client.get("http://a.test/").await.is_none());
}

const ASK: &str = "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Key: eA==\r\nSec-WebSocket-Version: 13\r\n\r\n";

#[tokio::test(flavor = "local", start_paused = true)]
async fn tunnels_are_closed_at_once_without_a_grace_period() {
    let (stage, origin) = stage(Answer::Upgrade("websocket")).await;
    let mut raw = stage.raw(80).await;
    raw.send(ASK).await;
    raw.hear_until("\r\n\r\n").await;

    assert!(end(stage, None).await < ms(10));
    assert!(raw.hear().await.closed);
    origin.left(0).await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn tunnels_may_go_on_during_the_grace_period() {
    let (stage, origin) = stage(Answer::Upgrade("websocket")).await;
    let mut raw = stage.raw(80).await;
    raw.send(ASK).await;
    raw.hear_until("\r\n\r\n").await;

    let ((), took) = tokio::join!(
        async {
            tokio::time::sleep(secs(3)).await;
            raw.send("still there").await;
            assert_eq!(raw.hear_until("there").await, "still there");
        },
        end(stage, Some(secs(5)))
    );

    assert_eq!(took, secs(5));
    assert!(raw.hear().await.closed);
    origin.left(0).await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn all_workers_drain() {
    let origin = Origin::new(Answer::ok("done").after(secs(2)));
    let stage = Stage::caddyfile(PLAIN)
        .origin(ONE, &origin)
        .workers(2)
        .start()
        .await;
    let (mut one, mut two) = (stage.client(80).await, stage.client(80).await);

    let (first, second, took) = tokio::join!(
        one.get("http://a.test/"),
        two.get("http://a.test/"),
        async {
            origin.arrived(2).await;
            end(stage, None).await
        }
    );

    assert_eq!(
        (
            first.expect("an answer").status,
            second.expect("an answer").status
        ),
        (200, 200)
    );
    assert!(took < secs(3), "{took:?}");
}
