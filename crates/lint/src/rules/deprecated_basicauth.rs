//! `basicauth`, the old name of `basic_auth`.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "deprecated-basicauth",
    severity: Severity::Deprecated,
    why: "Caddy has renamed it and will drop the old name",
    instead: "write `basic_auth`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for placed in subject.named(&["basicauth"]) {
        let span = placed.line.name.span;
        let found = RULE.bare(span, "`basicauth` is the old name", "");
        report(found.fix("write `basic_auth`", span, "basic_auth"));
    }
}
