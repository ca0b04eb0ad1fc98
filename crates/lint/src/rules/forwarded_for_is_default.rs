//! `header_up X-Forwarded-For {remote_host}`.

use evenkeel_diagnostics::Severity;

use crate::placeholder;
use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "forwarded-for-is-default",
    severity: Severity::Redundant,
    why: "the field is set so by itself; written out, it also drops the addresses that trusted proxies in front have added",
    instead: "remove it",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in &subject.proxies {
        for up in proxy.headers_up() {
            let is_set = up.field.eq_ignore_ascii_case("X-Forwarded-For");
            if is_set && placeholder::is(&up.value.text, "remote_host") {
                let message = "`X-Forwarded-For` is set without this line";
                report(RULE.at(up.line.line_span(), message, ""));
            }
        }
    }
}
