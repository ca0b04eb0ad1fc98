//! `header_up Host {host}`.

use evenkeel_diagnostics::Severity;

use crate::placeholder;
use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "host-is-default",
    severity: Severity::Redundant,
    why: "the field is passed on as it came, unless the upstream is https",
    instead: "remove it",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.proxies.iter().filter(|proxy| !proxy.is_https()) {
        for up in proxy.headers_up() {
            let is_same = ["host", "hostport"]
                .iter()
                .any(|name| placeholder::is(&up.value.text, name));
            if up.field.eq_ignore_ascii_case("Host") && is_same {
                let message = "`Host` is passed on without this line";
                report(RULE.at(up.line.line_span(), message, ""));
            }
        }
    }
}
