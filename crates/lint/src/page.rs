//! `docs/lints.md`, from the table.

use std::fmt::Write as _;

use evenkeel_diagnostics::Severity;

use crate::RULES;

/// The page.
pub fn page() -> String {
    let mut page = String::from(INTRODUCTION);
    for severity in Severity::ALL {
        let mut rules = RULES
            .iter()
            .filter(|rule| rule.severity == severity)
            .peekable();
        if rules.peek().is_none() {
            continue;
        }
        write!(page, "\n## {}\n", severity.name()).expect("a string takes everything");
        for rule in rules {
            let (id, why, instead) = (rule.id, rule.why, rule.instead);
            write!(page, "\n### {id}\n\nWhy: {why}.\n\nInstead: {instead}.\n")
                .expect("a string takes everything");
        }
    }
    page
}

const INTRODUCTION: &str = "\
# Lints

What `evenkeel check` says about a configuration that Caddy accepts: each rule with its weight, why
it matters, and what to write instead. `run` and `adapt` do not look at them.

- Weights, from grave to light: error, security, availability, warning, no-effect, redundant,
  suspicious, deprecated, info. What is only info is shown with `--lints info`.
- `check` fails for errors. `--deny WEIGHT` makes it fail for that weight and everything graver.
- `# evenkeel: allow RULE[, RULE]` silences rules on its line; alone on a line, on the next one. What
  stands behind ` -- ` is the reason.

This page is written by `UPDATE_DOCS=1 cargo test --test tidy` from the rules (`crates/lint`), and a
test fails when the two differ.
";
