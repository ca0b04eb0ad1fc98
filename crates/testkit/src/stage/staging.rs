//! Setting a stage up.

use std::cell::RefCell;
use std::sync::Arc;

use bytes::Bytes;
use evenkeel_net::memory::{Dns, MemoryNetwork};
use evenkeel_net::{Address, Bound, Clock, Network, World};
use evenkeel_plan::http::App;
use evenkeel_plan::value::NetworkAddress;
use evenkeel_proxy::{
    AccessFormat, AccessSink, ChallengeAnswers, Command, Graph, Installation, Parts, ServeTls,
    ServerSocket, StateRegistry, Worker, WorkerConfig, watch_upstreams,
};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::{Stage, WorkerHandle, assemble, front, parse, records, start_of_time};
use crate::access::Lines;
use crate::log::Log;
use crate::origin::{Http2Origin, Origin};
use crate::tls::{AnyName, Authority};

/// A stage that is being set up.
pub struct Staging {
    caddyfile: String,
    network: MemoryNetwork,
    workers: usize,
    seed: u64,
    challenges: Known,
    authority: Arc<Authority>,
    silent: Vec<Bound>,
}

impl Staging {
    pub(super) fn new(caddyfile: &str) -> Self {
        Self {
            caddyfile: caddyfile.to_owned(),
            network: MemoryNetwork::default(),
            workers: 1,
            seed: 1,
            challenges: Known::default(),
            authority: Arc::new(Authority::new()),
            silent: Vec::new(),
        }
    }

    /// Puts an origin at an address.
    #[must_use]
    pub fn origin(self, address: &str, origin: &Origin) -> Self {
        origin.listen(&self.network, &parse(address));
        self
    }

    /// Lets dials to an address succeed and nobody read what is sent: a process that hangs.
    #[must_use]
    pub fn silent(mut self, address: &str) -> Self {
        let bound = self.network.bind(&parse(address), 1);
        self.silent
            .extend(bound.expect("nobody else listens there"));
        self
    }

    /// Puts an origin behind TLS at an address: with a certificate for `name` of the authority
    /// that the stage's server trusts, and these protocols to choose from.
    #[must_use]
    pub fn tls_origin(
        self,
        address: &str,
        origin: &Origin,
        (name, protocols): (&str, &[&str]),
    ) -> Self {
        let config = Arc::new(self.authority.server(name, protocols));
        origin.listen_behind(&self.network, &parse(address), config);
        self
    }

    /// Puts an origin that speaks HTTP/2 at an address: in clear, or behind TLS with a certificate
    /// for `name`.
    #[must_use]
    pub fn http2_origin(self, address: &str, origin: &Http2Origin, name: Option<&str>) -> Self {
        let config = name.map(|name| Arc::new(self.authority.server(name, &["h2"])));
        origin.listen(&self.network, &parse(address), config);
        self
    }

    /// Lets a name resolve to these addresses.
    #[must_use]
    pub fn name(self, name: &str, addresses: &[&str]) -> Self {
        let parse = |text: &&str| text.parse().expect("the test's IP address is valid");
        self.network
            .set_name(name, &addresses.iter().map(parse).collect::<Vec<_>>());
        self
    }

    /// The same for those who ask the name server at `server`.
    #[must_use]
    pub fn name_at(self, server: &str, name: &str, addresses: &[&str]) -> Self {
        let parse = |text: &&str| text.parse().expect("the test's IP address is valid");
        let addresses: Vec<_> = addresses.iter().map(parse).collect();
        self.network.set_name_at(server, name, &addresses);
        self
    }

    /// Lets a name have these service records: priority, weight, target and port.
    #[must_use]
    pub fn services(self, name: &str, services: &[(u16, u16, &str, u16)]) -> Self {
        self.network.set_services(name, &records(services));
        self
    }

    /// Lets name servers fail from the start.
    #[must_use]
    pub fn dns(self, state: Dns) -> Self {
        self.network.set_dns(state);
        self
    }

    /// Runs so many workers; one unless told otherwise. All share the listening sockets.
    #[must_use]
    pub fn workers(mut self, count: usize) -> Self {
        self.workers = count;
        self
    }

    /// Draws other random numbers.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Has an answer ready for a CA that asks `host` for `token`.
    #[must_use]
    pub fn challenge(mut self, host: &str, token: &str, answer: &str) -> Self {
        let challenge = (host.to_owned(), token.to_owned(), answer.to_owned());
        self.challenges.answers.push(challenge);
        self
    }

    /// Panics when a CA asks for `token`: a stand-in for a bug that only one request meets.
    #[must_use]
    pub fn bug(mut self, token: &str) -> Self {
        token.clone_into(&mut self.challenges.bug);
        self
    }

    /// Starts the server. It has to be called on a local runtime, such as
    /// `#[tokio::test(flavor = "local", start_paused = true)]`.
    pub async fn start(self) -> Stage {
        let log = Log::start();
        let access = Lines::default();
        let authority = Arc::clone(&self.authority);
        let plan = assemble::plan(&self.caddyfile);
        let app = plan.apps.http.unwrap_or_default();
        let state = StateRegistry::for_workers(self.workers);
        let graph = Arc::new(build(&app, &state, (&access, &authority)));
        let clock = Clock::fixed(start_of_time());
        let world = World {
            network: Network::Memory(self.network.clone()),
            clock,
        };
        let watch = watch_upstreams(Arc::clone(&graph), world.clone());
        let watch = tokio::task::spawn_local(watch);
        let epoch = Instant::now();
        let workers = self.start_workers(&app, &graph, (&world, epoch), &authority);
        drop(graph);
        // The workers install before anything else happens.
        tokio::task::yield_now().await;
        Stage {
            network: self.network,
            workers,
            watch: RefCell::new(watch),
            world,
            epoch,
            authority,
            state,
            access,
            log,
            _silent: self.silent,
        }
    }

    fn start_workers(
        &self,
        app: &App,
        graph: &Arc<Graph>,
        (world, epoch): (&World, Instant),
        authority: &Arc<Authority>,
    ) -> Vec<WorkerHandle> {
        let challenges = Arc::new(self.challenges.clone());
        let mut sockets = self.bind(app, graph, authority);
        let start = |number: usize| {
            let config = WorkerConfig {
                world: world.clone(),
                epoch,
                seed: self.seed + number as u64,
                number,
                challenges: Arc::clone(&challenges) as Arc<dyn ChallengeAnswers>,
            };
            let (commands, receiver) = mpsc::unbounded_channel();
            let task = tokio::task::spawn_local(Worker::new(config).run(receiver));
            let sockets = sockets.pop().unwrap_or_default();
            let installation = Installation {
                graph: Arc::clone(graph),
                sockets,
            };
            let installed = commands.send(Command::Install(installation));
            installed.expect("the worker has just been started");
            WorkerHandle { commands, task }
        };
        (0..self.workers).map(start).collect()
    }

    /// For each worker a socket of each address.
    fn bind(&self, app: &App, graph: &Graph, authority: &Arc<Authority>) -> Vec<Vec<ServerSocket>> {
        let mut sockets: Vec<Vec<ServerSocket>> = (0..self.workers).map(|_| Vec::new()).collect();
        for (name, server) in &app.servers {
            let index = graph
                .server(name)
                .expect("the graph was built from this plan");
            let tls = server.tls_connection_policies.is_some();
            for listen in &server.listen {
                let bound = self.network.bind(&address(listen), self.workers);
                let bound = bound.expect("no two servers listen on one address");
                for (worker, bound) in sockets.iter_mut().zip(bound) {
                    worker.push(socket(bound, index, tls.then_some(authority)));
                }
            }
        }
        sockets
    }
}

/// The graph of an app, as a reload builds it: with the state that is already there.
pub(super) fn build(
    app: &App,
    state: &StateRegistry,
    (access, authority): (&Lines, &Authority),
) -> Graph {
    let sink = |_: &str| {
        vec![AccessSink {
            errors_only: false,
            format: AccessFormat::Json,
            sink: Arc::new(access.clone()),
        }]
    };
    let parts = Parts {
        state,
        access_sinks: &sink,
        upstream_tls: &|plan| Ok(authority.upstream(plan)),
        environment: &|_| None,
        hostname: "stage",
    };
    evenkeel_proxy::build(app, &parts).expect("the plan can be built")
}

fn socket(bound: Bound, server: usize, tls: Option<&Arc<Authority>>) -> ServerSocket {
    let tls = tls.map(|authority| Arc::new(AnyName(Arc::clone(authority))) as Arc<dyn ServeTls>);
    ServerSocket {
        bound,
        server,
        tls,
        http2: true,
    }
}

/// Listening addresses in tests are ports, at the one address clients dial.
fn address(listen: &str) -> Address {
    let parsed = NetworkAddress::parse(listen).expect("the plan's address is valid");
    front(parsed.port_or(80))
}

/// Challenges in progress.
#[derive(Clone, Default)]
struct Known {
    /// Host, token and answer.
    answers: Vec<(String, String, String)>,
    bug: String,
}

impl ChallengeAnswers for Known {
    fn answer(&self, host: &str, token: &str) -> Option<Bytes> {
        assert!(
            self.bug.is_empty() || token != self.bug,
            "the bug this test is about"
        );
        let is_asked_for = |known: &&(String, String, String)| known.0 == host && known.1 == token;
        let found = self.answers.iter().find(is_asked_for);
        found.map(|(_, _, answer)| Bytes::copy_from_slice(answer.as_bytes()))
    }
}
