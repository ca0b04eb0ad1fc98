//! What a pool does only if it is told to: panic, budget, slow start, unhealthy answers, draining.

use std::sync::Arc;

use crate::trial::{
    GET, RETRY_3S, at_millis, attempt, close, millis, passive, pick, pool, rng, run, secs,
    set_healthy, upstreams,
};
use crate::{
    Budget, Change, Failure, GiveUp, Moment, Options, Pool, Repeat, Retry, Round, Selection,
    Transition, Unhealthy,
};

fn panicking(count: usize, threshold: u32) -> Pool {
    pool(count, Selection::First).with(Options {
        panic_threshold: Some(threshold),
        ..Options::default()
    })
}

#[test]
fn health_is_not_looked_at_while_too_few_are_healthy() {
    let pool = panicking(4, 50);
    close(&pool, [0, 1]);
    assert_eq!(pick(&pool, &mut rng()), Some(2), "half of them is enough");

    close(&pool, [2]);
    assert_eq!(pick(&pool, &mut rng()), Some(0), "a quarter is not");

    set_healthy(&pool, 1, true);
    assert_eq!(pick(&pool, &mut rng()), Some(1));
}

#[test]
fn strikes_count_for_the_panic_and_full_upstreams_stay_full() {
    let mut upstreams = upstreams(2);
    upstreams[0].max_requests = std::num::NonZeroU32::new(1);
    let pool = Pool::new(
        upstreams,
        Selection::First,
        Some(passive(1, secs(10))),
        Retry::default(),
    )
    .with(Options {
        panic_threshold: Some(1),
        ..Options::default()
    });
    for upstream in pool.upstreams() {
        upstream.state.strike(Moment::ZERO, &passive(1, secs(10)));
    }
    let held = attempt(
        &mut pool.begin(Moment::ZERO),
        &pool,
        Moment::ZERO,
        &mut rng(),
    );

    assert_eq!(held.map(|held| held.upstream), Some(0));
    let _held = attempt(
        &mut pool.begin(Moment::ZERO),
        &pool,
        Moment::ZERO,
        &mut rng(),
    );
    assert_eq!(pick(&pool, &mut rng()), Some(1), "the first is full");
}

#[test]
fn a_draining_upstream_gets_nothing_not_even_in_panic() {
    let pool = panicking(2, 100);
    pool.upstreams()[0].state.set_draining(true);
    assert_eq!(pick(&pool, &mut rng()), Some(1));
    close(&pool, [1]);
    assert_eq!(pick(&pool, &mut rng()), Some(1));
    pool.upstreams()[0].state.set_draining(false);
    assert!(pool.is_available(0, Moment::ZERO));
}

#[test]
fn retries_end_with_the_budget_and_the_first_attempt_is_free() {
    let retry = Retry {
        retries: 4,
        ..Retry::default()
    };
    let budget = Arc::new(Budget::new(0));
    let pool = Pool::new(upstreams(5), Selection::First, None, retry).with(Options {
        budget: Some(budget),
        ..Options::default()
    });
    let refuse = |_: usize, _: &mut Moment| Err(Failure::Dial);

    let courses: Vec<_> = (0..4)
        .map(|_| run(&pool, Moment::ZERO, GET, refuse))
        .map(|course| (course.attempts.len(), course.end))
        .collect();

    // The reserve is ten retries.
    let (spent, over) = (Err(GiveUp::Spent), Err(GiveUp::OverBudget));
    assert_eq!(courses, [(5, spent), (5, spent), (3, over), (1, over)]);
}

#[test]
fn an_upstream_that_is_back_gets_more_and_more_until_it_has_its_share() {
    let pool = pool(2, Selection::Random).with(Options {
        slow_start: Some(secs(10)),
        ..Options::default()
    });
    set_healthy(&pool, 1, false);
    set_healthy(&pool, 1, true);
    let mut rng = rng();
    let mut share_at = |seconds: u64| {
        let now = at_millis(seconds * 1000);
        let picks = (0..2000).filter_map(|_| attempt(&mut pool.begin(now), &pool, now, &mut rng));
        picks.filter(|attempt| attempt.upstream == 1).count()
    };

    let shares = [share_at(1), share_at(6), share_at(12)];

    assert!((60..150).contains(&shares[0]), "{shares:?}");
    assert!((400..600).contains(&shares[1]), "{shares:?}");
    assert!((900..1100).contains(&shares[2]), "{shares:?}");
}

#[test]
fn an_upstream_that_is_back_gets_everything_if_there_is_no_other() {
    let pool = pool(2, Selection::First).with(Options {
        slow_start: Some(secs(10)),
        ..Options::default()
    });
    set_healthy(&pool, 0, false);
    set_healthy(&pool, 1, false);
    set_healthy(&pool, 1, true);
    let mut rng = rng();
    for _ in 0..50 {
        assert_eq!(pick(&pool, &mut rng), Some(1));
    }
}

fn answered(pool: &Pool, status: u16, after: u64) -> Option<Change> {
    let mut round: Round = pool.begin(Moment::ZERO);
    let held = attempt(&mut round, pool, Moment::ZERO, &mut rng());
    assert!(held.is_some());
    round.answered(pool, status, at_millis(after))
}

#[test]
fn unhealthy_answers_take_an_upstream_out() {
    let rule = passive(2, secs(10));
    let unhealthy = Unhealthy {
        statuses: [5].into(),
        latency: Some(millis(500)),
    };
    let pool = Pool::new(upstreams(1), Selection::First, Some(rule), Retry::default());
    let pool = pool.with(Options {
        unhealthy,
        ..Options::default()
    });
    let down = Some(Change {
        upstream: 0,
        transition: Transition::Down,
    });

    assert_eq!(answered(&pool, 404, 1), None);
    assert_eq!(answered(&pool, 200, 500), None, "the first strike");
    assert_eq!(answered(&pool, 503, 1), down, "the second");
    assert!(!pool.is_available(0, at_millis(9_000)));
}

#[test]
fn a_response_that_asks_for_a_retry_is_retried_whatever_the_method_but_no_strike() {
    let rule = passive(1, secs(10));
    let pool = Pool::new(upstreams(2), Selection::First, Some(rule), RETRY_3S);
    let post = Repeat {
        idempotent: false,
        replayable: true,
    };
    let course = run(&pool, Moment::ZERO, post, |index, _| match index {
        0 => Err(Failure::Response),
        _ => Ok(()),
    });
    assert_eq!((course.end, course.changes), (Ok(1), vec![]));
}

#[test]
fn an_exchange_that_moves_to_another_pool_knows_whom_it_has_tried() {
    let (from, to) = (
        Pool::new(upstreams(2), Selection::First, None, RETRY_3S),
        // One has come in front.
        Pool::new(
            upstreams(3).into_iter().rev().collect(),
            Selection::First,
            None,
            RETRY_3S,
        ),
    );
    let (mut rng, now) = (rng(), Moment::ZERO);
    let mut round = from.begin(now);
    for _ in 0..2 {
        let tried = attempt(&mut round, &from, now, &mut rng).expect("somebody is there");
        drop(tried);
        round.failed(&from, Failure::Dial, GET, now);
    }

    round.moved(&from, &to);

    let next = attempt(&mut round, &to, now, &mut rng).expect("one is new");
    assert_eq!(next.upstream, 0, "the third one stands first");
    drop(next);
    round.failed(&to, Failure::Dial, GET, now);
    assert!(
        attempt(&mut round, &to, now, &mut rng).is_none(),
        "all were tried"
    );
}
