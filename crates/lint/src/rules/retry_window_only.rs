//! One upstream with a retry window and nothing else.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "retry-window-only",
    severity: Severity::Info,
    why: "requests wait while the upstream restarts, and nobody notices",
    instead: "nothing: this is a good way to ride out a restart",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers().filter(|proxy| proxy.has_one()) {
        let Some(line) = proxy.option("lb_try_duration") else {
            continue;
        };
        if proxy.retries() && !proxy.probes() && !proxy.counts_failures() {
            report(RULE.at(
                line.line_span(),
                "requests wait for the upstream to come back",
                "",
            ));
        }
    }
}
