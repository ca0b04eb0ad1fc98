//! Availability as it follows from probes, strikes and places.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use parking_lot::Mutex;

use super::passive::Strikes;
use super::{Change, Passive, State, Transition};
use crate::trial::{
    GET, at_millis, attempt, passive, pick, rng, run, secs, set_healthy, upstreams,
};
use crate::{Attempt, Failure, Moment, Pool, Retry, RoundRobin, Selection, Upstream};

const ONE_FAIL_10S: Passive = Passive {
    max_fails: 1,
    fail_duration: secs(10),
};
const TWO_FAILS_10S: Passive = Passive {
    max_fails: 2,
    fail_duration: secs(10),
};

fn down(upstream: usize) -> Change {
    Change {
        upstream,
        transition: Transition::Down,
    }
}

fn up(upstream: usize) -> Change {
    Change {
        upstream,
        transition: Transition::Up,
    }
}

fn failing_pool(passive: Option<Passive>) -> Pool {
    Pool::new(upstreams(2), Selection::First, passive, Retry::default())
}

fn fail_once(pool: &Pool, now: Moment) -> Vec<Change> {
    run(pool, now, GET, |_, _| Err(Failure::Dial)).changes
}

#[test]
fn a_strike_lives_for_fail_duration_exactly() {
    let pool = failing_pool(Some(ONE_FAIL_10S));
    fail_once(&pool, at_millis(500));

    assert!(!pool.is_available(0, at_millis(10_499)));
    assert_eq!(pool.upstreams()[0].state.fails(at_millis(10_499)), 1);
    assert!(pool.is_available(0, at_millis(10_500)));
    assert_eq!(pool.upstreams()[0].state.fails(at_millis(10_500)), 0);
}

#[test]
fn an_upstream_is_down_at_max_fails_live_strikes() {
    let pool = failing_pool(Some(TWO_FAILS_10S));

    assert_eq!(fail_once(&pool, at_millis(0)), []);
    assert!(pool.is_available(0, at_millis(0)));
    assert_eq!(fail_once(&pool, at_millis(4000)), [down(0)]);
    assert!(!pool.is_available(0, at_millis(4000)));
    // The first strike expires: one is left.
    assert!(pool.is_available(0, at_millis(10_000)));
    assert_eq!(pool.upstreams()[0].state.fails(at_millis(10_000)), 1);
}

#[test]
fn strikes_further_apart_than_fail_duration_do_not_add_up() {
    let pool = failing_pool(Some(TWO_FAILS_10S));

    for second in [0, 10, 20, 30] {
        assert_eq!(fail_once(&pool, at_millis(second * 1000)), []);
    }

    assert!(pool.is_available(0, at_millis(30_000)));
}

#[test]
fn going_down_and_coming_back_are_told_once_each() {
    let pool = failing_pool(Some(ONE_FAIL_10S));
    let succeed = |now| run(&pool, now, GET, |_, _| Ok(()));

    assert_eq!(fail_once(&pool, at_millis(0)), [down(0)]);
    let while_down = succeed(at_millis(9999));
    assert_eq!((while_down.end, while_down.changes), (Ok(1), vec![]));
    let after = succeed(at_millis(10_000));
    assert_eq!((after.end, after.changes), (Ok(0), vec![up(0)]));
    assert_eq!(succeed(at_millis(10_001)).changes, []);
}

#[test]
fn looking_from_outside_does_not_swallow_the_news() {
    let pool = failing_pool(Some(ONE_FAIL_10S));
    fail_once(&pool, at_millis(0));

    assert!(pool.is_available(0, at_millis(10_000)));
    assert_eq!(pool.upstreams()[0].state.fails(at_millis(10_000)), 0);

    assert_eq!(
        run(&pool, at_millis(10_000), GET, |_, _| Ok(())).changes,
        [up(0)]
    );
}

#[test]
fn news_of_a_large_pool_is_told_for_each() {
    let pool = Pool::new(
        upstreams(130),
        Selection::LeastConn,
        Some(ONE_FAIL_10S),
        Retry::default(),
    );
    for upstream in pool.upstreams() {
        upstream.state.strike(at_millis(0), &ONE_FAIL_10S);
    }

    let changes = run(&pool, at_millis(10_000), GET, |_, _| Ok(())).changes;

    assert_eq!(changes, (0..130).map(up).collect::<Vec<_>>());
}

#[test]
fn a_strike_right_after_an_unnoticed_recovery_is_no_news() {
    let state = State::new();
    assert_eq!(
        state.strike(at_millis(0), &ONE_FAIL_10S),
        Some(Transition::Down)
    );

    assert_eq!(state.strike(at_millis(10_000), &ONE_FAIL_10S), None);
    assert_eq!(
        state.strike(at_millis(30_000), &TWO_FAILS_10S),
        Some(Transition::Up)
    );
}

#[test]
fn nothing_counts_without_passive_health() {
    let never = Passive {
        max_fails: 1,
        fail_duration: Duration::ZERO,
    };
    for passive in [None, Some(never)] {
        let pool = failing_pool(passive);

        assert_eq!(fail_once(&pool, at_millis(0)), []);

        assert_eq!(pool.upstreams()[0].state.fails(at_millis(0)), 0);
        assert!(pool.is_available(0, at_millis(0)));
    }
}

#[test]
fn max_fails_0_means_1() {
    let pool = failing_pool(Some(passive(0, secs(10))));

    assert!(pool.is_available(0, at_millis(0)));
    assert_eq!(fail_once(&pool, at_millis(0)), [down(0)]);
}

#[test]
fn an_unsent_request_is_no_strike() {
    let pool = failing_pool(Some(ONE_FAIL_10S));

    let course = run(&pool, at_millis(0), GET, |_, _| Err(Failure::Unsent));

    assert_eq!(course.changes, []);
    assert_eq!(pool.upstreams()[0].state.fails(at_millis(0)), 0);
}

#[test]
fn a_failure_that_may_not_be_retried_is_a_strike_all_the_same() {
    let pool = failing_pool(Some(ONE_FAIL_10S));

    let course = run(&pool, at_millis(0), crate::trial::POST, |_, _| {
        Err(Failure::Transport)
    });

    assert_eq!(course.changes, [down(0)]);
}

#[test]
fn handlers_sharing_an_upstream_judge_its_strikes_by_their_own_limits() {
    let strict = failing_pool(Some(ONE_FAIL_10S));
    let shared = |upstream: &Upstream| Upstream {
        key: upstream.key.clone(),
        state: Arc::clone(&upstream.state),
        marks: Box::default(),
        probe: None,
        max_requests: None,
        is_draining: false,
    };
    let same = || strict.upstreams().iter().map(shared).collect();
    let lenient = Pool::new(
        same(),
        Selection::First,
        Some(TWO_FAILS_10S),
        Retry::default(),
    );
    let blind = Pool::new(same(), Selection::First, None, Retry::default());

    fail_once(&strict, at_millis(0));

    assert!(!strict.is_available(0, at_millis(1)));
    assert!(lenient.is_available(0, at_millis(1)));
    assert!(blind.is_available(0, at_millis(1)));
    fail_once(&lenient, at_millis(1));
    assert!(!lenient.is_available(0, at_millis(2)));
    assert!(blind.is_available(0, at_millis(2)));
}

#[test]
fn strikes_of_different_durations_expire_each_in_its_time() {
    let state = State::new();
    state.strike(at_millis(0), &TWO_FAILS_10S);
    state.strike(
        at_millis(0),
        &Passive {
            max_fails: 2,
            fail_duration: secs(1),
        },
    );

    assert_eq!(state.forget_expired(at_millis(999)).live, 2);
    assert_eq!(state.forget_expired(at_millis(1000)).live, 1);
    assert_eq!(state.forget_expired(at_millis(10_000)).live, 0);
}

#[test]
fn an_upstream_is_back_when_the_strictest_handler_admits_it() {
    let state = State::new();
    state.strike(at_millis(0), &TWO_FAILS_10S);
    assert_eq!(
        state.strike(at_millis(0), &TWO_FAILS_10S),
        Some(Transition::Down)
    );
    assert_eq!(state.strike(at_millis(5000), &ONE_FAIL_10S), None);

    assert!(!state.forget_expired(at_millis(10_000)).restored);
    assert!(state.forget_expired(at_millis(15_000)).restored);
}

#[test]
fn strikes_are_bounded_and_keep_the_latest() {
    let mut strikes = Strikes::default();
    let passive = Passive {
        max_fails: 1,
        fail_duration: secs(10),
    };
    for millis in 0..100_000 {
        strikes.add(at_millis(millis), &passive);
    }

    assert_eq!(strikes.count(), 1024);
    assert_eq!(strikes.count_live(at_millis(109_998)), 1);
}

#[test]
fn the_bound_on_strikes_never_keeps_max_fails_from_being_reached() {
    let state = State::new();
    let passive = Passive {
        max_fails: 5000,
        fail_duration: secs(10),
    };
    let changed: Vec<_> = (1..=5000)
        .filter_map(|number| Some((number, state.strike(at_millis(0), &passive)?)))
        .collect();

    assert_eq!(changed, [(5000, Transition::Down)]);
    assert_eq!(state.fails(at_millis(0)), 5000);
}

#[test]
fn a_failed_probe_closes_at_once_and_a_passed_one_opens() {
    let pool = failing_pool(None);

    set_healthy(&pool, 0, false);
    assert!(!pool.is_available(0, at_millis(0)));
    set_healthy(&pool, 0, true);
    assert!(pool.is_available(0, at_millis(0)));
}

#[test]
fn an_index_outside_of_the_pool_is_not_available() {
    assert!(!failing_pool(None).is_available(2, at_millis(0)));
}

#[test]
fn a_full_upstream_is_passed_over_until_an_attempt_ends() {
    let mut upstreams = upstreams(2);
    upstreams[0].max_requests = NonZeroU32::new(2);
    let pool = Pool::new(upstreams, Selection::First, None, Retry::default());
    let begin = || {
        attempt(
            &mut pool.begin(Moment::ZERO),
            &pool,
            Moment::ZERO,
            &mut rng(),
        )
    };

    let held = [begin(), begin(), begin()].map(|held| held.expect("the second has no limit"));
    assert_eq!(held.each_ref().map(|held| held.upstream), [0, 0, 1]);
    assert!(!pool.is_available(0, Moment::ZERO));
    assert!(pool.is_available(1, Moment::ZERO));

    drop(held);
    assert_eq!(pick(&pool, &mut rng()), Some(0));
}

fn pool_of_one_with_3_places() -> Pool {
    let mut upstreams = upstreams(1);
    upstreams[0].max_requests = NonZeroU32::new(3);
    Pool::new(upstreams, Selection::Random, None, Retry::default())
}

fn begin(pool: &Pool) -> Option<Attempt> {
    let mut round = pool.begin(Moment::ZERO);
    attempt(&mut round, pool, Moment::ZERO, &mut rng())
}

/// Each of the threads asks so many times, giving back what it got before it asks again. Returns
/// the most attempts there were at a time, and the number of all.
fn come_and_go(pool: &Pool, threads: usize, times: usize) -> (usize, usize) {
    let (inside, most, served) = (
        AtomicUsize::new(0),
        AtomicUsize::new(0),
        AtomicUsize::new(0),
    );

    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..times {
                    let Some(held) = begin(pool) else {
                        continue;
                    };
                    most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    served.fetch_add(1, Ordering::SeqCst);
                    thread::yield_now();
                    inside.fetch_sub(1, Ordering::SeqCst);
                    drop(held);
                }
            });
        }
    });

    (most.into_inner(), served.into_inner())
}

#[test]
fn max_requests_is_never_exceeded_and_never_wasted_over_threads() {
    let pool = pool_of_one_with_3_places();

    // How many of a crowd are served is up to the scheduler: those inside may be kept from leaving
    // while all others ask in vain.
    let (most, _) = come_and_go(&pool, 8, 500);
    assert!((1..=3).contains(&most), "{most} at a time");
    assert_eq!(pool.upstreams()[0].state.in_flight(), 0);

    // But when no more than three ask, there is a place for each, always.
    let (_, served) = come_and_go(&pool, 3, 4_000);
    assert_eq!(served, 3 * 4_000);
    assert_eq!(pool.upstreams()[0].state.in_flight(), 0);
}

#[test]
fn threads_asking_at_once_fill_an_upstream_to_max_requests_exactly() {
    let pool = pool_of_one_with_3_places();
    let (barrier, taken, fillings) = (Barrier::new(8), AtomicUsize::new(0), Mutex::new(Vec::new()));

    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..50 {
                    barrier.wait();
                    let held = begin(&pool);
                    taken.fetch_add(usize::from(held.is_some()), Ordering::SeqCst);
                    // Nobody gives a place back before all have asked.
                    if barrier.wait().is_leader() {
                        fillings.lock().push(taken.swap(0, Ordering::SeqCst));
                    }
                    drop(held);
                }
            });
        }
    });

    assert_eq!(fillings.into_inner(), [3; 50]);
    assert_eq!(pool.upstreams()[0].state.in_flight(), 0);
}

#[test]
fn a_place_is_taken_by_one_thread_only() {
    let state = State::new();
    let most = AtomicU32::new(0);

    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50_000 {
                    if let Some(_place) = state.enter(Some(NonZeroU32::MIN)) {
                        most.fetch_max(state.in_flight(), Ordering::Relaxed);
                    }
                }
            });
        }
    });

    assert_eq!(most.into_inner(), 1);
}

#[test]
fn in_flight_returns_to_zero_whatever_happens() {
    let retry = Retry {
        retries: 2,
        ..Retry::default()
    };
    let robin = Selection::RoundRobin(RoundRobin::new());
    let pool = Pool::new(upstreams(3), robin, Some(passive(2, secs(1))), retry);
    let outcomes = [
        Ok(()),
        Err(Failure::Dial),
        Err(Failure::Transport),
        Err(Failure::Unsent),
    ];

    thread::scope(|scope| {
        for thread in 0..4_u64 {
            let pool = &pool;
            scope.spawn(move || {
                for exchange in 0..1000 {
                    let mut outcome = outcomes.into_iter().cycle().skip(exchange % 4);
                    let now = at_millis(10 * exchange as u64 + thread);
                    run(pool, now, GET, |_, _| outcome.next().unwrap_or(Ok(())));
                    // And one that is abandoned in the middle.
                    let abandoned = attempt(&mut pool.begin(now), pool, now, &mut rng());
                    drop(abandoned);
                }
            });
        }
    });

    let left: Vec<u32> = pool
        .upstreams()
        .iter()
        .map(|up| up.state.in_flight())
        .collect();
    assert_eq!(left, [0, 0, 0]);
}

#[test]
fn an_attempt_may_outlive_its_pool() {
    let pool = failing_pool(None);
    let state = Arc::clone(&pool.upstreams()[0].state);
    let held = attempt(
        &mut pool.begin(Moment::ZERO),
        &pool,
        Moment::ZERO,
        &mut rng(),
    );

    drop(pool);
    assert_eq!(state.in_flight(), 1);
    drop(held);
    assert_eq!(state.in_flight(), 0);
}
