//! Retries, and nothing remembers who failed.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "retries-without-health-check",
    severity: Severity::Availability,
    why: "each request finds out anew which upstream is down, and waits for it",
    instead: "add `fail_duration 10s`, or `health_uri /health`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers() {
        let Some(line) = proxy.retry_line() else {
            continue;
        };
        if proxy.has_several() && !proxy.probes() && !proxy.counts_failures() {
            let message = "failed attempts are repeated, but not remembered";
            let found = RULE.at(
                line.line_span(),
                message,
                "each request starts from nothing",
            );
            report(found.also(proxy.head(), "no health check"));
        }
    }
}
