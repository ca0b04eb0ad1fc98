//! One plan, built: everything it needs is opened, looked up and compiled, and nothing of it runs
//! yet. Whatever fails here leaves no trace.

use std::sync::Arc;
use std::time::Duration;

use evenkeel_net::{Bound, World};
use evenkeel_plan::Plan;
use evenkeel_plan::http::{App, Server};
use evenkeel_planner::Completed;
use evenkeel_proxy::{Command, Graph, Installation, ServeTls, ServerSocket, StateRegistry};
use evenkeel_tls::{CertManager, Prepared, Settings};

use crate::admin::AdminListener;
use crate::error::ServeError;
use crate::logging::{Logs, PreparedLogs};
use crate::upstream_tls::LOCAL_AUTHORITY;
use crate::{Environment, admin, handshakes, listeners, not_yet, upstream_tls};

/// What every generation of a process shares.
pub(crate) struct Shared<'a> {
    pub(crate) world: &'a World,
    pub(crate) env: Environment<'a>,
    pub(crate) state: &'a StateRegistry,
    pub(crate) certificates: &'a CertManager,
    pub(crate) workers: usize,
}

/// A plan that is ready to be started.
pub(crate) struct Generation {
    pub(crate) graph: Arc<Graph>,
    pub(crate) certificates: Prepared,
    pub(crate) logs: PreparedLogs,
    pub(crate) admin: Option<AdminListener>,
    /// What each worker is told.
    pub(crate) commands: Vec<Command>,
    /// How long a drain may take.
    pub(crate) grace: Option<Duration>,
    /// Where it will listen, for the log.
    pub(crate) addresses: Vec<String>,
}

/// Builds a plan. `plan` is as it was loaded; it is completed here.
pub(crate) async fn build(plan: &Plan, shared: &Shared<'_>) -> Result<Generation, ServeError> {
    not_yet::refuse(plan)?;
    let by_hand = Settings::from_plan(plan.apps.tls.as_ref(), []).files;
    let loaded = shared.certificates.load(&by_hand).await?;
    let Completed { plan, managed } = evenkeel_planner::complete(plan.clone(), &loaded.names())?;
    crate::logging::check(plan.logging.as_ref())?;
    let logs = Logs::open(plan.logging.as_ref())?;
    let empty = App::default();
    let app = plan.apps.http.as_ref().unwrap_or(&empty);
    let local_root = shared.certificates.local_root(LOCAL_AUTHORITY).await;
    let parts = evenkeel_proxy::Parts {
        state: shared.state,
        access_sinks: &|name| logs.access_sinks(name),
        upstream_tls: &|plan| upstream_tls::load(plan, local_root.as_deref()),
        environment: shared.env,
        hostname: &hostname(),
    };
    let graph = Arc::new(evenkeel_proxy::build(app, &parts)?);
    let settings = Settings::from_plan(plan.apps.tls.as_ref(), managed);
    let certificates = shared
        .certificates
        .prepare(loaded, &settings.subjects)
        .await?;
    let mut sockets: Vec<Vec<ServerSocket>> = (0..shared.workers).map(|_| Vec::new()).collect();
    let mut addresses = Vec::new();
    for (name, server) in &app.servers {
        let tls = handshakes::build(name, server, shared.certificates)?;
        let serving = Serving {
            index: graph.server(name),
            server,
            tls,
        };
        for (number, listen) in server.listen.iter().enumerate() {
            let path = format!("apps.http.servers.{name}.listen[{number}]");
            let bound =
                listeners::bind(&shared.world.network, &path, listen, shared.workers).await?;
            for one in bound {
                addresses.push(one.address.to_string());
                for (worker, socket) in sockets.iter_mut().zip(one.bound) {
                    worker.extend(serving.socket(socket));
                }
            }
        }
    }
    let install = |sockets| {
        Command::Install(Installation {
            graph: Arc::clone(&graph),
            sockets,
        })
    };
    Ok(Generation {
        commands: sockets.into_iter().map(install).collect(),
        admin: admin::bind(&plan, shared.world).await?,
        grace: app.grace_period.positive(),
        graph,
        certificates,
        logs,
        addresses,
    })
}

/// A server of the plan while its sockets are handed out.
struct Serving<'a> {
    index: Option<usize>,
    server: &'a Server,
    tls: Option<Arc<dyn ServeTls>>,
}

impl Serving<'_> {
    fn socket(&self, bound: Bound) -> Option<ServerSocket> {
        let protocols = &self.server.protocols;
        Some(ServerSocket {
            bound,
            server: self.index?,
            tls: self.tls.clone(),
            http2: protocols.is_empty() || protocols.iter().any(|protocol| protocol == "h2"),
        })
    }
}

/// The machine's name, as the kernel tells it; empty if it does not.
fn hostname() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    name.trim_end().to_owned()
}
