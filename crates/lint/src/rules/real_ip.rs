//! `header_up X-Real-IP {remote_host}`.

use evenkeel_diagnostics::Severity;

use crate::placeholder;
use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "real-ip",
    severity: Severity::Info,
    why: "`X-Real-IP` is not set by itself; `X-Forwarded-For` is",
    instead: "keep it if the upstream reads it; behind a trusted proxy write `{client_ip}`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in &subject.proxies {
        for up in proxy.headers_up() {
            let is_real = up.field.eq_ignore_ascii_case("X-Real-IP");
            if is_real && placeholder::is(&up.value.text, "remote_host") {
                let message = "`X-Real-IP` is the address of the connection";
                report(RULE.at(up.line.line_span(), message, ""));
            }
        }
    }
}
