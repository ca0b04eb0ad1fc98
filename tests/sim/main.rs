//! Random runs of a whole server on a memory network, under paused time: whatever happens to the
//! upstreams, the clients and the configuration, some things must always hold.
//!
//! A run is drawn from its seed alone. One that fails prints it; `SEED=N cargo test --test sim`
//! repeats that run only.

mod client;
mod draw;
mod run;

use rand::SeedableRng as _;
use rand::rngs::StdRng;

/// Runs of each test. Their seeds follow each other, so that no two tests run the same.
const RUNS: u64 = 250;

fn runs(first: u64) -> Vec<u64> {
    match only() {
        Some(seed) if (first..first + RUNS).contains(&seed) => vec![seed],
        Some(_) => Vec::new(),
        None => (first..first + RUNS).collect(),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a switch for people who run the test"
)]
fn only() -> Option<u64> {
    let seed = std::env::var("SEED").ok()?;
    Some(seed.parse().expect("SEED is a number"))
}

fn simulate(first: u64) {
    for seed in runs(first) {
        let local = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build_local(tokio::runtime::LocalOptions::default());
        let local = local.expect("a runtime");
        let found = local.block_on(run::run(StdRng::seed_from_u64(seed)));
        let found = found.violations;
        assert!(found.is_empty(), "seed {seed}: {found:#?}");
    }
}

#[test]
fn runs_0_to_249_hold() {
    simulate(0);
}

#[test]
fn runs_250_to_499_hold() {
    simulate(250);
}

#[test]
fn runs_500_to_749_hold() {
    simulate(500);
}

#[test]
fn runs_750_to_999_hold() {
    simulate(750);
}

#[test]
fn a_seed_gives_the_same_run_again() {
    let story = || {
        let local = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build_local(tokio::runtime::LocalOptions::default());
        let local = local.expect("a runtime");
        local.block_on(run::run(StdRng::seed_from_u64(7))).story
    };
    let first = story();
    assert!(first.len() > 20, "a run has events: {first:?}");
    assert_eq!(first, story());
}
