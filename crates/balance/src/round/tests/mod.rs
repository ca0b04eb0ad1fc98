//! When attempts happen and when an exchange gives up, under a virtual clock.

mod options;
mod queue;

use std::num::NonZeroU32;

use crate::trial::{
    GET, HASH, POST, RETRY_3S, at_millis, attempt, close, millis, passive, pool, rng, run, secs,
    set_healthy, upstreams,
};
use crate::{
    Decision, Failure, GiveUp, Moment, Passive, Pool, Repeat, Retry, RoundRobin, Selection,
};

fn retrying(count: usize, selection: Selection, retry: Retry) -> Pool {
    Pool::new(upstreams(count), selection, None, retry)
}

fn alternating(count: usize, passive: Option<Passive>) -> Pool {
    let robin = Selection::RoundRobin(RoundRobin::new());
    Pool::new(upstreams(count), robin, passive, RETRY_3S)
}

fn refuse(_: usize, _: &mut Moment) -> Result<(), Failure> {
    Err(Failure::Dial)
}

fn reset(_: usize, _: &mut Moment) -> Result<(), Failure> {
    Err(Failure::Transport)
}

#[test]
fn a_good_answer_ends_the_exchange_after_one_attempt() {
    let course = run(&alternating(2, None), at_millis(5), GET, |_, _| Ok(()));

    assert_eq!(
        (course.attempts, course.end, course.retries),
        (vec![(5, 1)], Ok(1), 0)
    );
}

#[test]
fn the_untried_upstream_is_attempted_at_once_after_a_refused_dial() {
    let course = run(&alternating(2, None), at_millis(0), POST, |index, _| {
        if index == 1 {
            Err(Failure::Dial)
        } else {
            Ok(())
        }
    });

    assert_eq!(
        (course.attempts, course.end, course.retries),
        (vec![(0, 1), (0, 0)], Ok(0), 1)
    );
}

#[test]
fn both_refused_are_tried_at_once_and_then_in_turn_an_interval_apart() {
    let course = run(&alternating(2, None), at_millis(0), GET, refuse);

    let times: Vec<u64> = course.attempts.iter().map(|&(time, _)| time).collect();
    let expected: Vec<u64> = [0, 0]
        .into_iter()
        .chain((1..=12).map(|rest| rest * 250))
        .collect();
    assert_eq!(times, expected);
    let mut lately: Vec<usize> = course.attempts.iter().map(|&(_, index)| index).collect();
    for pair in lately.chunks_exact_mut(2) {
        pair.sort_unstable();
        assert_eq!(pair, [0, 1]);
    }
    assert_eq!((course.end, course.ended_at), (Err(GiveUp::Spent), 3000));
    assert_eq!(course.retries, 13);
}

#[test]
fn a_single_upstream_is_tried_as_often_as_by_caddy() {
    let course = run(&alternating(1, None), at_millis(0), GET, refuse);

    let expected: Vec<_> = (0..=12).map(|rest| (rest * 250, 0)).collect();
    assert_eq!((course.attempts, course.ended_at), (expected, 3000));
}

#[test]
fn policies_with_a_favourite_get_past_it_while_waiting() {
    for selection in [Selection::First, HASH] {
        let pool = retrying(2, selection, RETRY_3S);
        let mut favourite = None;

        // Both refuse; then the other one comes back, the favourite does not.
        let course = run(&pool, at_millis(0), GET, |index, now| {
            let is_favourite = *favourite.get_or_insert(index) == index;
            if *now >= at_millis(100) && !is_favourite {
                Ok(())
            } else {
                Err(Failure::Dial)
            }
        });

        assert!(course.end.is_ok(), "{course:?}");
        assert_eq!(course.ended_at, 500);
    }
}

#[test]
fn an_attempt_that_outlasts_try_duration_is_the_last() {
    let course = run(&alternating(2, None), at_millis(0), GET, |_, now| {
        *now = *now + secs(3);
        Err(Failure::Dial)
    });

    assert_eq!(
        (course.attempts, course.end),
        (vec![(0, 1)], Err(GiveUp::Spent))
    );
}

#[test]
fn slow_failures_leave_time_for_the_other_upstream_only() {
    let course = run(&alternating(2, None), at_millis(0), GET, |_, now| {
        *now = *now + secs(2);
        Err(Failure::Transport)
    });

    assert_eq!(
        (course.attempts, course.ended_at),
        (vec![(0, 1), (2000, 0)], 4000)
    );
}

#[test]
fn a_post_is_never_repeated_once_it_may_have_been_received() {
    let course = run(&alternating(2, None), at_millis(0), POST, reset);

    assert_eq!(
        (course.attempts, course.end),
        (vec![(0, 1)], Err(GiveUp::Spent))
    );
}

#[test]
fn a_get_is_repeated_after_a_transport_failure() {
    let course = run(&alternating(2, None), at_millis(0), GET, |index, _| {
        if index == 1 {
            Err(Failure::Transport)
        } else {
            Ok(())
        }
    });

    assert_eq!((course.attempts, course.end), (vec![(0, 1), (0, 0)], Ok(0)));
}

#[test]
fn a_post_is_repeated_if_it_was_not_sent() {
    let course = run(&alternating(2, None), at_millis(0), POST, |index, _| {
        if index == 1 {
            Err(Failure::Unsent)
        } else {
            Ok(())
        }
    });

    assert_eq!((course.attempts, course.end), (vec![(0, 1), (0, 0)], Ok(0)));
}

#[test]
fn a_consumed_body_ends_the_exchange() {
    let consumed = Repeat {
        idempotent: true,
        replayable: false,
    };

    let course = run(&alternating(2, None), at_millis(0), consumed, refuse);

    assert_eq!((course.attempts.len(), course.end), (1, Err(GiveUp::Spent)));
}

#[test]
fn nothing_is_retried_without_duration_and_retries() {
    let course = run(&pool(2, Selection::First), at_millis(0), GET, refuse);

    assert_eq!(
        (course.attempts, course.end),
        (vec![(0, 0)], Err(GiveUp::Spent))
    );
}

#[test]
fn retries_cap_the_attempts() {
    let by_number = Retry {
        retries: 3,
        ..Retry::default()
    };
    let by_both = Retry {
        retries: 3,
        ..RETRY_3S
    };

    let number = run(
        &retrying(2, Selection::First, by_number),
        at_millis(0),
        GET,
        refuse,
    );
    let both = run(
        &retrying(2, Selection::First, by_both),
        at_millis(0),
        GET,
        refuse,
    );

    assert_eq!(number.attempts, [(0, 0), (0, 1), (0, 0), (0, 1)]);
    assert_eq!(both.attempts, [(0, 0), (0, 1), (250, 0), (500, 1)]);
    assert_eq!(
        (number.end, both.end),
        (Err(GiveUp::Spent), Err(GiveUp::Spent))
    );
}

#[test]
fn try_duration_stops_before_the_retries_are_used_up() {
    let retry = Retry {
        retries: 100,
        try_duration: secs(1),
        try_interval: millis(400),
    };

    let course = run(
        &retrying(1, Selection::First, retry),
        at_millis(0),
        GET,
        refuse,
    );

    // As Caddy: the rest begun in time is finished, and one more attempt made.
    assert_eq!(course.attempts, [(0, 0), (400, 0), (800, 0), (1200, 0)]);
}

#[test]
fn a_duration_without_interval_does_not_spin() {
    let retry = Retry {
        try_duration: secs(1),
        ..Retry::default()
    };

    let course = run(
        &retrying(1, Selection::First, retry),
        at_millis(0),
        GET,
        refuse,
    );

    assert_eq!(
        course.attempts,
        [(0, 0), (250, 0), (500, 0), (750, 0), (1000, 0)]
    );
}

#[test]
fn nobody_available_is_over_at_once_without_retries() {
    let pool = pool(1, Selection::First);
    set_healthy(&pool, 0, false);

    let course = run(&pool, at_millis(7), GET, refuse);

    assert_eq!((course.end, course.ended_at), (Err(GiveUp::NoUpstreams), 7));
}

#[test]
fn nobody_available_is_waited_for_until_try_duration_is_over() {
    let pool = alternating(2, None);
    close(&pool, 0..2);

    let course = run(&pool, at_millis(0), GET, refuse);

    assert_eq!(
        (course.end, course.ended_at),
        (Err(GiveUp::NoUpstreams), 3000)
    );
    assert_eq!((course.attempts.len(), course.retries), (0, 12));
}

#[test]
fn an_empty_pool_is_nobody_available() {
    let course = run(&pool(0, Selection::Random), at_millis(0), GET, refuse);

    assert_eq!(course.end, Err(GiveUp::NoUpstreams));
}

#[test]
fn looks_at_nobody_available_count_as_retries() {
    let by_both = retrying(
        1,
        Selection::First,
        Retry {
            retries: 3,
            ..RETRY_3S
        },
    );
    let by_number = retrying(
        1,
        Selection::First,
        Retry {
            retries: 3,
            ..Retry::default()
        },
    );
    set_healthy(&by_both, 0, false);
    set_healthy(&by_number, 0, false);

    let both = run(&by_both, at_millis(0), GET, refuse);
    let number = run(&by_number, at_millis(0), GET, refuse);

    assert_eq!(
        (both.end, both.ended_at, both.retries),
        (Err(GiveUp::NoUpstreams), 750, 3)
    );
    assert_eq!((number.end, number.ended_at), (Err(GiveUp::NoUpstreams), 0));
}

#[test]
fn an_upstream_that_recovers_while_waiting_is_attempted() {
    let pool = alternating(2, None);
    close(&pool, 0..2);
    let (mut round, mut rng) = (pool.begin(at_millis(0)), rng());

    let first = round.next(&pool, at_millis(0), &mut rng, "");
    assert!(matches!(first, Decision::WaitUntil(moment) if moment == at_millis(250)));
    let early = round.next(&pool, at_millis(100), &mut rng, "");
    assert!(matches!(early, Decision::WaitUntil(moment) if moment == at_millis(250)));
    set_healthy(&pool, 0, true);

    let found = attempt(&mut round, &pool, at_millis(200), &mut rng);
    assert_eq!(found.map(|attempt| attempt.upstream), Some(0));
}

#[test]
fn the_last_error_stands_if_all_became_unavailable() {
    let pool = alternating(2, Some(passive(1, secs(10))));

    let course = run(&pool, at_millis(0), GET, refuse);

    assert_eq!(course.attempts, [(0, 1), (0, 0)]);
    assert_eq!((course.end, course.ended_at), (Err(GiveUp::Spent), 3000));
}

#[test]
fn an_ejected_upstream_is_tried_again_when_its_strikes_expire_while_waiting() {
    let pool = alternating(2, Some(passive(1, secs(1))));
    let mut back = false;

    let course = run(&pool, at_millis(0), GET, |_, now| {
        back |= *now >= at_millis(1000);
        if back { Ok(()) } else { Err(Failure::Dial) }
    });

    assert!(course.end.is_ok());
    assert_eq!(
        course
            .attempts
            .iter()
            .map(|&(time, _)| time)
            .collect::<Vec<_>>(),
        [0, 0, 1000]
    );
}

#[test]
fn ejecting_a_dead_upstream_spares_the_next_exchange() {
    let pool = alternating(2, Some(passive(1, secs(10))));
    let refused = |index, _: &mut Moment| {
        if index == 1 {
            Err(Failure::Dial)
        } else {
            Ok(())
        }
    };

    let first = run(&pool, at_millis(0), GET, refused);
    let later: Vec<_> = (0..4)
        .map(|_| run(&pool, at_millis(1), GET, refused).attempts)
        .collect();

    assert_eq!(first.attempts, [(0, 1), (0, 0)]);
    assert_eq!(later, vec![vec![(1, 0)]; 4]);
}

#[test]
fn every_upstream_of_a_large_pool_is_tried_before_any_is_tried_again() {
    for selection in [Selection::Random, Selection::LeastConn, HASH] {
        let pool = retrying(
            150,
            selection,
            Retry {
                retries: 299,
                ..RETRY_3S
            },
        );

        let course = run(&pool, at_millis(0), GET, refuse);

        let mut at_once: Vec<usize> = course
            .attempts
            .iter()
            .filter(|(time, _)| *time == 0)
            .map(|&(_, index)| index)
            .collect();
        at_once.sort_unstable();
        assert_eq!(at_once, (0..150).collect::<Vec<_>>());
        assert_eq!((course.attempts.len(), course.ended_at), (162, 3000));
    }
}

#[test]
fn an_attempt_still_held_fills_its_upstream() {
    let mut upstreams = upstreams(1);
    upstreams[0].max_requests = NonZeroU32::new(1);
    let pool = Pool::new(upstreams, Selection::First, None, RETRY_3S);
    let (mut round, mut rng) = (pool.begin(at_millis(0)), rng());

    let held = attempt(&mut pool.begin(at_millis(0)), &pool, at_millis(0), &mut rng);
    assert!(held.is_some());
    assert!(attempt(&mut round, &pool, at_millis(0), &mut rng).is_none());
    drop(held);

    assert!(attempt(&mut round, &pool, at_millis(1), &mut rng).is_some());
}

#[test]
fn a_failure_is_recorded_once() {
    let pool = alternating(1, Some(passive(2, secs(10))));
    let (mut round, mut rng) = (pool.begin(at_millis(0)), rng());
    assert_eq!(round.failed(&pool, Failure::Dial, GET, at_millis(0)), None);
    drop(attempt(&mut round, &pool, at_millis(0), &mut rng));

    for _ in 0..3 {
        assert_eq!(round.failed(&pool, Failure::Dial, GET, at_millis(0)), None);
    }

    assert_eq!(pool.upstreams()[0].state.fails(at_millis(0)), 1);
}

#[test]
fn what_is_over_stays_over() {
    let pool = pool(1, Selection::First);
    set_healthy(&pool, 0, false);
    let (mut round, mut rng) = (pool.begin(at_millis(3)), rng());

    for _ in 0..2 {
        let decision = round.next(&pool, at_millis(3), &mut rng, "");
        assert!(matches!(decision, Decision::GiveUp(GiveUp::NoUpstreams)));
        set_healthy(&pool, 0, true);
    }

    assert_eq!(round.started(), at_millis(3));
}
