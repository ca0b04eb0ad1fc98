//! `header_up X-Forwarded-Host {host}`.

use evenkeel_diagnostics::Severity;

use crate::placeholder;
use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "forwarded-host-is-default",
    severity: Severity::Redundant,
    why: "the field is set so by itself",
    instead: "remove it",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in &subject.proxies {
        for up in proxy.headers_up() {
            let is_same = ["host", "hostport"]
                .iter()
                .any(|name| placeholder::is(&up.value.text, name));
            if up.field.eq_ignore_ascii_case("X-Forwarded-Host") && is_same {
                let message = "`X-Forwarded-Host` is set without this line";
                report(RULE.at(up.line.line_span(), message, ""));
            }
        }
    }
}
