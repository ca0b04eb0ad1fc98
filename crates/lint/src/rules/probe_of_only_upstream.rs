//! An active health check on the only upstream, and no retry window.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "probe-of-only-upstream",
    severity: Severity::Availability,
    why: "when one probe fails everybody gets a 503, whether or not requests would have worked",
    instead: "add `lb_try_duration 10s` to wait for it, a second upstream, or leave the health check out",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers() {
        let Some(line) = proxy.option("health_uri") else {
            continue;
        };
        if proxy.has_one() && !proxy.retries() {
            let message = "a failed probe of the only upstream takes the site down";
            let found = RULE.at(
                line.line_span(),
                message,
                "no other upstream, and no waiting",
            );
            report(found.also(proxy.head(), "one upstream"));
        }
    }
}
