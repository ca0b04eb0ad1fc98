//! `fail_duration` on the only upstream.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "strikes-on-only-upstream",
    severity: Severity::Availability,
    why: "one failure takes the only upstream out, and everybody gets a 503 for the whole time",
    instead: "leave `fail_duration` out, or add a second upstream",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers() {
        let Some(line) = proxy.option("fail_duration") else {
            continue;
        };
        let Some(out) = proxy.duration("fail_duration").filter(|_| proxy.has_one()) else {
            continue;
        };
        if proxy.try_duration().is_none_or(|window| window <= out) {
            let message = format!("a failure of the only upstream takes the site down for {out}");
            let found = RULE.at(line.line_span(), message, "no other upstream takes over");
            report(found.also(proxy.head(), "one upstream"));
        }
    }
}
