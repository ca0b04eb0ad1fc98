//! A client that sends bytes as they are and reads one response.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// No case waits longer for a response.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a client got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// The status; 0 if the connection ended without a response.
    pub(super) status: u16,
    /// Names in lower case with their values, in the order of the names.
    pub(super) fields: Vec<(String, String)>,
    /// The body with its framing taken off.
    pub(super) body: String,
    /// Whether the body ended as its framing says.
    pub(super) complete: bool,
    /// From the last byte of the request to the end of the response.
    pub(super) took: Duration,
}

/// Sends a request and reads its final response.
#[expect(
    clippy::disallowed_methods,
    reason = "classes of real time are compared between two servers"
)]
pub(super) fn exchange(port: u16, request: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the server accepts");
    stream
        .set_read_timeout(Some(PATIENCE))
        .expect("a timeout can be set");
    let start = Instant::now();
    // A server may refuse a request before it has read all of it.
    drop(stream.write_all(request));
    let is_head = request.starts_with(b"HEAD ");
    let mut answer = read_answer(&mut stream, is_head);
    answer.took = start.elapsed();
    answer
}

fn read_answer(stream: &mut TcpStream, is_head: bool) -> Answer {
    let mut bytes = Vec::new();
    let mut ended = false;
    loop {
        if let Some(answer) = parse(&bytes, ended, is_head) {
            return answer;
        }
        let mut buffer = [0; 16 * 1024];
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => ended = true,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}

/// The response, if it is all there or cannot go on.
fn parse(bytes: &[u8], ended: bool, is_head: bool) -> Option<Answer> {
    let Some(end) = find(bytes, b"\r\n\r\n") else {
        return ended.then(|| Answer {
            status: 0,
            fields: Vec::new(),
            body: String::from_utf8_lossy(bytes).into_owned(),
            complete: false,
            took: Duration::ZERO,
        });
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let rest = &bytes[end + 4..];
    let status: u16 = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or_default();
    if (100..200).contains(&status) && status != 101 {
        return parse(rest, ended, is_head);
    }
    let fields = fields(&head);
    let bodyless = is_head || matches!(status, 101 | 204 | 304);
    let (body, complete) = if bodyless {
        (Vec::new(), true)
    } else {
        body(&fields, rest, ended)
    };
    (complete || ended).then(|| Answer {
        status,
        fields,
        body: String::from_utf8_lossy(&body).into_owned(),
        complete,
        took: Duration::ZERO,
    })
}

/// The fields of a head in the order of their names, which are in lower case.
pub(super) fn fields(head: &str) -> Vec<(String, String)> {
    let lines = head.split("\r\n").skip(1);
    let fields = lines.filter_map(|line| line.split_once(':'));
    let mut fields: Vec<(String, String)> = fields
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    fields.sort_by(|one, two| one.0.cmp(&two.0));
    fields
}

/// The body so far, and whether it is all there.
pub(super) fn body(fields: &[(String, String)], rest: &[u8], ended: bool) -> (Vec<u8>, bool) {
    let field = |wanted: &str| {
        let found = fields.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.as_str())
    };
    if field("transfer-encoding").is_some() {
        return unchunk(rest);
    }
    match field("content-length").and_then(|length| length.parse().ok()) {
        Some(length) if rest.len() >= length => (rest[..length].to_vec(), true),
        Some(_) => (rest.to_vec(), false),
        None => (rest.to_vec(), ended),
    }
}

fn unchunk(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    loop {
        let Some(end) = find(rest, b"\r\n") else {
            return (body, false);
        };
        let size = String::from_utf8_lossy(&rest[..end]);
        let Ok(size) = usize::from_str_radix(size.split(';').next().unwrap_or_default(), 16) else {
            return (body, false);
        };
        rest = &rest[end + 2..];
        if size == 0 {
            let done = rest.starts_with(b"\r\n") || find(rest, b"\r\n\r\n").is_some();
            return (body, done);
        }
        if rest.len() < size + 2 {
            body.extend_from_slice(&rest[..size.min(rest.len())]);
            return (body, false);
        }
        body.extend_from_slice(&rest[..size]);
        rest = &rest[size + 2..];
    }
}

/// Where `needle` begins.
pub(super) fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes
        .windows(needle.len())
        .position(|window| window == needle)
}
