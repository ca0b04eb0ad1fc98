//! `health_uri` without `health_status`.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "probe-status-default",
    severity: Severity::Info,
    why: "a probe passes with any 2xx",
    instead: "add `health_status 200` to be stricter",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers() {
        let Some(line) = proxy.option("health_uri") else {
            continue;
        };
        if proxy.option("health_status").is_none() {
            report(RULE.at(line.line_span(), "every 2xx counts as healthy", ""));
        }
    }
}
