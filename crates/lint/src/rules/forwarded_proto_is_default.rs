//! `header_up X-Forwarded-Proto {scheme}`.

use evenkeel_diagnostics::Severity;

use crate::placeholder;
use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "forwarded-proto-is-default",
    severity: Severity::Redundant,
    why: "the field is set so by itself",
    instead: "remove it",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in &subject.proxies {
        for up in proxy.headers_up() {
            let is_set = up.field.eq_ignore_ascii_case("X-Forwarded-Proto");
            if is_set && placeholder::is(&up.value.text, "scheme") {
                let message = "`X-Forwarded-Proto` is set without this line";
                report(RULE.at(up.line.line_span(), message, ""));
            }
        }
    }
}
