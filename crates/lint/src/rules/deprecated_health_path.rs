//! `health_path`, the old form of `health_uri`.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "deprecated-health-path",
    severity: Severity::Deprecated,
    why: "Caddy has replaced it by `health_uri`, which has a query as well",
    instead: "write `health_uri`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers() {
        for line in proxy.options("health_path") {
            let found = RULE.bare(line.name.span, "`health_path` is the old form", "");
            report(found.fix("write `health_uri`", line.name.span, "health_uri"));
        }
    }
}
