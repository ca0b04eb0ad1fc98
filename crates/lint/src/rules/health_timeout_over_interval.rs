//! `health_timeout` longer than `health_interval`.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "health-timeout-over-interval",
    severity: Severity::Availability,
    why: "probes of an upstream that hangs overlap, and it is found out late",
    instead: "make `health_timeout` shorter than `health_interval`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers().filter(|proxy| proxy.probes()) {
        let (interval, timeout) = (proxy.health_interval(), proxy.health_timeout());
        let line = proxy
            .option("health_timeout")
            .or(proxy.option("health_interval"));
        if let Some(line) = line.filter(|_| timeout > interval) {
            let message =
                format!("a probe may take {timeout}, and the next starts after {interval}");
            report(RULE.at(line.line_span(), message, ""));
        }
    }
}
