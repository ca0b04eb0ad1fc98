//! Upstreams that do not speak HTTP, or not to the end: 502, a line that names them, and the next
//! request is served as if nothing had been.

use evenkeel_testkit::{Answer, Origin, Stage};

use crate::{ONE, PLAIN, ms, secs};

fn huge_head() -> Vec<u8> {
    let mut bytes = b"HTTP/1.1 200 OK\r\nX-Huge: ".to_vec();
    bytes.resize(16 << 20, b'x');
    bytes.extend_from_slice(b"\r\nContent-Length: 0\r\n\r\n");
    bytes
}

fn many_fields() -> Vec<u8> {
    let fields = "X-A: 1\r\n".repeat(20_000);
    format!("HTTP/1.1 200 OK\r\n{fields}Content-Length: 0\r\n\r\n").into_bytes()
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn nonsense_is_502_with_a_line_that_names_the_upstream() {
    let answers = [
        ("garbage", b"\x16\x03\x01\x00\xa5\x01\x00\r\n\r\n".to_vec()),
        ("text", b"hello there\r\n\r\n".to_vec()),
        ("no status", b"HTTP/1.1 abc OK\r\n\r\n".to_vec()),
        ("another protocol", b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec()),
        (
            "a NUL in a field",
            b"HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 0\r\n\r\n".to_vec(),
        ),
        (
            "a bare CR in a field",
            b"HTTP/1.1 200 OK\r\nX-A: a\rSet-Cookie: evil=1\r\nContent-Length: 0\r\n\r\n".to_vec(),
        ),
        (
            "two lengths",
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab".to_vec(),
        ),
        (
            "a negative length",
            b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n".to_vec(),
        ),
        (
            "a coding nobody asked for",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n".to_vec(),
        ),
        ("a huge field", huge_head()),
        ("many fields", many_fields()),
    ];
    for (what, bytes) in answers {
        let origin = Origin::ok("fine").then(Answer::Bytes(bytes));
        let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;

        let reply = stage.get("http://a.test/").await;

        assert_eq!((reply.status, reply.body.as_str()), (502, ""), "{what}");
        let log = stage.log();
        let named = |line: &String| line.starts_with("ERROR") && line.contains(ONE);
        assert!(log.iter().any(named), "{what}: {log:#?}");
        assert_eq!(stage.get("http://a.test/").await.body, "fine", "{what}");
        assert_eq!(
            origin.connections(),
            2,
            "{what}: the connection is not used again"
        );
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_end_before_the_head_is_complete_is_502() {
    let heads: [&[u8]; 4] = [
        b"",
        b"HTTP/1.1",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nX-A: 1\r\n",
    ];
    for head in heads {
        for answer in [
            Answer::BytesAndClose(head.into()),
            Answer::BytesAndReset(head.into()),
        ] {
            let origin = Origin::ok("fine").then(answer);
            let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;

            let reply = stage.get("http://a.test/").await;

            assert_eq!((reply.status, reply.took), (502, ms(0)));
            let log = stage.log();
            let named = |line: &String| line.starts_with("ERROR") && line.contains(ONE);
            assert!(log.iter().any(named), "{log:#?}");
            assert_eq!(stage.get("http://a.test/").await.body, "fine");
        }
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_head_that_stops_in_the_middle_is_504_at_the_header_timeout() {
    let caddyfile = "http://a.test {
        reverse_proxy 10.0.0.1:80 {
            transport http {
                response_header_timeout 2s
            }
        }
    }";
    let origin = Origin::new(Answer::Bytes(b"HTTP/1.1 200 OK\r\nX-A:".into()));
    let stage = Stage::caddyfile(caddyfile)
        .origin(ONE, &origin)
        .start()
        .await;

    let reply = stage.get("http://a.test/").await;

    assert_eq!((reply.status, reply.took), (504, secs(2)));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn bytes_behind_a_response_reach_nobody() {
    let two = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\noneHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
    let origin = Origin::ok("fine").then(Answer::Bytes(two.to_vec()));
    let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;

    assert_eq!(stage.get("http://a.test/").await.body, "one");
    assert_eq!(stage.get("http://a.test/").await.body, "fine");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn old_and_terse_upstreams_are_understood() {
    let answers = [
        Answer::BytesAndClose(b"HTTP/1.0 200 OK\r\n\r\nfine".into()),
        Answer::BytesAndClose(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nfine".into()),
        Answer::Bytes(b"HTTP/1.1 200\r\ncontent-length:4\r\n\r\nfine".into()),
        Answer::Bytes(
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine".into(),
        ),
        Answer::Bytes(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nfine\r\n0\r\n\r\n"
                .into(),
        ),
    ];
    for answer in answers {
        let origin = Origin::new(answer.clone());
        let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;

        let reply = stage.get("http://a.test/").await;

        assert_eq!(
            (reply.status, reply.body.as_str()),
            (200, "fine"),
            "{answer:?}"
        );
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_answer_before_the_upload_is_over_passes_and_the_connection_is_not_used_again() {
    let origin = Origin::ok("fine").then(Answer::Early);
    let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;
    let mut raw = stage.raw(80).await;
    raw.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 300\r\n\r\npart of it")
        .await;

    assert_eq!(raw.hear().await.statuses(), [200]);
    assert_eq!(stage.get("http://a.test/").await.body, "fine");
    assert_eq!(origin.connections(), 2);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn chunks_count_and_a_length_next_to_them_does_not() {
    for order in [
        "Content-Length: 2\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 200",
    ] {
        let bytes = format!("HTTP/1.1 200 OK\r\n{order}\r\n\r\n4\r\nfine\r\n0\r\n\r\n");
        let origin = Origin::new(Answer::Bytes(bytes.into_bytes()));
        let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;

        let reply = stage.get("http://a.test/").await;

        assert_eq!(
            (reply.status, reply.body.as_str()),
            (200, "fine"),
            "{order}"
        );
        assert_eq!(reply.field("content-length"), "", "{order}");
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn folded_lines_and_spaces_before_colons_are_mended() {
    let bytes = b"HTTP/1.1 200 OK\r\nX-Folded: one\r\n two\r\nContent-Length : 4\r\n\r\nfine";
    let origin = Origin::new(Answer::Bytes(bytes.to_vec()));
    let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;

    let reply = stage.get("http://a.test/").await;

    assert_eq!((reply.status, reply.body.as_str()), (200, "fine"));
    assert_eq!(reply.field("x-folded"), "one two");
}
