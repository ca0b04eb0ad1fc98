//! An active health check without a `Host` of its own.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "probe-without-host",
    severity: Severity::Info,
    why: "a probe carries the dial address as `Host`; upstreams that serve by name may answer with an error",
    instead: "where that matters, add `health_headers { Host NAME }`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers() {
        let Some(line) = proxy.option("health_uri") else {
            continue;
        };
        let fields = proxy
            .options("health_headers")
            .flat_map(|line| line.block.iter());
        let mut names = fields
            .flat_map(|block| &block.lines)
            .map(|line| &line.name.text);
        if !names.any(|name| name.eq_ignore_ascii_case("Host")) {
            let message = "probes carry the dial address as `Host`";
            report(RULE.at(line.line_span(), message, ""));
        }
    }
}
