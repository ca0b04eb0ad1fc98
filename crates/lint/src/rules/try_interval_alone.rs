//! `lb_try_interval` without retries.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "try-interval-alone",
    severity: Severity::NoEffect,
    why: "there is nothing to rest between while a request is tried once",
    instead: "add `lb_try_duration 5s`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers().filter(|proxy| !proxy.retries()) {
        for line in proxy.options("lb_try_interval") {
            let message = "`lb_try_interval` does nothing without `lb_try_duration`";
            report(RULE.at(line.line_span(), message, "no second attempt"));
        }
    }
}
