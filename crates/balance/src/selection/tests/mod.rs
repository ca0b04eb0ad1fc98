//! Every policy as a pool's user sees it.

use std::collections::BTreeMap;
use std::thread;

use parking_lot::Mutex;
use rand::rngs::SmallRng;

mod keyed;
mod sampled;
mod weighted;

use super::{RoundRobin, Selection, WeightedRoundRobin};
use crate::trial::{HASH, attempt, close, passive, pick, pool, rng, set_healthy};
use crate::{Decision, Moment, Pool, Retry, State, Upstream};

fn picks(pool: &Pool, count: usize) -> Vec<Option<usize>> {
    let mut rng = rng();
    (0..count).map(|_| pick(pool, &mut rng)).collect()
}

fn shares(pool: &Pool, count: usize, rng: &mut SmallRng) -> BTreeMap<usize, usize> {
    let mut shares = BTreeMap::new();
    for _ in 0..count {
        let index = pick(pool, rng).expect("somebody is available");
        *shares.entry(index).or_default() += 1;
    }
    shares
}

/// Each of the upstreams got its expected share, within six standard deviations of a fair draw.
#[expect(clippy::cast_precision_loss, reason = "the counts are small")]
fn assert_uniform(shares: &BTreeMap<usize, usize>, among: &[usize]) {
    let total: usize = shares.values().sum();
    let fair = 1.0 / among.len() as f64;
    let (mean, variance) = (total as f64 * fair, total as f64 * fair * (1.0 - fair));

    assert_eq!(shares.keys().copied().collect::<Vec<_>>(), among);
    for (index, &share) in shares {
        let off = (share as f64 - mean).abs();
        assert!(
            off < 6.0 * variance.sqrt(),
            "upstream {index} got {share} of {total}"
        );
    }
}

const STICKY: Selection = Selection::Sticky {
    key: 0,
    mark: 0,
    fallback: None,
};

fn all_policies() -> [Selection; 10] {
    let robin = Selection::RoundRobin(RoundRobin::new());
    let weighted = WeightedRoundRobin::new([1; 200]);
    [
        Selection::WeightedRoundRobin(weighted),
        Selection::RandomChoose(2),
        Selection::RandomChoose(7),
        Selection::LeastLatency,
        STICKY,
        Selection::Random,
        robin,
        Selection::LeastConn,
        Selection::First,
        HASH,
    ]
}

#[test]
fn every_policy_finds_the_only_available_upstream_of_a_large_pool() {
    for selection in all_policies() {
        let pool = pool(200, selection);
        close(&pool, (0..200).filter(|&index| index != 150));

        assert_eq!(picks(&pool, 5), [Some(150); 5], "{pool:?}");
    }
}

#[test]
fn no_policy_picks_from_nobody() {
    for selection in all_policies() {
        let closed = pool(3, selection);
        close(&closed, 0..3);
        assert_eq!(pick(&closed, &mut rng()), None, "{closed:?}");
    }
    for selection in all_policies() {
        assert_eq!(pick(&pool(0, selection), &mut rng()), None);
    }
}

#[test]
fn random_is_uniform() {
    let pool = pool(5, Selection::Random);

    assert_uniform(&shares(&pool, 20_000, &mut rng()), &[0, 1, 2, 3, 4]);
}

#[test]
fn random_is_uniform_over_the_available() {
    let pool = pool(7, Selection::Random);
    close(&pool, [0, 3, 4]);

    assert_uniform(&shares(&pool, 20_000, &mut rng()), &[1, 2, 5, 6]);
}

#[test]
fn random_is_uniform_over_the_untried() {
    let retry = Retry {
        retries: 1,
        ..Retry::default()
    };
    let pool = Pool::new(crate::trial::upstreams(4), Selection::Random, None, retry);
    let mut rng = rng();
    let mut seconds = BTreeMap::new();
    for _ in 0..20_000 {
        let mut round = pool.begin(Moment::ZERO);
        let first = attempt(&mut round, &pool, Moment::ZERO, &mut rng).expect("all available");
        round.failed(&pool, crate::Failure::Dial, crate::trial::GET, Moment::ZERO);
        let second = attempt(&mut round, &pool, Moment::ZERO, &mut rng).expect("three untried");
        assert_ne!(first.upstream, second.upstream);
        *seconds.entry(second.upstream).or_default() += 1;
    }

    assert_uniform(&seconds, &[0, 1, 2, 3]);
}

#[test]
fn round_robin_starts_at_the_second_and_alternates() {
    let two = pool(2, Selection::RoundRobin(RoundRobin::new()));
    let three = pool(3, Selection::RoundRobin(RoundRobin::new()));

    assert_eq!(picks(&two, 6), [1, 0, 1, 0, 1, 0].map(Some));
    assert_eq!(picks(&three, 7), [1, 2, 0, 1, 2, 0, 1].map(Some));
}

#[test]
fn round_robin_shares_the_turns_of_a_closed_upstream_equally() {
    let pool = pool(4, Selection::RoundRobin(RoundRobin::new()));
    set_healthy(&pool, 2, false);

    assert_eq!(picks(&pool, 6), [1, 3, 0, 1, 3, 0].map(Some));
}

#[test]
fn round_robin_gives_exactly_equal_shares_over_threads() {
    let pool = pool(3, Selection::RoundRobin(RoundRobin::new()));
    let total = Mutex::new(BTreeMap::<usize, usize>::new());

    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                for (index, share) in shares(&pool, 1000, &mut rng()) {
                    *total.lock().entry(index).or_default() += share;
                }
            });
        }
    });

    assert_eq!(total.into_inner(), [(0, 2000), (1, 2000), (2, 2000)].into());
}

#[test]
fn round_robin_alternates_strictly_whichever_thread_asks() {
    let pool = pool(3, Selection::RoundRobin(RoundRobin::new()));
    let order = Mutex::new(Vec::new());

    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                for _ in 0..100 {
                    let mut order = order.lock();
                    order.push(pick(&pool, &mut rng()).expect("all available"));
                }
            });
        }
    });

    let expected: Vec<_> = [1, 2, 0].into_iter().cycle().take(600).collect();
    assert_eq!(order.into_inner(), expected);
}

#[test]
fn round_robin_finds_the_only_available_upstream_while_other_threads_turn_the_counter() {
    let pool = pool(50, Selection::RoundRobin(RoundRobin::new()));
    close(&pool, (0..50).filter(|&index| index != 20));

    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(picks(&pool, 500), vec![Some(20); 500]));
        }
    });
}

#[test]
fn round_robin_keeps_alternating_first_attempts_over_retries() {
    let robin = Selection::RoundRobin(RoundRobin::new());
    let retry = Retry {
        retries: 1,
        ..Retry::default()
    };
    let pool = Pool::new(crate::trial::upstreams(3), robin, None, retry);
    let refused = |index, _: &mut Moment| {
        if index == 1 {
            Err(crate::Failure::Dial)
        } else {
            Ok(())
        }
    };

    let courses: Vec<Vec<usize>> = (0..9)
        .map(|_| crate::trial::run(&pool, Moment::ZERO, crate::trial::GET, refused))
        .map(|course| course.attempts.iter().map(|&(_, index)| index).collect())
        .collect();

    // First attempts go 1 2 0; the dead one's exchanges are shared by the others in turn.
    let cycles: Vec<&[usize]> = courses.iter().map(Vec::as_slice).collect();
    let expected: [&[usize]; 9] = [
        &[1, 2],
        &[2],
        &[0],
        &[1, 0],
        &[2],
        &[0],
        &[1, 2],
        &[2],
        &[0],
    ];
    assert_eq!(cycles, expected);
}

#[test]
fn least_conn_prefers_the_fewest_in_flight() {
    let pool = pool(3, Selection::LeastConn);
    let mut rng = rng();
    let held: Vec<_> = (0..7)
        .map(|_| attempt(&mut pool.begin(Moment::ZERO), &pool, Moment::ZERO, &mut rng))
        .map(|attempt| attempt.expect("all available"))
        .collect();
    let in_flight = |pool: &Pool| -> Vec<u32> {
        pool.upstreams()
            .iter()
            .map(|upstream| upstream.state.in_flight())
            .collect()
    };
    // Seven over three: nobody is more than one ahead.
    let mut spread = in_flight(&pool);
    spread.sort_unstable();
    assert_eq!(spread, [2, 2, 3]);

    // One of them becomes idle: all that follows goes there until it has caught up.
    let (idle, held): (Vec<_>, Vec<_>) = held.into_iter().partition(|held| held.upstream == 1);
    drop(idle);
    assert_eq!(in_flight(&pool)[1], 0);
    let next = attempt(&mut pool.begin(Moment::ZERO), &pool, Moment::ZERO, &mut rng);
    assert_eq!(next.map(|attempt| attempt.upstream), Some(1));

    drop(held);
    assert_eq!(in_flight(&pool), [0, 0, 0]);
}

#[test]
fn least_conn_draws_among_equals() {
    let pool = pool(5, Selection::LeastConn);
    set_healthy(&pool, 1, false);
    let busy = pool.upstreams()[2].state.enter(None);
    assert!(busy.is_some());

    assert_uniform(&shares(&pool, 20_000, &mut rng()), &[0, 3, 4]);
}

#[test]
fn least_conn_sees_other_pools_and_threads() {
    let (first, second) = (pool(2, Selection::First), pool(0, Selection::First));
    assert!(second.upstreams().is_empty());
    let shared = |index: usize| Upstream {
        key: first.upstreams()[index].key.clone(),
        state: first.upstreams()[index].state.clone(),
        marks: Box::default(),
        probe: None,
        max_requests: None,
        is_draining: false,
    };
    let other = Pool::new(
        vec![shared(0), shared(1)],
        Selection::LeastConn,
        None,
        Retry::default(),
    );

    let held = thread::scope(|scope| {
        let hold = || {
            attempt(
                &mut first.begin(Moment::ZERO),
                &first,
                Moment::ZERO,
                &mut rng(),
            )
        };
        scope.spawn(hold).join().expect("the thread does not panic")
    });

    assert_eq!(
        held.map(|held| (held.upstream, pick(&other, &mut rng()))),
        Some((0, Some(1)))
    );
}

#[test]
fn first_takes_the_first_available() {
    let pool = pool(3, Selection::First);
    assert_eq!(picks(&pool, 2), [Some(0), Some(0)]);

    set_healthy(&pool, 0, false);
    assert_eq!(picks(&pool, 2), [Some(1), Some(1)]);

    set_healthy(&pool, 0, true);
    assert_eq!(picks(&pool, 2), [Some(0), Some(0)]);
}

const DIALS: [&str; 6] = [
    "app1:8080",
    "app2:8080",
    "app3:8080",
    "10.0.0.7:80",
    "unix//run/app.sock",
    "backend-with-a-rather-long-name.internal.example:65535",
];

/// Upstreams from the highest weight down, by the XXH64 of Python's `xxhash` over dial string and
/// address.
const REFERENCE: [(&str, [usize; 6]); 10] = [
    ("127.0.0.1", [4, 0, 3, 2, 1, 5]),
    ("10.0.0.1", [2, 0, 1, 4, 3, 5]),
    ("10.0.0.2", [1, 0, 4, 2, 5, 3]),
    ("192.168.1.77", [4, 1, 0, 5, 3, 2]),
    ("203.0.113.9", [4, 3, 1, 2, 5, 0]),
    ("198.51.100.200", [1, 2, 5, 3, 4, 0]),
    ("::1", [5, 4, 2, 3, 1, 0]),
    ("2001:db8::42", [5, 0, 3, 1, 2, 4]),
    ("fe80::1%eth0", [4, 0, 5, 2, 3, 1]),
    ("", [4, 3, 5, 0, 2, 1]),
];

fn hashing_pool() -> Pool {
    let upstream = |dial: &str| Upstream {
        key: dial.into(),
        state: State::new().into(),
        marks: Box::default(),
        probe: None,
        max_requests: None,
        is_draining: false,
    };
    let never_again = Some(passive(1, std::time::Duration::MAX));
    let upstreams = DIALS.map(upstream).into();
    let retry = Retry {
        retries: 10,
        ..Retry::default()
    };
    Pool::new(upstreams, HASH, never_again, retry)
}

#[test]
fn ip_hash_ranks_by_xxhash64_of_dial_string_and_address() {
    for (ip, ranking) in REFERENCE {
        // Each attempt fails, so that the next in rank shows.
        let pool = hashing_pool();
        let mut round = pool.begin(Moment::ZERO);
        let mut seen = Vec::new();
        while let Decision::Attempt(attempt) = round.next(&pool, Moment::ZERO, &mut rng(), ip) {
            seen.push(attempt.upstream);
            round.failed(&pool, crate::Failure::Dial, crate::trial::GET, Moment::ZERO);
        }

        assert_eq!(seen, ranking, "{ip}");
    }
}

#[test]
fn ip_hash_moves_only_the_peers_of_a_closed_upstream_and_moves_them_back() {
    let pool = pool(5, HASH);
    let pick_for = |ip: &str| {
        let mut round = pool.begin(Moment::ZERO);
        match round.next(&pool, Moment::ZERO, &mut rng(), ip) {
            Decision::Attempt(attempt) => attempt.upstream,
            Decision::WaitUntil(_) | Decision::Queue(_) | Decision::GiveUp(_) => usize::MAX,
        }
    };
    let peers: Vec<String> = (0..250).map(|last| format!("198.51.100.{last}")).collect();
    let homes: Vec<usize> = peers.iter().map(|peer| pick_for(peer)).collect();
    assert!((0..5).all(|index| homes.contains(&index)), "{homes:?}");

    set_healthy(&pool, 3, false);
    for (peer, &home) in peers.iter().zip(&homes) {
        assert_eq!(pick_for(peer) == home, home != 3, "{peer}");
    }

    set_healthy(&pool, 3, true);
    let again: Vec<usize> = peers.iter().map(|peer| pick_for(peer)).collect();
    assert_eq!(again, homes);
}
