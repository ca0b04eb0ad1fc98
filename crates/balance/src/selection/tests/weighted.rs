//! `weighted_round_robin`.

use super::{WeightedRoundRobin, picks};
use crate::trial::{pool, set_healthy};
use crate::{Pool, Selection};

fn weighted(weights: &[u32], upstreams: usize) -> Pool {
    let robin = WeightedRoundRobin::new(weights);
    pool(upstreams, Selection::WeightedRoundRobin(robin))
}

#[test]
fn weights_give_turns_in_a_row_and_begin_with_the_second() {
    // As the real Caddy does with 3 1 1.
    let seen = picks(&weighted(&[3, 1, 1], 3), 10);
    assert_eq!(seen, [0, 0, 1, 2, 0, 0, 0, 1, 2, 0].map(Some));
}

#[test]
fn a_weight_of_zero_or_none_at_all_leaves_an_upstream_out() {
    assert_eq!(picks(&weighted(&[0, 1, 1], 3), 4), [2, 1, 2, 1].map(Some));
    assert_eq!(picks(&weighted(&[1, 1], 3), 4), [1, 0, 1, 0].map(Some));
    assert_eq!(picks(&weighted(&[0, 1, 9], 2), 2), [1, 1].map(Some));
}

#[test]
fn the_others_keep_their_proportions_while_one_is_closed() {
    let pool = weighted(&[4, 2, 1], 3);
    set_healthy(&pool, 0, false);

    let seen = picks(&pool, 30);

    let share = |index| seen.iter().filter(|&&seen| seen == Some(index)).count();
    assert_eq!([share(0), share(1), share(2)], [0, 20, 10]);
}
