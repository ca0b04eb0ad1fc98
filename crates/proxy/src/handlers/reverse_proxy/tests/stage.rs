//! The harness: a client's connection, the handler, and upstreams that are plain functions.

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use evenkeel_net::memory::{MemoryNetwork, Pipe};
use evenkeel_net::{Address, Clock, Network, Peer, Stream, World};
use evenkeel_plan::http::handlers::ReverseProxy as Plan;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout};

use crate::error::Chain;
use crate::exchange::Exchange;
use crate::graph::{BuildContext, Parts};
use crate::handlers::Flow;
use crate::handlers::reverse_proxy::ReverseProxy;
use crate::transport::io::TokioIo;
use crate::worker::{Connection, Local};
use crate::{Body, ChallengeAnswers, StateRegistry, WorkerConfig};

/// A handler with everything around it.
pub(super) struct Stage {
    pub(super) memory: MemoryNetwork,
    pub(super) state: StateRegistry,
    handler: Rc<ReverseProxy>,
    local: Rc<Local>,
}

impl Stage {
    pub(super) fn new(plan: &Plan) -> Self {
        let memory = MemoryNetwork::default();
        let state = StateRegistry::new();
        let parts = Parts {
            state: &state,
            access_sinks: &|_| Vec::new(),
            upstream_tls: &|_| Err("no TLS here".to_owned()),
            environment: &|_| None,
            hostname: "host",
        };
        let handler = ReverseProxy::build(plan, &mut BuildContext::new(&parts))
            .expect("the plan can be built");
        let local = Local::new(WorkerConfig {
            world: World {
                network: Network::Memory(memory.clone()),
                clock: Clock::fixed(std::time::SystemTime::UNIX_EPOCH),
            },
            epoch: Instant::now(),
            seed: 1,
            number: 0,
            challenges: Arc::new(NoChallenges),
        });
        Self {
            memory,
            state,
            handler: Rc::new(handler),
            local: Rc::new(local),
        }
    }

    /// Connects a client from 192.0.2.1.
    pub(super) fn client(&self) -> Pipe {
        self.client_from(Peer::Tcp(([192, 0, 2, 1], 40000).into()))
    }

    pub(super) fn client_from(&self, peer: Peer) -> Pipe {
        let (ours, theirs) = Pipe::pair();
        let local_address = Address::Tcp(([192, 0, 2, 9], 80).into());
        let connection = Rc::new(Connection::new(peer, local_address, None));
        let (handler, local) = (Rc::clone(&self.handler), Rc::clone(&self.local));
        let service = service_fn(move |request| {
            let (handler, local) = (Rc::clone(&handler), Rc::clone(&local));
            let connection = Rc::clone(&connection);
            async move { Ok::<_, Infallible>(respond(&handler, request, connection, local).await) }
        });
        tokio::task::spawn_local(async move {
            let server = hyper::server::conn::http1::Builder::new()
                .header_read_timeout(None)
                .auto_date_header(false)
                .title_case_headers(true)
                .serve_connection(TokioIo::new(ours), service)
                .with_upgrades();
            // A client that leaves is an error here, and none of ours.
            drop(server.await);
        });
        theirs
    }

    /// Sends one request on a connection of its own and returns the whole answer.
    pub(super) async fn ask(&self, request: &str) -> String {
        let mut client = self.client();
        // The client closes after this request, so that the answer has an end.
        let request = request.replacen("\r\n", "\r\nConnection: close\r\n", 1);
        write(&mut client, &request).await;
        read_to_end(&mut client).await
    }

    /// An upstream that runs `script` for each connection; it is told which one it is.
    pub(super) fn upstream<F>(&self, last: u8, script: impl Fn(Stream, usize) -> F + 'static)
    where
        F: Future<Output = ()> + 'static,
    {
        self.upstream_at(&Address::Tcp(([10, 0, 0, last], 80).into()), script);
    }

    pub(super) fn upstream_at<F>(
        &self,
        address: &Address,
        script: impl Fn(Stream, usize) -> F + 'static,
    ) where
        F: Future<Output = ()> + 'static,
    {
        let mut bound = self.memory.bind(address, 1).expect("the address is free");
        let listener = bound.remove(0).into_listener().expect("a listener");
        tokio::task::spawn_local(async move {
            for number in 0.. {
                let (stream, _) = listener.accept().await.expect("a connection");
                tokio::task::spawn_local(script(stream, number));
            }
        });
    }

    /// An upstream that notes the heads of requests and gives each the same answer.
    pub(super) fn answering(&self, last: u8, answer: &'static str) -> Rc<RefCell<Vec<String>>> {
        let heads = Rc::new(RefCell::new(Vec::new()));
        let seen = Rc::clone(&heads);
        self.upstream(last, move |mut stream, number| {
            let seen = Rc::clone(&seen);
            async move {
                while let Some(head) = try_read_head(&mut stream).await {
                    seen.borrow_mut().push(format!("{number} {head}"));
                    write(&mut stream, answer).await;
                }
            }
        });
        heads
    }

    /// Attempts in flight at an upstream.
    pub(super) fn in_flight(&self, last: u8) -> u32 {
        self.state.state(&format!("10.0.0.{last}:80")).in_flight()
    }

    /// Strikes of an upstream.
    pub(super) fn fails(&self, last: u8) -> u32 {
        self.state
            .state(&format!("10.0.0.{last}:80"))
            .fails(self.local.now())
    }
}

async fn respond(
    handler: &ReverseProxy,
    request: Request<Incoming>,
    connection: Rc<Connection>,
    local: Rc<Local>,
) -> Response<Body> {
    let mut exchange = Exchange::new(request.map(Body::from), connection, local);
    match handler.handle(&mut exchange).await {
        Ok(Flow::Respond(response)) => response,
        Ok(_) => panic!("the reverse proxy always answers"),
        Err(error) => {
            let mut response = Response::new(Body::full(Chain(&error).to_string()));
            *response.status_mut() = error.status();
            response
        }
    }
}

struct NoChallenges;

impl ChallengeAnswers for NoChallenges {
    fn answer(&self, _host: &str, _token: &str) -> Option<Bytes> {
        None
    }
}

/// Writes; a peer that is gone is not an error.
pub(super) async fn write(stream: &mut (impl AsyncWriteExt + Unpin), text: &str) {
    drop(stream.write_all(text.as_bytes()).await);
}

/// Reads up to the empty line behind a head.
pub(super) async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> String {
    try_read_head(stream).await.expect("a head")
}

pub(super) async fn try_read_head(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    Some(String::from_utf8_lossy(&head).into_owned())
}

/// Reads what comes until the end, or until nothing has come for an hour.
pub(super) async fn read_to_end(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut text = Vec::new();
    let mut buffer = vec![0; 4096];
    while let Ok(Ok(count @ 1..)) = timeout(Duration::from_hours(1), stream.read(&mut buffer)).await
    {
        text.extend_from_slice(&buffer[..count]);
    }
    String::from_utf8_lossy(&text).into_owned()
}
