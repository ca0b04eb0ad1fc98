//! `header_up Upgrade …` and `header_up Connection …`.

use evenkeel_diagnostics::Severity;

use crate::placeholder;
use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "websocket-by-hand",
    severity: Severity::Redundant,
    why: "upgrades such as WebSocket are passed on by themselves, and the two fields with them",
    instead: "remove it",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in &subject.proxies {
        for up in proxy.headers_up() {
            let is_hop = ["Upgrade", "Connection"]
                .iter()
                .any(|field| up.field.eq_ignore_ascii_case(field));
            // A name that means nothing is a worse mistake on the same line.
            let is_known = placeholder::names(&up.value.text).all(placeholder::is_known);
            if is_hop && is_known {
                let message = format!("`{}` is passed on without this line", up.field);
                report(RULE.at(up.line.line_span(), message, ""));
            }
        }
    }
}
