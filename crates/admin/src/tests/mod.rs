//! The API over in-memory connections: what a client sends, byte for byte, and what it gets.

mod access;
mod connection;
mod endpoints;
mod log;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use evenkeel_plan::Admin;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use crate::{Access, Control, DEFAULT_LISTEN, UpstreamStatus, listen_address, serve_connection};

/// A server that plays its part.
#[derive(Debug, Default)]
struct Played {
    config: Arc<Value>,
    upstreams: Vec<UpstreamStatus>,
    stops: AtomicUsize,
}

/// What a client got on one connection, up to its end.
#[derive(Debug)]
struct Reply {
    status: u16,
    head: String,
    body: String,
}

impl Control for Played {
    fn config(&self) -> Arc<Value> {
        Arc::clone(&self.config)
    }

    fn upstreams(&self) -> Vec<UpstreamStatus> {
        self.upstreams.clone()
    }

    fn metrics(&self) -> String {
        "up 1\n".to_owned()
    }

    fn stop(&self) {
        self.stops.fetch_add(1, Ordering::Relaxed);
    }
}

impl Played {
    fn with_config(config: Value) -> Arc<Self> {
        Arc::new(Self {
            config: Arc::new(config),
            ..Self::default()
        })
    }

    fn stops(&self) -> usize {
        self.stops.load(Ordering::Relaxed)
    }
}

impl Reply {
    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").expect("a whole head");
        let status = head.split(' ').nth(1).expect("a status");
        Self {
            status: status.parse().expect("a number"),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// The text of an error response, whose form is checked.
    fn error(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/json"));
        assert!(self.body.ends_with("}\n"), "{:?}", self.body);
        let body: Value = serde_json::from_str(&self.body).expect("JSON");
        let text = body["error"].as_str().expect("a text").to_owned();
        assert_eq!(body, json!({ "error": text }));
        text
    }
}

/// The rules that follow from `listen` and the rest of `admin`.
fn access(admin: &Admin) -> Arc<Access> {
    log::keep();
    let address = listen_address(admin, DEFAULT_LISTEN).expect("an address");
    Arc::new(Access::new(&address, admin))
}

/// Runs `client` against the API and drops its end when it is done.
async fn with_client<T>(
    access: Arc<Access>,
    control: Arc<Played>,
    client: impl AsyncFnOnce(&mut DuplexStream) -> T,
) -> T {
    let (mut near, far) = duplex(1 << 20);
    let served = serve_connection(far, access, control);
    let driven = async move { client(&mut near).await };
    tokio::join!(served, driven).1
}

/// Sends `request` and reads to the end of the connection. The request's lines are separated by
/// `|`, and end it.
async fn send(access: Arc<Access>, control: Arc<Played>, request: &str) -> Reply {
    let text = request.replace('|', "\r\n") + "\r\nConnection: close\r\n\r\n";
    let received = with_client(access, control, async |stream: &mut DuplexStream| {
        stream.write_all(text.as_bytes()).await.expect("sent");
        let mut received = String::new();
        stream.read_to_string(&mut received).await.expect("text");
        received
    });
    Reply::parse(&received.await)
}

/// Sends `METHOD PATH` as the CLI would: from this machine, by no page.
async fn ask(control: &Arc<Played>, method_and_path: &str) -> Reply {
    let request = format!("{method_and_path} HTTP/1.1|Host: localhost:2019");
    send(access(&Admin::default()), Arc::clone(control), &request).await
}
