//! Policies that follow what a request says: hashes with a fallback, and marks.

use std::borrow::Cow;

use super::STICKY;
use crate::trial::{pool, rng, set_healthy, upstreams};
use crate::{Attempt, Decision, Failure, Keys, Moment, Pool, Repeat, Retry, Selection};

/// One text for each number; none where it is empty.
struct Texts<'a>(&'a [&'a str]);

impl Keys for Texts<'_> {
    fn key(&self, number: usize) -> Option<Cow<'_, [u8]>> {
        let text = self.0.get(number).filter(|text| !text.is_empty())?;
        Some(Cow::Borrowed(text.as_bytes()))
    }
}

fn pick_for(pool: &Pool, texts: &[&str]) -> Option<Attempt> {
    let mut round = pool.begin(Moment::ZERO);
    match round.next(pool, Moment::ZERO, &mut rng(), &Texts(texts)) {
        Decision::Attempt(attempt) => Some(attempt),
        Decision::WaitUntil(_) | Decision::Queue(_) | Decision::GiveUp(_) => None,
    }
}

/// `app1` to `app3` with the marks `one` to `three`.
fn marked() -> Pool {
    let mut upstreams = upstreams(3);
    for (upstream, mark) in upstreams.iter_mut().zip(["one", "two", "three"]) {
        upstream.marks = [mark.into()].into();
    }
    let retry = Retry {
        retries: 1,
        ..Retry::default()
    };
    Pool::new(upstreams, STICKY, None, retry)
}

#[test]
fn a_request_without_the_key_is_sent_by_the_fallback() {
    let nested = Selection::Hash {
        key: 0,
        fallback: Some(Box::new(Selection::Hash {
            key: 1,
            fallback: Some(Box::new(Selection::First)),
        })),
    };
    let pool = pool(40, nested);
    let second = pick_for(&pool, &["", "b"]).map(|attempt| attempt.upstream);

    assert_eq!(
        pick_for(&pool, &["b", "x"]).map(|attempt| attempt.upstream),
        second,
        "either key is hashed alike"
    );
    assert_ne!(second, Some(0));
    assert_eq!(
        pick_for(&pool, &["", ""]).map(|attempt| attempt.upstream),
        Some(0)
    );
}

#[test]
fn a_mark_leads_to_its_upstream_and_needs_no_renewal() {
    let pool = marked();
    for (index, mark) in ["one", "two", "three"].into_iter().enumerate() {
        let attempt = pick_for(&pool, &[mark]).expect("all available");
        assert_eq!((attempt.upstream, attempt.mark), (index, None));
    }
}

#[test]
fn a_client_without_a_good_mark_gets_one() {
    let pool = marked();
    for shown in ["", "four", "onetwo"] {
        let attempt = pick_for(&pool, &[shown]).expect("all available");
        assert_eq!(attempt.mark, Some(0), "{shown}");
    }
}

#[test]
fn the_client_of_an_unavailable_upstream_gets_another_mark() {
    let pool = marked();
    set_healthy(&pool, 1, false);

    let attempt = pick_for(&pool, &["two"]).expect("two are available");

    assert_ne!(attempt.upstream, 1);
    assert_eq!(attempt.mark, Some(0));
}

#[test]
fn a_retry_leaves_the_marked_upstream_that_failed() {
    let pool = marked();
    let mut round = pool.begin(Moment::ZERO);
    let texts = Texts(&["two"]);
    let first = round.next(&pool, Moment::ZERO, &mut rng(), &texts);
    assert!(matches!(first, Decision::Attempt(attempt) if attempt.upstream == 1));
    let repeat = Repeat {
        idempotent: true,
        replayable: true,
    };
    round.failed(&pool, Failure::Dial, repeat, Moment::ZERO);

    let Decision::Attempt(second) = round.next(&pool, Moment::ZERO, &mut rng(), &texts) else {
        panic!("two are untried");
    };

    assert_ne!(second.upstream, 1);
    assert_eq!(second.mark, Some(0));
}
