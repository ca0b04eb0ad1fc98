//! How long a client may take.

use evenkeel_testkit::{Answer, Origin, Stage};
use tokio::time::{Duration, Instant};

use crate::{ONE, PLAIN, ms, secs};

async fn stage(answer: Answer) -> Stage {
    Stage::caddyfile(PLAIN)
        .origin(ONE, &Origin::new(answer))
        .start()
        .await
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_head_that_drips_in_is_cut_off_after_a_minute_in_all() {
    let stage = stage(Answer::ok("1")).await;
    let mut raw = stage.raw(80).await;
    let start = Instant::now();

    raw.send("GET / HTTP/1.1\r\nHost: a.test\r\nX-Slow: ").await;
    let heard = loop {
        raw.send("x").await;
        let heard = raw.hear_within(secs(1)).await;
        if heard.closed {
            break heard;
        }
    };

    assert_eq!(heard.text, "");
    assert!(
        start.elapsed() >= secs(60) && start.elapsed() <= secs(61),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_client_that_says_nothing_is_cut_off_after_a_minute() {
    let stage = stage(Answer::ok("1")).await;
    let start = Instant::now();

    assert!(stage.raw(80).await.hear_within(secs(1000)).await.closed);

    assert_eq!(start.elapsed(), secs(60));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_connection_stays_open_for_five_minutes_between_requests() {
    let stage = stage(Answer::ok("1")).await;
    let mut raw = stage.raw(80).await;
    for _ in 0..3 {
        raw.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").await;
        let heard = raw.hear_within(secs(299)).await;
        assert_eq!((heard.statuses(), heard.closed), (vec![200], false));
    }
    raw.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").await;
    let start = Instant::now();

    assert!(raw.hear_within(secs(1000)).await.closed);

    assert_eq!(start.elapsed(), secs(300));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_second_head_that_drips_in_is_cut_off_a_minute_after_its_first_byte() {
    let stage = stage(Answer::ok("1")).await;
    let mut raw = stage.raw(80).await;
    raw.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\nhello")
        .await;
    raw.hear_within(secs(200)).await;
    let start = Instant::now();

    raw.send("G").await;

    assert!(raw.hear_within(secs(1000)).await.closed);
    assert_eq!(start.elapsed(), secs(60));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_slow_answer_is_waited_for() {
    let stage = stage(Answer::ok("1").after(secs(1000))).await;

    let reply = stage.get("http://a.test/").await;

    assert_eq!((reply.status, reply.took), (200, secs(1000)));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_client_that_takes_nothing_for_a_minute_is_given_up() {
    let origin = Origin::new(Answer::Endless);
    let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;
    let mut raw = stage.raw(80).await;
    let start = Instant::now();
    raw.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").await;
    origin.arrived(1).await;

    origin.left(0).await;

    assert_eq!(start.elapsed(), secs(60));
    drop(raw);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_client_that_takes_a_little_now_and_then_is_not_given_up() {
    let origin = Origin::new(Answer::Endless);
    let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;
    let mut raw = stage.raw(80).await;
    raw.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").await;

    for _ in 0..20 {
        raw.hear_bytes(200_000).await;
        stage.advance(secs(50)).await;
    }

    assert_eq!(origin.open(), 1);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_exchange_that_took_long_does_not_shorten_the_wait_for_the_next() {
    let stage = stage(Answer::ok("1").after(secs(400))).await;
    let mut client = stage.client(80).await;
    let waits = [Duration::ZERO, ms(1), secs(290)];

    for wait in waits {
        stage.advance(wait).await;
        assert_eq!(
            client
                .get("http://a.test/")
                .await
                .expect("an answer")
                .status,
            200
        );
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_body_that_stalls_for_a_minute_frees_its_upstream() {
    let origin = Origin::ok("1");
    let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;
    let mut raw = stage.raw(80).await;
    let start = Instant::now();

    raw.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 10\r\n\r\nhello")
        .await;
    let heard = raw.hear_within(secs(1000)).await;

    assert!(
        heard.closed && !heard.statuses().contains(&200),
        "{heard:?}"
    );
    assert_eq!((origin.open(), start.elapsed()), (0, secs(60)));
    assert!(origin.seen().iter().all(|seen| !seen.complete));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_body_that_goes_on_within_the_minute_arrives() {
    let origin = Origin::ok("1");
    let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;
    let mut client = stage.client(80).await;
    let (pieces, request) = Stage::upload("http://a.test/", Some(10));

    let (reply, ()) = tokio::join!(client.send(request), async {
        for _ in 0..10 {
            stage.advance(secs(59)).await;
            pieces.send("x").await;
        }
    });

    assert_eq!(reply.expect("an answer").status, 200);
    assert_eq!(origin.last().body, "xxxxxxxxxx");
}
