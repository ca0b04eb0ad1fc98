//! For tests: exchanges without a connection, builds without a plan around them, logs in memory.

use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use evenkeel_net::{Clock, Network, Peer, World};
use http::Request;
use parking_lot::Mutex;
use tokio::time::Instant;

use crate::Body;
use crate::exchange::Exchange;
use crate::graph::{BuildContext, Parts};
use crate::observe::{AccessFormat, AccessSink, LogSink};
use crate::state::StateRegistry;
use crate::worker::{ChallengeAnswers, Connection, Local, TlsInfo, WorkerConfig};

/// The wall time at the start of every trial: 2026-11-24 13:41:09.071 UTC.
pub(crate) const START: Duration = Duration::from_millis(1_795_527_669_071);

struct NoChallenges;

impl ChallengeAnswers for NoChallenges {
    fn answer(&self, _host: &str, _token: &str) -> Option<Bytes> {
        None
    }
}

/// A worker's belongings; the same random numbers each time.
pub(crate) fn local() -> Rc<Local> {
    Rc::new(Local::new(WorkerConfig {
        world: World {
            network: Network::Os,
            clock: Clock::fixed(SystemTime::UNIX_EPOCH + START),
        },
        epoch: Instant::now(),
        seed: 7,
        number: 0,
        challenges: Arc::new(NoChallenges),
    }))
}

/// An exchange with a peer at 192.0.2.7:4711.
pub(crate) fn exchange<'g>(request: Request<Body>) -> Exchange<'g> {
    exchange_over(request, None)
}

/// The same, perhaps over TLS.
pub(crate) fn exchange_over<'g>(request: Request<Body>, tls: Option<TlsInfo>) -> Exchange<'g> {
    let peer = SocketAddr::from((Ipv4Addr::new(192, 0, 2, 7), 4711));
    let local_address = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)).into();
    let connection = Connection::new(Peer::Tcp(peer), local_address, tls);
    Exchange::new(request, Rc::new(connection), local())
}

/// `GET` of a target on a host.
pub(crate) fn get(host: &str, target: &str) -> Request<Body> {
    request(host, target, &[])
}

/// `GET` with further fields.
pub(crate) fn request(host: &str, target: &str, fields: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder().uri(target).header("host", host);
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

/// Builds something. The environment has `NAME=value` only.
pub(crate) fn build<T>(build: impl FnOnce(&mut BuildContext<'_>) -> T) -> T {
    with_parts(&|_| Vec::new(), |parts| {
        build(&mut BuildContext::new(parts))
    })
}

/// Calls with parts of which the access logs are given.
pub(crate) fn with_parts<T>(
    access_sinks: &dyn Fn(&str) -> Vec<AccessSink>,
    call: impl FnOnce(&Parts<'_>) -> T,
) -> T {
    let state = StateRegistry::new();
    call(&Parts {
        state: &state,
        access_sinks,
        upstream_tls: &|_| Err("no TLS here".to_owned()),
        environment: &|name| (name == "NAME").then(|| "value".to_owned()),
        hostname: "keel",
    })
}

/// A log in memory.
#[derive(Default)]
pub(crate) struct Lines(Mutex<Vec<String>>);

impl Lines {
    /// A sink that writes here.
    pub(crate) fn sink(self: &Arc<Self>, format: AccessFormat) -> AccessSink {
        AccessSink {
            format,
            errors_only: false,
            sink: Arc::<Self>::clone(self),
        }
    }

    /// What has been written so far.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock())
    }
}

impl LogSink for Lines {
    fn write(&self, entry: Vec<u8>) {
        self.0.lock().push(String::from_utf8(entry).unwrap());
    }
}
