//! `docs/compatibility.md` says what the planner's tables say.

use std::fs;

use evenkeel_planner::compatibility;

use crate::root;

/// Set to rewrite the page instead of failing.
const REWRITE: &str = "UPDATE_DOCS";

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a switch for people who run the test"
)]
fn the_page_of_what_works_is_true() {
    let page = root().join("docs/compatibility.md");
    let expected = compatibility();
    if std::env::var_os(REWRITE).is_some() {
        fs::write(&page, &expected).expect("docs can be written");
    }
    let found = fs::read_to_string(&page).unwrap_or_default();
    assert!(
        found == expected,
        "docs/compatibility.md differs from the tables; rewrite it with {REWRITE}=1"
    );
}
