//! Starts a generation, waits for a reason to stop, and drains it.

use std::num::NonZero;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use evenkeel_net::World;
use evenkeel_plan::{Plan, Storage as StoragePlan};
use evenkeel_proxy::{StateRegistry, watch_upstreams};
use evenkeel_storage::{FileStorage, Storage, WallClock, file::default_data_dir};
use evenkeel_tls::{CertManager, Parts};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use tokio::runtime::{Builder, Handle, LocalOptions};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::control::ServerControl;
use crate::error::ServeError;
use crate::generation::{self, Generation, Shared};
use crate::handshakes::HttpAnswers;
use crate::logging::Logs;
use crate::signals::{Signals, Stop};
use crate::workers::{Common, Workers};
use crate::{Configuration, Environment, admin, seed};

/// How long the start waits for certificates that need nobody's answer.
const SETTLING: Duration = Duration::from_secs(2);

/// How a server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Everything in flight was finished, or the grace period was over.
    Drained,
    /// It was told to end at once.
    Forced,
}

/// Builds, starts, serves and stops.
pub(crate) fn run(
    configuration: &Configuration,
    env: Environment<'_>,
    world: &World,
    logs: &Logs,
) -> Result<Ended, ServeError> {
    let system = |what| move |source| ServeError::System { what, source };
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())
        .map_err(system("no runtime for the control thread"))?;
    let ended = runtime.block_on(async {
        let mut signals = Signals::listen().map_err(system("signals cannot be received"))?;
        let mut running = start(configuration, env, world, logs).await?;
        running.until_stopped(&mut signals).await
    });
    // Look-ups that still hang on the blocking pool must not hold the end of the process.
    runtime.shutdown_background();
    ended
}

/// A started generation.
struct Running {
    workers: Workers,
    certificates: CertManager,
    stop: Arc<Notify>,
    grace: Option<Duration>,
}

async fn start(
    configuration: &Configuration,
    env: Environment<'_>,
    world: &World,
    logs: &Logs,
) -> Result<Running, ServeError> {
    let system = |what| move |source| ServeError::System { what, source };
    let mut seeds = StdRng::seed_from_u64(seed(world.clock.now()));
    let count = available_parallelism().map_or(1, NonZero::get);
    let state = Arc::new(StateRegistry::for_workers(count));
    let certificates = certificates(&configuration.plan, env, world, &mut seeds)?;
    let shared = Shared {
        world,
        env,
        state: &state,
        certificates: &certificates,
        workers: count,
    };
    let generation = generation::build(&configuration.plan, &shared).await?;

    let epoch = Instant::now();
    let common = Common {
        world: world.clone(),
        epoch,
        challenges: Arc::new(HttpAnswers(certificates.challenges().clone())),
    };
    let workers = Workers::start(count, &common, &mut seeds)
        .map_err(system("a worker's thread cannot be started"))?;
    let stop = Arc::new(Notify::new());
    let control = ServerControl {
        document: Arc::new(configuration.document.clone()),
        state,
        epoch,
        stop: Arc::clone(&stop),
    };
    let grace = generation.grace;
    install(
        generation,
        &workers,
        &certificates,
        Installing {
            world,
            logs,
            control,
        },
    )
    .await;
    // A certificate of the local authority takes a moment; one of a CA is not waited for.
    drop(tokio::time::timeout(SETTLING, certificates.settled()).await);
    tracing::info!(
        config = configuration.name,
        workers = workers.count(),
        "serving initial configuration"
    );
    Ok(Running {
        workers,
        certificates,
        stop,
        grace,
    })
}

/// What a generation is started with.
struct Installing<'a> {
    world: &'a World,
    logs: &'a Logs,
    control: ServerControl,
}

/// From here on nothing can fail.
async fn install(
    generation: Generation,
    workers: &Workers,
    certificates: &CertManager,
    with: Installing<'_>,
) {
    with.logs.install(generation.logs);
    for address in &generation.addresses {
        tracing::info!(target: "http", address, "listening");
    }
    certificates.install(generation.certificates, &Handle::current());
    let graph = Arc::clone(&generation.graph);
    tokio::task::spawn_local(watch_upstreams(graph, with.world.clone()));
    // Clients that come meanwhile wait at the sockets, which are bound.
    generation.graph.first_checks_made().await;
    workers.tell(generation.commands);
    if let Some(listener) = generation.admin {
        let address = listener.address.to_string();
        tracing::info!(target: "admin", address, "admin endpoint started");
        tokio::spawn(admin::serve(listener, Arc::new(with.control)));
    }
}

impl Running {
    async fn until_stopped(&mut self, signals: &mut Signals) -> Result<Ended, ServeError> {
        let stop = tokio::select! {
            stop = signals.first() => stop,
            () = self.stop.notified() => Stop::Drain,
            () = self.workers.any_ended() => {
                return Err(ServeError::Stop("a worker has ended by itself"));
            }
        };
        if stop == Stop::Force {
            tracing::warn!("told to quit; ends without finishing what is in flight");
            return Ok(Ended::Forced);
        }
        tracing::info!("shutting down: stops accepting, finishes what is in flight");
        self.workers.drain(self.grace);
        self.certificates.stop().await;
        tokio::select! {
            orderly = self.workers.ended() => {
                if !orderly {
                    return Err(ServeError::Stop("a worker failed while it drained"));
                }
                tracing::info!("shutdown complete");
                Ok(Ended::Drained)
            }
            () = signals.second() => {
                tracing::warn!("interrupted again; ends without finishing what is in flight");
                Ok(Ended::Forced)
            }
        }
    }
}

fn certificates(
    plan: &Plan,
    env: Environment<'_>,
    world: &World,
    seeds: &mut StdRng,
) -> Result<CertManager, ServeError> {
    let clock = world.clock.clone();
    let root = match &plan.storage {
        Some(StoragePlan::FileSystem { root }) if !root.is_empty() => root.into(),
        Some(StoragePlan::FileSystem { .. }) | None => default_data_dir(env),
    };
    let wall = {
        let clock = clock.clone();
        WallClock::new(move || clock.now())
    };
    let parts = Parts {
        storage: Storage::File(FileStorage::new(root, wall)),
        clock,
        seed: rand::Rng::next_u64(seeds),
        issuers: CertManager::real_issuers(),
    };
    CertManager::new(parts).map_err(|error| ServeError::System {
        what: "no randomness for session tickets",
        source: std::io::Error::other(error),
    })
}
