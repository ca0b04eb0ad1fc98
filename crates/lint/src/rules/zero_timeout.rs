//! A timeout of the transport that is 0.

use evenkeel_diagnostics::Severity;
use evenkeel_plan::value::Duration;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "zero-timeout",
    severity: Severity::NoEffect,
    why: "0 stands for the default, as if the line were not there",
    instead: "remove it, or write the time that was meant",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in &subject.proxies {
        for line in proxy
            .transport()
            .filter(|line| line.name.text.ends_with("_timeout"))
        {
            let duration = line
                .args
                .first()
                .and_then(|word| word.text.parse::<Duration>().ok());
            if duration.is_some_and(Duration::is_zero) {
                let message = format!("`{} 0` changes nothing", line.name.text);
                report(RULE.at(line.line_span(), message, "the same as the default"));
            }
        }
    }
}
