//! Several upstreams, and nothing tells which of them work.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::rules::first_never_fails_over::uses_first;
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "no-health-check",
    severity: Severity::Availability,
    why: "an upstream that fails keeps its share of the requests",
    instead: "add `fail_duration 10s`, or `health_uri /health`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers() {
        let is_blind = !proxy.probes() && !proxy.counts_failures();
        // What the other rules about the same cause say is not said again.
        if proxy.has_several() && is_blind && !proxy.retries() && !uses_first(proxy) {
            let message = format!("`{}` has no health check", proxy.name());
            report(RULE.at(
                proxy.head(),
                message,
                "several upstreams, all taken for healthy",
            ));
        }
    }
}
