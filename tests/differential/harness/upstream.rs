//! Scripted upstreams on real sockets.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use socket2::{Domain, Socket, Type};

use super::http::{body, fields, find};

/// What an upstream does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// Writes these bytes; the connection stays open.
    Bytes(Vec<u8>),
    /// Writes these bytes and closes.
    Close(Vec<u8>),
    /// Resets the connection.
    Reset,
    /// Says nothing as long as the client waits.
    Hang,
}

/// A 200 with a body.
pub(crate) fn ok(body: &str) -> Reply {
    Reply::new("200 OK", &[], body)
}

/// The same, in one chunk.
pub(crate) fn chunked(body: &str) -> Reply {
    Reply::Bytes(
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
            body.len()
        )
        .into_bytes(),
    )
}

impl Reply {
    /// A response with these header lines and a body with its length.
    pub(crate) fn new(status: &str, lines: &[&str], body: &str) -> Self {
        let mut text = format!("HTTP/1.1 {status}\r\n");
        for line in lines {
            text.push_str(line);
            text.push_str("\r\n");
        }
        if !lines.iter().any(|line| line.starts_with("Content-Type")) {
            text.push_str("Content-Type: text/plain\r\n");
        }
        let length = body.len().to_string();
        text.extend(["Content-Length: ", &length, "\r\n\r\n", body]);
        Self::Bytes(text.into_bytes())
    }
}

/// What an upstream answers.
#[derive(Clone, Debug, Default)]
pub(super) struct Script {
    /// To one request after the other; the last for ever.
    pub(super) requests: Vec<Reply>,
    /// To every probe.
    pub(super) probes: Option<Reply>,
}

/// A request as an upstream saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// Method, target and version.
    pub(super) line: String,
    /// Names in lower case with their values, in the order of the names.
    pub(super) fields: Vec<(String, String)>,
    /// The body with its framing taken off.
    pub(super) body: String,
}

/// A scripted upstream. It ends when dropped.
pub(super) struct Upstream {
    port: u16,
    shared: Arc<Shared>,
    /// Keeps the port of an upstream that refuses from others.
    _bound: Option<Socket>,
}

struct Shared {
    script: Vec<Reply>,
    /// What it answers to probes, which are the requests for `/health…`.
    health: Option<Reply>,
    probes: AtomicUsize,
    turn: AtomicUsize,
    closed: AtomicBool,
    seen: Mutex<Vec<(usize, Request)>>,
}

/// Numbers requests over all upstreams of a process, so that their order is known.
static ARRIVALS: AtomicUsize = AtomicUsize::new(0);

impl Upstream {
    /// Starts one; without a script its port is taken, but nobody listens.
    pub(super) fn start(
        Script {
            requests: script,
            probes: health,
        }: Script,
    ) -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
        socket.bind(&any_port.into()).expect("a free port");
        let address = socket.local_addr().expect("bound");
        let port = address.as_socket().expect("an IP address").port();
        let refuses = script.is_empty();
        let shared = Arc::new(Shared {
            script,
            health,
            probes: AtomicUsize::new(0),
            turn: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
            seen: Mutex::default(),
        });
        let bound = if refuses {
            Some(socket)
        } else {
            socket.listen(128).expect("it can listen");
            let listener = TcpListener::from(socket);
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || accept(&listener, &shared));
            None
        };
        Self {
            port,
            shared,
            _bound: bound,
        }
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Begins its script again and forgets what it saw.
    pub(super) fn restart(&self) {
        self.shared.turn.store(0, Ordering::Relaxed);
        self.shared.probes.store(0, Ordering::Relaxed);
        self.shared.seen.lock().clear();
    }

    /// How many probes it answers, if it answers probes.
    pub(super) fn probes(&self) -> Option<usize> {
        let probes = self.shared.probes.load(Ordering::Relaxed);
        self.shared.health.as_ref().map(|_| probes)
    }

    /// What it saw, each with its number among all arrivals.
    pub(super) fn seen(&self) -> Vec<(usize, Request)> {
        self.shared.seen.lock().clone()
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(("127.0.0.1", self.port)));
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.closed.load(Ordering::Relaxed) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let shared = Arc::clone(shared);
        std::thread::spawn(move || serve(stream, &shared));
    }
}

fn serve(mut stream: TcpStream, shared: &Shared) {
    let mut bytes = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut bytes) {
        match shared.reply(request) {
            Reply::Bytes(reply) => drop(stream.write_all(reply)),
            Reply::Close(reply) => {
                drop(stream.write_all(reply));
                drop(stream.shutdown(Shutdown::Both));
                return;
            }
            Reply::Reset => {
                let socket = socket2::SockRef::from(&stream);
                drop(socket.set_linger(Some(Duration::ZERO)));
                return;
            }
            Reply::Hang => {
                // Until the other side gives up.
                drop(stream.read(&mut [0; 1]));
                return;
            }
        }
    }
}

impl Shared {
    /// Remembers a request and says what to do with it. Of probes the first is remembered.
    fn reply(&self, request: Request) -> &Reply {
        let arrival = ARRIVALS.fetch_add(1, Ordering::Relaxed);
        let is_probe = request.line.contains(" /health");
        if let (Some(reply), true) = (&self.health, is_probe) {
            if self.probes.fetch_add(1, Ordering::Relaxed) == 0 {
                self.seen.lock().push((arrival, request));
            }
            return reply;
        }
        self.seen.lock().push((arrival, request));
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        &self.script[turn.min(self.script.len() - 1)]
    }
}

fn read_request(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<Request> {
    loop {
        if let Some(end) = find(bytes, b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let fields = fields(&head);
            let framed = fields
                .iter()
                .any(|(name, _)| name == "content-length" || name == "transfer-encoding");
            let (body, complete) = if framed {
                body(&fields, &bytes[end + 4..], false)
            } else {
                (Vec::new(), true)
            };
            if complete {
                bytes.clear();
                return Some(Request {
                    line: head.split("\r\n").next().unwrap_or_default().to_owned(),
                    fields,
                    body: String::from_utf8_lossy(&body).into_owned(),
                });
            }
        }
        let mut buffer = [0; 16 * 1024];
        match stream.read(&mut buffer) {
            Ok(0) => return None,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}
