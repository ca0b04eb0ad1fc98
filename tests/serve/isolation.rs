//! What happens to one exchange does not happen to others; a new graph disturbs none.

use evenkeel_testkit::{Answer, Origin, Stage};

use crate::{ONE, PLAIN, ms, secs};

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_panic_costs_one_exchange_and_is_logged() {
    let origin = Origin::ok("1");
    let stage = Stage::caddyfile(PLAIN)
        .origin(ONE, &origin)
        .bug("boom")
        .start()
        .await;
    let mut other = stage.client(80).await;
    other.get("http://a.test/").await.expect("an answer");
    let mut raw = stage.raw(80).await;

    raw.send("GET /.well-known/acme-challenge/boom HTTP/1.1\r\nHost: a.test\r\n\r\n")
        .await;

    let heard = raw.hear().await;
    assert_eq!((heard.text.as_str(), heard.closed), ("", true));
    let log = stage.log();
    assert!(
        log.iter()
            .any(|line| line.starts_with("ERROR") && line.contains("192.0.2.1")),
        "{log:?}"
    );
    assert_eq!(
        other.get("http://a.test/").await.expect("an answer").status,
        200
    );
    assert_eq!(stage.get("http://a.test/").await.status, 200);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_drain_does_not_wait_for_what_a_panic_left() {
    let mut stage = Stage::caddyfile(PLAIN).bug("boom").start().await;
    let mut raw = stage.raw(80).await;
    raw.send("GET /.well-known/acme-challenge/boom HTTP/1.1\r\nHost: a.test\r\n\r\n")
        .await;
    raw.hear().await;

    stage.drain(None);

    tokio::time::timeout(secs(5), stage.ended())
        .await
        .expect("the drain ends");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_new_graph_answers_the_next_request_on_the_same_connection() {
    let stage = Stage::caddyfile("http://a.test {\n\trespond old\n}")
        .start()
        .await;
    let mut client = stage.client(80).await;
    assert_eq!(
        client.get("http://a.test/").await.expect("an answer").body,
        "old"
    );

    stage.install("http://a.test {\n\trespond new\n}").await;

    assert_eq!(
        client.get("http://a.test/").await.expect("an answer").body,
        "new"
    );
    assert_eq!(stage.get("http://a.test/").await.body, "new");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_request_in_flight_finishes_on_the_graph_it_began_on() {
    let origin = Origin::new(Answer::ok("old").after(secs(5)));
    let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;
    let mut client = stage.client(80).await;

    let (reply, ()) = tokio::join!(client.get("http://a.test/"), async {
        origin.arrived(1).await;
        stage.install("http://a.test {\n\trespond new\n}").await;
        assert_eq!(stage.get("http://a.test/").await.body, "new");
    });

    assert_eq!(reply.expect("an answer").body, "old");
    assert_eq!(
        client.get("http://a.test/").await.expect("an answer").body,
        "new"
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_socket_whose_server_is_gone_is_drained_and_closed() {
    let two = "http://a.test {\n\trespond a\n}\nhttp://a.test:81 {\n\trespond b\n}";
    let stage = Stage::caddyfile(two).start().await;
    let mut client = stage.client(81).await;
    assert_eq!(
        client
            .get("http://a.test:81/")
            .await
            .expect("an answer")
            .body,
        "b"
    );

    stage.install("http://a.test {\n\trespond a\n}").await;
    stage.advance(ms(10)).await;

    assert!(stage.try_raw(81).await.is_err());
    assert!(client.get("http://a.test:81/").await.is_none());
    assert_eq!(stage.get("http://a.test/").await.body, "a");
}
