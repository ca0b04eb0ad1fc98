//! `lb_policy cookie` without a secret.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "cookie-without-secret",
    severity: Severity::Security,
    why: "the cookie's value is a hash of the upstream's address: without a secret anybody can compute it, learn upstreams and choose one",
    instead: "give the cookie a name and a secret: `lb_policy cookie lb {$LB_SECRET}`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers() {
        for line in proxy.options("lb_policy") {
            let [policy, rest @ ..] = line.args.as_slice() else {
                continue;
            };
            if policy.text == "cookie" && rest.get(1).is_none_or(|word| word.text.is_empty()) {
                let message = "the cookie that ties a client to an upstream has no secret";
                report(RULE.at(line.line_span(), message, "the key of its hash is empty"));
            }
        }
    }
}
