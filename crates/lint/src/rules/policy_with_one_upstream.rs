//! `lb_policy` with one upstream.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "policy-with-one-upstream",
    severity: Severity::NoEffect,
    why: "there is nothing to choose from (if several replicas stand behind the name, Caddy sees one address)",
    instead: "remove it; for several replicas behind one name write `dynamic a NAME PORT`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers().filter(|proxy| proxy.has_one()) {
        for line in proxy.options("lb_policy") {
            let message = "`lb_policy` has one upstream to choose from";
            let found = RULE.at(line.line_span(), message, "");
            report(found.also(proxy.upstreams[0].word.span, "the only one"));
        }
    }
}
