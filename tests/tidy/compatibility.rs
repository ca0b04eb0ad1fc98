//! The generated pages say what the tables say: `docs/compatibility.md` the planner's,
//! `docs/lints.md` that of the rules.

use std::fs;

use crate::root;

/// Set to rewrite the pages instead of failing.
const REWRITE: &str = "UPDATE_DOCS";

#[test]
fn the_page_of_what_works_is_true() {
    compare("docs/compatibility.md", &evenkeel_planner::compatibility());
}

#[test]
fn the_page_of_the_lints_is_true() {
    compare(
        "docs/lints.md",
        &evenkeel_lint::page(evenkeel_server::TROUBLES),
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "a switch for people who run the test"
)]
pub(crate) fn compare(page: &str, expected: &str) {
    let path = root().join(page);
    if std::env::var_os(REWRITE).is_some() {
        fs::write(&path, expected).expect("docs can be written");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "{page} differs from the tables; rewrite it with {REWRITE}=1"
    );
}
