//! The stage itself: a running server, and everything a test does to it and sees of it.

mod assemble;
mod staging;

use std::cell::RefCell;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use evenkeel_net::memory::{Dns, Fault, MemoryNetwork};
use evenkeel_net::{Address, Bound, Service, Stream, World};
use evenkeel_proxy::{Command, Installation, StateRegistry, watch_upstreams};
use http::Request;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

pub use staging::Staging;

use crate::access::Lines;
use crate::client::{self, Client, Client2, Pieces, Reply, Upload};
use crate::log::Log;
use crate::raw::Raw;
use crate::tls::Authority;

/// Wall time at the start of every stage, in Unix seconds: 2026-11-24 12:00:00 UTC.
const START: u64 = 1_795_521_600;

/// A server between origins and clients. Everything stops when it is dropped.
pub struct Stage {
    network: MemoryNetwork,
    workers: Vec<WorkerHandle>,
    watch: RefCell<JoinHandle<()>>,
    world: World,
    epoch: Instant,
    authority: Arc<Authority>,
    state: StateRegistry,
    access: Lines,
    log: Log,
    _silent: Vec<Bound>,
}

struct WorkerHandle {
    commands: mpsc::UnboundedSender<Command>,
    task: JoinHandle<()>,
}

impl Stage {
    /// A stage for this Caddyfile. Host names in it need no DNS; ports are as written.
    pub fn caddyfile(text: &str) -> Staging {
        Staging::new(text)
    }

    /// Gets a URL on a connection of its own, as `curl` does. Fails the test if the connection
    /// ends without a response.
    pub async fn get(&self, url: &str) -> Reply {
        self.send("GET", url, "").await
    }

    /// Sends a request with a whole body on a connection of its own. Fails the test if the
    /// connection ends without a response.
    pub async fn send(&self, method: &str, url: &str, body: &str) -> Reply {
        let request = Self::request(method, url, body);
        let reply = self.client(port(url)).await.send(request).await;
        reply.expect("the server answers")
    }

    /// A request for a client, with `Host` from the URL.
    pub fn request(method: &str, url: &str, body: &str) -> Request<Upload> {
        client::request(method, url, body)
    }

    /// A POST whose body the test sends piece by piece, with its length announced or chunked.
    pub fn upload(url: &str, length: Option<usize>) -> (Pieces, Request<Upload>) {
        client::upload(url, length)
    }

    /// The same with more fields.
    pub fn request_with(method: &str, url: &str, fields: &[(&str, &str)]) -> Request<Upload> {
        let mut request = client::request(method, url, "");
        for (name, value) in fields {
            let name: http::HeaderName = name.parse().expect("the test's field name is valid");
            let value = value.parse().expect("the test's field value is valid");
            request.headers_mut().append(name, value);
        }
        request
    }

    /// A connection in clear text that is kept alive.
    pub async fn client(&self, port: u16) -> Client {
        Client::start(self.dial(port).await).await
    }

    /// A connection through TLS that speaks HTTP/1.1.
    pub async fn tls_client(&self, name: &str) -> Client {
        let stream = self.shake_hands(name, &["http/1.1"]).await;
        Client::start(stream.expect("the handshake succeeds")).await
    }

    /// A connection through TLS that speaks HTTP/2.
    pub async fn http2_client(&self, name: &str) -> Client2 {
        let stream = self.shake_hands(name, &["h2"]).await;
        Client2::start(stream.expect("the handshake succeeds")).await
    }

    /// A TLS handshake on port 443 with these protocols on offer.
    pub async fn shake_hands(
        &self,
        name: &str,
        protocols: &[&str],
    ) -> std::io::Result<TlsStream<Stream>> {
        let stream = self.dial(443).await;
        self.shake_hands_over(name, protocols, stream).await
    }

    /// A TLS handshake over a stream that leads to port 443.
    pub async fn shake_hands_over<I>(
        &self,
        name: &str,
        protocols: &[&str],
        stream: I,
    ) -> std::io::Result<TlsStream<I>>
    where
        I: AsyncRead + AsyncWrite + Unpin,
    {
        let connector = TlsConnector::from(Arc::new(self.authority.client(protocols)));
        let name = ServerName::try_from(name.to_owned()).expect("the test's name is valid");
        connector.connect(name, stream).await
    }

    /// A connection that sends bytes as they are.
    pub async fn raw(&self, port: u16) -> Raw {
        Raw::new(self.dial(port).await)
    }

    /// A connection, unless it is refused.
    pub async fn try_raw(&self, port: u16) -> std::io::Result<Raw> {
        self.network.dial(&front(port)).await.map(Raw::new)
    }

    /// Lets dials to an address be refused, or never be answered, or take their time.
    pub fn fault(&self, address: &str, fault: Fault) {
        self.network.set_fault(&parse(address), fault);
    }

    /// Lets dials to an address succeed again.
    pub fn heal(&self, address: &str) {
        self.network.clear_fault(&parse(address));
    }

    /// Lets a name resolve to these addresses from now on.
    pub fn set_name(&self, name: &str, addresses: &[&str]) {
        let parse = |text: &&str| text.parse().expect("the test's IP address is valid");
        self.network
            .set_name(name, &addresses.iter().map(parse).collect::<Vec<_>>());
    }

    /// Lets a name have these service records from now on: priority, weight, target and port.
    pub fn set_services(&self, name: &str, services: &[(u16, u16, &str, u16)]) {
        self.network.set_services(name, &records(services));
    }

    /// Lets name servers answer from now on, or not.
    pub fn set_dns(&self, state: Dns) {
        self.network.set_dns(state);
    }

    /// How many questions name servers were asked so far.
    pub fn questions(&self) -> usize {
        self.network.questions()
    }

    /// Lets time pass. Everything that is due happens.
    pub async fn advance(&self, time: Duration) {
        // Not `tokio::time::advance`, which would skip over timers set on the way.
        tokio::time::sleep(time).await;
    }

    /// Replaces the graph by that of another Caddyfile, on the sockets that are there.
    pub async fn install(&self, caddyfile: &str) {
        let app = assemble::plan(caddyfile).apps.http.unwrap_or_default();
        let graph = Arc::new(staging::build(
            &app,
            &self.state,
            (&self.access, &self.authority),
        ));
        for worker in &self.workers {
            let graph = Arc::clone(&graph);
            let installation = Installation {
                graph,
                sockets: Vec::new(),
            };
            let sent = worker.commands.send(Command::Install(installation));
            sent.expect("the worker has not ended");
        }
        let watch = watch_upstreams(graph, self.world.clone());
        let watch = tokio::task::spawn_local(watch);
        self.watch.replace(watch).abort();
        tokio::task::yield_now().await;
    }

    /// Tells every worker to finish what is in flight and end.
    pub fn drain(&self, grace: Option<Duration>) {
        for worker in &self.workers {
            // A worker that has ended has nothing to drain.
            drop(worker.commands.send(Command::Drain { grace }));
        }
    }

    /// Returns when all workers have ended.
    pub async fn ended(&mut self) {
        for worker in &mut self.workers {
            (&mut worker.task).await.expect("workers do not panic");
        }
    }

    /// How many attempts at upstreams are in flight, over all workers.
    pub fn in_flight(&self) -> usize {
        let upstreams = self.state.upstreams(Duration::ZERO).into_iter();
        upstreams.map(|upstream| upstream.in_flight as usize).sum()
    }

    /// The numbers of all upstreams, as Prometheus reads them.
    pub fn metrics(&self) -> String {
        self.state.metrics(self.epoch.elapsed())
    }

    /// The process log so far, as `ERROR http.log.error: message field=value`.
    pub fn log(&self) -> Vec<String> {
        self.log.all()
    }

    /// The access log so far, JSON lines.
    pub fn access_log(&self) -> Vec<String> {
        self.access.all()
    }

    async fn dial(&self, port: u16) -> Stream {
        self.network
            .dial(&front(port))
            .await
            .expect("the server listens")
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.watch.get_mut().abort();
        for worker in &self.workers {
            worker.task.abort();
        }
    }
}

/// The server's address as clients dial it.
fn front(port: u16) -> Address {
    Address::Tcp(([203, 0, 113, 1], port).into())
}

fn port(url: &str) -> u16 {
    let uri: http::Uri = url.parse().expect("the test's URL is valid");
    uri.port_u16().unwrap_or(80)
}

fn records(services: &[(u16, u16, &str, u16)]) -> Vec<Service> {
    let records = services.iter();
    let record = |&(priority, weight, target, port): &(u16, u16, &str, u16)| Service {
        priority,
        weight,
        target: target.into(),
        port,
    };
    records.map(record).collect()
}

fn parse(address: &str) -> Address {
    Address::Tcp(address.parse().expect("the test's address is valid"))
}

pub(crate) fn start_of_time() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(START)
}
