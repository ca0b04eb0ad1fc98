//! Clients: HTTP/1.1 and HTTP/2 as well-behaved ones speak them.

use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::poll_fn;
use http::{HeaderMap, Request, Response};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::client::conn::{http1, http2};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::time::Instant;

/// The body of a request.
pub type Upload = BoxBody<Bytes, std::io::Error>;

/// A response, read to its end.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The header.
    pub headers: HeaderMap,
    /// The body, as text.
    pub body: String,
    /// What came behind the body.
    pub trailers: HeaderMap,
    /// Whether the body broke off.
    pub broken: bool,
    /// Time from the request to the end of the response.
    pub took: Duration,
}

impl Reply {
    /// A field's values, joined by `, `; empty if absent.
    pub fn field(&self, name: &str) -> String {
        joined(&self.headers, name)
    }

    /// The same of a field that came behind the body.
    pub fn trailer(&self, name: &str) -> String {
        joined(&self.trailers, name)
    }
}

fn joined(fields: &HeaderMap, name: &str) -> String {
    let values = fields.get_all(name).iter();
    values
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A connection that speaks HTTP/1.1, kept alive between requests.
#[derive(Debug)]
pub struct Client {
    sender: http1::SendRequest<Upload>,
}

impl Client {
    pub(crate) async fn start<I>(io: I) -> Self
    where
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, connection) = http1::handshake(TokioIo::new(io))
            .await
            .expect("no byte is exchanged yet");
        tokio::task::spawn_local(async {
            // Its errors show in the responses.
            drop(connection.with_upgrades().await);
        });
        Self { sender }
    }

    /// Sends a request; returns when the head of the response is there. `None` if the connection
    /// ended without one.
    pub async fn open(&mut self, request: Request<Upload>) -> Option<Opened> {
        self.respond(request).await.map(Opened::new)
    }

    async fn respond(&mut self, request: Request<Upload>) -> Option<Response<Incoming>> {
        self.sender.ready().await.ok()?;
        self.sender.send_request(request).await.ok()
    }

    /// Gets a URL whose host becomes `Host`. `None` if the connection ended without a response.
    pub async fn get(&mut self, url: &str) -> Option<Reply> {
        self.send(request("GET", url, "")).await
    }

    /// Sends a request and reads the response. `None` if the connection ended without one.
    pub async fn send(&mut self, request: Request<Upload>) -> Option<Reply> {
        let started = Instant::now();
        let response = self.respond(request).await?;
        Some(read(response, started).await)
    }
}

/// A connection that speaks HTTP/2.
#[derive(Clone, Debug)]
pub struct Client2 {
    sender: http2::SendRequest<Upload>,
}

/// What became of the wish for a tunnel.
#[derive(Debug)]
pub struct Tunnel {
    /// The status code.
    pub status: u16,
    /// The header.
    pub headers: HeaderMap,
    /// The tunnel, if there is one.
    pub stream: Option<TokioIo<Upgraded>>,
}

/// Keeps hyper's tasks on the test's thread.
#[derive(Clone, Copy, Debug)]
struct LocalTasks;

impl<F: Future + 'static> hyper::rt::Executor<F> for LocalTasks {
    fn execute(&self, task: F) {
        tokio::task::spawn_local(async {
            task.await;
        });
    }
}

impl Client2 {
    pub(crate) async fn start<I>(io: I) -> Self
    where
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let handshake = http2::handshake(LocalTasks, TokioIo::new(io)).await;
        let (sender, connection) = handshake.expect("no answer is needed yet");
        tokio::task::spawn_local(async {
            // Its errors show in the responses.
            drop(connection.await);
        });
        Self { sender }
    }

    /// Sends a request with an absolute URI and reads the response. `None` if the connection or
    /// the stream ended without one.
    pub async fn send(&mut self, request: Request<Upload>) -> Option<Reply> {
        let started = Instant::now();
        let response = self.respond(request).await?;
        Some(read(response, started).await)
    }

    /// Sends a request; returns when the head of the response is there. `None` if the connection
    /// or the stream ended without one.
    pub async fn open(&mut self, request: Request<Upload>) -> Option<Opened> {
        self.respond(request).await.map(Opened::new)
    }

    async fn respond(&mut self, request: Request<Upload>) -> Option<Response<Incoming>> {
        self.sender.ready().await.ok()?;
        self.sender.send_request(request).await.ok()
    }

    /// Asks for a tunnel of a protocol by extended CONNECT (RFC 8441). `None` if the connection or
    /// the stream ended without an answer.
    pub async fn tunnel(&mut self, url: &str, protocol: &'static str) -> Option<Tunnel> {
        let mut request = request("CONNECT", url, "");
        request.headers_mut().remove("host");
        *request.uri_mut() = url.parse().expect("the test's URL is valid");
        let fields = request.headers_mut();
        fields.insert(
            "sec-websocket-version",
            http::HeaderValue::from_static("13"),
        );
        let protocol = hyper::ext::Protocol::from_static(protocol);
        request.extensions_mut().insert(protocol);
        let response = self.respond(request).await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let stream = match status {
            200 => hyper::upgrade::on(response).await.ok().map(TokioIo::new),
            _ => None,
        };
        Some(Tunnel {
            status,
            headers,
            stream,
        })
    }

    /// Whether the server takes no more requests on it.
    pub fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }
}

/// A request in origin form, with `Host` from the URL and a whole body.
pub(crate) fn request(method: &str, url: &str, body: &str) -> Request<Upload> {
    let uri: http::Uri = url.parse().expect("the test's URL is valid");
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let host = uri
        .authority()
        .expect("the test's URL names a host")
        .as_str();
    let body = Full::new(Bytes::copy_from_slice(body.as_bytes())).map_err(|never| match never {});
    Request::builder()
        .method(method)
        .uri(path)
        .header("host", host)
        .body(body.boxed())
        .expect("the test's request is valid")
}

/// Sends a body piece by piece; it ends when this is dropped.
#[derive(Debug)]
pub struct Pieces(mpsc::Sender<std::io::Result<Bytes>>);

impl Pieces {
    /// Sends a piece; waits until the one before was taken. Whether anyone still wants it.
    pub async fn send(&self, piece: &str) -> bool {
        self.0
            .send(Ok(Bytes::copy_from_slice(piece.as_bytes())))
            .await
            .is_ok()
    }

    /// Breaks the body off, and with it the connection.
    pub async fn break_off(self) {
        // Nobody may be reading it any more.
        drop(
            self.0
                .send(Err(std::io::ErrorKind::BrokenPipe.into()))
                .await,
        );
    }
}

pub(crate) fn upload(url: &str, length: Option<usize>) -> (Pieces, Request<Upload>) {
    let (sender, mut receiver) = mpsc::channel(1);
    let pieces = poll_fn(move |cx| {
        let piece: Poll<Option<std::io::Result<Bytes>>> = receiver.poll_recv(cx);
        piece.map(|piece| piece.map(|piece| piece.map(Frame::data)))
    });
    let mut request = request("POST", url, "").map(|_| StreamBody::new(pieces).boxed());
    if let Some(length) = length {
        request
            .headers_mut()
            .insert("content-length", length.into());
    }
    (Pieces(sender), request)
}

/// A response whose body is read piece by piece.
#[derive(Debug)]
pub struct Opened {
    /// The status code.
    pub status: u16,
    /// The header.
    pub headers: HeaderMap,
    body: Incoming,
}

impl Opened {
    fn new(response: Response<Incoming>) -> Self {
        let (parts, body) = response.into_parts();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
        }
    }

    /// The next piece of the body; `None` at its end, or where it breaks off.
    pub async fn piece(&mut self) -> Option<String> {
        let data = self.body.frame().await?.ok()?.into_data().ok()?;
        Some(String::from_utf8_lossy(&data).into_owned())
    }
}

async fn read(response: Response<Incoming>, started: Instant) -> Reply {
    let (parts, mut incoming) = response.into_parts();
    let mut bytes = Vec::new();
    let mut trailers = HeaderMap::new();
    let mut broken = false;
    while let Some(frame) = incoming.frame().await {
        match frame.map(Frame::into_data) {
            Ok(Ok(data)) => bytes.extend_from_slice(&data),
            Ok(Err(last)) => trailers = last.into_trailers().unwrap_or_default(),
            Err(_) => {
                broken = true;
                break;
            }
        }
    }
    Reply {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: String::from_utf8_lossy(&bytes).into_owned(),
        trailers,
        broken,
        took: started.elapsed(),
    }
}
