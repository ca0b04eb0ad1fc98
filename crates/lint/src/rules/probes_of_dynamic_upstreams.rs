//! An active health check beside `dynamic`.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "probes-of-dynamic-upstreams",
    severity: Severity::Availability,
    why: "Caddy probes only the upstreams that are written in the file, and none that `dynamic` finds",
    instead: "use `fail_duration 10s`, which counts failed requests, with `lb_try_duration 5s`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers() {
        let (Some(dynamic), Some(line)) = (proxy.option("dynamic"), proxy.option("health_uri"))
        else {
            continue;
        };
        let message = "upstreams that `dynamic` finds are not probed";
        let found = RULE.at(line.line_span(), message, "probes none of them");
        report(found.also(dynamic.line_span(), "found while serving"));
    }
}
