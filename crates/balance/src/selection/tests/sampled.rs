//! Policies that draw some and take the best of them.

use super::{assert_uniform, shares};
use crate::health::Slot;
use crate::trial::{at_millis, close, millis, pick, pool, rng, set_healthy};
use crate::{Pool, Selection, State};

fn occupy(pool: &Pool, index: usize, times: usize) -> Vec<Slot> {
    let state: &State = &pool.upstreams()[index].state;
    (0..times).filter_map(|_| state.enter(None)).collect()
}

#[test]
fn random_choose_is_uniform_over_equals_however_many_it_draws() {
    for choose in [1, 2, 3, 9] {
        let pool = pool(6, Selection::RandomChoose(choose));
        close(&pool, [0, 3]);
        assert_uniform(&shares(&pool, 20_000, &mut rng()), &[1, 2, 4, 5]);
    }
}

#[test]
fn random_choose_never_takes_the_busiest_and_takes_the_others_by_rank() {
    let pool = pool(3, Selection::RandomChoose(2));
    let _busy = (occupy(&pool, 1, 1), occupy(&pool, 2, 2));

    let shares = shares(&pool, 3000, &mut rng());

    // Of the three pairs, the idle one is in two.
    assert!((1800..2200).contains(&shares[&0]), "{shares:?}");
    assert!((800..1200).contains(&shares[&1]), "{shares:?}");
    assert_eq!(shares.get(&2), None);
}

#[test]
fn random_choose_of_all_is_least_conn() {
    let pool = pool(5, Selection::RandomChoose(5));
    let _busy: Vec<_> = [0, 1, 2, 4].map(|index| occupy(&pool, index, 1)).into();
    for _ in 0..50 {
        assert_eq!(pick(&pool, &mut rng()), Some(3));
    }
}

#[test]
fn least_latency_takes_the_faster_of_every_pair() {
    let pool = pool(3, Selection::LeastLatency);
    for (index, latency) in [(0, 10), (1, 500), (2, 20)] {
        let state = &pool.upstreams()[index].state;
        state.record_latency(millis(latency), at_millis(0));
    }

    let shares = shares(&pool, 3000, &mut rng());

    assert!((1800..2200).contains(&shares[&0]), "{shares:?}");
    assert!((800..1200).contains(&shares[&2]), "{shares:?}");
    assert_eq!(shares.get(&1), None, "it loses against either");
}

#[test]
fn least_latency_takes_a_slow_upstream_when_it_is_the_only_one() {
    let pool = pool(2, Selection::LeastLatency);
    pool.upstreams()[1]
        .state
        .record_latency(millis(10_000), at_millis(0));
    set_healthy(&pool, 0, false);
    assert_eq!(pick(&pool, &mut rng()), Some(1));
}
