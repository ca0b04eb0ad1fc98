//! `health_uri health`: without a slash in front.

use evenkeel_diagnostics::{Severity, shorten};

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "health-uri-without-slash",
    severity: Severity::Suspicious,
    why: "it is the path and query of the probe, and a path begins with a slash",
    instead: "write the slash",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers() {
        let words = proxy
            .options("health_uri")
            .filter_map(|line| line.args.first());
        for word in words.filter(|word| !word.text.starts_with(['/', '?', '{'])) {
            let message = format!("the path `{}` has no slash in front", shorten(&word.text));
            let fixed = format!("/{}", word.text);
            let found = RULE.bare(word.span, message, "");
            let is_url = word.text.contains("://");
            report(if is_url {
                found.help("write the path alone: the host is that of the upstream")
            } else {
                found.fix(format!("write `{}`", shorten(&fixed)), word.span, fixed)
            });
        }
    }
}
