//! `unhealthy_status` or `unhealthy_latency` without `fail_duration`.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "unhealthy-without-fail-duration",
    severity: Severity::NoEffect,
    why: "what counts as a failure does not matter while none is remembered",
    instead: "add `fail_duration 10s`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers().filter(|proxy| !proxy.counts_failures()) {
        for name in ["unhealthy_status", "unhealthy_latency"] {
            for line in proxy.options(name) {
                let message = format!("`{name}` does nothing without `fail_duration`");
                report(RULE.at(line.line_span(), message, "no failure is remembered"));
            }
        }
    }
}
