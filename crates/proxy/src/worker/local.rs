//! What a worker has to itself: nothing here is shared between cores, so nothing here is locked.

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;

use evenkeel_balance::Moment;
use evenkeel_net::{Resolver, World};
use rand::SeedableRng;
use rand::rngs::SmallRng;
use tokio::time::Instant;

use super::drain::Lifecycle;
use super::{ChallengeAnswers, WorkerConfig};
use crate::transport::idle::IdleConnections;

/// One worker's belongings.
pub(crate) struct Local {
    /// Sockets, names and wall time.
    pub(crate) world: World,
    /// The source of every random choice made on this worker.
    pub(crate) rng: RefCell<SmallRng>,
    /// Connections to upstreams that wait for their next request.
    pub(crate) idle: IdleConnections,
    /// Names looked up lately.
    pub(crate) resolver: Resolver,
    /// Answers to HTTP-01 challenges in progress.
    pub(super) challenges: Arc<dyn ChallengeAnswers>,
    /// Who still runs here, and whether they should come to an end.
    pub(crate) lifecycle: Rc<Lifecycle>,
    /// Which of the workers this is.
    pub(crate) number: usize,
    epoch: Instant,
}

impl Local {
    /// The belongings of a new worker.
    pub(crate) fn new(config: WorkerConfig) -> Self {
        Self {
            world: config.world,
            rng: RefCell::new(SmallRng::seed_from_u64(config.seed)),
            idle: IdleConnections::of(config.number),
            resolver: Resolver::default(),
            challenges: config.challenges,
            lifecycle: Rc::default(),
            number: config.number,
            epoch: config.epoch,
        }
    }

    /// Now, on the time line that all workers share.
    pub(crate) fn now(&self) -> Moment {
        self.moment(Instant::now())
    }

    /// A point in time, on the time line that all workers share.
    pub(crate) fn moment(&self, instant: Instant) -> Moment {
        Moment::ZERO + instant.saturating_duration_since(self.epoch)
    }

    /// The other way round.
    pub(crate) fn instant(&self, moment: Moment) -> Instant {
        self.epoch + moment.saturating_since(Moment::ZERO)
    }

    /// Runs an upgraded connection as a task of its own. A drain waits for it as for a request; at
    /// the end of the grace period, or at once if there is none, it is dropped.
    pub(crate) fn spawn_tunnel(&self, tunnel: impl Future<Output = ()> + 'static) {
        let live = Lifecycle::enter(&self.lifecycle);
        tokio::task::spawn_local(async move {
            tokio::select! {
                biased;
                () = tunnel => {}
                () = live.tunnels_close() => {}
            }
        });
    }
}
