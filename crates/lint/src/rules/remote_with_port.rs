//! `header_up X-Real-IP {remote}`: with the port.

use evenkeel_diagnostics::Severity;

use crate::placeholder;
use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "remote-with-port",
    severity: Severity::Suspicious,
    why: "`{remote}` is address and port, and few programs expect a port there",
    instead: "write `{remote_host}`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in &subject.proxies {
        for up in proxy.headers_up() {
            let is_address = ["X-Forwarded-For", "X-Real-IP"]
                .iter()
                .any(|field| up.field.eq_ignore_ascii_case(field));
            if is_address && placeholder::is(&up.value.text, "remote") {
                let message = format!("`{}` gets the client's port as well", up.field);
                let found = RULE.bare(up.value.span, message, "`address:port`");
                report(found.fix("write `{remote_host}`", up.value.span, "{remote_host}"));
            }
        }
    }
}
