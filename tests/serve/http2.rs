//! HTTP/2 as an attacker speaks it: frames written by hand. The connection ends before it costs
//! anything, and others are served.

use evenkeel_net::Stream;
use evenkeel_testkit::{Answer, Origin, Stage, TlsStream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout};

use crate::{ONE, secs};

const SITE: &str = "
https://a.test {
	reverse_proxy 10.0.0.1:80
}
";

pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const GOAWAY: u8 = 7;
pub(crate) const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

pub(crate) const END_STREAM: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;

/// `GET https://a.test/` in HPACK without Huffman coding.
pub(crate) const GET: &[u8] = b"\x82\x87\x84\x41\x06a.test";

pub(crate) struct Attacker {
    stream: TlsStream<Stream>,
}

impl Attacker {
    pub(crate) async fn start(stage: &Stage) -> Self {
        let stream = stage
            .shake_hands("a.test", &["h2"])
            .await
            .expect("a handshake");
        let mut attacker = Self { stream };
        attacker.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
        attacker.send(&frame(SETTINGS, 0, 0, &[])).await;
        attacker
    }

    /// Whether the server still takes what is sent.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> bool {
        let sent = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        matches!(timeout(secs(5), sent).await, Ok(Ok(())))
    }

    /// The types of all frames until the server closes; `None` if it does not within a time.
    pub(crate) async fn hear(&mut self, limit: tokio::time::Duration) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = self.stream.read_to_end(&mut bytes);
        // An unclean end is an end, too.
        drop(timeout(limit, read).await.ok()?);
        let mut types = Vec::new();
        let mut rest = bytes.as_slice();
        while let [a, b, c, kind, ..] = rest {
            types.push(*kind);
            let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
            rest = rest.get(9 + length..).unwrap_or_default();
        }
        Some(types)
    }
}

impl Attacker {
    /// Reads and answers what comes for a while.
    async fn read_and_answer_pings(&mut self, time: tokio::time::Duration) {
        let read = self.hear_and_answer_pings();
        drop(timeout(time, read).await);
    }

    /// The types of all frames until the server closes, with every PING answered.
    async fn hear_and_answer_pings(&mut self) -> Vec<u8> {
        let mut types = Vec::new();
        let mut head = [0; 9];
        while self.stream.read_exact(&mut head).await.is_ok() {
            let [a, b, c, kind, flags, ..] = head;
            let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
            if self.stream.read_exact(&mut payload).await.is_err() {
                break;
            }
            types.push(kind);
            if kind == PING && flags == 0 {
                self.send(&frame(PING, 1, 0, &payload)).await;
            }
        }
        types
    }
}

pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len())
        .expect("a small frame")
        .to_be_bytes();
    let mut bytes = vec![length[1], length[2], length[3], kind, flags];
    bytes.extend_from_slice(&stream.to_be_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

pub(crate) async fn stage(answer: Answer) -> (Stage, Origin) {
    let origin = Origin::new(answer);
    (
        Stage::caddyfile(SITE).origin(ONE, &origin).start().await,
        origin,
    )
}

/// Sends the flood, then expects the end of the connection, with a reason, and service for others.
async fn assert_ended(what: &str, flood: Vec<Vec<u8>>) {
    let (stage, origin) = stage(Answer::ok("1")).await;
    let mut attacker = Attacker::start(&stage).await;

    for bytes in flood {
        if !attacker.send(&bytes).await {
            break;
        }
    }

    // `None` if the connection stays open.
    let frames = attacker.hear(secs(10)).await;
    let is_told = frames
        .as_ref()
        .is_some_and(|frames| frames.contains(&GOAWAY));
    assert!(is_told, "{what}: {frames:?}");
    assert!(
        origin.requests() < 2000,
        "{what}: {} requests",
        origin.requests()
    );
    let reply = stage
        .tls_client("a.test")
        .await
        .get("https://a.test/")
        .await;
    assert_eq!(reply.expect("an answer").status, 200, "{what}");
}

fn streams() -> impl Iterator<Item = u32> {
    (0..5000).map(|number| 2 * number + 1)
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_rapid_reset_ends_the_connection() {
    let flood = streams().map(|stream| {
        let mut bytes = frame(HEADERS, END_HEADERS | END_STREAM, stream, GET);
        bytes.extend(frame(RST_STREAM, 0, stream, &[0, 0, 0, 8]));
        bytes
    });
    let flood: Vec<_> = flood.collect();
    assert_ended("in one write", vec![flood.concat()]).await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn resets_provoked_by_broken_frames_end_the_connection() {
    for (what, kind, payload) in [
        ("a window update of zero", WINDOW_UPDATE, vec![0, 0, 0, 0]),
        (
            "a window that overflows",
            WINDOW_UPDATE,
            vec![0x7f, 0xff, 0xff, 0xff],
        ),
        ("data behind the end", DATA, vec![0]),
    ] {
        let flood = streams().map(|stream| {
            let mut bytes = frame(HEADERS, END_HEADERS | END_STREAM, stream, GET);
            bytes.extend(frame(kind, 0, stream, &payload));
            bytes
        });
        assert_ended(what, flood.collect()).await;
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_head_that_never_ends_ends_the_connection() {
    let field = [&b"\x00\x01a\x7f\x81\x7d"[..], &[b'x'; 508]].concat();
    let mut flood = vec![frame(HEADERS, END_STREAM, 1, GET)];
    flood.extend((0..4000).map(|_| frame(CONTINUATION, 0, 1, &field)));
    assert_ended("4000 continuations", flood).await;

    let mut flood = vec![frame(HEADERS, END_STREAM, 1, GET)];
    flood.extend((0..20_000).map(|_| frame(CONTINUATION, 0, 1, &[])));
    assert_ended("empty continuations", flood).await;
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_head_that_unpacks_to_megabytes_reaches_nobody() {
    let (stage, origin) = stage(Answer::ok("1")).await;
    let mut attacker = Attacker::start(&stage).await;
    // One entry of the table, and 15000 references to it of one byte each.
    let mut head = GET.to_vec();
    head.extend_from_slice(b"\x40\x01a\x7f\x81\x1f");
    head.extend_from_slice(&[b'x'; 270]);
    head.extend(std::iter::repeat_n(0xbe, 15_000));

    attacker
        .send(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &head))
        .await;
    attacker.hear(secs(5)).await;

    assert_eq!(origin.requests(), 0);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn crumbs_of_a_cookie_that_unpack_to_megabytes_reach_nobody() {
    let (stage, origin) = stage(Answer::ok("1")).await;
    let mut attacker = Attacker::start(&stage).await;
    // No window, so that every answer stays where it is.
    attacker
        .send(&frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 0]))
        .await;
    let mut head = GET.to_vec();
    head.extend_from_slice(b"\x60\x7f\x81\x1f");
    head.extend_from_slice(&[b'x'; 270]);
    head.extend(std::iter::repeat_n(0xbe, 15_000));

    for stream in streams().take(100) {
        let bytes = frame(HEADERS, END_HEADERS | END_STREAM, stream, &head);
        if !attacker.send(&bytes).await {
            break;
        }
    }
    attacker.hear(secs(5)).await;

    assert_eq!(origin.requests(), 0);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn streams_without_a_window_hold_their_upstreams_for_a_minute_and_no_longer() {
    let (stage, origin) = stage(Answer::Endless).await;
    let mut attacker = Attacker::start(&stage).await;
    attacker
        .send(&frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 0]))
        .await;
    for stream in streams().take(200) {
        attacker
            .send(&frame(HEADERS, END_HEADERS | END_STREAM, stream, GET))
            .await;
    }
    origin.arrived(200).await;

    stage.advance(secs(59)).await;
    let held = stage.in_flight();
    stage.advance(secs(2)).await;

    assert_eq!(held, 200);
    assert_eq!((stage.in_flight(), origin.open()), (0, 0));
    let each = origin.written() / 200;
    assert!(each < 2 << 20, "{each} bytes for each");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_stream_that_takes_a_little_each_minute_goes_on() {
    let (stage, origin) = stage(Answer::Endless).await;
    let mut client = Attacker::start(&stage).await;
    client
        .send(&frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 0]))
        .await;
    client
        .send(&frame(HEADERS, END_HEADERS | END_STREAM, 1, GET))
        .await;
    origin.arrived(1).await;

    for round in 0..30 {
        client.read_and_answer_pings(secs(15)).await;
        if round % 3 == 0 {
            // More than one piece, so that the next is waited with.
            let window = 0x0010_0000_u32.to_be_bytes();
            client.send(&frame(WINDOW_UPDATE, 0, 0, &window)).await;
            client.send(&frame(WINDOW_UPDATE, 0, 1, &window)).await;
        }
        assert_eq!(stage.in_flight(), 1, "{round}");
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn only_so_many_requests_run_at_one_time() {
    let (stage, origin) = stage(Answer::Hang).await;
    let client = stage.http2_client("a.test").await;
    for _ in 0..300 {
        let mut client = client.clone();
        tokio::task::spawn_local(async move {
            let mut request = Stage::request("GET", "http://a.test/", "");
            request.headers_mut().remove("host");
            *request.uri_mut() = "https://a.test/".parse().expect("a valid URL");
            client.send(request).await
        });
    }

    stage.advance(secs(10)).await;

    assert_eq!(origin.requests(), 250);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_client_that_is_gone_is_noticed_by_its_silence() {
    let (stage, _) = stage(Answer::ok("1")).await;
    let mut attacker = Attacker::start(&stage).await;
    let start = Instant::now();

    let frames = attacker
        .hear(secs(1000))
        .await
        .expect("the connection ends");

    assert!(frames.contains(&PING), "{frames:?}");
    assert_eq!(start.elapsed(), secs(80));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_idle_connection_is_closed_after_five_minutes_and_its_client_told() {
    let (stage, _) = stage(Answer::ok("1")).await;
    let mut client = Attacker::start(&stage).await;
    let start = Instant::now();

    let frames = client.hear_and_answer_pings().await;

    assert_eq!(start.elapsed(), secs(300));
    assert!(frames.contains(&GOAWAY), "{frames:?}");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_drain_does_not_wait_for_a_client_that_ignores_the_end() {
    let (mut stage, _) = stage(Answer::ok("1")).await;
    let attacker = Attacker::start(&stage).await;
    let start = Instant::now();

    stage.drain(None);
    stage.ended().await;

    // A second for a first request, half a minute to say good-bye.
    assert_eq!(start.elapsed(), secs(31));
    drop(attacker);
}
