//! Floods of a real server: its memory stays bounded, its descriptors come back, others are served.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::harness::{Evenkeel, free_port, get, upstream};

/// What the process may grow by, in bytes.
const MOST: u64 = 64 << 20;

struct Attacked {
    server: Evenkeel,
    port: u16,
    before: u64,
    _upstream: Evenkeel,
}

impl Attacked {
    fn start() -> Self {
        let (port, up) = (free_port(), free_port());
        let upstream = upstream(up, "one");
        let server = Evenkeel::start(&format!(
            "{{\n admin off\n}}\nhttp://:{port} {{\n reverse_proxy 127.0.0.1:{up}\n}}\n"
        ));
        assert_eq!(get(port, "/").body, "one");
        Self {
            before: server.memory(),
            server,
            port,
            _upstream: upstream,
        }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).expect("the server listens")
    }

    /// Sends as much as is taken: a server that has had enough closes.
    fn send(&self, bytes: &[u8]) -> TcpStream {
        let mut stream = self.connect();
        drop(stream.write_all(bytes));
        stream
    }

    fn assert_unharmed(&self, what: &str) {
        assert_eq!(get(self.port, "/").body, "one", "{what}");
        let grown = self.server.memory().saturating_sub(self.before);
        assert!(grown < MOST, "{what}: {} MiB more", grown >> 20);
    }
}

#[test]
fn hundreds_of_heads_that_do_not_end_take_little_and_leave_nothing() {
    let attacked = Attacked::start();
    let open = attacked.server.descriptors();
    let clients: Vec<_> = (0..400)
        .map(|_| attacked.send(b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "))
        .collect();
    attacked.assert_unharmed("while they are there");
    drop(clients);
    // It notices each at the next turn of its loop; the request comes after those.
    while attacked.server.descriptors() > open + 8 {
        attacked.assert_unharmed("while they leave");
    }
}

#[test]
fn oversize_of_every_kind_is_cut_off_before_it_takes_memory() {
    let attacked = Attacked::start();
    let huge = "x".repeat(4 << 20);
    let fields = "X-A: 1\r\n".repeat(100_000);
    let extensions = format!("1;{}\r\na\r\n", "x".repeat(3000)).repeat(2000);
    let start = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n";
    for (what, bytes) in [
        ("target", format!("GET /{huge} HTTP/1.1\r\nHost: a\r\n\r\n")),
        ("method", format!("{huge} / HTTP/1.1\r\nHost: a\r\n\r\n")),
        (
            "field",
            format!("GET / HTTP/1.1\r\nHost: a\r\nX-A: {huge}\r\n\r\n"),
        ),
        (
            "fields",
            format!("GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n"),
        ),
        (
            "chunk extensions",
            format!("{start}\r\n{extensions}0\r\n\r\n"),
        ),
        (
            "trailers",
            format!("{start}\r\n1\r\na\r\n0\r\n{fields}\r\n"),
        ),
    ] {
        let kept: Vec<_> = (0..20).map(|_| attacked.send(bytes.as_bytes())).collect();
        attacked.assert_unharmed(what);
        drop(kept);
    }
}

#[test]
fn requests_sent_ahead_by_the_thousand_wait_outside() {
    let attacked = Attacked::start();
    let ahead = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(20_000);
    let kept: Vec<_> = (0..10)
        .map(|_| {
            let mut stream = attacked.connect();
            stream.set_nonblocking(true).expect("an option");
            // What fits; nobody reads the answers.
            drop(stream.write_all(ahead.as_bytes()));
            stream
        })
        .collect();
    attacked.assert_unharmed("answers that nobody reads");
    drop(kept);
}

#[test]
fn a_large_body_passes_without_being_held() {
    let attacked = Attacked::start();
    let mut stream = attacked.connect();
    let length = 256_u64 << 20;
    write!(
        stream,
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )
    .expect("sent");
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..256 {
        // The upstream may answer before it has all of it, and close.
        if stream.write_all(&piece).is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer));
    attacked.assert_unharmed("256 MiB");
}
