//! Requests no honest client sends. Whatever is answered, the upstream never sees a request that
//! was not sent, and what follows a framing error is not a request.

use evenkeel_testkit::{Answer, Heard, Origin, Stage};

use crate::{ONE, PLAIN};

const SMUGGLED: &str = "GET /smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n";

/// What came back for these bytes, and the request lines that reached the upstream. The server
/// must still serve others afterwards.
async fn send(bytes: impl AsRef<[u8]>) -> (Heard, Vec<String>) {
    let origin = Origin::ok("1");
    let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;
    let mut raw = stage.raw(80).await;
    raw.send(bytes).await;
    let heard = raw.hear().await;
    let seen = origin
        .seen()
        .iter()
        .map(|seen| seen.line().to_owned())
        .collect();
    assert_eq!(
        stage.get("http://a.test/").await.status,
        200,
        "others are served"
    );
    (heard, seen)
}

async fn assert_refused(what: &str, bytes: impl AsRef<[u8]>) {
    let (heard, seen) = send(bytes).await;
    assert!(
        matches!(heard.statuses()[..], [400 | 414 | 431 | 501]),
        "{what:?}: {heard:?}"
    );
    assert!(heard.closed, "{what:?}: {heard:?}");
    assert!(seen.is_empty(), "{what:?}: {seen:?}");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn content_length_next_to_chunked_closes_the_connection() {
    for order in [
        "Content-Length: 60\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 60",
    ] {
        let (heard, seen) = send(format!(
            "POST / HTTP/1.1\r\nHost: a.test\r\n{order}\r\n\r\n0\r\n\r\n{SMUGGLED}"
        ))
        .await;

        assert!(heard.closed, "{order}: {heard:?}");
        assert!(heard.statuses().len() == 1, "{order}: {heard:?}");
        assert!(
            !seen.iter().any(|line| line.contains("smuggled")),
            "{order}: {seen:?}"
        );
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn disguised_transfer_encodings_are_refused() {
    for value in [
        "\x0bchunked",
        "chunked\x0c",
        "\"chunked\"",
        "xchunked",
        "chunked, identity",
        "chunked;q=1",
        "identity",
        "gzip",
        "",
    ] {
        let head = format!("POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: {value}\r\n\r\n");
        assert_refused(value, format!("{head}0\r\n\r\n{SMUGGLED}")).await;
    }
    let spaced = "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n";
    assert_refused("a space before the colon", format!("{spaced}{SMUGGLED}")).await;
    let old = "POST / HTTP/1.0\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    assert_refused("chunked in HTTP/1.0", format!("{old}{SMUGGLED}")).await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn lengths_that_are_no_plain_number_are_refused() {
    for value in [
        "+5",
        "-1",
        "0x5",
        "1_0",
        "5,6",
        "",
        "5 5",
        "18446744073709551616",
        "1e3",
        "٥",
    ] {
        let head = format!("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: {value}\r\n\r\n");
        assert_refused(value, format!("{head}hello{SMUGGLED}")).await;
    }
    let two = "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n";
    assert_refused("two lengths", format!("{two}hello{SMUGGLED}")).await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn broken_chunks_never_make_a_finished_request_and_end_the_connection() {
    let endless = "1;".to_owned() + &"x".repeat(300);
    let many_extensions = format!("{endless}\r\na\r\n").repeat(1500);
    for body in [
        "0x5\r\nhello\r\n0\r\n\r\n",
        "+5\r\nhello\r\n0\r\n\r\n",
        "5_0\r\nhello\r\n0\r\n\r\n",
        "10000000000000005\r\nhello\r\n0\r\n\r\n",
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
        "\r\nhello\r\n0\r\n\r\n",
        "5\nhello\r\n0\r\n\r\n",
        "2;\nxx\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "5\r\nhelloXX0\r\n\r\n",
        "-5\r\nhello\r\n0\r\n\r\n",
        &many_extensions,
    ] {
        let what = &body[..body.len().min(40)];
        let origin = Origin::ok("1");
        let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;
        let mut raw = stage.raw(80).await;

        let start = "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n";
        raw.send(format!("{start}{body}{SMUGGLED}")).await;

        let heard = raw.hear().await;
        assert!(heard.closed, "{what:?}: {heard:?}");
        assert!(!heard.statuses().contains(&200), "{what:?}: {heard:?}");
        origin.left(0).await;
        let finished: Vec<_> = origin
            .seen()
            .into_iter()
            .filter(|seen| seen.complete)
            .collect();
        assert!(finished.is_empty(), "{what:?}: {finished:?}");
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_body_on_any_method_stays_a_body() {
    for method in ["GET", "OPTIONS", "DELETE", "POST"] {
        let length = SMUGGLED.len();
        let known = format!(
            "{method} / HTTP/1.1\r\nHost: a.test\r\nContent-Length: {length}\r\n\r\n{SMUGGLED}"
        );
        let chunked = format!(
            "{method} / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n{SMUGGLED}\r\n0\r\n\r\n"
        );
        for bytes in [known, chunked] {
            let (heard, seen) = send(&bytes).await;
            assert_eq!(heard.statuses(), [200], "{bytes}");
            assert_eq!(seen, [format!("{method} / HTTP/1.1")], "{bytes}");
        }
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn trailers_do_not_become_fields() {
    let origin = Origin::ok("1");
    let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;
    let mut raw = stage.raw(80).await;

    raw.send(
        "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\
         Content-Length: 9\r\nHost: evil\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n",
    )
    .await;

    assert_eq!(raw.hear().await.statuses(), [200]);
    let seen = origin.last();
    assert_eq!(
        (seen.field("host").as_str(), seen.body.as_str()),
        ("a.test", "hello")
    );
    assert_eq!(seen.field("x-forwarded-for"), "192.0.2.1");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn no_host_two_hosts_and_strange_hosts_are_refused() {
    for hosts in [
        "",
        "Host: a.test\r\nHost: a.test\r\n",
        "Host:\r\n",
        "Host: a.test, b.test\r\n",
        "Host: a b\r\n",
        "Host: a/b\r\n",
        "Host: u@a.test\r\n",
        "Host: a\0b\r\n",
        "Host: :80\r\n",
        "Host: a:b\r\n",
    ] {
        assert_refused(hosts, format!("GET / HTTP/1.1\r\n{hosts}\r\n{SMUGGLED}")).await;
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn the_host_of_an_absolute_target_wins_over_the_field() {
    let origin = Origin::ok("1");
    let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;
    let mut raw = stage.raw(80).await;

    raw.send("GET http://a.test/x HTTP/1.1\r\nHost: evil\r\n\r\n")
        .await;

    assert_eq!(raw.hear().await.statuses(), [200]);
    let seen = origin.last();
    assert_eq!(
        (seen.line(), seen.field("host").as_str()),
        ("GET /x HTTP/1.1", "a.test")
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn targets_a_proxy_must_not_follow_are_refused() {
    for target in [
        "file:///etc/passwd",
        "gopher://a.test/",
        "a.test:80",
        "*",
        "http://u@a.test/",
    ] {
        assert_refused(
            target,
            format!("GET {target} HTTP/1.1\r\nHost: a.test\r\n\r\n{SMUGGLED}"),
        )
        .await;
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn connect_and_endless_methods_are_405_and_reach_nobody() {
    for method in ["CONNECT 127.0.0.1:1", &format!("{} /", "A".repeat(33))] {
        let (heard, seen) = send(format!("{method} HTTP/1.1\r\nHost: a.test\r\n\r\n")).await;
        assert_eq!(heard.statuses(), [405], "{heard:?}");
        assert!(seen.is_empty(), "{seen:?}");
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn oversize_heads_are_refused() {
    let long = "x".repeat(100_000);
    let huge = "x".repeat(2 << 20);
    for (what, bytes) in [
        (
            "a long target",
            format!("GET /{long} HTTP/1.1\r\nHost: a.test\r\n\r\n"),
        ),
        (
            "a huge target",
            format!("GET /{huge} HTTP/1.1\r\nHost: a.test\r\n\r\n"),
        ),
        (
            "a huge field",
            format!("GET / HTTP/1.1\r\nHost: a.test\r\nX-A: {huge}\r\n\r\n"),
        ),
        (
            "a long field",
            format!("GET / HTTP/1.1\r\nHost: a.test\r\nX-A: {long}\r\n\r\n"),
        ),
        (
            "many fields",
            format!(
                "GET / HTTP/1.1\r\nHost: a.test\r\n{}\r\n",
                "X: 1\r\n".repeat(20_000)
            ),
        ),
    ] {
        assert_refused(what, bytes).await;
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn control_bytes_and_folded_lines_are_refused() {
    for (what, bytes) in [
        (
            "NUL in the method",
            "G\0ET / HTTP/1.1\r\nHost: a.test\r\n\r\n",
        ),
        (
            "NUL in the target",
            "GET /\0 HTTP/1.1\r\nHost: a.test\r\n\r\n",
        ),
        (
            "NUL in a name",
            "GET / HTTP/1.1\r\nHost: a.test\r\nX\0: 1\r\n\r\n",
        ),
        (
            "NUL in a value",
            "GET / HTTP/1.1\r\nHost: a.test\r\nX: a\0b\r\n\r\n",
        ),
        (
            "CR in a value",
            "GET / HTTP/1.1\r\nHost: a.test\r\nX: a\rY: b\r\n\r\n",
        ),
        (
            "a version of its own",
            "GET / HTTP/1.9x\r\nHost: a.test\r\n\r\n",
        ),
        ("no version", "GET /\r\nHost: a.test\r\n\r\n"),
        (
            "a folded line",
            "GET / HTTP/1.1\r\nHost: a.test\r\nX: a\r\n b\r\n\r\n",
        ),
        (
            "a space before the colon",
            "GET / HTTP/1.1\r\nHost: a.test\r\nX : a\r\n\r\n",
        ),
        (
            "a line without a colon",
            "GET / HTTP/1.1\r\nHost: a.test\r\nnonsense\r\n\r\n",
        ),
        ("a leading space", "GET / HTTP/1.1\r\n Host: a.test\r\n\r\n"),
        (
            "TLS in clear text",
            "\x16\x03\x01\x02\0\x01\0\x01\x0c\x03\x03\r\n\r\n",
        ),
    ] {
        assert_refused(what, format!("{bytes}{SMUGGLED}")).await;
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn http_2_in_clear_text_is_refused() {
    let (heard, seen) = send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;

    assert!(heard.closed, "{heard:?}");
    assert!(seen.is_empty(), "{seen:?}");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_upgrade_to_http_2_in_clear_text_is_not_passed_on() {
    let origin = Origin::new(Answer::ok("1"));
    let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;
    let mut raw = stage.raw(80).await;

    raw.send(
        "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade, HTTP2-Settings\r\n\
         Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n",
    )
    .await;

    assert_eq!(raw.hear().await.statuses(), [200]);
    let seen = origin.last();
    assert!(
        !seen.has("upgrade") && !seen.has("http2-settings"),
        "{}",
        seen.head
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn pipelined_requests_are_answered_in_their_order() {
    let origin = Origin::new(Answer::Echo);
    let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;
    let mut raw = stage.raw(80).await;

    let requests =
        ["/1", "/2", "/3"].map(|path| format!("GET {path} HTTP/1.1\r\nHost: a.test\r\n\r\n"));
    raw.send(requests.concat()).await;

    let heard = raw.hear().await;
    assert_eq!(heard.statuses(), [200, 200, 200]);
    let position = |path: &str| heard.text.find(path).expect("each is answered");
    assert!(position("GET /1") < position("GET /2") && position("GET /2") < position("GET /3"));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_head_may_have_twenty_kibibytes_and_no_more() {
    let head = |size: usize| {
        let (start, end) = ("GET / HTTP/1.1\r\nHost: a.test\r\nX-A: ", "\r\n\r\n");
        format!("{start}{}{end}", "x".repeat(size - start.len() - end.len()))
    };

    let (reply, _) = send(head(20 * 1024 - 1)).await;
    assert_eq!(reply.statuses(), [200]);
    assert_refused("one more", head(20 * 1024 + 1)).await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_body_in_an_unknown_coding_is_501_and_goes_nowhere() {
    let (heard, seen) = send(
        "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nzip\r\n0\r\n\r\n"
            .to_owned(),
    )
    .await;

    assert_eq!(heard.statuses(), [501]);
    assert!(heard.closed, "{heard:?}");
    assert!(seen.is_empty(), "{seen:?}");
}
