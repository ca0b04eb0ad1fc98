//! `lb_try_duration` not longer than `lb_try_interval`.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "try-duration-within-interval",
    severity: Severity::Availability,
    why: "the time is over before the first rest is, so no upstream is tried twice",
    instead: "make `lb_try_duration` longer than `lb_try_interval` (250ms if not given)",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers() {
        let (Some(line), Some(window)) = (proxy.option("lb_try_duration"), proxy.try_duration())
        else {
            continue;
        };
        let rest = proxy.try_interval();
        if window <= rest {
            let message = format!("attempts may go on for {window}, and rest for {rest}");
            report(RULE.at(line.line_span(), message, "over before the rest is"));
        }
    }
}
