//! `max_fails` without `fail_duration`.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "max-fails-without-fail-duration",
    severity: Severity::NoEffect,
    why: "failures are counted only while `fail_duration` remembers them",
    instead: "add `fail_duration 10s`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers().filter(|proxy| !proxy.counts_failures()) {
        for line in proxy.options("max_fails") {
            let message = "`max_fails` does nothing without `fail_duration`";
            report(RULE.at(line.line_span(), message, "no failure is remembered"));
        }
    }
}
