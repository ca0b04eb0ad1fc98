//! `header_up X-Forwarded-Proto https`.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "hard-coded-proto",
    severity: Severity::Suspicious,
    why: "it says the same of every request, also of those that came in another way",
    instead: "remove it: the field says how the request came; behind another proxy add `trusted_proxies`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in &subject.proxies {
        for up in proxy.headers_up() {
            let is_fixed = ["https", "http"].contains(&up.value.text.as_str());
            if up.field.eq_ignore_ascii_case("X-Forwarded-Proto") && is_fixed {
                let message = "`X-Forwarded-Proto` does not depend on the request";
                report(RULE.at(up.line.line_span(), message, "the same for all"));
            }
        }
    }
}
