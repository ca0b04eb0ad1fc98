//! `header_up Host {upstream_hostport}` for an https upstream.

use evenkeel_diagnostics::Severity;

use crate::placeholder;
use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "upstream-host-is-default",
    severity: Severity::Redundant,
    why: "since 2.11 an https upstream gets its own name as `Host`",
    instead: "remove it",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.proxies.iter().filter(|proxy| proxy.is_https()) {
        for up in proxy.headers_up() {
            let is_own = placeholder::is(&up.value.text, "upstream_hostport");
            if up.field.eq_ignore_ascii_case("Host") && is_own {
                let message = "`Host` is the upstream's own name without this line";
                report(RULE.at(up.line.line_span(), message, ""));
            }
        }
    }
}
