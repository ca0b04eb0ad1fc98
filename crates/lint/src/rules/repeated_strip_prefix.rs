//! `uri strip_prefix` inside `handle_path`.

use evenkeel_diagnostics::{Severity, shorten};

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "repeated-strip-prefix",
    severity: Severity::NoEffect,
    why: "`handle_path` takes the prefix off before the lines inside it see the path",
    instead: "remove it",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for placed in subject.named(&["uri"]) {
        let Some(owner) = placed
            .owner
            .filter(|owner| owner.name.text == "handle_path")
        else {
            continue;
        };
        let args = &placed.line.args;
        let Some(at) = args.iter().position(|word| word.text == "strip_prefix") else {
            continue;
        };
        let (Some(prefix), Some(path)) = (args.get(at + 1), owner.args.first()) else {
            continue;
        };
        if trimmed(&prefix.text) == trimmed(&path.text) {
            let message = format!(
                "`handle_path` has taken `{}` off already",
                shorten(&prefix.text)
            );
            let found = RULE.at(placed.line.line_span(), message, "");
            report(found.also(owner.line_span(), "takes the prefix off"));
        }
    }
}

fn trimmed(path: &str) -> &str {
    path.trim_end_matches('*').trim_matches('/')
}
