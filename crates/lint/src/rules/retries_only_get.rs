//! Retries without `lb_retry_match`.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "retries-only-get",
    severity: Severity::Info,
    why: "once it was sent, only a GET is tried again; other methods are when no connection came about",
    instead: "for other methods that may run twice, add `lb_retry_match { method PUT }`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers() {
        let Some(line) = proxy.retry_line() else {
            continue;
        };
        if proxy.option("lb_retry_match").is_none() {
            report(RULE.at(
                line.line_span(),
                "only a GET is tried again once it was sent",
                "",
            ));
        }
    }
}
