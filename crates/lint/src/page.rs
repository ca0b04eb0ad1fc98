//! `docs/lints.md`, from the table.

use std::fmt::Write as _;

use evenkeel_diagnostics::Severity;

use crate::RULES;

/// The page. `surroundings`: the names of findings about what a file names, which `check` makes too.
pub fn page(surroundings: &[&str]) -> String {
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
    let names = surroundings.join("`, `");
    write!(
        page,
        "\n## What the file names\n\n{SURROUNDINGS}\n`{names}`.\n"
    )
    .expect("a string takes everything");
    page
}

const SURROUNDINGS: &str = "\
`check` also reads the files that a configuration names, and compares the addresses in it. What
keeps the server from starting is an error, the rest a warning. On a machine where the files are not
there, a comment silences these findings like rules. They are called";

const INTRODUCTION: &str = "\
# Lints

What `evenkeel check` says about a configuration that Caddy accepts: each rule with its weight, why
it matters, and what to write instead. `run` and `adapt` do not look at them.

- A password, token or key that is written out is not shown: asterisks stand in its place, in every
  finding and in JSON.
- Weights, from grave to light: error, security, availability, warning, no-effect, redundant,
  suspicious, deprecated, info. What is only info is shown with `--lints info`.
- `check` fails for errors. `--deny WEIGHT` makes it fail for that weight and everything graver.
- `# evenkeel: allow RULE[, RULE]` silences rules on its line; alone on a line, on the next one. What
  stands behind ` -- ` is the reason.

This page is written by `UPDATE_DOCS=1 cargo test --test tidy` from the rules (`crates/lint`), and a
test fails when the two differ.
";
