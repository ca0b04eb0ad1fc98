//! `lb_policy first` without any health check.

use evenkeel_diagnostics::Severity;

use crate::proxy::Proxy;
use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "first-never-fails-over",
    severity: Severity::Availability,
    why: "`first` leaves the first upstream only when that is known to be down, and nothing finds out",
    instead: "add `fail_duration 10s` or `health_uri /health`, and `lb_try_duration 5s`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers() {
        let is_blind = !proxy.probes() && !proxy.counts_failures() && !proxy.retries();
        let Some(line) = proxy.option("lb_policy") else {
            continue;
        };
        if uses_first(proxy) && is_blind && !proxy.has_one() {
            let message = "`lb_policy first` never leaves the first upstream";
            report(RULE.at(line.line_span(), message, "no health check tells it to"));
        }
    }
}

/// Whether the policy is `first`.
pub(super) fn uses_first(proxy: &Proxy<'_>) -> bool {
    let policy = proxy.option("lb_policy").and_then(|line| line.args.first());
    policy.is_some_and(|word| word.text == "first")
}
