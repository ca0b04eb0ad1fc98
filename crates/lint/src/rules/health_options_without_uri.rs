//! `health_…` without `health_uri`.

use evenkeel_caddyfile::ast::Directive;
use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "health-options-without-uri",
    severity: Severity::NoEffect,
    why: "upstreams are probed only when `health_uri` (or `health_port`) says where",
    instead: "add `health_uri /health`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers().filter(|proxy| !proxy.probes()) {
        let name = |line: &&Directive| line.name.text.starts_with("health_");
        let mut lines = proxy.lines().iter().filter(name);
        if let Some(line) = lines.next() {
            let message = format!("`{}` does nothing without `health_uri`", line.name.text);
            let found = RULE.at(line.line_span(), message, "no upstream is probed");
            report(lines.fold(found, |found, line| {
                found.also(line.line_span(), "neither this")
            }));
        }
    }
}
