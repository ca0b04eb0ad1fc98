//! Several upstreams, and the first failure goes to the client.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "no-retry-window",
    severity: Severity::Availability,
    why: "without retries the first upstream that fails answers for all of them, although another one works",
    instead: "add `lb_try_duration 5s` (and `lb_try_interval 250ms`)",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers() {
        if proxy.has_several() && !proxy.retries() {
            let message = format!(
                "`{}` gives up at the first upstream that fails",
                proxy.name()
            );
            report(RULE.at(proxy.head(), message, "no second attempt"));
        }
    }
}
