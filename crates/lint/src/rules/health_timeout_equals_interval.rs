//! `health_timeout` as long as `health_interval`.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "health-timeout-equals-interval",
    severity: Severity::Availability,
    why: "a probe that hangs ends only when the next one is due, so detection takes twice as long as it looks",
    instead: "make `health_timeout` shorter than `health_interval`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers().filter(|proxy| proxy.probes()) {
        let (interval, timeout) = (proxy.health_interval(), proxy.health_timeout());
        let line = proxy
            .option("health_timeout")
            .or(proxy.option("health_interval"));
        if let Some(line) = line.filter(|_| timeout == interval) {
            let message = format!("a probe may take as long as the time to the next: {timeout}");
            report(RULE.at(line.line_span(), message, ""));
        }
    }
}
