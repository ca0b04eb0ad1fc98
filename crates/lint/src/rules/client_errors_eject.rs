//! `unhealthy_status 4xx`: a mistake of a client counts as a failure.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "client-errors-eject",
    severity: Severity::Availability,
    why: "requests that ask for what is not there, or may not ask, take an upstream out for everybody",
    instead: "count what the upstream is to blame for: `unhealthy_status 5xx`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers() {
        let words = proxy
            .options("unhealthy_status")
            .flat_map(|line| &line.args);
        for word in words.filter(|word| is_client_error(&word.text)) {
            let message = "errors of clients count as failures of the upstream";
            report(RULE.at(word.span, message, "the fault of the request"));
        }
    }
}

/// 4xx without 408 and 429, by which an upstream says that it is too busy.
fn is_client_error(text: &str) -> bool {
    text.len() == 3 && text.starts_with('4') && !["408", "429"].contains(&text)
}
