//! HTTPS: what is negotiated, and what is refused.

use evenkeel_testkit::{Answer, Origin, Seen, Stage, Upload};
use tokio::time::Instant;

use crate::{ONE, ms, secs};

const SITE: &str = "
https://a.test {
	reverse_proxy 10.0.0.1:80
}
";

async fn stage(answer: Answer) -> (Stage, Origin) {
    let origin = Origin::new(answer);
    (
        Stage::caddyfile(SITE).origin(ONE, &origin).start().await,
        origin,
    )
}

/// A request as HTTP/2 wants it: with the whole URL, and fields as given.
fn request(method: &str, url: &str, fields: &[(&str, &str)]) -> evenkeel_testkit::Request<Upload> {
    let mut request = Stage::request_with(method, "http://x/", fields);
    request.headers_mut().remove("host");
    for (_, value) in fields.iter().filter(|(name, _)| *name == "host") {
        request
            .headers_mut()
            .insert("host", value.parse().expect("a valid value"));
    }
    *request.uri_mut() = url.parse().expect("a valid URL");
    request
}

fn assert_forwarded(seen: &Seen, proto: &str) {
    assert_eq!(seen.field("host"), "a.test");
    assert_eq!(seen.field("x-forwarded-proto"), "https");
    assert_eq!(seen.field("via"), format!("{proto} Caddy"));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn http_1_passes_through_tls() {
    let (stage, origin) = stage(Answer::ok("1")).await;

    let reply = stage
        .tls_client("a.test")
        .await
        .get("https://a.test/x")
        .await;

    assert_eq!(reply.expect("an answer").body, "1");
    assert_forwarded(&origin.last(), "1.1");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn http_2_passes_and_becomes_http_1() {
    let (stage, origin) = stage(Answer::ok("1")).await;
    let mut client = stage.http2_client("a.test").await;

    let reply = client
        .send(request("GET", "https://a.test/x?y", &[]))
        .await
        .expect("an answer");

    assert_eq!((reply.status, reply.body.as_str()), (200, "1"));
    assert_eq!(origin.last().line(), "GET /x?y HTTP/1.1");
    assert_forwarded(&origin.last(), "2.0");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn requests_on_one_http_2_connection_run_at_the_same_time() {
    let (stage, origin) = stage(Answer::ok("1").after(secs(1))).await;
    let client = stage.http2_client("a.test").await;
    let start = Instant::now();
    let get = |path: &str| {
        let mut client = client.clone();
        let request = request("GET", &format!("https://a.test/{path}"), &[]);
        async move { client.send(request).await }
    };

    let replies = tokio::join!(get("1"), get("2"), get("3"));

    assert!(
        [replies.0, replies.1, replies.2]
            .iter()
            .all(Option::is_some)
    );
    assert_eq!((origin.requests(), start.elapsed()), (3, secs(1)));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_host_that_contradicts_the_authority_is_400() {
    let (stage, origin) = stage(Answer::ok("1")).await;
    let mut client = stage.http2_client("a.test").await;

    let reply = client
        .send(request("GET", "https://a.test/", &[("host", "evil")]))
        .await;

    assert_eq!(reply.expect("an answer").status, 400);
    assert_eq!(origin.requests(), 0);
    // The other streams of the connection are unharmed.
    let reply = client
        .send(request("GET", "https://a.test/", &[("host", "a.test")]))
        .await;
    assert_eq!(reply.expect("an answer").status, 200);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_stream_that_is_reset_cancels_its_request() {
    let (stage, origin) = stage(Answer::Hang).await;
    let client = stage.http2_client("a.test").await;
    let mut one = client.clone();
    let request = request("GET", "https://a.test/", &[]);
    let asked = tokio::time::timeout(secs(3), one.send(request)).await;
    assert!(asked.is_err() && origin.requests() == 1);
    let start = Instant::now();

    origin.left(0).await;

    assert_eq!(start.elapsed(), ms(0));
    assert!(!client.is_closed());
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_name_without_a_certificate_is_refused() {
    let (stage, _) = stage(Answer::ok("1")).await;

    let error = stage
        .shake_hands("unknown.test", &["h2"])
        .await
        .expect_err("refused");

    assert!(error.to_string().contains("InternalError"), "{error}");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_challenge_is_a_handshake_and_nothing_more() {
    let (stage, origin) = stage(Answer::ok("1")).await;

    let mut stream = stage
        .shake_hands("a.test", &["acme-tls/1"])
        .await
        .expect("a handshake");

    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"acme-tls/1"[..]));
    let mut rest = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest)
        .await
        .expect("an orderly end");
    assert!(rest.is_empty() && origin.requests() == 0);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_handshake_has_ten_seconds() {
    let (stage, _) = stage(Answer::ok("1")).await;
    let mut raw = stage.raw(443).await;
    let start = Instant::now();
    raw.send(b"\x16\x03\x01").await;

    assert!(raw.hear_within(secs(1000)).await.closed);

    assert_eq!(start.elapsed(), secs(10));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn clear_text_on_the_tls_port_is_told_so_and_reaches_nobody() {
    let (stage, origin) = stage(Answer::ok("1")).await;
    let mut raw = stage.raw(443).await;

    raw.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").await;

    let heard = raw.hear().await;
    assert_eq!((heard.statuses(), heard.closed), (vec![400], true));
    assert!(
        heard.text.contains("an HTTP request to an HTTPS server"),
        "{heard:?}"
    );
    assert_eq!(origin.requests(), 0);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn what_is_no_client_hello_is_closed_with_an_alert_where_tls_has_one() {
    let (stage, origin) = stage(Answer::ok("1")).await;
    for (bytes, alert) in [
        (&b"\x16\x03\x01\0\x04\x02\0\0\0"[..], true),
        (b"\x16\x03\x01\0\x04\x01\0\0\0", true),
        (b"\x16\x03\x01\0\x05hello", false),
        (b"\0\0\0\0\0\0", true),
        (b"\x17\x03\x03\0\x01x", false),
    ] {
        let mut raw = stage.raw(443).await;

        raw.send(bytes).await;

        let heard = raw.hear().await;
        let is_alert = heard.text.as_bytes().first() == Some(&21);
        assert!(heard.closed && is_alert == alert, "{bytes:?}: {heard:?}");
    }
    assert_eq!(origin.requests(), 0);
    let reply = stage
        .tls_client("a.test")
        .await
        .get("https://a.test/")
        .await;
    assert_eq!(reply.expect("an answer").status, 200);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_client_hello_may_come_byte_by_byte() {
    let (stage, _) = stage(Answer::ok("1")).await;
    let (near, mut far) = tokio::io::duplex(1);
    let mut server = stage.raw(443).await.into_stream();
    // A pipe that holds one byte cuts every message to pieces.
    tokio::task::spawn_local(async move {
        tokio::io::copy_bidirectional_with_sizes(&mut far, &mut server, 1, 1).await
    });

    let stream = stage.shake_hands_over("a.test", &["http/1.1"], near).await;

    assert!(stream.is_ok(), "{stream:?}");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn http_2_drains_and_its_client_is_told() {
    let (mut stage, origin) = stage(Answer::ok("done").after(secs(20))).await;
    let client = stage.http2_client("a.test").await;
    let mut one = client.clone();

    let (reply, took) = tokio::join!(one.send(request("GET", "https://a.test/", &[])), async {
        origin.arrived(1).await;
        let start = Instant::now();
        stage.drain(None);
        stage.ended().await;
        start.elapsed()
    });

    assert_eq!(reply.expect("an answer").body, "done");
    assert!(client.is_closed());
    assert!(took >= secs(20) && took < secs(21), "{took:?}");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn the_grace_period_bounds_http_2_and_frees_its_upstreams() {
    let (mut stage, origin) = stage(Answer::Hang).await;
    let mut client = stage.http2_client("a.test").await;

    let (reply, took) = tokio::join!(client.send(request("GET", "https://a.test/", &[])), async {
        origin.arrived(1).await;
        let start = Instant::now();
        stage.drain(Some(secs(5)));
        stage.ended().await;
        start.elapsed()
    });

    assert!(reply.is_none());
    assert_eq!(took, secs(5));
    origin.left(0).await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_client_that_leaves_cancels_all_its_streams() {
    let (stage, origin) = stage(Answer::Hang).await;
    let client = stage.http2_client("a.test").await;
    let streams = ["1", "2", "3"].map(|path| {
        let mut client = client.clone();
        let request = request("GET", &format!("https://a.test/{path}"), &[]);
        tokio::task::spawn_local(async move { client.send(request).await })
    });
    origin.arrived(3).await;
    let start = Instant::now();

    streams.iter().for_each(tokio::task::JoinHandle::abort);
    drop(client);

    origin.left(0).await;
    assert_eq!(start.elapsed(), ms(0));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn plain_http_of_the_same_host_is_redirected() {
    let (stage, origin) = stage(Answer::ok("1")).await;

    let reply = stage.get("http://a.test/x?y=1").await;

    assert_eq!(
        (reply.status, reply.field("location").as_str()),
        (308, "https://a.test/x?y=1")
    );
    assert_eq!(origin.requests(), 0);
}
