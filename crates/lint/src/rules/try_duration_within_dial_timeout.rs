//! `lb_try_duration` not longer than `dial_timeout`.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "try-duration-within-dial-timeout",
    severity: Severity::Availability,
    why: "one upstream that does not answer uses up the whole time, and no other gets a turn",
    instead: "make `lb_try_duration` longer than `dial_timeout` (3s if not given), or `dial_timeout` shorter",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers().filter(|proxy| !proxy.has_one()) {
        let (Some(line), Some(window)) = (proxy.option("lb_try_duration"), proxy.try_duration())
        else {
            continue;
        };
        let dial = proxy.dial_timeout();
        if window <= dial {
            let message = format!("the first attempt may take {dial}, and all of them {window}");
            report(RULE.at(line.line_span(), message, "no time for a second upstream"));
        }
    }
}
