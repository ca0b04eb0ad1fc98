//! Bodies pass as they come, at the pace of whoever takes them, and stop when nobody does.

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

#[tokio::test(flavor = "local", start_paused = true)]
async fn each_piece_of_a_response_passes_when_it_comes() {
    let (stage, _) = stage(Answer::Chunks(vec!["one", "two", "three"], secs(1))).await;
    let mut client = stage.client(80).await;
    let start = Instant::now();

    let mut response = client
        .open(Stage::request("GET", "http://a.test/", ""))
        .await
        .expect("an answer");

    assert_eq!(
        start.elapsed(),
        ms(0),
        "the head does not wait for the body"
    );
    for (second, piece) in [(1, "one"), (2, "two"), (3, "three")] {
        assert_eq!(response.piece().await.as_deref(), Some(piece));
        assert_eq!(start.elapsed(), secs(second));
    }
    assert_eq!(response.piece().await, None);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_upload_passes_whole_in_either_framing() {
    for length in [Some(11), None] {
        let (stage, origin) = stage(Answer::ok("1")).await;
        let mut client = stage.client(80).await;
        let (pieces, request) = Stage::upload("http://a.test/", length);

        let (reply, ()) = tokio::join!(client.send(request), async {
            pieces.send("hello ").await;
            stage.advance(secs(1)).await;
            pieces.send("world").await;
            drop(pieces);
        });

        assert_eq!(reply.expect("an answer").status, 200);
        let seen = origin.last();
        assert_eq!((seen.body.as_str(), seen.complete), ("hello world", true));
        assert_eq!(
            seen.has("content-length"),
            length.is_some(),
            "{}",
            seen.head
        );
        assert_eq!(
            seen.has("transfer-encoding"),
            length.is_none(),
            "{}",
            seen.head
        );
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn the_header_timeout_does_not_run_during_an_upload() {
    let caddyfile = "http://a.test {
        reverse_proxy 10.0.0.1:80 {
            transport http {
                response_header_timeout 2s
            }
        }
    }";
    let origin = Origin::ok("1");
    let stage = Stage::caddyfile(caddyfile)
        .origin(ONE, &origin)
        .start()
        .await;
    let mut client = stage.client(80).await;
    let (pieces, request) = Stage::upload("http://a.test/", None);

    let (reply, ()) = tokio::join!(client.send(request), async {
        for _ in 0..10 {
            pieces.send("x").await;
            stage.advance(secs(1)).await;
        }
        drop(pieces);
    });

    assert_eq!(reply.expect("an answer").status, 200);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_client_that_does_not_read_stops_the_upstream() {
    let (stage, origin) = stage(Answer::Endless).await;
    let mut raw = stage.raw(80).await;
    raw.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").await;

    stage.advance(secs(1)).await;
    let held = origin.written();
    stage.advance(secs(20)).await;

    assert_eq!(origin.written(), held);
    assert!(held < 2 << 20, "{held} bytes are on their way");
    raw.hear_bytes(1 << 20).await;
    stage.advance(ms(1)).await;
    assert!(origin.written() > held, "reading lets it go on");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_upstream_that_does_not_read_stops_the_client() {
    let (stage, origin) = stage(Answer::Early).await;
    let mut client = stage.client(80).await;
    let (pieces, request) = Stage::upload("http://a.test/", None);
    let piece = "x".repeat(64 << 10);

    let sent = async {
        let mut sent = 0;
        while let Ok(true) = tokio::time::timeout(secs(5), pieces.send(&piece)).await {
            sent += piece.len();
        }
        sent
    };
    let (sent, _) = tokio::join!(sent, client.open(request));

    assert!(sent < 2 << 20, "{sent} bytes were taken");
    assert!(origin.requests() == 1);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_client_that_leaves_while_waiting_cancels_the_request() {
    for method in ["GET", "POST"] {
        let (stage, origin) = stage(Answer::Hang).await;
        let mut raw = stage.raw(80).await;
        raw.send(format!(
            "{method} / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1\r\n\r\nx"
        ))
        .await;
        origin.arrived(1).await;
        let start = Instant::now();

        drop(raw);

        origin.left(0).await;
        assert_eq!(start.elapsed(), ms(0), "{method}");
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_client_that_leaves_in_mid_download_stops_it() {
    let (stage, origin) = stage(Answer::Endless).await;
    let mut raw = stage.raw(80).await;
    raw.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").await;
    raw.hear_bytes(1000).await;
    let start = Instant::now();

    raw.reset();

    origin.left(0).await;
    assert_eq!(start.elapsed(), ms(0));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_upload_that_breaks_off_is_never_finished_upstream() {
    for framing in [
        "Content-Length: 10\r\n\r\nhello",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ] {
        let (stage, origin) = stage(Answer::ok("1")).await;
        let mut raw = stage.raw(80).await;
        raw.send(format!("POST / HTTP/1.1\r\nHost: a.test\r\n{framing}"))
            .await;
        stage.advance(ms(1)).await;

        drop(raw);

        origin.left(0).await;
        assert!(
            origin.seen().iter().all(|seen| !seen.complete),
            "{framing}: {:?}",
            origin.seen()
        );
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_download_that_breaks_off_is_never_finished_downstream() {
    let part = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
    let chunk = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
    for bytes in [part.to_vec(), chunk.to_vec()] {
        for answer in [
            Answer::BytesAndClose(bytes.clone()),
            Answer::BytesAndReset(bytes),
        ] {
            let (stage, origin) = stage(answer).await;

            let reply = stage.get("http://a.test/").await;

            assert_eq!(
                (reply.status, reply.broken, reply.body.as_str()),
                (200, true, "hello")
            );
            assert_eq!(origin.requests(), 1, "what was begun is not begun anew");
        }
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn head_and_204_and_304_have_no_body() {
    let (stage, _) = stage(Answer::Bytes(
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n".into(),
    ))
    .await;
    let reply = stage.send("HEAD", "http://a.test/", "").await;
    assert_eq!(
        (reply.status, reply.field("content-length").as_str()),
        (200, "5")
    );
    for status in [204, 304] {
        let (stage, _) =
            self::stage(Answer::Bytes(format!("HTTP/1.1 {status} X\r\n\r\n").into())).await;
        let mut client = stage.client(80).await;
        for _ in 0..2 {
            let reply = client
                .get("http://a.test/")
                .await
                .expect("the connection goes on");
            assert_eq!((reply.status, reply.body.as_str()), (status, ""));
        }
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_client_that_waits_for_100_is_told_to_go_on_when_there_is_an_upstream() {
    let (stage, origin) = stage(Answer::ok("1")).await;
    let mut raw = stage.raw(80).await;

    raw.send(
        "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
    )
    .await;
    assert_eq!(raw.hear().await.statuses(), [100]);
    raw.send("hello").await;

    assert_eq!(raw.hear().await.statuses(), [200]);
    assert_eq!(origin.last().body, "hello");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_client_that_waits_for_100_does_not_upload_to_nobody() {
    let (stage, _) = stage(Answer::ok("1")).await;
    stage.fault(ONE, evenkeel_net::memory::Fault::Refuse);
    let mut raw = stage.raw(80).await;

    raw.send(
        "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
    )
    .await;

    assert_eq!(raw.hear().await.statuses(), [502]);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_old_client_gets_its_answer_and_the_end_of_the_connection() {
    let (stage, origin) = stage(Answer::Chunks(vec!["one", "two"], ms(1))).await;
    let mut raw = stage.raw(80).await;

    raw.send("GET / HTTP/1.0\r\nHost: a.test\r\n\r\n").await;

    let heard = raw.hear().await;
    assert!(
        heard.closed && heard.text.ends_with("\r\n\r\nonetwo"),
        "{heard:?}"
    );
    assert_eq!(origin.last().line(), "GET / HTTP/1.1");
}
