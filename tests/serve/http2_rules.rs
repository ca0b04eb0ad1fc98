//! The rules of RFC 9113 that a client may break: each breach ends the connection, or the stream,
//! as the RFC says, and costs others nothing. One row for each rule.

use evenkeel_net::Stream;
use evenkeel_testkit::{Answer, Origin, Stage, TlsStream};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use crate::http2::{
    DATA, END_HEADERS, END_STREAM, GET, GOAWAY, HEADERS, PING, RST_STREAM, SETTINGS, WINDOW_UPDATE,
    frame, stage,
};
use crate::secs;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const PRIORITY: u8 = 2;
const PUSH_PROMISE: u8 = 5;
const CONTINUATION: u8 = 9;
const ACK: u8 = 1;
const PADDED: u8 = 8;
const WITH_PRIORITY: u8 = 32;

const PROTOCOL: u32 = 1;
const FLOW_CONTROL: u32 = 3;
const STREAM_CLOSED: u32 = 5;
const FRAME_SIZE: u32 = 6;
const COMPRESSION: u32 = 9;

/// What becomes of a breach.
#[derive(Clone, Copy, Debug)]
enum Ends {
    /// The connection, with one of these codes.
    Connection(&'static [u32]),
    /// The stream, or the connection as well; a stream may also be answered with 400.
    Stream(&'static [u32]),
    /// Nothing: it is allowed, and what follows is answered.
    Nothing,
}

/// A frame that came.
#[derive(Debug)]
struct Frame {
    kind: u8,
    flags: u8,
    payload: Vec<u8>,
}

impl Frame {
    /// The code of a frame that ends something.
    fn code(&self) -> u32 {
        let code = match self.kind {
            GOAWAY => self.payload.get(4..8),
            _ => self.payload.get(..4),
        };
        let code = code.expect("the frame is complete");
        u32::from_be_bytes(code.try_into().expect("four bytes"))
    }
}

/// All frames until the server closes or falls silent, and whether it closed.
async fn hear(stream: &mut TlsStream<Stream>) -> (Vec<Frame>, bool) {
    let mut frames = Vec::new();
    let mut head = [0; 9];
    loop {
        match timeout(secs(2), stream.read_exact(&mut head)).await {
            Err(_) => return (frames, false),
            Ok(Err(_)) => return (frames, true),
            Ok(Ok(_)) => {}
        }
        let [a, b, c, kind, flags, ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        if stream.read_exact(&mut payload).await.is_err() {
            return (frames, true);
        }
        frames.push(Frame {
            kind,
            flags,
            payload,
        });
    }
}

async fn break_rule(bytes: &[u8]) -> (Vec<Frame>, bool, Origin, Stage) {
    let (stage, origin) = stage(Answer::ok("1")).await;
    let mut stream = stage
        .shake_hands("a.test", &["h2"])
        .await
        .expect("a handshake");
    // A server that closes early is what some of the rows want.
    drop(stream.write_all(bytes).await);
    drop(stream.flush().await);
    let (frames, closed) = hear(&mut stream).await;
    (frames, closed, origin, stage)
}

async fn check(what: &str, breach: Vec<u8>, ends: Ends) {
    let start = [PREFACE, &frame(SETTINGS, 0, 0, &[])].concat();
    check_all(what, &[start, breach].concat(), ends).await;
}

async fn check_all(what: &str, bytes: &[u8], ends: Ends) {
    let (frames, closed, _origin, stage) = break_rule(bytes).await;
    let away: Vec<_> = frames
        .iter()
        .filter(|frame| frame.kind == GOAWAY)
        .map(Frame::code)
        .collect();
    let reset: Vec<_> = frames
        .iter()
        .filter(|frame| frame.kind == RST_STREAM)
        .map(Frame::code)
        .collect();
    let is_one_of = |codes: &[u32], found: &[u32]| found.iter().any(|code| codes.contains(code));
    let as_expected = match ends {
        Ends::Connection(codes) => is_one_of(codes, &away) || (closed && away.is_empty()),
        Ends::Stream(codes) => {
            let refused = frames.iter().any(|frame| frame.kind == HEADERS);
            is_one_of(codes, &away) || is_one_of(codes, &reset) || closed || refused
        }
        Ends::Nothing => !closed && away.is_empty() && reset.is_empty(),
    };
    assert!(as_expected, "{what}: {ends:?}, but {frames:?}, {closed}");
    let other = stage
        .tls_client("a.test")
        .await
        .get("https://a.test/")
        .await;
    assert_eq!(other.expect("an answer").status, 200, "{what}");
}

fn get(stream: u32) -> Vec<u8> {
    frame(HEADERS, END_HEADERS | END_STREAM, stream, GET)
}

fn open(stream: u32) -> Vec<u8> {
    frame(HEADERS, END_HEADERS, stream, b"\x83\x87\x84\x41\x06a.test")
}

/// A setting.
fn setting(id: u16, value: u32) -> Vec<u8> {
    [&id.to_be_bytes()[..], &value.to_be_bytes()].concat()
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn what_is_no_preface_ends_the_connection() {
    let nonsense = b"INVALID CONNECTION PREFACE\r\n\r\n";
    check_all("nonsense", nonsense, Ends::Connection(&[PROTOCOL])).await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn frames_of_a_wrong_size_end_the_connection() {
    let size = Ends::Connection(&[FRAME_SIZE, PROTOCOL]);
    check("ping", frame(PING, 0, 0, &[0; 6]), size).await;
    check("settings", frame(SETTINGS, 0, 0, &[0; 3]), size).await;
    check("acknowledged", frame(SETTINGS, ACK, 0, &[0; 6]), size).await;
    check(
        "reset",
        [open(1), frame(RST_STREAM, 0, 1, &[0; 3])].concat(),
        size,
    )
    .await;
    check("window", frame(WINDOW_UPDATE, 0, 0, &[0; 3]), size).await;
    let large = vec![0; 16_385];
    check(
        "data",
        [open(1), frame(DATA, END_STREAM, 1, &large)].concat(),
        size,
    )
    .await;
    check(
        "head",
        frame(HEADERS, END_HEADERS | END_STREAM, 1, &large),
        size,
    )
    .await;
    let ends = Ends::Stream(&[FRAME_SIZE]);
    check("priority", frame(PRIORITY, 0, 1, &[0; 4]), ends).await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn frames_on_a_stream_they_cannot_have_end_the_connection() {
    let protocol = Ends::Connection(&[PROTOCOL]);
    check("data on 0", frame(DATA, END_STREAM, 0, b"x"), protocol).await;
    check("head on 0", get(0), protocol).await;
    check("priority on 0", frame(PRIORITY, 0, 0, &[0; 5]), protocol).await;
    check("reset on 0", frame(RST_STREAM, 0, 0, &[0; 4]), protocol).await;
    check("settings on 1", frame(SETTINGS, 0, 1, &[]), protocol).await;
    check("ping on 1", frame(PING, 0, 1, &[0; 8]), protocol).await;
    check("goaway on 1", frame(GOAWAY, 0, 1, &[0; 8]), protocol).await;
    check(
        "continuation on 0",
        frame(CONTINUATION, END_HEADERS, 0, GET),
        protocol,
    )
    .await;
    check("even", get(2), protocol).await;
    check(
        "smaller than before",
        [get(5), get(3)].concat(),
        Ends::Connection(&[PROTOCOL, STREAM_CLOSED]),
    )
    .await;
    check(
        "pushed by a client",
        frame(PUSH_PROMISE, END_HEADERS, 1, &[0; 5]),
        protocol,
    )
    .await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn frames_on_idle_streams_end_the_connection() {
    let protocol = Ends::Connection(&[PROTOCOL]);
    check("data", frame(DATA, END_STREAM, 1, b"x"), protocol).await;
    check("reset", frame(RST_STREAM, 0, 1, &[0; 4]), protocol).await;
    check(
        "window",
        frame(WINDOW_UPDATE, 0, 1, &[0, 0, 0, 1]),
        protocol,
    )
    .await;
    check(
        "continuation",
        frame(CONTINUATION, END_HEADERS, 1, GET),
        protocol,
    )
    .await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn what_follows_the_end_of_a_stream_ends_it_or_the_connection() {
    let closed = Ends::Stream(&[STREAM_CLOSED, PROTOCOL]);
    check(
        "data",
        [get(1), frame(DATA, END_STREAM, 1, b"x")].concat(),
        closed,
    )
    .await;
    check("head", [get(1), get(1)].concat(), closed).await;
    let gone = frame(RST_STREAM, 0, 1, &[0, 0, 0, 8]);
    check(
        "data after reset",
        [open(1), gone.clone(), frame(DATA, 0, 1, b"x")].concat(),
        closed,
    )
    .await;
    check("head after reset", [open(1), gone, get(1)].concat(), closed).await;
    check(
        "a second head that is no trailer",
        [open(1), frame(HEADERS, END_HEADERS, 1, b"\x00\x01a\x01b")].concat(),
        closed,
    )
    .await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn nothing_comes_between_the_parts_of_a_head() {
    let protocol = Ends::Connection(&[PROTOCOL]);
    let begun = frame(HEADERS, END_STREAM, 1, GET);
    for (what, between) in [
        ("ping", frame(PING, 0, 0, &[0; 8])),
        ("data", frame(DATA, 0, 1, b"x")),
        ("another head", get(3)),
        ("priority", frame(PRIORITY, 0, 1, &[0; 5])),
        ("unknown", frame(0x16, 0, 0, &[])),
        (
            "a part of another",
            frame(CONTINUATION, END_HEADERS, 3, &[]),
        ),
    ] {
        check(what, [begun.clone(), between].concat(), protocol).await;
    }
    let parts = [
        begun,
        frame(CONTINUATION, END_HEADERS, 1, b"\x00\x01a\x01b"),
    ]
    .concat();
    check("nothing", parts, Ends::Nothing).await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn settings_out_of_range_end_the_connection() {
    for (what, id, value, code) in [
        ("push", 2, 2, PROTOCOL),
        ("window", 4, 0x8000_0000, FLOW_CONTROL),
        ("a small frame", 5, 16_383, PROTOCOL),
        ("a large frame", 5, 0x0100_0000, PROTOCOL),
    ] {
        let bytes = frame(SETTINGS, 0, 0, &setting(id, value));
        let (frames, closed, ..) =
            break_rule(&[PREFACE, &frame(SETTINGS, 0, 0, &[]), &bytes].concat()).await;
        let away: Vec<_> = frames.iter().filter(|frame| frame.kind == GOAWAY).collect();
        let told = away.iter().any(|frame| frame.code() == code);
        assert!(told || closed, "{what}: {frames:?}");
    }
    let unknown = frame(SETTINGS, 0, 0, &setting(0xff, 1));
    check("unknown", [unknown, get(1)].concat(), Ends::Nothing).await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn windows_neither_stand_still_nor_overflow() {
    let none = [0, 0, 0, 0];
    let most = [0x7f, 0xff, 0xff, 0xff];
    check(
        "none",
        frame(WINDOW_UPDATE, 0, 0, &none),
        Ends::Connection(&[PROTOCOL]),
    )
    .await;
    check(
        "too much",
        frame(WINDOW_UPDATE, 0, 0, &most),
        Ends::Connection(&[FLOW_CONTROL]),
    )
    .await;
    let own = |window: &[u8]| [open(1), frame(WINDOW_UPDATE, 0, 1, window)].concat();
    check("none for a stream", own(&none), Ends::Stream(&[PROTOCOL])).await;
    check(
        "too much for a stream",
        own(&most),
        Ends::Stream(&[FLOW_CONTROL]),
    )
    .await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn padding_longer_than_its_frame_ends_the_connection() {
    let protocol = Ends::Connection(&[PROTOCOL]);
    let data = frame(DATA, PADDED | END_STREAM, 1, b"\x06x");
    check("data", [open(1), data].concat(), protocol).await;
    let head = [b"\xff", GET].concat();
    check(
        "head",
        frame(HEADERS, PADDED | END_HEADERS | END_STREAM, 1, &head),
        protocol,
    )
    .await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_stream_cannot_depend_on_itself() {
    let own = [0, 0, 0, 1, 15];
    let head = [&own, GET].concat();
    let flags = WITH_PRIORITY | END_HEADERS | END_STREAM;
    check(
        "head",
        frame(HEADERS, flags, 1, &head),
        Ends::Stream(&[PROTOCOL]),
    )
    .await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn heads_that_cannot_be_unpacked_end_the_connection() {
    // The RFC has a code of its own for it; the library does not use it in all cases.
    let broken = Ends::Connection(&[COMPRESSION, PROTOCOL]);
    for (what, bytes) in [
        ("an index beyond the table", &b"\xff\xff\xff\xff\x0f"[..]),
        ("index 0", b"\x80"),
        ("a text cut off", b"\x00\x7f"),
        (
            "padding of Huffman's code that is no padding",
            b"\x00\x85\xf2\xb2\x4a\x84\xff\x87\x49\x52\x8f\xff\xff",
        ),
        (
            "a table larger than allowed",
            b"\x3f\xff\xff\x7f\x82\x87\x84\x41\x06a.test",
        ),
    ] {
        check(
            what,
            frame(HEADERS, END_HEADERS | END_STREAM, 1, bytes),
            broken,
        )
        .await;
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn heads_that_are_no_requests_end_their_stream() {
    let ends = Ends::Stream(&[PROTOCOL]);
    for (what, bytes) in [
        (
            "an unknown pseudo-field",
            [GET, b"\x00\x05:test\x01x"].concat(),
        ),
        ("one of responses", [GET, b"\x88"].concat()),
        ("no method", b"\x87\x84\x41\x06a.test".to_vec()),
        ("no scheme", b"\x82\x84\x41\x06a.test".to_vec()),
        ("no path", b"\x82\x87\x41\x06a.test".to_vec()),
        ("two methods", [b"\x82", GET].concat()),
        (
            "a pseudo-field behind others",
            b"\x82\x87\x00\x01a\x01b\x84\x41\x06a.test".to_vec(),
        ),
        ("upper case", [GET, b"\x00\x01A\x01b"].concat()),
    ] {
        let head = frame(HEADERS, END_HEADERS | END_STREAM, 1, &bytes);
        let (frames, _, origin, _) =
            break_rule(&[PREFACE, &frame(SETTINGS, 0, 0, &[]), &head].concat()).await;
        assert_eq!(origin.requests(), 0, "{what}: {frames:?}");
        check(what, head, ends).await;
    }
    let trailers = frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x82");
    check(
        "a pseudo-field among trailers",
        [open(1), trailers].concat(),
        ends,
    )
    .await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn what_nobody_knows_is_ignored_and_pings_are_answered() {
    check(
        "a frame",
        [frame(0x16, 0, 0, &[0; 8]), get(1)].concat(),
        Ends::Nothing,
    )
    .await;
    check("flags", frame(PING, 0xfe, 0, &[0; 8]), Ends::Nothing).await;
    check("an answer", frame(PING, ACK, 0, &[0; 8]), Ends::Nothing).await;
    let bytes = [
        PREFACE,
        &frame(SETTINGS, 0, 0, &[]),
        &frame(PING, 0, 0, b"whoisit?"),
    ]
    .concat();
    let (frames, ..) = break_rule(&bytes).await;
    let pong = frames
        .iter()
        .any(|frame| (frame.kind, frame.flags & ACK, &*frame.payload) == (PING, ACK, b"whoisit?"));
    assert!(pong, "{frames:?}");
    let acknowledged = |frame: &Frame| (frame.kind, frame.flags) == (SETTINGS, ACK);
    assert!(frames.iter().any(acknowledged), "{frames:?}");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_stream_beyond_the_limit_is_refused_and_those_within_are_served() {
    let (stage, origin) = stage(Answer::ok("1")).await;
    origin.set(Answer::Hang);
    let mut stream = stage
        .shake_hands("a.test", &["h2"])
        .await
        .expect("a handshake");
    let mut bytes = [PREFACE, &frame(SETTINGS, 0, 0, &[])].concat();
    for number in 0..260 {
        bytes.extend(get(2 * number + 1));
    }
    drop(stream.write_all(&bytes).await);
    drop(stream.flush().await);

    let (frames, _) = hear(&mut stream).await;

    let refused = frames
        .iter()
        .filter(|frame| frame.kind == RST_STREAM)
        .map(Frame::code);
    // REFUSED_STREAM or PROTOCOL_ERROR (RFC 9113 section 5.1.2).
    let refused: Vec<_> = refused.collect();
    assert!(
        refused.iter().all(|code| [1, 7].contains(code)),
        "{refused:?}"
    );
    let away = frames.iter().any(|frame| frame.kind == GOAWAY);
    assert!(away || refused.len() == 10, "{refused:?}");
    assert!(origin.requests() <= 250, "{}", origin.requests());
}
