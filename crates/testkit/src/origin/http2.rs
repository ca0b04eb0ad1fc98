//! Scripted upstreams that speak HTTP/2, frame by frame where it matters.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use evenkeel_net::Address;
use evenkeel_net::memory::MemoryNetwork;
use h2::server::{Connection, SendResponse};
use h2::{Reason, RecvStream};
use http::{HeaderMap, Request, Response};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

use super::{Seen, listener};

/// What such an upstream does with a request.
#[derive(Clone, Copy, Debug)]
pub enum Answer2 {
    /// 200 with this body.
    Ok(&'static str),
    /// 200 with this body, and a trailer `grpc-status: 0`.
    WithTrailer(&'static str),
    /// Whatever arrives goes back, piece by piece.
    Echo,
    /// The stream is refused: the request was not looked at.
    Refuse,
    /// The connection ends in peace, and this request is beyond its last one.
    GoAway,
    /// The stream is reset in the middle.
    Reset,
    /// Nothing.
    Hang,
}

/// An upstream that answers by script and remembers what it saw; clones are the same one.
#[derive(Clone, Debug)]
pub struct Http2Origin {
    script: Rc<Script>,
}

#[derive(Debug)]
struct Script {
    always: Answer2,
    next: RefCell<VecDeque<Answer2>>,
    seen: RefCell<Vec<Seen>>,
    arrived: Notify,
    accepted: Cell<usize>,
    streams: Cell<u32>,
}

impl Http2Origin {
    /// Answers every request alike.
    pub fn new(always: Answer2) -> Self {
        let script = Script {
            always,
            next: RefCell::default(),
            seen: RefCell::default(),
            arrived: Notify::new(),
            accepted: Cell::new(0),
            streams: Cell::new(250),
        };
        Self {
            script: Rc::new(script),
        }
    }

    /// Answers the first requests otherwise.
    #[must_use]
    pub fn first(self, answers: &[Answer2]) -> Self {
        self.script.next.borrow_mut().extend(answers);
        self
    }

    /// Takes so many requests at one time on a connection.
    #[must_use]
    pub fn streams(self, count: u32) -> Self {
        self.script.streams.set(count);
        self
    }

    /// Requests so far. Their heads are written as those of HTTP/1, with the authority as `Host`.
    pub fn seen(&self) -> Vec<Seen> {
        self.script.seen.borrow().clone()
    }

    /// The last request. Fails the test if there was none.
    pub fn last(&self) -> Seen {
        let seen = self.script.seen.borrow();
        seen.last().expect("a request has arrived").clone()
    }

    /// How many connections were accepted.
    pub fn connections(&self) -> usize {
        self.script.accepted.get()
    }

    /// Waits until so many requests have arrived.
    pub async fn arrived(&self, count: usize) {
        while self.script.seen.borrow().len() < count {
            self.script.arrived.notified().await;
        }
    }

    pub(crate) fn listen(
        &self,
        network: &MemoryNetwork,
        address: &Address,
        tls: Option<Arc<ServerConfig>>,
    ) {
        let listener = listener(network, address);
        let script = Rc::clone(&self.script);
        tokio::task::spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                script.accepted.set(script.accepted.get() + 1);
                let (script, tls) = (Rc::clone(&script), tls.clone());
                tokio::task::spawn_local(async move {
                    match tls {
                        None => converse(stream, script).await,
                        Some(config) => {
                            if let Ok(stream) = TlsAcceptor::from(config).accept(stream).await {
                                converse(stream, script).await;
                            }
                        }
                    }
                });
            }
        });
    }
}

async fn converse<I: AsyncRead + AsyncWrite + Unpin>(io: I, script: Rc<Script>) {
    let mut builder = h2::server::Builder::new();
    builder.max_concurrent_streams(script.streams.get());
    let Ok(mut connection) = builder.handshake::<_, Bytes>(io).await else {
        return;
    };
    while let Some(Ok((request, respond))) = connection.accept().await {
        let next = script.next.borrow_mut().pop_front();
        match next.unwrap_or(script.always) {
            Answer2::GoAway => return leave(connection, respond).await,
            answer => {
                let script = Rc::clone(&script);
                tokio::task::spawn_local(give(answer, request, respond, script));
            }
        }
    }
}

/// Says that the last request was not looked at, and ends.
async fn leave<I: AsyncRead + AsyncWrite + Unpin>(
    mut connection: Connection<I, Bytes>,
    mut respond: SendResponse<Bytes>,
) {
    respond.send_reset(Reason::REFUSED_STREAM);
    connection.graceful_shutdown();
    // However it ends.
    drop(std::future::poll_fn(|cx| connection.poll_closed(cx)).await);
}

async fn give(
    answer: Answer2,
    request: Request<RecvStream>,
    mut respond: SendResponse<Bytes>,
    script: Rc<Script>,
) {
    let (head, mut body) = request.into_parts();
    let mut text = format!("{} {} HTTP/2.0\r\n", head.method, head.uri.path());
    if let Some(authority) = head.uri.authority() {
        text.extend(["Host: ", authority.as_str(), "\r\n"]);
    }
    for (name, value) in &head.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        text.extend([name.as_str(), ": ", &value, "\r\n"]);
    }
    let mut seen = Seen {
        head: text,
        ..Seen::default()
    };
    if matches!(answer, Answer2::Echo) {
        script.see(seen);
        return echo(body, respond).await;
    }
    seen.complete = read(&mut body, &mut seen.body).await;
    script.see(seen);
    let head = Response::new(());
    // A peer that is gone by now shows in the test's own expectation.
    match answer {
        Answer2::Ok(text) => {
            if let Ok(mut stream) = respond.send_response(head, false) {
                drop(stream.send_data(Bytes::from_static(text.as_bytes()), true));
            }
        }
        Answer2::WithTrailer(text) => {
            if let Ok(mut stream) = respond.send_response(head, false) {
                drop(stream.send_data(Bytes::from_static(text.as_bytes()), false));
                let mut trailers = HeaderMap::new();
                trailers.insert("grpc-status", http::HeaderValue::from_static("0"));
                drop(stream.send_trailers(trailers));
            }
        }
        Answer2::Refuse | Answer2::GoAway => respond.send_reset(Reason::REFUSED_STREAM),
        Answer2::Reset => {
            if let Ok(mut stream) = respond.send_response(head, false) {
                drop(stream.send_data(Bytes::from_static(b"part"), false));
                tokio::task::yield_now().await;
                stream.send_reset(Reason::INTERNAL_ERROR);
            }
        }
        Answer2::Hang => std::future::pending().await,
        Answer2::Echo => {}
    }
}

async fn echo(mut body: RecvStream, mut respond: SendResponse<Bytes>) {
    let Ok(mut stream) = respond.send_response(Response::new(()), false) else {
        return;
    };
    while let Some(Ok(piece)) = body.data().await {
        // The window is larger than what tests send.
        drop(body.flow_control().release_capacity(piece.len()));
        drop(stream.send_data(piece, false));
    }
    drop(stream.send_data(Bytes::new(), true));
}

async fn read(body: &mut RecvStream, into: &mut String) -> bool {
    while let Some(piece) = body.data().await {
        let Ok(piece) = piece else {
            return false;
        };
        drop(body.flow_control().release_capacity(piece.len()));
        into.push_str(&String::from_utf8_lossy(&piece));
    }
    true
}

impl Script {
    fn see(&self, seen: Seen) {
        self.seen.borrow_mut().push(seen);
        self.arrived.notify_waiters();
    }
}
