//! Requests in HTTP/2 that would be others in HTTP/1: none of them arrives as such.

use evenkeel_testkit::{Answer, Origin, Stage};

use crate::http2::{
    Attacker, DATA, END_HEADERS, END_STREAM, GET, HEADERS, PING, RST_STREAM, SETTINGS,
    WINDOW_UPDATE, frame, stage,
};
use crate::secs;

const SMUGGLED: &[u8] = b"GET /smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n";

/// `POST https://a.test/` in HPACK without Huffman coding.
const POST: &[u8] = b"\x83\x87\x84\x41\x06a.test";

const PRIORITY: u8 = 2;

/// A field that no table knows.
fn literal(name: &[u8], value: &[u8]) -> Vec<u8> {
    let length = |text: &[u8]| u8::try_from(text.len()).expect("a short text");
    let mut field = vec![0, length(name)];
    field.extend_from_slice(name);
    field.push(length(value));
    field.extend_from_slice(value);
    field
}

/// A head with one more field.
fn head(start: &[u8], name: &[u8], value: &[u8]) -> Vec<u8> {
    [start, &literal(name, value)].concat()
}

async fn others_are_served(stage: &Stage) {
    let reply = stage
        .tls_client("a.test")
        .await
        .get("https://a.test/after")
        .await;
    assert_eq!(reply.expect("an answer").status, 200);
}

/// What of an attack has arrived as a whole.
fn finished(origin: &Origin) -> Vec<String> {
    let seen = origin.seen();
    let attacks = seen
        .iter()
        .filter(|seen| seen.complete && seen.path() != "/after");
    attacks.map(|seen| seen.head.clone()).collect()
}

async fn assert_arrives_nowhere(what: &str, frames: &[u8]) {
    let (stage, origin) = stage(Answer::ok("1")).await;
    let mut attacker = Attacker::start(&stage).await;
    attacker.send(frames).await;
    attacker.hear(secs(2)).await;
    others_are_served(&stage).await;
    assert!(
        finished(&origin).is_empty(),
        "{what}: {:?}",
        finished(&origin)
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_length_that_the_data_contradicts_is_never_a_finished_request() {
    let open = |length: &[u8]| {
        frame(
            HEADERS,
            END_HEADERS,
            1,
            &head(POST, b"content-length", length),
        )
    };
    let too_much = [open(b"0"), frame(DATA, END_STREAM, 1, SMUGGLED)].concat();
    assert_arrives_nowhere("more than 0", &too_much).await;
    let too_little = [open(b"50"), frame(DATA, END_STREAM, 1, b"")].concat();
    assert_arrives_nowhere("less than 50", &too_little).await;
    let no_number = [open(b"5, 6"), frame(DATA, END_STREAM, 1, b"hello")].concat();
    assert_arrives_nowhere("two lengths", &no_number).await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn fields_for_one_connection_only_are_refused() {
    for (name, value) in [
        ("transfer-encoding", "chunked"),
        ("connection", "close"),
        ("upgrade", "h2c"),
        ("keep-alive", "timeout=5"),
        ("te", "gzip"),
    ] {
        let head = head(GET, name.as_bytes(), value.as_bytes());
        let bytes = frame(HEADERS, END_HEADERS | END_STREAM, 1, &head);
        let (stage, origin) = stage(Answer::ok("1")).await;
        let mut attacker = Attacker::start(&stage).await;
        attacker.send(&bytes).await;
        attacker.hear(secs(2)).await;
        let seen = origin.seen();
        let passed = seen.iter().any(|seen| seen.field(name) == value);
        assert!(!passed, "{name} reached the upstream");
        others_are_served(&stage).await;
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn bytes_that_would_end_a_line_never_pass() {
    for (name, value) in [
        (&b"x-a"[..], &b"1\r\nx-evil: 1"[..]),
        (b"x-a", b"1\nx-evil: 1"),
        (b"x-a", b"1\0"),
        (b"x\r\ny", b"1"),
        (b"x: y", b"1"),
        (b"X-Upper", b"1"),
        (b"", b"1"),
    ] {
        let bytes = frame(
            HEADERS,
            END_HEADERS | END_STREAM,
            1,
            &head(GET, name, value),
        );
        let what = format!(
            "{:?}",
            String::from_utf8_lossy(&[name, b"=", value].concat())
        );
        assert_arrives_nowhere(&what, &bytes).await;
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn pseudo_fields_that_hold_a_request_of_their_own_never_pass() {
    let request = |method: &[u8], path: &[u8], authority: &[u8]| {
        [
            literal(b":method", method),
            literal(b":scheme", b"https"),
            literal(b":path", path),
            literal(b":authority", authority),
        ]
        .concat()
    };
    for (what, head) in [
        (
            "path",
            request(b"GET", b"/ HTTP/1.1\r\nHost: evil\r\n\r\n", b"a.test"),
        ),
        ("path with a space", request(b"GET", b"/a b", b"a.test")),
        ("no path", request(b"GET", b"", b"a.test")),
        (
            "method",
            request(b"GET / HTTP/1.1\r\nx: y\r\n\r\nGET", b"/", b"a.test"),
        ),
        ("authority", request(b"GET", b"/", b"a.test\r\nx: y")),
        ("user", request(b"GET", b"/", b"me@a.test")),
        ("tunnel", request(b"CONNECT", b"/", b"a.test:22")),
        (
            "two paths",
            [request(b"GET", b"/", b"a.test"), literal(b":path", b"/b")].concat(),
        ),
        (
            "late",
            [literal(b"x", b"y"), request(b"GET", b"/", b"a.test")].concat(),
        ),
        (
            "another host",
            head(&request(b"GET", b"/", b"a.test"), b"host", b"evil.test"),
        ),
    ] {
        let bytes = frame(HEADERS, END_HEADERS | END_STREAM, 1, &head);
        assert_arrives_nowhere(what, &bytes).await;
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn frames_that_ask_for_nothing_do_not_keep_others_waiting() {
    let window = [0, 0, 0, 1];
    for (what, one) in [
        ("settings", frame(SETTINGS, 0, 0, &[])),
        ("pings", frame(PING, 0, 0, &[0; 8])),
        ("priorities", frame(PRIORITY, 0, 1, &[0, 0, 0, 0, 1])),
        ("windows", frame(WINDOW_UPDATE, 0, 0, &window)),
        ("empty data", frame(DATA, 0, 1, &[])),
    ] {
        let (stage, origin) = stage(Answer::ok("1")).await;
        let mut attacker = Attacker::start(&stage).await;
        attacker.send(&frame(HEADERS, END_HEADERS, 1, POST)).await;
        for _ in 0..200 {
            if !attacker.send(&one.repeat(100)).await {
                break;
            }
        }
        others_are_served(&stage).await;
        assert!(finished(&origin).is_empty(), "{what}");
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_reset_upload_is_never_finished_upstream() {
    let (stage, origin) = stage(Answer::ok("1")).await;
    let mut attacker = Attacker::start(&stage).await;
    attacker.send(&frame(HEADERS, END_HEADERS, 1, POST)).await;
    attacker.send(&frame(DATA, 0, 1, b"part")).await;
    attacker.send(&frame(RST_STREAM, 0, 1, &[0, 0, 0, 8])).await;
    others_are_served(&stage).await;
    assert!(finished(&origin).is_empty());
}
