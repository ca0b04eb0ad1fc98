//! Two `reverse_proxy` with the same matcher in one block.

use evenkeel_diagnostics::Severity;

use crate::proxy::matcher;
use crate::rule::{Report, Rule};
use crate::subject::Subject;
use crate::walk::Placed;

pub(super) const RULE: Rule = Rule {
    id: "second-proxy-never-runs",
    severity: Severity::NoEffect,
    why: "the first one answers, so the second never runs",
    instead: "put the upstreams into one line, or give the second another matcher",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    let plain: Vec<_> = subject.named(&["reverse_proxy"]).collect();
    for (number, later) in plain.iter().enumerate() {
        let same = |earlier: &&Placed<'_>| {
            std::ptr::eq(earlier.block, later.block)
                && condition(earlier) == condition(later)
                && !may_go_on(earlier)
        };
        if let Some(first) = plain[..number].iter().find(same) {
            let message = "this `reverse_proxy` never runs";
            let found = RULE.at(later.line.line_span(), message, "for the same requests");
            report(found.also(first.line.line_span(), "answers them"));
        }
    }
}

fn condition<'a>(placed: &Placed<'a>) -> &'a str {
    let word = matcher(placed.line).map(|word| word.text.as_str());
    word.filter(|text| *text != "/*").unwrap_or("*")
}

/// Whether the routes behind it may run: `handle_response` need not answer.
fn may_go_on(placed: &Placed<'_>) -> bool {
    let lines = placed.line.block.iter().flat_map(|block| &block.lines);
    lines
        .into_iter()
        .any(|line| line.name.text == "handle_response")
}
