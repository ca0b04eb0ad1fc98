//! Retries, and no bound on the wait for a response.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "no-response-timeout",
    severity: Severity::Availability,
    why: "an upstream that accepts the connection and never answers is waited for without bound, and no retry begins",
    instead: "add `transport http { response_header_timeout 30s }`, longer than the slowest answer",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers().filter(|proxy| !proxy.has_one()) {
        let Some(line) = proxy.retry_line() else {
            continue;
        };
        let mut limits = proxy
            .transport()
            .filter(|line| line.name.text == "response_header_timeout");
        let speaks_http = proxy
            .option("transport")
            .and_then(|line| line.args.first())
            .is_none_or(|word| word.text == "http");
        if speaks_http && proxy.name() == "reverse_proxy" && limits.next().is_none() {
            let message = "an upstream that never answers is waited for without bound";
            let found = RULE.at(
                line.line_span(),
                message,
                "does not end an attempt that hangs",
            );
            report(found.also(proxy.head(), "no `response_header_timeout`"));
        }
    }
}
