//! Trying pools under a virtual clock: for tests only.

use std::sync::Arc;
use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::SmallRng;

use crate::{
    Attempt, Change, Decision, Failure, GiveUp, Moment, Passive, Pool, Probe, Repeat, Retry, Round,
    Selection, State, Upstream,
};

pub(crate) const GET: Repeat = Repeat {
    idempotent: true,
    replayable: true,
};
pub(crate) const POST: Repeat = Repeat {
    idempotent: false,
    replayable: true,
};
/// What `ip_hash` is made of.
pub(crate) const HASH: Selection = Selection::Hash {
    key: 0,
    fallback: None,
};
pub(crate) const PEER: &str = "192.0.2.1";

/// The article's settings: `lb_try_duration 3s`, `lb_try_interval 250ms`.
pub(crate) const RETRY_3S: Retry = Retry {
    try_duration: secs(3),
    try_interval: millis(250),
    retries: 0,
};

pub(crate) const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

pub(crate) const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub(crate) const fn at_millis(millis: u64) -> Moment {
    Moment::from_nanos(millis * 1_000_000)
}

pub(crate) fn rng() -> SmallRng {
    SmallRng::seed_from_u64(0x5eed)
}

/// Probed upstreams `app1:8080`, `app2:8080` ….
pub(crate) fn upstreams(count: usize) -> Vec<Upstream> {
    let upstream = |number| Upstream {
        key: format!("app{number}:8080").into(),
        state: Arc::new(State::new()),
        marks: Box::default(),
        probe: Some(Arc::new(Probe::new(1, 1))),
        max_requests: None,
        is_draining: false,
    };
    (1..=count).map(upstream).collect()
}

/// A pool with neither retries nor passive health.
pub(crate) fn pool(count: usize, selection: Selection) -> Pool {
    Pool::new(upstreams(count), selection, None, Retry::default())
}

pub(crate) const fn passive(max_fails: u32, fail_duration: Duration) -> Passive {
    Passive {
        max_fails,
        fail_duration,
    }
}

pub(crate) fn close(pool: &Pool, indices: impl IntoIterator<Item = usize>) {
    for index in indices {
        set_healthy(pool, index, false);
    }
}

/// Closes or opens an upstream by its probe.
pub(crate) fn set_healthy(pool: &Pool, index: usize, healthy: bool) {
    let probe = pool.upstreams()[index]
        .probe
        .as_ref()
        .expect("trial upstreams are probed");
    probe.record(healthy);
}

/// One answer of `next` as an attempt, if it is one.
pub(crate) fn attempt(
    round: &mut Round,
    pool: &Pool,
    now: Moment,
    rng: &mut SmallRng,
) -> Option<Attempt> {
    match round.next(pool, now, rng, PEER) {
        Decision::Attempt(attempt) => Some(attempt),
        Decision::WaitUntil(_) | Decision::Queue(_) | Decision::GiveUp(_) => None,
    }
}

/// Whom a fresh exchange goes to.
pub(crate) fn pick(pool: &Pool, rng: &mut SmallRng) -> Option<usize> {
    let mut round = pool.begin(Moment::ZERO);
    attempt(&mut round, pool, Moment::ZERO, rng).map(|attempt| attempt.upstream)
}

/// How an exchange went.
#[derive(Debug)]
pub(crate) struct Course {
    /// Milliseconds and upstream of each attempt.
    pub(crate) attempts: Vec<(u64, usize)>,
    pub(crate) end: Result<usize, GiveUp>,
    pub(crate) ended_at: u64,
    pub(crate) retries: u32,
    pub(crate) changes: Vec<Change>,
}

/// Runs one exchange to its end. `outcome` says how an attempt ends and may let time pass.
pub(crate) fn run(
    pool: &Pool,
    start: Moment,
    repeat: Repeat,
    mut outcome: impl FnMut(usize, &mut Moment) -> Result<(), Failure>,
) -> Course {
    let (mut rng, mut now, mut round) = (rng(), start, pool.begin(start));
    let (mut attempts, mut changes) = (Vec::new(), Vec::new());
    let end = loop {
        assert!(attempts.len() < 10_000, "an exchange must end");
        let decision = round.next(pool, now, &mut rng, PEER);
        changes.extend(round.changes());
        match decision {
            Decision::GiveUp(why) => break Err(why),
            Decision::WaitUntil(moment) | Decision::Queue(moment) => {
                assert!(moment > now, "a wait must let time pass");
                now = moment;
            }
            Decision::Attempt(attempt) => {
                attempts.push((as_millis(now), attempt.upstream));
                match outcome(attempt.upstream, &mut now) {
                    Ok(()) => break Ok(attempt.upstream),
                    Err(failure) => changes.extend(round.failed(pool, failure, repeat, now)),
                }
            }
        }
    };
    Course {
        attempts,
        end,
        ended_at: as_millis(now),
        retries: round.retries(),
        changes,
    }
}

fn as_millis(moment: Moment) -> u64 {
    moment.as_nanos() / 1_000_000
}
