//! Standing in line for full upstreams.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use crate::trial::{PEER, at_millis, millis, rng, set_healthy, upstreams};
use crate::{Attempt, Decision, GiveUp, Moment, Options, Pool, Queue, Retry, Round, Selection};

/// One upstream with one place; a line of two, for a second at most.
fn pool() -> Pool {
    let mut upstreams = upstreams(1);
    upstreams[0].max_requests = NonZeroU32::new(1);
    let queue = Arc::new(Queue::new(2, millis(1000)));
    Pool::new(upstreams, Selection::First, None, Retry::default()).with(Options {
        queue: Some(queue),
        ..Options::default()
    })
}

fn next(round: &mut Round, pool: &Pool, now: Moment) -> Decision {
    round.next(pool, now, &mut rng(), PEER)
}

fn hold(pool: &Pool) -> Attempt {
    match next(&mut pool.begin(Moment::ZERO), pool, Moment::ZERO) {
        Decision::Attempt(attempt) => attempt,
        other => panic!("there was room: {other:?}"),
    }
}

/// An exchange that stands in line until the given moment, or looks again then.
fn queued(pool: &Pool, at: u64) -> (Round, Moment) {
    let mut round = pool.begin(at_millis(at));
    match next(&mut round, pool, at_millis(at)) {
        Decision::Queue(until) => (round, until),
        other => panic!("there was no room: {other:?}"),
    }
}

struct Calls(AtomicUsize);

impl Wake for Calls {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn is_called(round: &Round) -> bool {
    round.poll_called(&Context::from_waker(Waker::noop())) == Poll::Ready(())
}

#[test]
fn the_first_in_line_gets_the_place_that_becomes_free_and_nobody_overtakes() {
    let pool = pool();
    let held = hold(&pool);
    let (mut first, look) = queued(&pool, 0);
    let (mut second, until) = queued(&pool, 10);
    assert_eq!((look, until), (at_millis(100), at_millis(1010)));
    let calls = Arc::new(Calls(AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&calls));
    let pending = first.poll_called(&Context::from_waker(&waker));
    assert_eq!(pending, Poll::Pending);

    drop(held);

    assert_eq!(calls.0.load(Ordering::Relaxed), 1);
    assert!(is_called(&first) && !is_called(&second));
    let behind = next(&mut second, &pool, at_millis(20));
    assert!(matches!(behind, Decision::Queue(_)), "{behind:?}");
    let newcomer = next(&mut pool.begin(at_millis(20)), &pool, at_millis(20));
    assert!(
        matches!(newcomer, Decision::GiveUp(GiveUp::QueueFull)),
        "{newcomer:?}"
    );
    let Decision::Attempt(_held) = next(&mut first, &pool, at_millis(20)) else {
        panic!("the place is free");
    };
    assert!(is_called(&second), "it is the first now, and may look");
    let still = next(&mut second, &pool, at_millis(20));
    assert!(matches!(still, Decision::Queue(_)), "{still:?}");
}

#[test]
fn an_exchange_that_leaves_hands_its_call_on() {
    let pool = pool();
    let held = hold(&pool);
    let (first, _) = queued(&pool, 0);
    let (second, _) = queued(&pool, 0);
    drop(held);

    drop(first);

    assert!(is_called(&second));
}

#[test]
fn nobody_waits_longer_than_the_timeout() {
    let pool = pool();
    let _held = hold(&pool);
    let (mut round, _) = queued(&pool, 0);

    let decision = next(&mut round, &pool, at_millis(1000));

    assert!(
        matches!(decision, Decision::GiveUp(GiveUp::QueueTimeout)),
        "{decision:?}"
    );
    assert_eq!(
        pool.options().queue.as_ref().map(|queue| queue.length()),
        Some(0)
    );
}

#[test]
fn there_is_no_line_for_upstreams_that_are_down() {
    let pool = pool();
    set_healthy(&pool, 0, false);
    let decision = next(&mut pool.begin(Moment::ZERO), &pool, Moment::ZERO);
    assert!(
        matches!(decision, Decision::GiveUp(GiveUp::NoUpstreams)),
        "{decision:?}"
    );
}

#[test]
fn the_line_ends_when_its_upstream_goes_down() {
    let pool = pool();
    let _held = hold(&pool);
    let (mut first, look) = queued(&pool, 0);
    let (mut second, _) = queued(&pool, 0);
    set_healthy(&pool, 0, false);
    for round in [&mut first, &mut second] {
        let decision = next(round, &pool, look);
        assert!(
            matches!(decision, Decision::GiveUp(GiveUp::NoUpstreams)),
            "{decision:?}"
        );
    }
}
