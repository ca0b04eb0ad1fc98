//! One request hidden in another, or in a response, where a connection is used again.

use evenkeel_testkit::{Answer, Answer2, Http2Origin, Origin, Stage};

use crate::{ONE, PLAIN, ms, secs};

const SMUGGLED: &str = "GET /smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n";

async fn stage(origin: &Origin) -> Stage {
    Stage::caddyfile(PLAIN).origin(ONE, origin).start().await
}

fn smuggled(origin: &Origin) -> bool {
    origin.seen().iter().any(|seen| seen.path() == "/smuggled")
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn what_follows_an_early_answer_is_still_body() {
    let origin = Origin::ok("well").then(Answer::Early);
    let stage = stage(&origin).await;
    let mut raw = stage.raw(80).await;
    raw.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 300\r\n\r\n")
        .await;
    raw.send("x".repeat(100)).await;
    let early = raw.hear_until("early").await;
    assert!(early.starts_with("HTTP/1.1 200"), "{early}");
    raw.send(SMUGGLED).await;
    let rest = raw.hear().await;
    assert!(rest.statuses().is_empty(), "{rest:?}");
    assert_eq!(stage.get("http://a.test/").await.body, "well");
    assert_eq!(
        origin.connections(),
        2,
        "the half-sent one is not used again"
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_final_answer_to_expect_ends_the_connection_or_the_body_follows() {
    let origin = Origin::ok("well").then(Answer::Early);
    let stage = stage(&origin).await;
    let mut raw = stage.raw(80).await;
    let length = SMUGGLED.len();
    raw.send(format!(
        "POST / HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n"
    ))
    .await;
    raw.hear_within(ms(100)).await;
    raw.send(SMUGGLED).await;
    raw.hear().await;
    assert!(!smuggled(&origin));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_body_behind_a_response_that_has_none_reaches_nobody() {
    for head in ["204 No Content", "304 Not Modified"] {
        let bytes = format!("HTTP/1.1 {head}\r\nContent-Length: 4\r\n\r\nevil");
        let origin = Origin::ok("well").then(Answer::Bytes(bytes.into_bytes()));
        let stage = stage(&origin).await;
        assert_eq!(stage.get("http://a.test/").await.body, "", "{head}");
        assert_eq!(stage.get("http://a.test/").await.body, "well", "{head}");
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_upgrade_with_a_body_is_a_request_with_a_body() {
    let origin = Origin::ok("well");
    let stage = stage(&origin).await;
    let mut raw = stage.raw(80).await;
    let length = SMUGGLED.len();
    raw.send(format!(
        "POST / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\
         Content-Length: {length}\r\n\r\n{SMUGGLED}"
    ))
    .await;
    assert_eq!(raw.hear().await.statuses(), [200]);
    assert!(!smuggled(&origin));
    assert_eq!(origin.last().body, SMUGGLED);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_websocket_that_is_refused_leaves_http_behind() {
    let refusal = Answer::with(426, &[("Sec-WebSocket-Version", "13")], "");
    let origin = Origin::ok("well").then(refusal);
    let stage = stage(&origin).await;
    let mut raw = stage.raw(80).await;
    raw.send(
        "GET /ws HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 777\r\n\r\nGET /next HTTP/1.1\r\nHost: b.test\r\n\r\n",
    )
    .await;
    let heard = raw.hear().await;
    assert_eq!(heard.statuses()[0], 426);
    assert!(
        origin.seen().iter().all(|seen| seen.path() != "/next"),
        "another site's request"
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn chunked_in_http_1_0_is_refused_or_closes() {
    let origin = Origin::ok("well");
    let stage = stage(&origin).await;
    let mut raw = stage.raw(80).await;
    raw.send(format!(
        "POST / HTTP/1.0\r\nHost: a.test\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\
         \r\n\r\n0\r\n\r\n{SMUGGLED}"
    ))
    .await;
    let heard = raw.hear().await;
    assert!(heard.closed, "{heard:?}");
    assert!(!smuggled(&origin));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn no_trailer_becomes_a_field_of_an_upstream_that_speaks_http_2() {
    let origin = Http2Origin::new(Answer2::Ok("well"));
    let file = "http://a.test {\n reverse_proxy h2c://10.0.0.1:80\n}";
    let stage = Stage::caddyfile(file)
        .http2_origin(ONE, &origin, None)
        .start()
        .await;
    let mut raw = stage.raw(80).await;
    raw.send(
        "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\nTrailer: Host\r\n\r\n\
         5\r\nhello\r\n0\r\nHost: evil\r\nAuthorization: me\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n",
    )
    .await;
    assert_eq!(raw.hear().await.statuses(), [200]);
    let seen = origin.last();
    assert_eq!((&*seen.body, &*seen.field("Host")), ("hello", "a.test"));
    assert_eq!(seen.field("x-forwarded-for"), "192.0.2.1");
    assert!(!seen.has("authorization"));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn interim_responses_without_end_are_502() {
    let one = "HTTP/1.1 102 Processing\r\nX-Padding: ".to_owned() + &"x".repeat(1000) + "\r\n\r\n";
    let origin = Origin::new(Answer::Bytes(one.repeat(2000).into_bytes()));
    let stage = stage(&origin).await;
    let reply = stage.get("http://a.test/").await;
    assert_eq!(reply.status, 502);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_upload_drips_no_longer_than_a_minute_without_a_byte() {
    let origin = Origin::ok("well");
    let stage = stage(&origin).await;
    let mut raw = stage.raw(80).await;
    raw.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 100\r\n\r\nx")
        .await;
    let heard = raw.hear_within(secs(90)).await;
    assert!(heard.closed, "{heard:?}");
    origin.left(0).await;
}
