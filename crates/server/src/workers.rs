//! The workers' threads: one per core, each with a runtime of its own.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use evenkeel_net::World;
use evenkeel_proxy::{ChallengeAnswers, Command, Worker, WorkerConfig};
use rand::{SeedableRng as _, rngs::StdRng};
use tokio::runtime::{Builder, LocalOptions};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// All workers. Dropping them ends them at once.
pub(crate) struct Workers {
    workers: Vec<Handle>,
}

struct Handle {
    commands: mpsc::UnboundedSender<Command>,
    ended: oneshot::Receiver<()>,
}

/// What every worker is given.
#[derive(Clone)]
pub(crate) struct Common {
    pub(crate) world: World,
    pub(crate) epoch: Instant,
    pub(crate) challenges: Arc<dyn ChallengeAnswers>,
}

impl Workers {
    /// Starts `count` workers that serve nothing yet.
    pub(crate) fn start(count: usize, common: &Common, seeds: &mut StdRng) -> io::Result<Self> {
        let workers = (0..count).map(|number| start(number, common, seeds));
        Ok(Self {
            workers: workers.collect::<io::Result<_>>()?,
        })
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.workers.len()
    }

    /// Tells each worker something. A worker that has ended is told nothing.
    pub(crate) fn tell(&self, commands: impl IntoIterator<Item = Command>) {
        for (worker, command) in self.workers.iter().zip(commands) {
            drop(worker.commands.send(command));
        }
    }

    /// Lets every worker finish what is in flight.
    pub(crate) fn drain(&self, grace: Option<Duration>) {
        self.tell(std::iter::repeat_with(|| Command::Drain { grace }).take(self.workers.len()));
    }

    /// Returns when all workers have ended; `false` if one did not end by itself.
    pub(crate) async fn ended(&mut self) -> bool {
        let mut orderly = true;
        for worker in &mut self.workers {
            orderly &= (&mut worker.ended).await.is_ok();
        }
        orderly
    }

    /// Returns when any worker has ended, which before a drain none should.
    pub(crate) async fn any_ended(&mut self) {
        std::future::poll_fn(|cx| {
            let ended =
                |worker: &mut Handle| std::pin::Pin::new(&mut worker.ended).poll(cx).is_ready();
            if self.workers.iter_mut().any(ended) {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
    }
}

fn start(number: usize, common: &Common, seeds: &mut StdRng) -> io::Result<Handle> {
    let (commands, receiver) = mpsc::unbounded_channel();
    let (report, ended) = oneshot::channel();
    let config = WorkerConfig {
        world: common.world.clone(),
        epoch: common.epoch,
        seed: rand::Rng::next_u64(&mut StdRng::from_rng(seeds)),
        number,
        challenges: Arc::clone(&common.challenges),
    };
    let runtime = || {
        Builder::new_current_thread()
            .enable_all()
            .build_local(LocalOptions::default())
    };
    std::thread::Builder::new()
        .name(format!("worker-{number}"))
        .spawn(move || {
            match runtime() {
                Ok(runtime) => {
                    runtime.block_on(Worker::new(config).run(receiver));
                    // Nobody listens any more if the server has given up waiting.
                    report.send(()).ok();
                }
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::error!(worker = number, error, "the worker cannot start");
                }
            }
        })?;
    Ok(Handle { commands, ended })
}
